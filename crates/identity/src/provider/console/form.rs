//! The form of a provider: what it asks, what it sends, and what comes back of it where something is wrong.

use askama::Template;
use hanok_base::Secret;
use hanok_base::i18n::Text;
use hanok_web::error::{Error, FieldError};
use hanok_web::page::{Check, Choice, TextArea, filters};
use hanok_web::{Field, Flash, Redirected, codes};
use serde::Deserialize;

use crate::fault::Fault;
use crate::provider::input::{self, ProviderIn, ProviderPatch};
use crate::provider::settings::ProviderLimits;
use crate::provider::store::ProviderRow;
use crate::text;

/// What the form sends; a box that is not ticked is not sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FormIn {
    version: Option<i64>,
    name: Option<String>,
    site_code: Option<String>,
    delivery: Option<String>,
    callback_url: Option<String>,
    notify: Option<String>,
    address_allow_list: Option<String>,
    requests_per_minute: Option<String>,
    hide_unknown_users: Option<String>,
    active: Option<String>,
    /// The password, where it was not given a moment ago.
    pub(super) password: Option<Secret>,
}

/// Which fields there are and whether the password is asked for beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// A new provider, or somebody who manages all: site code, allow list and switches too.
    pub(super) is_whole: bool,
    /// A new one has no switch for being active.
    pub(super) is_new: bool,
    /// The session gave the password a moment ago.
    pub(super) is_confirmed: bool,
}

/// The fields, filled.
struct Fields {
    version: Option<i64>,
    name: Field,
    site_code: Option<Field>,
    delivery: Choice,
    callback_url: Field,
    notify: Choice,
    addresses: Option<TextArea>,
    per_minute: Field,
    hide_unknown: Option<Check>,
    active: Option<Check>,
    password: Option<Field>,
}

/// The form.
#[derive(Template)]
#[template(path = "providers/form.html")]
pub(super) struct FormBody {
    fields: Fields,
    action: String,
    back: String,
    save: Text,
}

impl FormBody {
    /// The form of `row`, or of a provider that is not there yet, as `flash` brings it back; it is sent to
    /// `action`, and who does not want to goes to `back`.
    pub(super) fn new(
        row: Option<&ProviderRow>,
        extent: Extent,
        flash: &Flash,
        (action, back): (String, String),
    ) -> Self {
        Self {
            fields: Fields::new(row, extent, flash),
            action,
            back,
            save: if extent.is_new {
                text::provider_form::create()
            } else {
                text::provider_form::save()
            },
        }
    }
}

impl Fields {
    fn new(row: Option<&ProviderRow>, extent: Extent, flash: &Flash) -> Self {
        let text_of = |of: fn(&ProviderRow) -> String| row.map(of).unwrap_or_default();
        let per_minute = row.and_then(|row| row.limits.requests_per_minute);
        Self {
            version: row.map(|row| row.version),
            name: name().value(text_of(|row| row.name.clone())).filled(flash),
            site_code: extent.is_whole.then(|| {
                let field = site_code().value(text_of(|row| row.site_code.clone()));
                field.filled(flash)
            }),
            delivery: delivery()
                .value(row.map_or("callback", |row| row.delivery.as_str()))
                .filled(flash),
            callback_url: callback_url()
                .value(text_of(|row| row.callback_url.clone().unwrap_or_default()))
                .filled(flash),
            notify: notify()
                .value(row.map_or("all", |row| row.notify.as_str()))
                .filled(flash),
            addresses: extent.is_whole.then(|| {
                let area =
                    addresses().value(text_of(|row| row.address_allow_list.texts().join("\n")));
                area.filled(flash)
            }),
            per_minute: per_minute_field()
                .value(
                    per_minute
                        .map(|count| count.to_string())
                        .unwrap_or_default(),
                )
                .filled(flash),
            hide_unknown: extent.is_whole.then(|| {
                let check = Check::new("hide_unknown_users", text::provider_form::hide_unknown());
                let check = check.hint(text::provider_form::hide_unknown_hint());
                check
                    .ticked(row.is_some_and(|row| row.hide_unknown_users))
                    .filled(flash)
            }),
            active: (extent.is_whole && !extent.is_new).then(|| {
                let check = Check::new("active", text::provider_form::active());
                let check = check.hint(text::provider_form::active_hint());
                check.ticked(row.is_none_or(|row| row.active)).filled(flash)
            }),
            password: (!extent.is_confirmed).then(|| password(extent.is_new).filled(flash)),
        }
    }
}

fn name() -> Field {
    Field::new("name", text::provider_form::name())
        .hint(text::provider_form::name_hint())
        .longest(100)
        .required()
}

fn site_code() -> Field {
    Field::new("site_code", text::provider_form::site_code())
        .hint(text::provider_form::site_code_hint())
        .longest(64)
        .required()
}

fn delivery() -> Choice {
    Choice::new("delivery", text::provider_form::delivery())
        .required()
        .option("callback", text::provider_form::delivery_callback())
        .option("poll", text::provider_form::delivery_poll())
}

fn callback_url() -> Field {
    Field::new("callback_url", text::provider_form::callback_url())
        .kind("url")
        .inputmode("url")
        .hint(text::provider_form::callback_url_hint())
        .placeholder("https://shop.example.com/hanok/callback")
        .longest(2048)
}

fn notify() -> Choice {
    Choice::new("notify", text::provider_form::notify())
        .required()
        .option("all", text::provider::all_ends())
        .option("completed", text::provider::completed_only())
}

fn addresses() -> TextArea {
    TextArea::new("address_allow_list", text::provider_form::addresses())
        .hint(text::provider_form::addresses_hint())
}

fn per_minute_field() -> Field {
    Field::new("requests_per_minute", text::provider_form::per_minute())
        .inputmode("numeric")
        .hint(text::provider_form::per_minute_hint())
        .longest(6)
}

fn password(is_new: bool) -> Field {
    let field = Field::password(
        "password",
        text::provider_form::password(),
        "current-password",
    );
    if is_new {
        field.hint(text::provider_form::password_hint()).required()
    } else {
        field.hint(text::provider_form::password_change_hint())
    }
}

impl FormIn {
    /// A provider to be made.
    ///
    /// # Errors
    /// A field error for a limit that is no number.
    pub(super) fn new_provider(&self) -> Result<ProviderIn, Fault> {
        Ok(ProviderIn {
            name: self.name.clone(),
            callback_url: self.callback_url.clone(),
            delivery: self.delivery.clone(),
            notify: self.notify.clone(),
            site_code: self.site_code.clone(),
            address_allow_list: Some(self.networks()),
            limits: Some(self.limits()?),
            hide_unknown_users: Some(self.hide_unknown_users.is_some()),
            ci_entitled: None,
            active: None,
        })
    }

    /// A change of a provider; `is_whole` says whether the form held the fields that owners do not change.
    ///
    /// # Errors
    /// As [`new_provider`](Self::new_provider).
    pub(super) fn patch(&self, is_whole: bool) -> Result<ProviderPatch, Fault> {
        let url = self.callback_url.clone().filter(|url| !url.is_empty());
        Ok(ProviderPatch {
            version: self.version,
            name: self.name.clone(),
            callback_url: url.map_or(input::Field::Null, input::Field::Given),
            delivery: self.delivery.clone(),
            notify: self.notify.clone(),
            site_code: self.site_code.clone().filter(|_| is_whole),
            address_allow_list: is_whole.then(|| self.networks()),
            limits: Some(self.limits()?),
            hide_unknown_users: is_whole.then_some(self.hide_unknown_users.is_some()),
            ci_entitled: None,
            active: is_whole.then_some(self.active.is_some()),
        })
    }

    /// The networks, of which each stands on a line of its own.
    fn networks(&self) -> Vec<String> {
        let lines = self
            .address_allow_list
            .as_deref()
            .unwrap_or_default()
            .lines();
        let entries = lines.map(str::trim).filter(|line| !line.is_empty());
        entries.map(str::to_owned).collect()
    }

    fn limits(&self) -> Result<ProviderLimits, Fault> {
        let typed = self.requests_per_minute.as_deref().map(str::trim);
        let typed = typed.filter(|typed| !typed.is_empty());
        let count = typed.map(str::parse).transpose();
        let out_of_range = |_| {
            let fault = FieldError::new("/requests_per_minute", "out_of_range").arg("min", 1);
            Fault::fields(vec![fault.arg("max", ProviderLimits::MOST_PER_MINUTE)])
        };
        Ok(ProviderLimits {
            requests_per_minute: count.map_err(out_of_range)?,
        })
    }

    /// Back to the form at `path`, with what was typed and what is wrong with it.
    ///
    /// # Errors
    /// What the caller may not do or not know of, and faults of ours.
    pub(super) fn back(self, path: &str, fault: Fault) -> Result<Redirected, Error> {
        let error = Error::from(fault);
        let error = if error.code() == codes::PASSWORD_REQUIRED {
            Error::invalid_request([FieldError::new("/password", "required")])
        } else {
            error
        };
        let theirs = [codes::INVALID_REQUEST, codes::RATE_LIMITED, codes::BUSY];
        if !theirs.contains(&error.code()) {
            return Err(error);
        }
        let mut flash = Flash::of(&self.at_fields(error));
        // Put in by hand: a site code is no secret, though its name has "code" in it.
        flash.values.extend(self.typed());
        Ok(Redirected::to(path).flash(flash))
    }

    /// What was typed, but for the password.
    fn typed(self) -> impl Iterator<Item = (String, String)> {
        let typed = [
            ("name", self.name),
            ("site_code", self.site_code),
            ("delivery", self.delivery),
            ("callback_url", self.callback_url),
            ("notify", self.notify),
            ("address_allow_list", self.address_allow_list),
            ("requests_per_minute", self.requests_per_minute),
            ("hide_unknown_users", self.hide_unknown_users),
            ("active", self.active),
        ];
        let given = typed.into_iter();
        given.filter_map(|(name, value)| Some((name.to_owned(), value?)))
    }

    /// The same error with each fault at the field of the form that holds it.
    fn at_fields(&self, error: Error) -> Error {
        if error.fields().is_empty() {
            return error;
        }
        Error::invalid_request(error.fields().iter().map(|fault| self.at_field(fault)))
    }

    fn at_field(&self, fault: &FieldError) -> FieldError {
        let entry = fault.pointer.strip_prefix("/address_allow_list/");
        if let Some(line) = entry.and_then(|index| self.line_of(index.parse().ok()?)) {
            return FieldError::new("/address_allow_list", "address_line").arg("line", line);
        }
        let mut fault = fault.clone();
        if fault.pointer == "/limits/requests_per_minute" {
            fault.pointer = "/requests_per_minute".into();
        }
        fault
    }

    /// The line, from 1, on which a network stands; empty ones are none.
    fn line_of(&self, entry: usize) -> Option<usize> {
        let lines = self.address_allow_list.as_deref()?.lines().enumerate();
        let mut entries = lines.filter(|(_, line)| !line.trim().is_empty());
        entries.nth(entry).map(|(line, _)| line + 1)
    }
}
