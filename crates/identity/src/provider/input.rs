//! What is typed to make or change a provider, and how it is read: every fault told at once.

mod checks;
mod patch;

use hanok_accounts::AccountId;
use hanok_events::http::HttpPolicy;
use hanok_web::error::FieldError;
use serde::Deserialize;
use utoipa::ToSchema;

pub use patch::{Field, ProviderPatch};

use super::settings::{AddressList, Delivery, Notify, ProviderLimits, ProviderName, SiteCode};
use crate::fault::Fault;

/// A provider to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ProviderIn {
    /// What people read when they are asked; at most 100 characters.
    #[schema(value_type = String)]
    pub name: Option<String>,
    /// Where the provider is told: https on port 443. Needed for `delivery` `callback`.
    pub callback_url: Option<String>,
    /// `callback` (the default) or `poll`.
    #[schema(example = "callback")]
    pub delivery: Option<String>,
    /// `all` (the default) or `completed`.
    #[schema(example = "all")]
    pub notify: Option<String>,
    /// The code of the company behind the provider; a person's DI is the same wherever it is the same.
    #[schema(value_type = String, example = "SHOP-A")]
    pub site_code: Option<String>,
    /// Addresses and networks that the provider calls from; empty is any.
    pub address_allow_list: Option<Vec<String>>,
    /// Limits in place of the configuration's.
    #[serde(default, deserialize_with = "hanok_web::extract::optional_object")]
    pub limits: Option<ProviderLimits>,
    /// Whether an unknown number is answered like a known one.
    pub hide_unknown_users: Option<bool>,
    /// Whether it receives CI; only a super_admin may say so.
    pub ci_entitled: Option<bool>,
    /// Whether it may ask at all; it may unless said otherwise.
    pub active: Option<bool>,
}

/// A provider to be made, checked.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// Its name.
    pub name: ProviderName,
    /// Who owns it; a person who makes one over HTTP does.
    pub owner: Option<AccountId>,
    /// Where it is told.
    pub callback_url: Option<String>,
    /// How it is told.
    pub delivery: Delivery,
    /// What it is told of.
    pub notify: Notify,
    /// The company behind it.
    pub site_code: SiteCode,
    /// Where it calls from.
    pub address_allow_list: AddressList,
    /// Its own limits.
    pub limits: ProviderLimits,
    /// Whether an unknown number is answered like a known one.
    pub hide_unknown_users: bool,
    /// Whether it receives CI.
    pub ci_entitled: bool,
    /// Whether it may ask at all.
    pub active: bool,
}

impl ProviderIn {
    /// Every field checked; `policy` says which callback addresses may be.
    ///
    /// # Errors
    /// Field errors.
    pub fn check(&self, policy: &HttpPolicy) -> Result<NewProvider, Fault> {
        let mut faults = Vec::new();
        let name = checks::required(&mut faults, "/name", self.name.as_deref(), checks::name);
        let site_code = checks::required(
            &mut faults,
            "/site_code",
            self.site_code.as_deref(),
            checks::site_code,
        );
        let url = self.callback_url.as_deref().filter(|url| !url.is_empty());
        let url = checks::optional(&mut faults, url, |url| checks::callback_url(url, policy));
        let delivery = checks::optional(&mut faults, self.delivery.as_deref(), checks::delivery);
        let notify = checks::optional(&mut faults, self.notify.as_deref(), checks::notify);
        let networks = checks::addresses(
            &mut faults,
            self.address_allow_list.as_deref().unwrap_or_default(),
        );
        let limits = checks::optional(&mut faults, self.limits.as_ref(), checks::limits);
        // A word that is none asks for no address.
        let is_told = delivery == Some(Delivery::Callback) || self.delivery.is_none();
        if is_told && self.callback_url.as_deref().is_none_or(str::is_empty) {
            faults.push(checks::missing_url());
        }
        match (name, site_code) {
            (Some(name), Some(site_code)) if faults.is_empty() => Ok(NewProvider {
                name,
                owner: None,
                callback_url: url,
                delivery: delivery.unwrap_or(Delivery::Callback),
                notify: notify.unwrap_or(Notify::All),
                site_code,
                address_allow_list: networks,
                limits: limits.unwrap_or_default(),
                hide_unknown_users: self.hide_unknown_users.unwrap_or(false),
                ci_entitled: self.ci_entitled.unwrap_or(false),
                active: self.active.unwrap_or(true),
            }),
            _ => Err(Fault::fields(faults)),
        }
    }
}

/// A field's value, or what is wrong with it.
type Checked<T> = Result<T, FieldError>;

#[cfg(test)]
mod tests;
