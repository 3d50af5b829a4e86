//! What an API key may be: its name, what it may do, from where and until when; and how its value reads.

use std::time::Duration;

use hanok_base::encoding::hex_encode;
use hanok_base::{Random, Secret, Timestamp};
use hanok_web::FieldError;

use super::api::ApiKeyIn;
use crate::address_list::AddressList;
use crate::fault::Fault;
use crate::organisation::GroupName;

/// How every value begins, so that whoever finds one knows what it is.
const MARK: &str = "hanok_";
/// The bytes of a prefix, shown as twice as many digits.
const PREFIX_BYTES: usize = 6;
/// The longest life of a key that ends by itself.
const LONGEST_LIFE: Duration = Duration::from_hours(24 * 3653);

/// A key that is to be made, every field checked.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// What its owner calls it.
    pub name: String,
    /// What it may do, sorted; no more than its owner may.
    pub permissions: Vec<String>,
    /// From where it may be used.
    pub addresses: AddressList,
    /// When it ends; `None`: when it is revoked.
    pub expires_at: Option<Timestamp>,
}

impl NewApiKey {
    /// Checks what was asked for against the permissions that there are.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn check(input: ApiKeyIn, known: &[&str], now: Timestamp) -> Result<Self, Fault> {
        let mut faults = Vec::new();
        let name = GroupName::parse(&input.name)
            .map_err(|fault| faults.push(FieldError::new("/name", fault.code())));
        for (index, name) in input.permissions.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let pointer = format!("/permissions/{index}");
                faults.push(FieldError::new(pointer, "permission_unknown"));
            }
        }
        let addresses = AddressList::parse(&input.address_allow_list)
            .map_err(|told| faults.extend(told))
            .unwrap_or_default();
        let in_range = |at| at > now && at <= now.plus(LONGEST_LIFE);
        if !input.expires_at.is_none_or(in_range) {
            faults.push(FieldError::new("/expires_at", "expires_at_range"));
        }
        let mut permissions = input.permissions;
        permissions.sort();
        permissions.dedup();
        match name {
            Ok(name) if faults.is_empty() => Ok(Self {
                name: name.as_str().to_owned(),
                permissions,
                addresses,
                expires_at: input.expires_at,
            }),
            _ => Err(Fault::Fields(faults)),
        }
    }
}

/// A value, `hanok_PREFIX_SECRET`, and its prefix.
pub(super) fn new_value(random: &Random) -> (Secret, String) {
    let prefix = hex_encode(&random.bytes::<PREFIX_BYTES>());
    let value = format!("{MARK}{prefix}_{}", random.token());
    (Secret::new(value), prefix)
}

/// Whether a credential is to be read as an API key.
pub(super) fn is_marked(credential: &str) -> bool {
    credential.starts_with(MARK)
}

/// The prefix in a value.
pub(super) fn prefix_of(value: &str) -> Option<&str> {
    let (prefix, _) = value.strip_prefix(MARK)?.split_once('_')?;
    let plain = prefix.len() == 2 * PREFIX_BYTES && prefix.bytes().all(|c| c.is_ascii_hexdigit());
    plain.then_some(prefix)
}

/// A value as it may be shown: the beginning alone.
pub(super) fn shown(prefix: &str) -> String {
    format!("{MARK}{prefix}_…")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    fn codes(input: ApiKeyIn) -> Vec<String> {
        match NewApiKey::check(input, &["audit_read"], NOW) {
            Err(Fault::Fields(faults)) => {
                let told = faults.iter();
                told.map(|fault| format!("{}:{}", fault.pointer, fault.code))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_value_tells_its_prefix_and_no_other_does() {
        let (value, prefix) = new_value(&Random::seeded(1));
        assert!(is_marked(value.expose()));
        assert_eq!(prefix_of(value.expose()), Some(prefix.as_str()));
        for wrong in [
            "",
            "hanok_",
            "hanok_abc_x",
            "hanok_zzzzzzzzzzzz_x",
            "other_aabbccddeeff_x",
        ] {
            assert_eq!(prefix_of(wrong), None, "{wrong}");
        }
        assert!(!value.expose().starts_with(&shown(&prefix)));
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let input = ApiKeyIn {
            name: " ".to_owned(),
            permissions: vec!["audit_read".to_owned(), "fly".to_owned()],
            address_allow_list: vec!["office".to_owned()],
            expires_at: Some(NOW),
        };
        let told = [
            "/name:required",
            "/permissions/1:permission_unknown",
            "/address_allow_list/0:address_format",
            "/expires_at:expires_at_range",
        ];
        assert_eq!(codes(input), told);
    }

    #[test]
    fn a_key_ends_within_ten_years_or_when_it_is_revoked() {
        let key = |expires_at| ApiKeyIn {
            name: "build".to_owned(),
            expires_at,
            ..ApiKeyIn::default()
        };
        assert!(codes(key(None)).is_empty());
        assert!(codes(key(Some(NOW.plus(LONGEST_LIFE)))).is_empty());
        let later = NOW.plus(LONGEST_LIFE + Duration::from_secs(1));
        assert_eq!(codes(key(Some(later))), ["/expires_at:expires_at_range"]);
    }
}
