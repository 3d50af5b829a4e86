//! People's names: how they are read.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::visible::is_hidden;

/// The most characters a name has.
const LONGEST: usize = 100;

/// A person's name, in NFC. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// Why what was typed is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameFault {
    /// Nothing but white space.
    #[error("Name must not be empty")]
    Empty,
    /// More than 100 characters.
    #[error("Name must have at most 100 characters")]
    TooLong,
    /// A control, bidirectional or invisible character.
    #[error("Name contains characters that cannot be shown")]
    Hidden,
}

impl PersonNameFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "name_empty",
            Self::TooLong => "name_too_long",
            Self::Hidden => "name_characters",
        }
    }
}

impl PersonName {
    /// Reads a name of 1 to 100 characters after trimming and composing it to NFC.
    ///
    /// # Errors
    /// [`PersonNameFault`].
    pub fn parse(text: &str) -> Result<Self, PersonNameFault> {
        // One more than allowed is enough to know that there are too many.
        let name: String = text.trim().nfc().take(LONGEST + 1).collect();
        if name.is_empty() {
            return Err(PersonNameFault::Empty);
        }
        if name.chars().count() > LONGEST {
            return Err(PersonNameFault::TooLong);
        }
        if name.chars().any(is_hidden) {
            return Err(PersonNameFault::Hidden);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[name]")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_any_script_are_read_and_composed() {
        for text in [
            "홍길동",
            "José O'Neil-García",
            "李白",
            "김",
            &"가".repeat(100),
        ] {
            let decomposed: String = text.nfd().collect();
            assert_eq!(
                PersonName::parse(&format!(" {decomposed} "))
                    .unwrap()
                    .as_str(),
                text
            );
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        assert_eq!(PersonName::parse(" \u{3000} "), Err(PersonNameFault::Empty));
        assert_eq!(
            PersonName::parse(&"가".repeat(101)),
            Err(PersonNameFault::TooLong)
        );
        for text in [
            "홍\0길동",
            "홍\n길동",
            "a\u{202E}b",
            "\u{3164}",
            "a\u{200B}b",
        ] {
            assert_eq!(
                PersonName::parse(text),
                Err(PersonNameFault::Hidden),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_name_is_not_printed() {
        assert_eq!(
            format!("{:?}", PersonName::parse("홍길동").unwrap()),
            "[name]"
        );
    }

    proptest! {
        #[test]
        fn reading_any_text_is_safe_and_settles(text in "\\PC{0,120}|.{0,20}") {
            if let Ok(name) = PersonName::parse(&text) {
                prop_assert_eq!(PersonName::parse(name.as_str()).unwrap(), name);
            }
        }
    }
}
