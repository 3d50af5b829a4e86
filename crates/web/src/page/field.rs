//! A field of a form.

use askama::Template;
use hanok_base::i18n::Text;

use crate::flash::Flash;
use crate::page::filters;
use crate::text;

/// One input with its label, hint and error; a template shows it with `{{ user_id|field }}`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of an input of its own"
)]
#[derive(Clone, Debug, Template)]
#[template(path = "field.html")]
pub struct Field {
    name: &'static str,
    label: Text,
    kind: &'static str,
    value: String,
    hint: Option<Text>,
    errors: Vec<Text>,
    autocomplete: &'static str,
    inputmode: Option<&'static str>,
    placeholder: Option<&'static str>,
    longest: Option<u32>,
    is_required: bool,
    is_phone: bool,
    is_pin: bool,
    is_filter: bool,
}

impl Field {
    /// A line of text.
    pub const fn new(name: &'static str, label: Text) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value: String::new(),
            hint: None,
            errors: Vec::new(),
            autocomplete: "off",
            inputmode: None,
            placeholder: None,
            longest: None,
            is_required: false,
            is_phone: false,
            is_pin: false,
            is_filter: false,
        }
    }

    /// The name that it is sent by.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// What people read beside it.
    pub(super) const fn label(&self) -> &Text {
        &self.label
    }

    /// A password: never filled in again. `autocomplete` is `current-password` or `new-password`.
    pub fn password(name: &'static str, label: Text, autocomplete: &'static str) -> Self {
        Self {
            kind: "password",
            autocomplete,
            ..Self::new(name, label)
        }
    }

    /// A PIN of six digits: never filled in again.
    pub fn pin(name: &'static str, label: Text) -> Self {
        Self {
            kind: "password",
            inputmode: Some("numeric"),
            longest: Some(6),
            is_pin: true,
            ..Self::new(name, label)
        }
    }

    /// A phone number, with dashes while it is typed.
    pub fn phone(name: &'static str, label: Text) -> Self {
        Self {
            kind: "tel",
            autocomplete: "tel-national",
            inputmode: Some("numeric"),
            placeholder: Some("010-1234-5678"),
            longest: Some(13),
            is_phone: true,
            ..Self::new(name, label)
        }
    }

    /// Another kind of input: `email`, `tel`, `date`.
    #[must_use]
    pub const fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// A word under the input.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What browsers may fill in: `username`, `name`, `bday`, `tel-national`.
    #[must_use]
    pub const fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// Which keyboard a phone shows: `numeric`, `tel`, `email`.
    #[must_use]
    pub const fn inputmode(mut self, inputmode: &'static str) -> Self {
        self.inputmode = Some(inputmode);
        self
    }

    /// An example in the empty input.
    #[must_use]
    pub const fn placeholder(mut self, placeholder: &'static str) -> Self {
        self.placeholder = Some(placeholder);
        self
    }

    /// The most characters it takes.
    #[must_use]
    pub const fn longest(mut self, longest: u32) -> Self {
        self.longest = Some(longest);
        self
    }

    /// It must be filled in.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// It narrows a list: nothing says "optional".
    #[must_use]
    pub const fn filter(mut self) -> Self {
        self.is_filter = true;
        self
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// What `flash` knows of it: what was typed, and what is wrong with that.
    #[must_use]
    pub fn filled(mut self, flash: &Flash) -> Self {
        if let Some(value) = flash.values.get(self.name) {
            self.value.clone_from(value);
        }
        self.errors = flash.errors_of(self.name).cloned().collect();
        self
    }

    /// The ids of what describes the input.
    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let is_wrong = !self.errors.is_empty();
        let error = is_wrong.then(|| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        ids.join(" ")
    }
}
