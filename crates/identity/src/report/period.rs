//! The period that a report is asked for, without I/O.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_web::error::FieldError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::kind::Kind;
use crate::day::{Day, days_before};
use crate::fault::Fault;

/// The period, as the query of an address gives it; an empty value is none.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PeriodIn {
    /// The last day, `YYYY-MM-DD`; today where left out.
    pub(super) to: Option<String>,
    /// How many days, one of those that the report offers.
    pub(super) days: Option<String>,
    /// The hour of that day, 0 to 23, for a report of an hour; the last one where left out.
    pub(super) hour: Option<String>,
    /// `csv`, where the API is to answer a file.
    pub(super) format: Option<String>,
}

/// A period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// Its last day, as the organisation counts days.
    pub(super) day: Day,
    /// Its first moment.
    pub(super) from: Timestamp,
    /// The moment behind its last.
    pub(super) until: Timestamp,
}

impl PeriodIn {
    /// The period that is meant of a report.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn check(
        &self,
        kind: Kind,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Period, Fault> {
        let today = now.local_date(zone);
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let to = read(self.to.as_deref(), |text| date(text, today), &mut keep);
        let days = read(self.days.as_deref(), |text| days(text, kind), &mut keep);
        let hour = read(self.hour.as_deref(), hour, &mut keep);
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        let days = days.unwrap_or(kind.usual_days());
        let day = Day::of(to.unwrap_or(today), zone);
        // Of today there is no more than there was until now.
        let end = if day.date == today { now } else { day.until };
        let (from, until) = match kind {
            Kind::HoursOfToday => (day.from, day.until),
            Kind::ProviderDays => (
                Day::of(days_before(day.date, days - 1), zone).from,
                day.until,
            ),
            Kind::ManyAddresses => an_hour(&day, hour, end, zone),
            Kind::ProviderSuccess
            | Kind::FailingPeople
            | Kind::LatestCompletions
            | Kind::CiDiReveals => (end.minus(DAY * days), end),
        };
        Ok(Period { day, from, until })
    }

    /// Whether a file is asked for.
    ///
    /// # Errors
    /// A field error for any other word.
    pub(super) fn wants_file(&self) -> Result<bool, Fault> {
        match given(self.format.as_deref()) {
            None | Some("json") => Ok(false),
            Some("csv") => Ok(true),
            Some(_) => {
                let fault = FieldError::new("/format", "unknown_value");
                Err(Fault::fields(vec![fault.arg("expected", "csv, json")]))
            }
        }
    }
}

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// That hour of the day, or the one before its end.
fn an_hour(
    day: &Day,
    hour: Option<usize>,
    end: Timestamp,
    zone: &TimeZone,
) -> (Timestamp, Timestamp) {
    let starts = day.hours(zone);
    let asked = hour.and_then(|hour| Some((*starts.get(hour)?, *starts.get(hour + 1)?)));
    asked.unwrap_or_else(|| (end.minus(HOUR), end))
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn read<T>(
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, FieldError>,
    keep: &mut impl FnMut(FieldError),
) -> Option<T> {
    parse(given(text)?).map_err(keep).ok()
}

/// `YYYY-MM-DD` and nothing else that jiff would read, and no day that is still to come.
fn date(text: &str, today: Date) -> Result<Date, FieldError> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date: Option<Date> = plain.then(|| text.parse().ok()).flatten();
    let date = date.ok_or_else(|| FieldError::new("/to", "date_format"))?;
    if date > today {
        return Err(FieldError::new("/to", "date_to_come"));
    }
    Ok(date)
}

fn days(text: &str, kind: Kind) -> Result<u32, FieldError> {
    let days = text.parse().ok();
    let usual = [kind.usual_days()];
    let offered: &[u32] = match kind.days() {
        [] => &usual,
        offered => offered,
    };
    days.filter(|days| offered.contains(days)).ok_or_else(|| {
        let words: Vec<String> = offered.iter().map(ToString::to_string).collect();
        FieldError::new("/days", "unknown_value").arg("expected", words.join(", "))
    })
}

fn hour(text: &str) -> Result<usize, FieldError> {
    let hour = text.parse().ok();
    hour.filter(|hour| *hour < 24).ok_or_else(|| {
        FieldError::new("/hour", "out_of_range")
            .arg("min", 0)
            .arg("max", 23)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half past two in the afternoon of 2026-11-21 in Seoul.
    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    fn seoul() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(9))
    }

    fn asked(to: &str, days: &str, hour: &str, kind: Kind) -> Result<Period, Fault> {
        let given = |text: &str| Some(text.to_owned());
        let asked = PeriodIn {
            to: given(to),
            days: given(days),
            hour: given(hour),
            format: None,
        };
        asked.check(kind, NOW, &seoul())
    }

    fn hours(period: &Period) -> u64 {
        period.until.since(period.from).as_secs() / 3_600
    }

    #[test]
    fn where_nothing_is_asked_it_is_the_usual_period_until_now() {
        for kind in Kind::ALL {
            let period = asked("", "", "", *kind).unwrap();
            let expected = match kind {
                Kind::ManyAddresses => 1,
                other => u64::from(other.usual_days()) * 24,
            };
            assert_eq!(hours(&period), expected, "{kind}");
            let is_of_days = matches!(kind, Kind::HoursOfToday | Kind::ProviderDays);
            assert_eq!(period.until == NOW, !is_of_days, "{kind}");
        }
    }

    #[test]
    fn an_earlier_day_is_told_of_to_its_end() {
        let period = asked("2026-11-20", "7", "", Kind::ProviderSuccess).unwrap();
        assert_eq!(period.until.to_rfc3339(), "2026-11-20T15:00:00.000000Z");
        assert_eq!(hours(&period), 7 * 24);
        let hour = asked("2026-11-20", "", "0", Kind::ManyAddresses).unwrap();
        assert_eq!(hour.from.to_rfc3339(), "2026-11-19T15:00:00.000000Z");
        let last = asked("2026-11-20", "", "", Kind::ManyAddresses).unwrap();
        assert_eq!(last.until, period.until);
    }

    #[test]
    fn what_cannot_be_told_is_refused() {
        for (to, days, hour) in [
            ("2026-11-22", "", ""),
            ("21.11.2026", "", ""),
            ("", "8", ""),
            ("", "x", ""),
            ("", "", "24"),
            ("", "", "-1"),
        ] {
            let refused = asked(to, days, hour, Kind::ProviderSuccess);
            assert!(refused.is_err(), "{to}{days}{hour}");
        }
        assert!(asked("", "7", "", Kind::HoursOfToday).is_err());
        assert!(asked("", "1", "", Kind::HoursOfToday).is_ok());
    }

    #[test]
    fn a_file_is_asked_for_by_its_name() {
        let of = |format: &str| PeriodIn {
            format: Some(format.to_owned()),
            ..PeriodIn::default()
        };
        assert!(of("csv").wants_file().unwrap());
        assert!(!of("").wants_file().unwrap() && !of("json").wants_file().unwrap());
        assert!(of("pdf").wants_file().is_err());
    }
}
