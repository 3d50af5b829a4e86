//! Messages in Korean and English.
//!
//! A catalogue holds TOML files of messages; tables make dotted keys (`[sign_in] locked = "…"` is
//! `sign_in.locked`). `{name}` is replaced by a value. Korean writes a particle by how the word
//! before it ends, so `{name|이/가}` is replaced by the value and the particle that fits it:
//! `이/가`, `을/를`, `은/는`, `과/와`, `으로/로` and any other pair "after a consonant / after a vowel".

mod catalogue;
mod locale;
mod particle;
mod template;

pub use catalogue::{Catalogue, CatalogueError};
pub use locale::{Locale, UnknownLocale};
pub use particle::{Ending, ending};
