use hanok_base::Id;

use super::*;
use crate::account::AccountStatus;
use crate::session::store::SessionKind;

const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

fn account() -> AccountId {
    Id::from_uuid(Uuid::from_u128(1))
}

fn session(number: u128) -> SessionId {
    Id::from_uuid(Uuid::from_u128(100 + number))
}

fn live() -> Arc<Live> {
    Arc::new(Live {
        permissions: PermissionSet::default(),
        roles: Vec::new().into(),
        name: "김하늘".into(),
        row: LiveRow {
            account_id: account(),
            kind: SessionKind::Browser,
            created_at: NOW,
            last_seen_at: NOW,
            expires_at: NOW.plus(Duration::from_hours(1)),
            password_confirmed_at: None,
            version: 1,
            status: AccountStatus::Active,
            locale: None,
            theme: None,
            name: "김하늘".to_owned(),
        },
    })
}

#[test]
fn what_was_read_counts_for_two_seconds_from_before_it_was_read() {
    let cache = SessionCache::default();
    cache.put(session(1), NOW, cache.mark(), live());
    let later = |millis| NOW.plus(Duration::from_millis(millis));
    assert!(cache.get(session(1), later(1_999)).is_some());
    assert!(cache.get(session(1), later(2_000)).is_none());
    assert!(
        cache
            .get(session(1), NOW.minus(Duration::from_millis(1)))
            .is_none()
    );
}

#[test]
fn what_was_read_before_a_withdrawal_is_not_kept_after_it() {
    let cache = SessionCache::default();
    for withdrawn in [None, Some(session(1))] {
        let mark = cache.mark();
        cache.forget(account(), withdrawn, NOW);
        cache.put(session(1), NOW, mark, live());
        assert!(cache.get(session(1), NOW).is_none());
        cache.put(session(1), NOW, cache.mark(), live());
        assert!(cache.get(session(1), NOW).is_some());
    }
}

#[test]
fn what_another_process_read_counts_as_what_was_read_here() {
    let cache = SessionCache::default();
    let later = |millis| NOW.plus(Duration::from_millis(millis));
    let accepts = |read_at, now| cache.accepts(account(), session(1), read_at, now);
    assert!(accepts(NOW, later(1_999)));
    assert!(!accepts(NOW, later(2_000)), "too old");
    assert!(!accepts(later(1), NOW), "another clock's");
    cache.forget(account(), None, later(10));
    assert!(!accepts(later(10), later(20)), "withdrawn since");
    assert!(accepts(later(11), later(20)));
}

#[test]
fn a_withdrawal_from_one_session_leaves_the_others() {
    let cache = SessionCache::default();
    cache.put(session(1), NOW, cache.mark(), live());
    cache.put(session(2), NOW, cache.mark(), live());
    assert_eq!(cache.forget(account(), Some(session(1)), NOW), [session(1)]);
    assert!(cache.get(session(1), NOW).is_none());
    assert!(cache.get(session(2), NOW).is_some());
    assert_eq!(cache.forget(account(), None, NOW), [session(2)]);
    cache.put(session(2), NOW, cache.mark(), live());
    cache.forget_all();
    assert!(cache.get(session(2), NOW).is_none());
}
