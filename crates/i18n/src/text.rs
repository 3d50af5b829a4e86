//! A message that is to be told, in no language yet.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A message with its values; [`Catalogue::tell`](crate::Catalogue::tell) puts it into a language.
///
/// Made by the functions that [`build::generate`](crate::build::generate) writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The message's key: `login.title`.
    pub key: Cow<'static, str>,
    /// The values it asks for, by name.
    pub values: Vec<(Cow<'static, str>, String)>,
}

impl Text {
    /// The message of this key, without values.
    pub const fn new(key: &'static str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            values: Vec::new(),
        }
    }

    /// Adds a value.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and text are passed as they come"
    )]
    pub fn value(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((Cow::Borrowed(name), value.to_string()));
        self
    }
}
