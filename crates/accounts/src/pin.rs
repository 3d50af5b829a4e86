//! The PIN: six digits that approve an identity request, and which six are refused.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::birthdate::Birthdate;
use crate::phone::PhoneNumber;

/// PINs that people choose most, besides those the rules below refuse; one a line, sorted.
/// Our own collection: keypad paths, doubled and counted numbers, well-known constants and numbers
/// that read as words in Korean.
const COMMON: &str = include_str!("pin/common.txt");

/// A six-digit PIN. Wiped when dropped; it has neither `Display` nor `Debug` of its digits.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct PinCode([u8; 6]);

/// Why a PIN is refused. It says nothing of the PIN beyond the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFault {
    /// Not six digits.
    #[error("PIN must be six digits")]
    Format,
    /// Fewer than three different digits, half of it twice, or pairs (`112233`).
    #[error("PIN must not repeat its digits")]
    Repeated,
    /// Digits that go on by the same step, also past 9 (`123456`, `890123`, `975319`).
    #[error("PIN must not be a sequence")]
    Sequence,
    /// The date of birth in one of its six-digit forms.
    #[error("PIN must not be the birthdate")]
    Birthdate,
    /// Six digits in a row of the phone number.
    #[error("PIN must not be part of the phone number")]
    Phone,
    /// One of those chosen most.
    #[error("PIN is too common")]
    Common,
}

impl PinFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Format => "pin_format",
            Self::Repeated => "pin_repeated",
            Self::Sequence => "pin_sequence",
            Self::Birthdate => "pin_birthdate",
            Self::Phone => "pin_phone",
            Self::Common => "pin_common",
        }
    }
}

impl PinCode {
    /// Reads exactly six ASCII digits. Whether they may be chosen as a PIN, [`check`] says.
    ///
    /// # Errors
    /// [`PinFault::Format`].
    pub fn parse(text: &str) -> Result<Self, PinFault> {
        let digits: [u8; 6] = text.as_bytes().try_into().map_err(|_| PinFault::Format)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
            .ok_or(PinFault::Format)
    }

    /// The six ASCII digits, to be hashed; the name is long so that every use is seen in review.
    pub const fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[pin]")
    }
}

/// Whether a person with this birthdate and phone number may choose this PIN.
///
/// # Errors
/// The first [`PinFault`] in the order in which they are listed.
pub fn check(
    pin: &PinCode,
    birthdate: Option<&Birthdate>,
    phone: Option<&PhoneNumber>,
) -> Result<(), PinFault> {
    let refused = [
        (is_repeated(&pin.0), PinFault::Repeated),
        (is_sequence(&pin.0), PinFault::Sequence),
        (
            birthdate.is_some_and(|date| is_birthdate(&pin.0, date)),
            PinFault::Birthdate,
        ),
        (
            phone.is_some_and(|number| is_in_phone(&pin.0, number)),
            PinFault::Phone,
        ),
        (is_common(&pin.0), PinFault::Common),
    ];
    refused
        .into_iter()
        .find(|(applies, _)| *applies)
        .map_or(Ok(()), |(_, fault)| Err(fault))
}

fn is_repeated(digits: &[u8]) -> bool {
    let different = (b'0'..=b'9').filter(|digit| digits.contains(digit)).count();
    let (half, other_half) = digits.split_at(digits.len() / 2);
    let mut pairs = digits.chunks(2);
    different < 3 || half == other_half || pairs.all(|pair| pair.first() == pair.last())
}

fn is_sequence(digits: &[u8]) -> bool {
    let mut steps = digits.windows(2).filter_map(|pair| match pair {
        [from, to] => Some((to + 10 - from) % 10),
        _ => None,
    });
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

fn is_birthdate(digits: &[u8], birthdate: &Birthdate) -> bool {
    birthdate
        .six_digit_forms()
        .iter()
        .any(|form| form.as_bytes() == digits)
}

fn is_in_phone(digits: &[u8], phone: &PhoneNumber) -> bool {
    phone
        .digits()
        .as_bytes()
        .windows(6)
        .any(|run| run == digits)
}

fn is_common(digits: &[u8]) -> bool {
    COMMON.lines().any(|line| line.as_bytes() == digits)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn verdict(pin: &str) -> Result<(), PinFault> {
        let birthdate = Birthdate::parse("1987-06-25", date(2026, 11, 21)).unwrap();
        let phone = PhoneNumber::parse("010-4829-7316").unwrap();
        check(
            &PinCode::parse(pin).unwrap(),
            Some(&birthdate),
            Some(&phone),
        )
    }

    #[test]
    fn only_six_digits_are_a_pin() {
        for text in [
            "",
            "12345",
            "1234567",
            "12345a",
            " 12345",
            "１２３",
            "12 456",
            "-12345",
        ] {
            assert_eq!(PinCode::parse(text).err(), Some(PinFault::Format), "{text}");
        }
        assert_eq!(PinCode::parse("048213").unwrap().expose(), b"048213");
    }

    #[test]
    fn a_guessable_pin_is_refused_with_the_reason() {
        let cases = [
            (
                PinFault::Repeated,
                &[
                    "111111", "121212", "123123", "112233", "111222", "100001", "990099",
                ][..],
            ),
            (
                PinFault::Sequence,
                &[
                    "123456", "654321", "890123", "210987", "012345", "135791", "975319",
                ],
            ),
            (
                PinFault::Birthdate,
                &["870625", "062587", "250687", "198706"],
            ),
            (
                PinFault::Phone,
                &["010482", "104829", "048297", "482973", "829731", "297316"],
            ),
            (
                PinFault::Common,
                &["159753", "123321", "147258", "314159", "100400", "789456"],
            ),
        ];
        for (fault, pins) in cases {
            for pin in pins {
                assert_eq!(verdict(pin), Err(fault), "{pin}");
            }
        }
    }

    #[test]
    fn other_pins_are_free_also_for_who_gave_neither_birthdate_nor_phone() {
        for pin in ["482916", "730418", "902746"] {
            assert_eq!(verdict(pin), Ok(()), "{pin}");
        }
        assert_eq!(
            check(&PinCode::parse("870625").unwrap(), None, None),
            Ok(())
        );
    }

    #[test]
    fn most_pins_stay_free() {
        let free = (0..1_000_000_u32)
            .step_by(97)
            .filter(|n| verdict_alone(*n).is_ok())
            .count();
        assert!(free > 10_310 * 99 / 100, "{free} of 10,310");
    }

    fn verdict_alone(number: u32) -> Result<(), PinFault> {
        check(
            &PinCode::parse(&format!("{number:06}")).unwrap(),
            None,
            None,
        )
    }

    #[test]
    fn the_common_list_is_sorted_and_adds_to_the_rules() {
        assert!(COMMON.lines().is_sorted_by(|one, next| one < next));
        for line in COMMON.lines() {
            assert_eq!(
                verdict_alone(line.parse().unwrap()),
                Err(PinFault::Common),
                "{line}"
            );
        }
    }

    #[test]
    fn a_pin_is_not_printed() {
        assert_eq!(format!("{:?}", PinCode::parse("482916").unwrap()), "[pin]");
    }

    proptest! {
        #[test]
        fn every_run_of_the_own_phone_is_refused(number in "010[0-9]{8}", start in 0_usize..6) {
            let phone = PhoneNumber::parse(&number).unwrap();
            let pin: String = number.chars().skip(start).take(6).collect();
            prop_assert!(check(&PinCode::parse(&pin).unwrap(), None, Some(&phone)).is_err());
        }

        #[test]
        fn every_form_of_the_own_birthdate_is_refused(
            year in 1900_i32..2026, month in 1..=12, day in 1..=28, form in 0..4
        ) {
            let text = format!("{year}-{month:02}-{day:02}");
            let birthdate = Birthdate::parse(&text, date(2026, 11, 21)).unwrap();
            let short = year % 100;
            let pin = match form {
                0 => format!("{short:02}{month:02}{day:02}"),
                1 => format!("{month:02}{day:02}{short:02}"),
                2 => format!("{day:02}{month:02}{short:02}"),
                _ => format!("{year}{month:02}"),
            };
            prop_assert!(check(&PinCode::parse(&pin).unwrap(), Some(&birthdate), None).is_err());
        }

        #[test]
        fn every_even_step_is_a_sequence(first in 0..10_u32, step in 1..10_u32) {
            let pin: String = (0..6).map(|n| ((first + n * step) % 10).to_string()).collect();
            prop_assert!(check(&PinCode::parse(&pin).unwrap(), None, None).is_err());
        }

        #[test]
        fn reading_any_text_is_safe(text in "\\PC{0,10}") {
            prop_assert_eq!(PinCode::parse(&text).is_ok(), text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
