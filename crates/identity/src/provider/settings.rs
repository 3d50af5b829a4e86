//! What a provider is set to, as types that hold only what is right.

use std::net::IpAddr;

use hanok_accounts::person_name::{PersonName, PersonNameFault};
use hanok_db::{FromValue, Value};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// The networks that a provider calls from; an empty list is any. Stored as a JSON list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressList(Vec<IpNet>);

impl AddressList {
    /// The most networks a list has.
    pub const LONGEST: usize = 100;

    /// One entry: `203.0.113.7` or `203.0.113.0/24`, of either family; bits behind the prefix are dropped.
    pub fn network(text: &str) -> Option<IpNet> {
        let address = || {
            text.parse::<IpAddr>()
                .ok()
                .map(|address| IpNet::from(address.to_canonical()))
        };
        text.parse::<IpNet>()
            .ok()
            .map(|network| network.trunc())
            .or_else(address)
    }

    /// A list of these networks.
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether a call may come from `address`.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.is_empty() || self.0.iter().any(|network| network.contains(&address))
    }

    /// The entries as text; of a network of one address, the address.
    pub fn texts(&self) -> Vec<String> {
        let single = |network: &IpNet| network.prefix_len() == network.max_prefix_len();
        let text = |network: &IpNet| {
            if single(network) {
                network.addr().to_string()
            } else {
                network.to_string()
            }
        };
        self.0.iter().map(text).collect()
    }

    /// As it is stored.
    pub fn stored(&self) -> String {
        serde_json::Value::from(self.texts()).to_string()
    }
}

impl FromValue for AddressList {
    const EXPECTED: &'static str = "a JSON list of networks";

    fn from_value(value: Value<'_>) -> Option<Self> {
        let Value::Text(text) = value else {
            return None;
        };
        let texts: Vec<String> = serde_json::from_str(text).ok()?;
        texts
            .iter()
            .map(|text| Self::network(text))
            .collect::<Option<_>>()
            .map(Self)
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

    fn list(texts: &[&str]) -> AddressList {
        AddressList::new(
            texts
                .iter()
                .map(|text| AddressList::network(text).unwrap())
                .collect(),
        )
    }

    #[test]
    fn a_call_comes_from_a_listed_network_in_either_notation() {
        let allowed = list(&["203.0.113.7/24", "2001:db8::/32", "198.51.100.9"]);
        for inside in [
            "203.0.113.200",
            "::ffff:203.0.113.1",
            "2001:db8:1::5",
            "198.51.100.9",
        ] {
            assert!(allowed.allows(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["203.0.114.1", "2001:db9::1", "198.51.100.10", "::1"] {
            assert!(!allowed.allows(outside.parse().unwrap()), "{outside}");
        }
        assert!(
            AddressList::default().allows("192.0.2.1".parse().unwrap()),
            "an empty list is any"
        );
    }

    #[test]
    fn a_list_survives_its_store() {
        let allowed = list(&["203.0.113.7/24", "2001:db8::1", "::ffff:192.0.2.1"]);
        assert_eq!(
            allowed.stored(),
            r#"["203.0.113.0/24","2001:db8::1","192.0.2.1"]"#
        );
        assert_eq!(
            AddressList::from_value(Value::Text(&allowed.stored())),
            Some(allowed)
        );
        assert_eq!(
            AddressList::from_value(Value::Text("[]")),
            Some(AddressList::default())
        );
        for wrong in ["[\"nowhere\"]", "{}", ""] {
            assert_eq!(AddressList::from_value(Value::Text(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_network_is_none() {
        for wrong in [
            "",
            "203.0.113",
            "203.0.113.0/33",
            "example.com",
            "203.0.113.0/24 ",
            "::1/129",
        ] {
            assert_eq!(AddressList::network(wrong), None, "{wrong:?}");
        }
    }

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
