//! What a provider is set to, as types that hold only what is right.

use hanok_accounts::person_name::{PersonName, PersonNameFault};
use hanok_db::{FromValue, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use hanok_accounts::address_list::AddressList;

hanok_db::text_enum! {
    /// How a provider learns of the end of what it asked.
    pub enum Delivery {
        /// It is posted to the provider's address.
        Callback = "callback",
        /// The provider asks.
        Poll = "poll",
    }
}

hanok_db::text_enum! {
    /// Which ends a provider is told of.
    pub enum Notify {
        /// Every end.
        All = "all",
        /// Completions only.
        Completed = "completed",
    }
}

/// A provider's name, as people read it when they are asked: 1 to 100 characters in NFC, none of them hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderName(String);

impl ProviderName {
    /// Reads a name, by the rules for people's names.
    ///
    /// # Errors
    /// [`PersonNameFault`].
    pub fn parse(text: &str) -> Result<Self, PersonNameFault> {
        PersonName::parse(text).map(|name| Self(name.as_str().to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The code of the company behind a provider, which its people's DI are made from: 1 to 64 of `A–Z a–z 0–9 . _ -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCode(String);

impl SiteCode {
    /// Reads a code; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(known);
        fits.then(|| Self(text.to_owned()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Limits of one provider, each in place of the configuration's. Stored as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderLimits {
    /// Calls in a moving minute, 1 to 100 000; left out, `limits.provider_per_minute` holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000)]
    pub requests_per_minute: Option<u32>,
}

impl ProviderLimits {
    /// The most calls in a minute that may be set.
    pub const MOST_PER_MINUTE: u32 = 100_000;

    /// Whether every limit is one that may be set.
    pub fn is_in_range(&self) -> bool {
        self.requests_per_minute
            .is_none_or(|count| (1..=Self::MOST_PER_MINUTE).contains(&count))
    }

    /// As it is stored.
    pub fn stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

impl FromValue for ProviderLimits {
    const EXPECTED: &'static str = "a JSON object of limits";

    fn from_value(value: Value<'_>) -> Option<Self> {
        let Value::Text(text) = value else {
            return None;
        };
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_survive_their_store_and_know_their_range() {
        let limits = ProviderLimits {
            requests_per_minute: Some(30),
        };
        assert_eq!(
            ProviderLimits::from_value(Value::Text(&limits.stored())),
            Some(limits)
        );
        assert_eq!(ProviderLimits::default().stored(), "{}");
        let ranges = [
            (None, true),
            (Some(0), false),
            (Some(1), true),
            (Some(100_000), true),
            (Some(100_001), false),
        ];
        for (requests_per_minute, right) in ranges {
            assert_eq!(
                ProviderLimits {
                    requests_per_minute
                }
                .is_in_range(),
                right,
                "{requests_per_minute:?}"
            );
        }
    }

    #[test]
    fn a_site_code_is_short_and_plain() {
        for right in ["A", "shop-a.example_1", &"x".repeat(64)] {
            assert!(SiteCode::parse(right).is_some(), "{right}");
        }
        for wrong in ["", "가", "a b", "a\0", &"x".repeat(65)] {
            assert!(SiteCode::parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_hides_nothing() {
        assert_eq!(
            ProviderName::parse(" A 쇼핑몰 ").unwrap().as_str(),
            "A 쇼핑몰"
        );
        for wrong in ["", "A\u{202E}B", "A\nB", &"가".repeat(101)] {
            assert!(ProviderName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
