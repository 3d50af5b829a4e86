//! Fields of a form that are no line of text: a choice of several, a box to tick, a text of several lines.

use askama::Template;
use hanok_base::i18n::Text;

use crate::flash::Flash;
use crate::page::filters;
use crate::text;

/// What an option says: a text of ours, or somebody's own word such as a department's name.
#[derive(Clone, Debug)]
enum Said {
    Ours(Text),
    Theirs(String),
}

/// An option of a [`Choice`].
#[derive(Clone, Debug)]
struct Offer {
    value: String,
    said: Said,
}

/// One of several values, with its label, hint and error; a template shows it with `{{ role|choice }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "choice.html")]
pub struct Choice {
    name: &'static str,
    label: Text,
    offers: Vec<Offer>,
    chosen: String,
    hint: Option<Text>,
    error: Option<Text>,
    is_required: bool,
    is_filter: bool,
}

impl Choice {
    /// A choice without options yet.
    pub const fn new(name: &'static str, label: Text) -> Self {
        Self {
            name,
            label,
            offers: Vec::new(),
            chosen: String::new(),
            hint: None,
            error: None,
            is_required: false,
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

    /// An option with a text of ours; the empty value stands for "any" or "none".
    #[must_use]
    pub fn option(mut self, value: impl Into<String>, text: Text) -> Self {
        self.offers.push(Offer {
            value: value.into(),
            said: Said::Ours(text),
        });
        self
    }

    /// An option with somebody's own word: a name.
    #[must_use]
    pub fn named(mut self, value: impl Into<String>, word: impl Into<String>) -> Self {
        self.offers.push(Offer {
            value: value.into(),
            said: Said::Theirs(word.into()),
        });
        self
    }

    /// A word under it.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// It must be chosen.
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

    /// What is chosen.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.chosen = value.into();
        self
    }

    /// What `flash` knows of it: what was chosen, and what is wrong with that.
    #[must_use]
    pub fn filled(mut self, flash: &Flash) -> Self {
        if let Some(value) = flash.values.get(self.name) {
            self.chosen.clone_from(value);
        }
        self.error = flash.error(self.name).cloned();
        self
    }

    fn is_chosen(&self, offer: &Offer) -> bool {
        offer.value == self.chosen
    }
}

/// A box to tick, sent as `on`; a template shows it with `{{ active|check }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "check.html")]
pub struct Check {
    name: &'static str,
    label: Text,
    hint: Option<Text>,
    error: Option<Text>,
    is_ticked: bool,
}

impl Check {
    /// An empty box.
    pub const fn new(name: &'static str, label: Text) -> Self {
        Self {
            name,
            label,
            hint: None,
            error: None,
            is_ticked: false,
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

    /// A word under it.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Whether it is ticked.
    #[must_use]
    pub const fn ticked(mut self, is_ticked: bool) -> Self {
        self.is_ticked = is_ticked;
        self
    }

    /// What `flash` knows of it, where a form came back: a box that was left empty is not sent.
    #[must_use]
    pub fn filled(mut self, flash: &Flash) -> Self {
        if !flash.values.is_empty() {
            self.is_ticked = flash.values.contains_key(self.name);
        }
        self.error = flash.error(self.name).cloned();
        self
    }
}

/// A text of several lines; a template shows it with `{{ reason|textarea }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "textarea.html")]
pub struct TextArea {
    name: &'static str,
    label: Text,
    value: String,
    hint: Option<Text>,
    error: Option<Text>,
    longest: Option<u32>,
    rows: u8,
    is_required: bool,
}

impl TextArea {
    /// An empty one of four lines.
    pub const fn new(name: &'static str, label: Text) -> Self {
        Self {
            name,
            label,
            value: String::new(),
            hint: None,
            error: None,
            longest: None,
            rows: 4,
            is_required: false,
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

    /// A word under it.
    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The most characters it takes.
    #[must_use]
    pub const fn longest(mut self, longest: u32) -> Self {
        self.longest = Some(longest);
        self
    }

    /// How many lines are seen at once.
    #[must_use]
    pub const fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// It must be filled in.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
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
        self.error = flash.error(self.name).cloned();
        self
    }
}

/// The ids of what describes the input `name`.
fn described_by(name: &str, hint: Option<&Text>, error: Option<&Text>) -> String {
    let hint = hint.map(|_| format!("{name}-hint"));
    let error = error.map(|_| format!("{name}-error"));
    let ids: Vec<String> = hint.into_iter().chain(error).collect();
    ids.join(" ")
}
