//! CI (연계정보), one per person, and DI (중복가입확인정보), one per person and site: their formats, a
//! synthetic CI, and how a DI is made.
//!
//! Hanok never derives a CI: only designated Korean agencies may. It imports one or makes a clearly
//! synthetic one.

use std::fmt;

use hanok_base::Random;
use hanok_base::encoding::{base64_decode, base64_encode};
use hanok_base::secret::hmac_sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The length of a CI: Base64 of 64 bytes.
const CI_LENGTH: usize = 88;
/// What comes before the HMAC in a DI: DER of a SEQUENCE of the object identifier
/// 1.2.840.113549.2.9 (hmacWithSHA256) and a BIT STRING of 32 bytes. `MC0GCCqGSIb3DQIJAyEA` in Base64.
const DI_PREFIX: [u8; 15] = [
    0x30, 0x2d, 0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09, 0x03, 0x21, 0x00,
];
/// [`DI_PREFIX`] as every DI begins.
const DI_PREFIX_TEXT: &str = "MC0GCCqGSIb3DQIJAyEA";
/// The length of a DI: Base64 of 47 bytes.
const DI_LENGTH: usize = 64;

/// A CI. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Ci(String);

/// A DI. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Di(String);

/// What was given is not a CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("CI must be 88 characters of Base64")]
pub struct CiFault;

impl CiFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        "ci_format"
    }
}

/// What was given is not a DI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("DI must be 64 characters of Base64 that begin with MC0GCCqGSIb3DQIJAyEA")]
pub struct DiFault;

impl Ci {
    /// Reads 88 characters of canonical Base64 (64 bytes) after trimming.
    ///
    /// # Errors
    /// [`CiFault`].
    pub fn parse(text: &str) -> Result<Self, CiFault> {
        let text = text.trim();
        if text.len() != CI_LENGTH {
            return Err(CiFault);
        }
        let bytes = base64_decode(text).map(Zeroizing::new).ok_or(CiFault)?;
        if bytes.len() == 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(CiFault)
        }
    }

    /// A CI that nobody issued: 64 random bytes.
    pub fn synthetic(random: &Random) -> Self {
        let bytes = Zeroizing::new(random.bytes::<64>());
        Self(base64_encode(bytes.as_slice()))
    }

    /// The 88 characters; the name is long so that every use is seen in review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Di {
    /// Reads 64 characters of canonical Base64 after trimming: the prefix and 32 bytes.
    ///
    /// # Errors
    /// [`DiFault`].
    pub fn parse(text: &str) -> Result<Self, DiFault> {
        let text = text.trim();
        let sound = text.len() == DI_LENGTH
            && text.starts_with(DI_PREFIX_TEXT)
            && base64_decode(text)
                .map(Zeroizing::new)
                .is_some_and(|bytes| bytes.len() == 47);
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(DiFault)
        }
    }

    /// The DI of an HMAC-SHA256 over [`di_message`].
    pub fn from_mac(mac: &[u8; 32]) -> Self {
        let bytes = Zeroizing::new([DI_PREFIX.as_slice(), mac.as_slice()].concat());
        Self(base64_encode(&bytes))
    }

    /// The 64 characters; the name is long so that every use is seen in review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Ci {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[ci]")
    }
}

impl fmt::Debug for Di {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[di]")
    }
}

/// What a DI authenticates, in parts: `site_code` ‖ 0x00 ‖ the person's first CI. For a key ring that
/// keeps the DI key to itself, with [`Di::from_mac`].
pub const fn di_message<'a>(site_code: &'a str, first_ci: &'a Ci) -> [&'a [u8]; 3] {
    [site_code.as_bytes(), &[0], first_ci.0.as_bytes()]
}

/// The DI of a person at a site: HMAC-SHA256 under the DI key over [`di_message`].
pub fn di(key: &[u8], site_code: &str, first_ci: &Ci) -> Di {
    Di::from_mac(&hmac_sha256(key, &di_message(site_code, first_ci)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_synthetic_ci_has_the_format_and_is_another_each_time() {
        let random = Random::system();
        let ci = Ci::synthetic(&random);
        assert_eq!(ci.expose().len(), 88);
        assert_eq!(Ci::parse(ci.expose()).unwrap(), ci);
        assert!(ci != Ci::synthetic(&random));
    }

    #[test]
    fn what_is_no_ci_is_refused() {
        let ci = Ci::synthetic(&Random::seeded(1));
        let bytes_of_66 = base64_encode(&[7; 66]);
        let not_canonical = format!("{}B==", "A".repeat(85));
        for text in [
            "",
            "abc",
            &ci.expose().replace('=', "A"),
            &ci.expose().replace('=', "."),
            &bytes_of_66,
            &not_canonical,
        ] {
            assert_eq!(Ci::parse(text).err(), Some(CiFault), "{text}");
        }
    }

    /// Made with Python: `hmac.new(bytes(range(32)), b"A-SHOP\0" + ci, "sha256")`.
    #[test]
    fn a_di_matches_what_another_language_makes() {
        let ci = Ci::parse(&base64_encode(&(0..64).collect::<Vec<u8>>())).unwrap();
        let key: Vec<u8> = (0..32).collect();
        let di = di(&key, "A-SHOP", &ci);
        assert_eq!(
            di.expose(),
            "MC0GCCqGSIb3DQIJAyEAayd4R4uU89UxVNX3cUnKNcJRCJyA8VYMoZzf/8brXY4="
        );
        assert_eq!(Di::parse(di.expose()).unwrap(), di);
    }

    #[test]
    fn a_di_is_of_the_person_and_the_site() {
        let (one, other) = (
            Ci::synthetic(&Random::seeded(1)),
            Ci::synthetic(&Random::seeded(2)),
        );
        let di_of = |site, ci| di(b"key", site, ci);
        assert_eq!(di_of("A", &one), di_of("A", &one));
        assert!(di_of("A", &one) != di_of("B", &one));
        assert!(di_of("A", &one) != di_of("A", &other));
        assert!(di_of("A", &one) != di(b"other key", "A", &one));
    }

    #[test]
    fn neither_is_printed() {
        let ci = Ci::synthetic(&Random::seeded(1));
        assert_eq!(format!("{ci:?} {:?}", di(b"key", "A", &ci)), "[ci] [di]");
    }

    proptest! {
        #[test]
        fn every_mac_gives_the_field_format(mac in any::<[u8; 32]>()) {
            let di = Di::from_mac(&mac);
            prop_assert_eq!(di.expose().len(), DI_LENGTH);
            prop_assert!(di.expose().starts_with(DI_PREFIX_TEXT));
            prop_assert_eq!(Di::parse(di.expose()), Ok(di));
        }

        #[test]
        fn reading_any_text_is_safe(text in "\\PC{0,100}|[A-Za-z0-9+/=]{60,90}") {
            let _ = (Ci::parse(&text), Di::parse(&text));
        }
    }
}
