//! Messages in Korean and English: the crate `hanok-i18n`, under the name the house knows it by.

pub use hanok_i18n::{Catalogue, CatalogueError, Ending, Locale, Text, UnknownLocale, ending};
