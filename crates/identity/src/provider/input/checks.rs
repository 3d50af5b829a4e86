//! The rules of single fields.

use std::fmt::Display;
use std::str::FromStr;

use hanok_events::http::{HttpPolicy, UrlFault, check_url};
use hanok_web::error::FieldError;

use super::Checked;
use crate::provider::settings::{
    AddressList, Delivery, Notify, ProviderLimits, ProviderName, SiteCode,
};

/// The longest callback address, in characters.
const LONGEST_URL: usize = 2048;

/// A field that may be left out.
pub(super) fn optional<V: Copy, T>(
    faults: &mut Vec<FieldError>,
    value: Option<V>,
    check: impl FnOnce(V) -> Checked<T>,
) -> Option<T> {
    value.and_then(|value| check(value).map_err(|fault| faults.push(fault)).ok())
}

/// A field that may not.
pub(super) fn required<T>(
    faults: &mut Vec<FieldError>,
    pointer: &'static str,
    value: Option<&str>,
    check: impl FnOnce(&str) -> Checked<T>,
) -> Option<T> {
    if value.is_none() {
        faults.push(FieldError::new(pointer, "required"));
    }
    optional(faults, value, check)
}

pub(super) fn name(text: &str) -> Checked<ProviderName> {
    ProviderName::parse(text).map_err(|fault| FieldError::new("/name", fault.code()))
}

pub(super) fn site_code(text: &str) -> Checked<SiteCode> {
    SiteCode::parse(text).ok_or_else(|| FieldError::new("/site_code", "site_code_format"))
}

pub(super) fn delivery(text: &str) -> Checked<Delivery> {
    word("/delivery", text, Delivery::ALL)
}

pub(super) fn notify(text: &str) -> Checked<Notify> {
    word("/notify", text, Notify::ALL)
}

fn word<T: FromStr + Display>(pointer: &'static str, text: &str, all: &[T]) -> Checked<T> {
    text.parse().map_err(|_| {
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        FieldError::new(pointer, "unknown_value").arg("expected", words.join(", "))
    })
}

/// An address that is told: as it is typed, because that is what is shown again.
pub(super) fn callback_url(text: &str, policy: &HttpPolicy) -> Checked<String> {
    if text.chars().count() > LONGEST_URL {
        return Err(FieldError::new("/callback_url", "too_long").arg("max", LONGEST_URL));
    }
    // The URL standard drops these; an address that is stored has none.
    let typed_clean = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    let checked = if typed_clean {
        check_url(text, policy)
    } else {
        Err(UrlFault::Invalid)
    };
    checked
        .map(|()| text.to_owned())
        .map_err(|fault| FieldError::new("/callback_url", url_code(&fault)))
}

const fn url_code(fault: &UrlFault) -> &'static str {
    match fault {
        UrlFault::Invalid => "callback_url_format",
        UrlFault::Credentials => "callback_url_credentials",
        UrlFault::Scheme => "callback_url_scheme",
        UrlFault::Port => "callback_url_port",
        UrlFault::Address(_) => "callback_url_address",
    }
}

/// A provider that is told needs an address.
pub(super) const fn missing_url() -> FieldError {
    FieldError {
        pointer: std::borrow::Cow::Borrowed("/callback_url"),
        code: "callback_url_needed",
        args: Vec::new(),
    }
}

/// Every entry that is no network is told.
pub(super) fn addresses(faults: &mut Vec<FieldError>, texts: &[String]) -> AddressList {
    if texts.len() > AddressList::LONGEST {
        let fault = FieldError::new("/address_allow_list", "address_list_too_long");
        faults.push(fault.arg("max", AddressList::LONGEST));
        return AddressList::default();
    }
    let mut networks = Vec::with_capacity(texts.len());
    for (index, text) in texts.iter().enumerate() {
        match AddressList::network(text) {
            Some(network) => networks.push(network),
            None => faults.push(FieldError::new(
                format!("/address_allow_list/{index}"),
                "address_format",
            )),
        }
    }
    networks.dedup();
    AddressList::new(networks)
}

pub(super) fn limits(limits: &ProviderLimits) -> Checked<ProviderLimits> {
    let out_of_range = || {
        let fault = FieldError::new("/limits/requests_per_minute", "out_of_range");
        fault
            .arg("min", 1)
            .arg("max", ProviderLimits::MOST_PER_MINUTE)
    };
    limits
        .is_in_range()
        .then(|| limits.clone())
        .ok_or_else(out_of_range)
}
