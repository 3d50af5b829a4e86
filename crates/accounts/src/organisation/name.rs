//! The names of departments and teams: how they are read and compared.

use unicode_normalization::UnicodeNormalization;

use crate::visible::is_hidden;

/// The most characters such a name has.
const LONGEST: usize = 60;

/// The name of a department or a team, in NFC; two that differ only in case or in white space are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    shown: String,
    key: String,
}

/// Why what was typed is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupNameFault {
    /// Nothing but white space.
    #[error("the name must not be empty")]
    Empty,
    /// More than 60 characters.
    #[error("the name must have at most {LONGEST} characters")]
    TooLong,
    /// A control, bidirectional or invisible character.
    #[error("the name contains characters that cannot be shown")]
    Hidden,
}

impl GroupNameFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong => "group_name_too_long",
            Self::Hidden => "name_characters",
        }
    }
}

impl GroupName {
    /// Reads a name of 1 to 60 characters after composing it to NFC; runs of white space become one space.
    ///
    /// # Errors
    /// [`GroupNameFault`].
    pub fn parse(text: &str) -> Result<Self, GroupNameFault> {
        let words: Vec<&str> = text.split_whitespace().collect();
        // One more than allowed is enough to know that there are too many.
        let shown: String = words.join(" ").nfc().take(LONGEST + 1).collect();
        match shown.chars().count() {
            0 => Err(GroupNameFault::Empty),
            length if length > LONGEST => Err(GroupNameFault::TooLong),
            _ if shown.chars().any(is_hidden) => Err(GroupNameFault::Hidden),
            _ => Ok(Self {
                key: shown.to_lowercase(),
                shown,
            }),
        }
    }

    /// The name, as it is shown.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// What is unique among siblings and looked up: the name in lower case.
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one_name() {
        let one = GroupName::parse("  Sales \u{3000} Team ").unwrap();
        assert_eq!(one.as_str(), "Sales Team");
        assert_eq!(one.key(), GroupName::parse("sales team").unwrap().key());
        let decomposed: String = "개발팀".nfd().collect();
        assert_eq!(GroupName::parse(&decomposed).unwrap().as_str(), "개발팀");
    }

    #[test]
    fn a_name_has_1_to_60_characters_that_can_be_seen() {
        let code = |text: &str| GroupName::parse(text).map_err(GroupNameFault::code).err();
        assert_eq!(code(" \t "), Some("required"));
        assert_eq!(code(&"가".repeat(60)), None);
        assert_eq!(code(&"가".repeat(61)), Some("group_name_too_long"));
        assert_eq!(code("가\u{202E}"), Some("name_characters"));
    }
}
