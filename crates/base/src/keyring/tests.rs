use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
const PLACE: Place<'static> = Place::new("account", "phone", Uuid::from_u128(1));

fn ring() -> KeyRing {
    KeyRing::generate(&Random::seeded(1), NOW)
}

proptest! {
    #[test]
    fn what_is_sealed_opens_at_its_place_and_nowhere_else(plain: Vec<u8>, other: u128) {
        let ring = ring();
        let sealed = ring.seal(PLACE, &plain);
        prop_assert_eq!(ring.unseal(PLACE, &sealed).unwrap().to_vec(), plain.clone());
        let elsewhere = Place::new("account", "email", PLACE.row);
        prop_assert_eq!(ring.unseal(elsewhere, &sealed), Err(SealError::Damaged));
        prop_assume!(other != 1);
        let row = Place::new("account", "phone", Uuid::from_u128(other));
        prop_assert_eq!(ring.unseal(row, &sealed), Err(SealError::Damaged));
        prop_assert_ne!(ring.seal(PLACE, &plain), sealed);
    }

    #[test]
    fn no_changed_or_shortened_value_opens(plain: Vec<u8>, at: prop::sample::Index, cut: prop::sample::Index) {
        let ring = ring();
        let mut sealed = ring.seal(PLACE, &plain);
        prop_assert!(ring.unseal(PLACE, sealed.get(..cut.index(sealed.len())).unwrap()).is_err());
        if let Some(byte) = sealed.get_mut(at.index(plain.len() + 32)) {
            *byte ^= 1;
        }
        prop_assert!(ring.unseal(PLACE, &sealed).is_err());
    }
}

#[test]
fn a_rotated_ring_opens_old_values_and_seals_with_the_new_key() {
    let ring = ring();
    let old = ring.seal(PLACE, b"value");
    assert_eq!(
        ring.rotate(KeyKind::Sealing, &Random::seeded(2), NOW)
            .unwrap(),
        2
    );
    let new = ring.seal(PLACE, b"value");
    assert_eq!(
        (KeyRing::sealed_version(&old), KeyRing::sealed_version(&new)),
        (Some(1), Some(2))
    );
    assert_eq!(ring.unseal(PLACE, &old).unwrap().as_slice(), b"value");
    ring.forget(KeyKind::Sealing, 2).unwrap();
    assert_eq!(ring.unseal(PLACE, &old), Err(SealError::UnknownVersion(1)));
}

#[test]
fn a_reindex_keeps_both_indexes_until_it_is_finished() {
    let ring = ring();
    let before = ring.blind_index("phone", "010-1234-5678");
    ring.rotate(KeyKind::Index, &Random::seeded(3), NOW)
        .unwrap();
    assert_eq!(ring.blind_index("phone", "010-1234-5678"), before);
    assert_eq!(ring.blind_indexes("phone", "010-1234-5678").len(), 2);
    ring.finish_reindex().unwrap();
    assert_ne!(ring.blind_index("phone", "010-1234-5678"), before);
    assert_eq!(ring.blind_indexes("phone", "010-1234-5678").len(), 1);
    assert_ne!(
        ring.blind_index("phone", "x"),
        ring.blind_index("email", "x")
    );
}

#[test]
fn a_file_is_private_and_shared_between_processes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    let one = KeyRing::create(&path, &Random::seeded(4), NOW).unwrap();
    assert!(matches!(
        KeyRing::create(&path, &Random::seeded(4), NOW),
        Err(KeyRingError::Exists(_))
    ));
    let other = KeyRing::open(&path).unwrap();
    one.rotate(KeyKind::Sealing, &Random::seeded(5), NOW)
        .unwrap();
    let sealed = one.seal(PLACE, b"from the other process");
    assert_eq!(
        other.unseal(PLACE, &sealed).unwrap().as_slice(),
        b"from the other process"
    );
    one.rotate(KeyKind::Token, &Random::seeded(6), NOW).unwrap();
    assert!(other.token_verifier(one.token_key().kid()).is_some());
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&path).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn one_secret_always_derives_the_same_ring() {
    let secret = "0123456789abcdef0123456789abcdef";
    let (one, two) = (
        KeyRing::from_secret_key(secret, NOW).unwrap(),
        KeyRing::from_secret_key(secret, NOW).unwrap(),
    );
    assert_eq!(one.di_mac(&[b"x"]), two.di_mac(&[b"x"]));
    assert_eq!(one.token_key().kid(), two.token_key().kid());
    assert_eq!(
        two.unseal(PLACE, &one.seal(PLACE, b"v"))
            .unwrap()
            .as_slice(),
        b"v"
    );
    assert!(matches!(
        KeyRing::from_secret_key("short", NOW),
        Err(KeyRingError::SecretTooShort)
    ));
}

#[test]
fn the_di_key_never_changes_and_faults_tell_no_key() {
    assert!(matches!(
        ring().rotate(KeyKind::Di, &Random::seeded(1), NOW),
        Err(KeyRingError::DiIsForEver)
    ));
    let fault = KeyRing::from_json(
        "{\"sealing\":[{\"version\":1,\"key\":\"hunter2\"}]}",
        "KEYS",
    )
    .err()
    .unwrap();
    assert!(!fault.to_string().contains("hunter2"), "{fault}");
}

#[test]
fn of_many_that_make_the_ring_at_once_one_does() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key-ring.json");
    let made = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8)
            .map(|seed| {
                let path = &path;
                scope.spawn(move || KeyRing::create(path, &Random::seeded(seed), NOW).is_ok())
            })
            .collect();
        let made = makers.into_iter().map(|maker| maker.join().unwrap());
        made.filter(|made| *made).count()
    });
    assert_eq!(made, 1);
    assert!(KeyRing::open(&path).is_ok());
}
