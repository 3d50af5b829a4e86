//! What a template needs besides its own values.

use std::any::Any;
use std::sync::Arc;

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
