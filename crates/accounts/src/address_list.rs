//! From where something may be used: networks of either family.

use std::net::IpAddr;

use hanok_db::{FromValue, Value};
use hanok_web::FieldError;
use ipnet::IpNet;

/// The networks that something is used from; an empty list is any. Stored as a JSON list of texts.
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

    /// Reads the entries of `address_allow_list`; every one that is no network is told.
    ///
    /// # Errors
    /// What is wrong, at `/address_allow_list` and `/address_allow_list/N`.
    pub fn parse(texts: &[String]) -> Result<Self, Vec<FieldError>> {
        if texts.len() > Self::LONGEST {
            let fault = FieldError::new("/address_allow_list", "address_list_too_long");
            return Err(vec![fault.arg("max", Self::LONGEST)]);
        }
        let mut faults = Vec::new();
        let mut networks = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            match Self::network(text.trim()) {
                Some(network) => networks.push(network),
                None => faults.push(FieldError::new(
                    format!("/address_allow_list/{index}"),
                    "address_format",
                )),
            }
        }
        networks.dedup();
        if faults.is_empty() {
            Ok(Self(networks))
        } else {
            Err(faults)
        }
    }

    /// Whether it may be used from `address`.
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
    fn every_entry_that_is_no_network_is_told() {
        let texts = ["203.0.113.7", " 10.0.0.0/8", "office", "1.2.3.4/33"].map(str::to_owned);
        let faults = AddressList::parse(&texts).unwrap_err();
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_ref()).collect();
        assert_eq!(pointers, ["/address_allow_list/2", "/address_allow_list/3"]);
    }
}
