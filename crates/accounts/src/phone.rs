//! Korean mobile numbers: how they are read, kept and shown.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A mobile number `010-1234-5678`. Wiped when dropped; `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PhoneNumber {
    middle: [u8; 4],
    last: [u8; 4],
}

/// What was typed is not a mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Phone number must be in format: 010-1234-5678")]
pub struct PhoneFault;

impl PhoneFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        "phone_format"
    }
}

impl PhoneNumber {
    /// Reads `^(\+82[ -]?|0)10[ -]?\d{4}[ -]?\d{4}$` after trimming.
    ///
    /// # Errors
    /// [`PhoneFault`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PhoneFault> {
        Self::read(text.trim()).ok_or(PhoneFault)
    }

    fn read(text: &str) -> Option<Self> {
        let local = match text.strip_prefix("+82") {
            Some(rest) => after_separator(rest),
            None => text.strip_prefix('0')?,
        };
        let (middle, rest) = four_digits(after_separator(local.strip_prefix("10")?))?;
        let (last, rest) = four_digits(after_separator(rest))?;
        rest.is_empty().then_some(Self { middle, last })
    }

    /// The one form that is sealed and indexed: `010-1234-5678`.
    pub fn normalised(&self) -> Zeroizing<String> {
        self.joined("010-", "-")
    }

    /// Digits alone: `01012345678`.
    pub fn digits(&self) -> Zeroizing<String> {
        self.joined("010", "")
    }

    /// What lists and logs may show: `010-****-5678`.
    pub fn masked(&self) -> String {
        let mut shown = String::from("010-****-");
        shown.extend(self.last.iter().copied().map(char::from));
        shown
    }

    fn joined(&self, prefix: &str, separator: &str) -> Zeroizing<String> {
        // The longest form has 13 bytes: the buffer never moves and leaves no copy behind.
        let mut text = Zeroizing::new(String::with_capacity(16));
        text.push_str(prefix);
        text.extend(self.middle.iter().copied().map(char::from));
        text.push_str(separator);
        text.extend(self.last.iter().copied().map(char::from));
        text
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

fn after_separator(text: &str) -> &str {
    text.strip_prefix([' ', '-']).unwrap_or(text)
}

fn four_digits(text: &str) -> Option<([u8; 4], &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let digits: [u8; 4] = digits.as_bytes().try_into().ok()?;
    digits
        .iter()
        .all(u8::is_ascii_digit)
        .then_some((digits, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_usual_way_of_writing_a_number_is_one_number() {
        for text in [
            "010-1234-5678",
            "01012345678",
            "010 1234 5678",
            "+82 10-1234-5678",
            "+821012345678",
            "+82-10 1234-5678",
            "\t010-1234 5678\n",
        ] {
            let number = PhoneNumber::parse(text).unwrap();
            assert_eq!(number.normalised().as_str(), "010-1234-5678", "{text}");
            assert_eq!(number.digits().as_str(), "01012345678", "{text}");
        }
    }

    #[test]
    fn other_numbers_are_refused_with_the_format() {
        for text in [
            "",
            "010",
            "011-123-4567",
            "010-123-4567",
            "010--1234-5678",
            "0 10-1234-5678",
            "010-1234-56789",
            "+82 010-1234-5678",
            "82 10-1234-5678",
            "+82  10-1234-5678",
            "010-12345-678",
            "010.1234.5678",
            "０１０-1234-5678",
            "010-١٢٣٤-5678",
            "010-1234-567八",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneFault), "{text}");
        }
        assert_eq!(
            PhoneFault.to_string(),
            "Phone number must be in format: 010-1234-5678"
        );
    }

    proptest! {
        #[test]
        fn whatever_the_rule_allows_is_read(text in r"(\+82[ -]?|0)10[ -]?[0-9]{4}[ -]?[0-9]{4}") {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let tail: String = digits.chars().skip(digits.len() - 8).collect();
            let number = PhoneNumber::parse(&text).unwrap();
            prop_assert_eq!(number.digits().to_string(), format!("010{tail}"));
            prop_assert_eq!(PhoneNumber::parse(&number.normalised()).unwrap(), number);
        }

        #[test]
        fn what_is_read_follows_the_rule(text in r"[+ 0-9-]{9,18}|\PC{0,20}") {
            if PhoneNumber::parse(&text).is_ok() {
                let bare: String = text.trim().chars().filter(|c| !" -".contains(*c)).collect();
                prop_assert!(bare.starts_with("010") || bare.starts_with("+8210"));
                prop_assert!(bare.trim_start_matches("+82").len() - usize::from(bare.starts_with('0')) == 10);
            }
        }

        #[test]
        fn a_mask_shows_the_last_four_and_nothing_more(middle in "[0-9]{4}", last in "[0-9]{4}") {
            let number = PhoneNumber::parse(&format!("010-{middle}-{last}")).unwrap();
            prop_assert_eq!(number.masked(), format!("010-****-{last}"));
            prop_assert_eq!(format!("{number:?}"), number.masked());
        }
    }
}
