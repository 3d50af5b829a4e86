//! Dates of birth.

use std::fmt;

use jiff::civil::Date;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The first year a living person may be born in.
const FIRST_YEAR: i16 = 1900;

/// A date of birth. Wiped when dropped; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Birthdate {
    year: i16,
    month: i8,
    day: i8,
}

/// Why what was typed is not a date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthdateFault {
    /// Not of the shape `YYYY-MM-DD`.
    #[error("Birthdate must be in format: YYYY-MM-DD")]
    Malformed,
    /// The calendar has no such day.
    #[error("Birthdate is not a real date")]
    NotReal,
    /// After today.
    #[error("Birthdate cannot be in the future")]
    Future,
    /// Before 1900.
    #[error("Birthdate cannot be before 1900")]
    TooEarly,
}

impl BirthdateFault {
    /// The stable name of this fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "birthdate_format",
            Self::NotReal => "birthdate_not_real",
            Self::Future => "birthdate_future",
            Self::TooEarly => "birthdate_too_early",
        }
    }
}

impl Birthdate {
    /// Reads `YYYY-MM-DD` after trimming; `today` is the organisation's.
    ///
    /// # Errors
    /// [`BirthdateFault`].
    pub fn parse(text: &str, today: Date) -> Result<Self, BirthdateFault> {
        let (year, month, day) = read(text.trim()).ok_or(BirthdateFault::Malformed)?;
        let date = Date::new(year, month, day).map_err(|_| BirthdateFault::NotReal)?;
        if date > today {
            return Err(BirthdateFault::Future);
        }
        if year < FIRST_YEAR {
            return Err(BirthdateFault::TooEarly);
        }
        Ok(Self { year, month, day })
    }

    /// The form that is sealed: `YYYY-MM-DD`.
    pub fn normalised(&self) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "{:04}-{:02}-{:02}",
            self.year, self.month, self.day
        ))
    }

    /// What pages show of it: the year alone.
    pub(crate) fn masked(&self) -> String {
        format!("{:04}-**-**", self.year)
    }

    /// The ways a person would type this date in six digits: YYMMDD, MMDDYY, DDMMYY, YYYYMM.
    pub(crate) fn six_digit_forms(&self) -> Zeroizing<Vec<String>> {
        let Self { year, month, day } = *self;
        let short = year % 100;
        Zeroizing::new(vec![
            format!("{short:02}{month:02}{day:02}"),
            format!("{month:02}{day:02}{short:02}"),
            format!("{day:02}{month:02}{short:02}"),
            format!("{year:04}{month:02}"),
        ])
    }
}

impl fmt::Debug for Birthdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[birthdate]")
    }
}

fn read(text: &str) -> Option<(i16, i8, i8)> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    let complete = parts.next().is_none();
    complete.then_some((year, month.try_into().ok()?, day.try_into().ok()?))
}

fn number(text: &str, length: usize) -> Option<i16> {
    let digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 21);

    #[test]
    fn a_real_day_up_to_today_is_read() {
        for text in [
            "1990-01-15",
            "2000-02-29",
            "1900-01-01",
            "2026-11-21",
            " 1985-12-31 ",
        ] {
            assert_eq!(
                Birthdate::parse(text, TODAY).unwrap().normalised().as_str(),
                text.trim()
            );
        }
    }

    #[test]
    fn other_days_are_refused_with_the_reason() {
        let cases = [
            ("1900-02-29", BirthdateFault::NotReal),
            ("1990-13-01", BirthdateFault::NotReal),
            ("1990-00-10", BirthdateFault::NotReal),
            ("1899-12-31", BirthdateFault::TooEarly),
            ("0000-01-01", BirthdateFault::TooEarly),
            ("2026-11-22", BirthdateFault::Future),
            ("1990-1-15", BirthdateFault::Malformed),
            ("19900115", BirthdateFault::Malformed),
            ("1990-01-15-", BirthdateFault::Malformed),
            ("1990/01/15", BirthdateFault::Malformed),
            ("+990-01-15", BirthdateFault::Malformed),
            ("１９９０-01-15", BirthdateFault::Malformed),
            ("", BirthdateFault::Malformed),
        ];
        for (text, fault) in cases {
            assert_eq!(Birthdate::parse(text, TODAY), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_birthdate_is_not_printed() {
        let birthdate = Birthdate::parse("1990-01-15", TODAY).unwrap();
        assert_eq!(format!("{birthdate:?}"), "[birthdate]");
    }

    proptest! {
        #[test]
        fn reading_any_text_is_safe_and_settles(text in "[0-9-]{8,12}|\\PC{0,12}") {
            if let Ok(birthdate) = Birthdate::parse(&text, TODAY) {
                let text = birthdate.normalised();
                prop_assert_eq!(Birthdate::parse(&text, TODAY), Ok(birthdate));
            }
        }
    }
}
