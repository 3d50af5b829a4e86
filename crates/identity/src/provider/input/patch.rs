//! A change of a provider, as it is typed and as it is applied.

use hanok_events::http::HttpPolicy;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::checks;
use crate::fault::Fault;
use crate::provider::settings::{
    AddressList, Delivery, Notify, ProviderLimits, ProviderName, SiteCode,
};
use crate::provider::store::ProviderRow;

/// A change of a provider: what is left out stays; `callback_url` may be `null`.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ProviderPatch {
    /// The version that was read; where it is another by now, nothing is changed.
    pub version: Option<i64>,
    /// What people read when they are asked.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub name: Option<String>,
    /// Where the provider is told; `null` for nowhere. Asks for the password again.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub callback_url: Field<String>,
    /// `callback` or `poll`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub delivery: Option<String>,
    /// `all` or `completed`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub notify: Option<String>,
    /// The code of the company behind the provider.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub site_code: Option<String>,
    /// Addresses and networks that the provider calls from; empty is any.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub address_allow_list: Option<Vec<String>>,
    /// All limits of its own, in place of those before.
    #[serde(default, deserialize_with = "given_object")]
    #[schema(value_type = ProviderLimits, required = false)]
    pub limits: Option<ProviderLimits>,
    /// Whether an unknown number is answered like a known one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub hide_unknown_users: Option<bool>,
    /// Whether it receives CI; only a super_admin may change it. Asks for the password again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub ci_entitled: Option<bool>,
    /// Whether it may ask at all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub active: Option<bool>,
}

/// A field that may be left out, emptied or set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Left out: it stays as it is.
    #[default]
    Left,
    /// `null`: it becomes empty.
    Null,
    /// A new value.
    Given(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Given))
    }
}

impl<T: PartialEq> Field<T> {
    /// Sets `slot` where this is something else, and says whether it was.
    fn set(self, slot: &mut Option<T>) -> bool {
        match self {
            Self::Left => false,
            Self::Null => set(slot, Some(None)),
            Self::Given(value) => set(slot, Some(Some(value))),
        }
    }
}

/// Tells a field that is there from one that is left out; `null` is read as what the field holds.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The same of an object, which no array stands for.
fn given_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    hanok_web::extract::object(deserializer).map(Some)
}

/// A change, checked field by field.
#[derive(Clone, Debug, Default)]
pub(in crate::provider) struct Change {
    version: Option<i64>,
    name: Option<ProviderName>,
    callback_url: Field<String>,
    delivery: Option<Delivery>,
    notify: Option<Notify>,
    site_code: Option<SiteCode>,
    address_allow_list: Option<AddressList>,
    limits: Option<ProviderLimits>,
    hide_unknown_users: Option<bool>,
    ci_entitled: Option<bool>,
    active: Option<bool>,
}

impl ProviderPatch {
    /// Every field checked.
    ///
    /// # Errors
    /// Field errors.
    pub(in crate::provider) fn check(&self, policy: &HttpPolicy) -> Result<Change, Fault> {
        let mut faults = Vec::new();
        let callback_url = match &self.callback_url {
            Field::Given(url) => checks::optional(&mut faults, Some(url.as_str()), |url| {
                checks::callback_url(url, policy)
            })
            .map_or(Field::Left, Field::Given),
            other => other.clone(),
        };
        let networks = self
            .address_allow_list
            .as_deref()
            .map(|texts| checks::addresses(&mut faults, texts));
        let change = Change {
            version: self.version,
            name: checks::optional(&mut faults, self.name.as_deref(), checks::name),
            callback_url,
            delivery: checks::optional(&mut faults, self.delivery.as_deref(), checks::delivery),
            notify: checks::optional(&mut faults, self.notify.as_deref(), checks::notify),
            site_code: checks::optional(&mut faults, self.site_code.as_deref(), checks::site_code),
            address_allow_list: networks,
            limits: checks::optional(&mut faults, self.limits.as_ref(), checks::limits),
            hide_unknown_users: self.hide_unknown_users,
            ci_entitled: self.ci_entitled,
            active: self.active,
        };
        if faults.is_empty() {
            Ok(change)
        } else {
            Err(Fault::fields(faults))
        }
    }
}

impl Change {
    /// What `row` becomes, and the names of the fields that differ.
    ///
    /// # Errors
    /// A field error where `row` is another version than the caller read, or where a provider that is
    /// told would have no address.
    pub(in crate::provider) fn apply(
        self,
        row: &ProviderRow,
    ) -> Result<(ProviderRow, Vec<&'static str>), Fault> {
        if self.version.is_some_and(|read| read != row.version) {
            return Err(Fault::field("/version", "version_changed"));
        }
        let (mut new, mut changed) = (row.clone(), Vec::new());
        let mut note = |field, differs: bool| {
            if differs {
                changed.push(field);
            }
        };
        note(
            "name",
            set(
                &mut new.name,
                self.name.map(|name| name.as_str().to_owned()),
            ),
        );
        note("callback_url", self.callback_url.set(&mut new.callback_url));
        note("delivery", set(&mut new.delivery, self.delivery));
        note("notify", set(&mut new.notify, self.notify));
        note(
            "site_code",
            set(
                &mut new.site_code,
                self.site_code.map(|code| code.as_str().to_owned()),
            ),
        );
        note(
            "address_allow_list",
            set(&mut new.address_allow_list, self.address_allow_list),
        );
        note("limits", set(&mut new.limits, self.limits));
        note(
            "hide_unknown_users",
            set(&mut new.hide_unknown_users, self.hide_unknown_users),
        );
        note("ci_entitled", set(&mut new.ci_entitled, self.ci_entitled));
        note("active", set(&mut new.active, self.active));
        if new.delivery == Delivery::Callback && new.callback_url.is_none() {
            return Err(Fault::fields(vec![checks::missing_url()]));
        }
        Ok((new, changed))
    }
}

/// Sets `slot` where there is another value, and says whether there was.
fn set<T: PartialEq>(slot: &mut T, value: Option<T>) -> bool {
    let Some(value) = value.filter(|value| value != slot) else {
        return false;
    };
    *slot = value;
    true
}
