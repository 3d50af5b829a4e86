//! Usernames: how they are read and compared.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// The fewest characters a username has.
const SHORTEST: usize = 2;
/// The most characters a username has.
const LONGEST: usize = 64;

/// A username, in NFC and as it was typed; two that differ only in case are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username {
    shown: String,
    normalised: String,
}

/// Why what was typed is not a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameFault {
    /// Nothing at all.
    #[error("Username is missing")]
    Empty,
    /// Fewer than 2 characters.
    #[error("Username must have at least 2 characters")]
    TooShort,
    /// More than 64 characters.
    #[error("Username must have at most 64 characters")]
    TooLong,
    /// Something besides Latin and Hangul letters, digits, and `.`, `_`, `-` after the first.
    #[error(
        "Username may contain letters, digits, '.', '_' and '-', and begins with a letter or digit"
    )]
    Characters,
}

impl UsernameFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "username_empty",
            Self::TooShort => "username_too_short",
            Self::TooLong => "username_too_long",
            Self::Characters => "username_characters",
        }
    }
}

impl Username {
    /// Reads a username after trimming and composing it to NFC.
    ///
    /// # Errors
    /// [`UsernameFault`].
    pub fn parse(text: &str) -> Result<Self, UsernameFault> {
        // One more than allowed is enough to know that there are too many.
        let shown: String = text.trim().nfc().take(LONGEST + 1).collect();
        let length = shown.chars().count();
        if length > LONGEST {
            return Err(UsernameFault::TooLong);
        }
        if shown.is_empty() {
            return Err(UsernameFault::Empty);
        }
        if !shown.starts_with(is_letter_or_digit) {
            return Err(UsernameFault::Characters);
        }
        if !shown
            .chars()
            .all(|c| is_letter_or_digit(c) || matches!(c, '.' | '_' | '-'))
        {
            return Err(UsernameFault::Characters);
        }
        if length < SHORTEST {
            return Err(UsernameFault::TooShort);
        }
        let normalised = shown.to_ascii_lowercase();
        Ok(Self { shown, normalised })
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The one form that is unique and looked up: in lower case.
    pub fn normalised(&self) -> &str {
        &self.normalised
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

const fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '가'..='힣')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn latin_and_hangul_names_are_read() {
        for text in [
            "hong",
            "Hong.Gil-Dong_1",
            "홍길동",
            "길동99",
            "7up",
            &"a".repeat(64),
        ] {
            assert_eq!(Username::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Username::parse(" Hong ").unwrap().normalised(), "hong");
    }

    #[test]
    fn decomposed_hangul_is_the_same_name() {
        let composed = Username::parse("홍길동").unwrap();
        let decomposed: String = "홍길동".nfd().collect();
        assert_eq!(Username::parse(&decomposed).unwrap(), composed);
    }

    #[test]
    fn other_names_are_refused_with_the_reason() {
        for text in [
            "hong@example.com",
            "a b",
            "_hong",
            ".hong",
            "-hong",
            "hоng",
            "ㅎㄱㄷ",
            "홍\u{202E}길",
            "李白",
            "ａｂｃ",
            "@",
        ] {
            assert_eq!(
                Username::parse(text),
                Err(UsernameFault::Characters),
                "{text}"
            );
        }
        for text in ["", "  "] {
            assert_eq!(Username::parse(text), Err(UsernameFault::Empty));
        }
        for text in ["a", "홍", "  a  "] {
            assert_eq!(
                Username::parse(text),
                Err(UsernameFault::TooShort),
                "{text}"
            );
        }
        assert_eq!(
            Username::parse(&"a".repeat(65)),
            Err(UsernameFault::TooLong)
        );
    }

    proptest! {
        #[test]
        fn case_does_not_make_another_name(text in "[a-zA-Z0-9가-힣][a-zA-Z0-9._가-힣-]{1,63}") {
            let name = Username::parse(&text).unwrap();
            let upper = Username::parse(&text.to_ascii_uppercase()).unwrap();
            prop_assert_eq!(name.normalised(), upper.normalised());
        }

        #[test]
        fn reading_any_text_is_safe(text in "\\PC{0,80}") {
            if let Ok(name) = Username::parse(&text) {
                prop_assert!((2..=64).contains(&name.as_str().chars().count()));
                prop_assert_eq!(Username::parse(name.as_str()).unwrap(), name);
            }
        }
    }
}
