//! Messages in Korean and English.
//!
//! A catalogue holds TOML files of messages; tables make dotted keys (`[sign_in] locked = "…"` is
//! `sign_in.locked`). `{name}` is replaced by a value. Korean writes a particle by how the word
//! before it ends, so `{name|이/가}` is replaced by the value and the particle that fits it:
//! `이/가`, `을/를`, `은/는`, `과/와`, `으로/로` and any other pair "after a consonant / after a vowel".
//!
//! A crate's build script calls [`build::generate`], which writes one function per message, so that a
//! page names its texts as `text::login::title()` and a key that is missing in either language fails
//! the build. What such a function gives is a [`Text`]: a message in no language yet.
//!
//! Invariants: this crate reads files in [`build`] only; a value is never read as a message.

pub mod build;
mod catalogue;
mod locale;
mod particle;
mod template;
mod text;

pub use catalogue::{Catalogue, CatalogueError};
pub use locale::{Locale, UnknownLocale};
pub use particle::{Ending, ending};
pub use text::Text;
