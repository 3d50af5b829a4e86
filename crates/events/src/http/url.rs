//! What a callback address may look like, before anything is looked up or connected.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use reqwest::Url;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::HttpPolicy;
use super::address::{AddressClass, closed_class};

/// Scheme, host and port of an address: what an entry of `identity.callback_allow_hosts` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

/// A text that is no `scheme://host:port`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin: expected scheme://host:port with http or https, and nothing after it")]
pub struct NotAnOrigin(String);

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || NotAnOrigin(text.to_owned());
        let url = Url::parse(text).map_err(|_| fault())?;
        let web = matches!(url.scheme(), "http" | "https");
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !web || !bare || has_credentials(&url) {
            return Err(fault());
        }
        Self::of(&url).ok_or_else(fault)
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Origin {
    fn schema_name() -> Cow<'static, str> {
        "Origin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^https?://[^/?#@]+/?$" })
    }
}

/// Why an address is refused before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlFault {
    /// Not a URL with a host.
    #[error("not a valid address")]
    Invalid,
    /// A user name or password stands in it.
    #[error("a user name or password in the address is not allowed")]
    Credentials,
    /// Not https.
    #[error("the address must begin with https://")]
    Scheme,
    /// Not port 443.
    #[error("the port must be 443")]
    Port,
    /// The host is an address, or a name of the machine itself, that is closed.
    #[error("the host is a {0} address")]
    Address(AddressClass),
}

/// Checks an address as it is entered, without looking its name up: what the name stands for is
/// checked at every connection, because it may change.
pub fn check_url(url: &str, policy: &HttpPolicy) -> Result<(), UrlFault> {
    parse(url, policy).map(|_| ())
}

/// An address that passed, and whether the guard stands for it.
pub(super) struct Checked {
    pub(super) url: Url,
    pub(super) allowed: bool,
}

pub(super) fn parse(text: &str, policy: &HttpPolicy) -> Result<Checked, UrlFault> {
    let url = Url::parse(text).map_err(|_| UrlFault::Invalid)?;
    if has_credentials(&url) {
        return Err(UrlFault::Credentials);
    }
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or(UrlFault::Invalid)?;
    let allowed = Origin::of(&url).is_some_and(|origin| policy.allow.contains(&origin));
    if allowed {
        return Ok(Checked { url, allowed });
    }
    if url.scheme() != "https" {
        return Err(UrlFault::Scheme);
    }
    if url.port_or_known_default() != Some(443) {
        return Err(UrlFault::Port);
    }
    match closed_host(host) {
        Some(class) => Err(UrlFault::Address(class)),
        None => Ok(Checked { url, allowed }),
    }
}

fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The URL parser has already turned decimal, hexadecimal, octal and shortened IPv4 into dotted form.
fn closed_host(host: &str) -> Option<AddressClass> {
    if let Some(literal) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let address = literal.parse::<Ipv6Addr>().ok();
        return address.map_or(Some(AddressClass::Reserved), |address| {
            closed_class(IpAddr::V6(address))
        });
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return closed_class(IpAddr::V4(address));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let own = name == "localhost" || name.ends_with(".localhost");
    own.then_some(AddressClass::Loopback)
}
