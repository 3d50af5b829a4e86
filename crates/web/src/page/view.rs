//! What a template needs besides its own values.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Values;
use hanok_base::i18n::{Catalogue, Locale, Text};
use jiff::tz;

/// The language, the time zone and the assets that a page is rendered with; the filters find it
/// among askama's runtime values.
#[derive(Clone, Debug)]
pub struct View {
    /// The reader's language.
    pub locale: Locale,
    /// The program's messages.
    pub catalogue: Arc<Catalogue>,
    /// The organisation's time zone.
    pub zone: tz::TimeZone,
    /// Where the sprite of icons lies, where it is built.
    pub icons: Option<String>,
    /// What the fields shown so far are called.
    pub labels: Labels,
}

/// What the fields of a page are called, by name: noted while its body is rendered, for the summary of errors above it.
#[derive(Clone, Debug, Default)]
pub struct Labels(Arc<Mutex<Vec<(&'static str, Text)>>>);

impl Labels {
    /// Notes what a field is called.
    pub(super) fn note(&self, name: &'static str, label: &Text) {
        let mut labels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        labels.push((name, label.clone()));
    }

    /// What the field of that name is called, where the page has one.
    pub(super) fn of(&self, name: &str) -> Option<Text> {
        let labels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = labels.iter().find(|(known, _)| *known == name);
        found.map(|(_, label)| label.clone())
    }
}

/// The key of the view among the runtime values.
const KEY: &str = "view";

impl Values for View {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == KEY).then_some(self as &dyn Any)
    }
}

impl View {
    /// The view among a template's runtime values.
    pub(super) fn of(values: &dyn Values) -> askama::Result<&Self> {
        askama::get_value::<Self>(values, KEY)
    }

    /// A text in the reader's language.
    pub fn tell(&self, text: &Text) -> String {
        self.catalogue.tell(self.locale, text)
    }
}
