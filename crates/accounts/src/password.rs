//! Passwords: the secret itself and the policy for choosing one.

mod common;
mod walk;

use std::fmt;

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The fewest characters of a password.
const SHORTEST: usize = 8;
/// The most characters of a password.
const LONGEST: usize = 128;
/// The most bytes of a password, in UTF-8.
const LONGEST_BYTES: usize = 512;

/// A password in NFC, so that it is the same from every keyboard. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes what was typed, as it was typed but for its composition; nothing is trimmed.
    pub fn new(text: &str) -> Self {
        // NFC makes UTF-8 at most three times longer: the buffer never moves and leaves no copy.
        let mut composed = Zeroizing::new(String::with_capacity(text.len() * 3));
        composed.extend(text.nfc());
        Self(composed)
    }

    /// The password, to be hashed; the name is long so that every use is seen in review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password]")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)
            .map(Zeroizing::new)
            .map(|text| Self::new(&text))
    }
}

/// Why a password is refused. It says nothing of the password beyond the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than 8 characters.
    #[error("Password must have at least 8 characters")]
    TooShort,
    /// More than 128 characters or 512 bytes.
    #[error("Password must have at most 128 characters")]
    TooLong,
    /// No upper-case letter.
    #[error("Password must contain an upper-case letter")]
    NoUpper,
    /// No lower-case letter.
    #[error("Password must contain a lower-case letter")]
    NoLower,
    /// No digit.
    #[error("Password must contain a digit")]
    NoDigit,
    /// Nothing but letters and digits.
    #[error("Password must contain a special character")]
    NoSpecial,
    /// A control character.
    #[error("Password must not contain control characters")]
    Control,
    /// The username with digits and special characters around it.
    #[error("Password must not be made of the username")]
    LikeUsername,
    /// A known common password, or a run along the keyboard.
    #[error("Password is too common")]
    Common,
    /// One of the account's last five; found by the service, which holds their hashes.
    #[error("Password was used before")]
    Reused,
}

impl PasswordFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::NoUpper => "password_no_upper",
            Self::NoLower => "password_no_lower",
            Self::NoDigit => "password_no_digit",
            Self::NoSpecial => "password_no_special",
            Self::Control => "password_control",
            Self::LikeUsername => "password_like_username",
            Self::Common => "password_common",
            Self::Reused => "password_reused",
        }
    }
}

/// Whether the account of this username may choose this password.
///
/// # Errors
/// Every [`PasswordFault`] that applies, so that a form can name all at once.
pub fn check(password: &Password, username: &str) -> Result<(), Vec<PasswordFault>> {
    let text = password.expose();
    let length = text.chars().count();
    if length > LONGEST || text.len() > LONGEST_BYTES {
        return Err(vec![PasswordFault::TooLong]);
    }
    let lacks = |wanted: fn(char) -> bool| !text.contains(wanted);
    let faults: Vec<PasswordFault> = [
        (length < SHORTEST, PasswordFault::TooShort),
        (lacks(char::is_uppercase), PasswordFault::NoUpper),
        (lacks(char::is_lowercase), PasswordFault::NoLower),
        (lacks(|c| c.is_ascii_digit()), PasswordFault::NoDigit),
        (
            lacks(|c| !c.is_alphanumeric() && !c.is_control()),
            PasswordFault::NoSpecial,
        ),
        (text.contains(char::is_control), PasswordFault::Control),
        (
            common::is_made_of(text, username),
            PasswordFault::LikeUsername,
        ),
        (
            common::is_common(text) || walk::is_walk(text),
            PasswordFault::Common,
        ),
    ]
    .into_iter()
    .filter_map(|(applies, fault)| applies.then_some(fault))
    .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn faults(text: &str) -> Vec<PasswordFault> {
        check(&Password::new(text), "gildong")
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn a_password_that_keeps_the_policy_is_free() {
        for text in [
            "Maru-tree-7",
            "Xk9#mPq2vL",
            "긴 문장도 됩니다 Aa1",
            "T7!dokdo Fern",
            "Ab1!Zk9?",
        ] {
            assert_eq!(faults(text), [], "{text}");
        }
    }

    #[test]
    fn each_missing_kind_is_named() {
        assert_eq!(faults("Mt-7kXq"), [PasswordFault::TooShort]);
        assert_eq!(faults("maru-tree-7"), [PasswordFault::NoUpper]);
        assert_eq!(faults("MARU-TREE-7"), [PasswordFault::NoLower]);
        assert_eq!(faults("Maru-tree-x"), [PasswordFault::NoDigit]);
        assert_eq!(faults("MaruTree7kq"), [PasswordFault::NoSpecial]);
        assert_eq!(faults("Maru-tree\t-7"), [PasswordFault::Control]);
        assert_eq!(
            faults(""),
            [
                PasswordFault::TooShort,
                PasswordFault::NoUpper,
                PasswordFault::NoLower,
                PasswordFault::NoDigit,
                PasswordFault::NoSpecial
            ]
        );
    }

    #[test]
    fn an_overlong_password_is_refused_by_characters_and_by_bytes() {
        assert_eq!(faults(&format!("{}-7", "Maru tree".repeat(14))), []);
        assert_eq!(
            faults(&format!("{}-7", "Maru tree".repeat(15))),
            [PasswordFault::TooLong]
        );
        assert_eq!(faults(&format!("Aa1!{}", "🏠".repeat(124))), []);
        assert_eq!(faults(&"🏠".repeat(129)), [PasswordFault::TooLong]);
    }

    #[test]
    fn the_own_username_with_trimmings_is_refused() {
        for text in ["Gildong1!", "!!GilDong2026", "G1ldong7#"] {
            assert!(
                faults(text).contains(&PasswordFault::LikeUsername),
                "{text}"
            );
        }
        assert_eq!(faults("Gildong-house-7"), []);
    }

    #[test]
    fn known_passwords_and_keyboard_runs_are_refused() {
        for text in [
            "Password1!",
            "Qwer1234!",
            "1q2w3e4r!A",
            "Dkssud12!",
            "Abcd1234!",
            "!QAZ2wsx",
        ] {
            assert_eq!(faults(text), [PasswordFault::Common], "{text}");
        }
    }

    #[test]
    fn a_password_is_composed_read_from_json_and_not_printed() {
        let decomposed: String = "한옥Aa1!".nfd().collect();
        assert_eq!(Password::new(&decomposed).expose(), "한옥Aa1!");
        let read: Password = serde_json::from_str("\" kept as typed \"").unwrap();
        assert_eq!(read.expose(), " kept as typed ");
        assert_eq!(format!("{read:?}"), "[password]");
    }

    proptest! {
        #[test]
        fn checking_any_text_is_safe(text in "\\PC{0,200}|.{0,20}", username in "\\PC{0,20}") {
            let _ = check(&Password::new(&text), &username);
        }

        #[test]
        fn random_passwords_are_free(middle in "[b-df-hj-np-tv-z]{3}[0-9][A-Z][a-z][0-9]{2}[a-z]") {
            prop_assert_eq!(faults(&format!("K{middle}#v")), []);
        }
    }
}
