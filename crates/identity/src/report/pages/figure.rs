//! The drawings of reports.

use std::collections::BTreeMap;
use std::time::Duration;

use hanok_base::i18n::Text;
use jiff::tz::TimeZone;

use super::sheet::{named, revealed};
use crate::chart::{self, Drawing, Heat, Share};
use crate::day::days_before;
use crate::provider::ProviderId;
use crate::report::told::{Lines, Told};
use crate::report::{
    FailingPerson, Hour, LatestCompletion, ProviderDay, ProviderOutcome, Reveal, SeenFromMany,
};
use crate::tally::Tally;
use crate::text::report_drawing as say;

/// How many lines a drawing has at most; the table has them all.
const MOST: usize = 20;

/// A drawing with what stands around it.
#[derive(Clone, Debug)]
pub(super) struct Figure {
    pub(super) title: Text,
    /// How it is read.
    pub(super) note: Text,
    /// What its lines are called, from the top.
    pub(super) names: Vec<String>,
    /// What stands below it, each at the beginning of its part of the width.
    pub(super) axis: Vec<String>,
    pub(super) drawing: Drawing,
}

/// The drawings of a report; none where there is nothing to draw.
pub(super) fn figures(told: &Told, zone: &TimeZone) -> Vec<Figure> {
    match &told.lines {
        Lines::ProviderSuccess(lines) => of_providers(lines),
        Lines::FailingPeople(lines) => of_people(lines),
        Lines::HoursOfToday(lines) => of_hours(lines),
        Lines::ProviderDays(lines) => {
            let last = told.period.until.minus(Duration::from_micros(1));
            let last = last.local_date(zone);
            let dates = [6, 5, 4, 3, 2, 1, 0].map(|ago| days_before(last, ago).to_string());
            of_days(lines, &dates)
        }
        Lines::LatestCompletions(lines) => of_completions(lines),
        Lines::CiDiReveals(lines) => of_reveals(lines),
        Lines::ManyAddresses(lines) => of_addresses(lines),
    }
}

fn share(name: &str, whole: i64, part: i64) -> Share {
    Share {
        says: format!("{name}: {part} / {whole}"),
        whole,
        part,
    }
}

/// A line for each share, under its name.
fn by_line(
    title: Text,
    note: Text,
    shares: impl Iterator<Item = (String, i64, i64)>,
) -> Vec<Figure> {
    let (mut names, mut lines) = (Vec::new(), Vec::new());
    for (name, whole, part) in shares.take(MOST) {
        lines.push(share(&name, whole, part));
        names.push(name);
    }
    let figure = Figure {
        title,
        note,
        names,
        axis: Vec::new(),
        drawing: chart::bars(&lines),
    };
    if lines.is_empty() {
        Vec::new()
    } else {
        vec![figure]
    }
}

fn of_providers(lines: &[ProviderOutcome]) -> Vec<Figure> {
    let mut lines: Vec<&ProviderOutcome> = lines.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.tally.total_requests));
    let share = |line: &ProviderOutcome| {
        let Tally {
            total_requests,
            completed,
            ..
        } = line.tally;
        (line.provider_name.clone(), total_requests, completed)
    };
    let shares = lines.into_iter().map(share);
    by_line(say::providers(), say::part_completed(), shares)
}

fn of_people(lines: &[FailingPerson]) -> Vec<Figure> {
    let share = |line: &FailingPerson| {
        (
            named(&line.name, &line.username),
            line.failures,
            line.not_confirmed,
        )
    };
    let shares = lines.iter().map(share);
    by_line(say::people(), say::part_not_confirmed(), shares)
}

fn of_hours(lines: &[Hour]) -> Vec<Figure> {
    if lines.iter().all(|line| line.tally.total_requests == 0) {
        return Vec::new();
    }
    let axis = ["00:00", "06:00", "12:00", "18:00"].map(str::to_owned);
    let column = |line: &Hour| {
        let Tally {
            total_requests,
            completed,
            ..
        } = line.tally;
        share(&format!("{:02}:00", line.hour), total_requests, completed)
    };
    let columns: Vec<Share> = lines.iter().map(column).collect();
    let rate = |line: &Hour| (line.tally.total_requests > 0).then_some(line.tally.success_rate);
    let rates: Vec<Option<f64>> = lines.iter().map(rate).collect();
    let figure = |title, note, drawing| Figure {
        title,
        note,
        names: Vec::new(),
        axis: axis.to_vec(),
        drawing,
    };
    vec![
        figure(
            say::hours(),
            say::columns_completed(),
            chart::columns(&columns),
        ),
        figure(
            say::rate(),
            say::rate_of_hours(),
            chart::lines(&rates, 100.0),
        ),
    ]
}

/// The day of a line without its year, as there is room for.
fn short(date: &str) -> String {
    let month_and_day = date.split_once('-').map(|(_, rest)| rest);
    month_and_day.unwrap_or(date).to_owned()
}

fn of_days(lines: &[ProviderDay], dates: &[String; 7]) -> Vec<Figure> {
    let mut rows: Vec<(ProviderId, &str)> = Vec::new();
    let mut found: BTreeMap<(ProviderId, &str), Tally> = BTreeMap::new();
    for line in lines {
        let (Some(id), Some(name)) = (line.provider_id, line.provider_name.as_deref()) else {
            continue;
        };
        match line.date.as_deref() {
            Some(date) => {
                found.insert((id, date), line.tally);
            }
            // The subtotal ends a provider's lines.
            None => rows.push((id, name)),
        }
    }
    rows.truncate(MOST);
    let field = |(id, name): (ProviderId, &str), date: &str| {
        let tally = found.get(&(id, date)).copied().unwrap_or_default();
        let (value, completed) = (tally.total_requests, tally.completed);
        Heat {
            says: format!("{name} {date}: {completed} / {value}"),
            value,
        }
    };
    let row = |row: &(ProviderId, &str)| dates.iter().map(|date| field(*row, date)).collect();
    let heat: Vec<Vec<Heat>> = rows.iter().map(row).collect();
    if heat.is_empty() {
        return Vec::new();
    }
    vec![Figure {
        title: say::days(),
        note: say::strength(),
        names: rows.iter().map(|(_, name)| (*name).to_owned()).collect(),
        axis: dates.iter().map(|date| short(date)).collect(),
        drawing: chart::heat(&heat),
    }]
}

fn of_completions(lines: &[LatestCompletion]) -> Vec<Figure> {
    let first = lines.iter().filter(|line| line.sequence == 1);
    let shares = first.map(|line| {
        (
            named(&line.name, &line.username),
            line.completions,
            line.completions,
        )
    });
    by_line(say::completions(), say::of_people(), shares)
}

fn of_reveals(lines: &[Reveal]) -> Vec<Figure> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for line in lines {
        let names = [&line.provider_name, &line.actor];
        let name = names.into_iter().flatten().next().cloned();
        let name = name.unwrap_or_else(|| revealed(&line.details));
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<(String, i64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shares = counts.into_iter().map(|(name, count)| (name, count, count));
    by_line(say::reveals(), say::of_receivers(), shares)
}

fn of_addresses(lines: &[SeenFromMany]) -> Vec<Figure> {
    let share = |line: &SeenFromMany| {
        (
            named(&line.name, &line.username),
            line.attempts,
            line.refused,
        )
    };
    let shares = lines.iter().map(share);
    by_line(say::attempts(), say::part_refused(), shares)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(n: u128, date: Option<&str>, total_requests: i64) -> ProviderDay {
        ProviderDay {
            provider_id: Some(ProviderId::from_uuid(Uuid::from_u128(n))),
            provider_name: Some(format!("shop {n}")),
            date: date.map(str::to_owned),
            tally: Tally {
                total_requests,
                ..Tally::default()
            },
        }
    }

    #[test]
    fn each_provider_has_seven_fields_whatever_days_it_had_requests_on() {
        let dates = [15, 16, 17, 18, 19, 20, 21].map(|day| format!("2026-11-{day}"));
        let lines = [
            day(1, Some("2026-11-20"), 4),
            day(1, None, 4),
            day(2, Some("2026-11-15"), 2),
            day(2, Some("2026-11-21"), 1),
            day(2, None, 3),
        ];
        let figures = of_days(&lines, &dates);
        let figure = figures.first().unwrap();
        assert_eq!(figure.names, ["shop 1", "shop 2"]);
        assert_eq!(figure.axis.first().map(String::as_str), Some("11-15"));
        assert_eq!(figure.drawing.marks.len(), 14);
        assert!(of_days(&[], &dates).is_empty());
    }

    #[test]
    fn a_drawing_has_no_more_lines_than_can_be_read() {
        let shares = (0..50).map(|n| (n.to_string(), n, 0));
        let figures = by_line(say::people(), say::of_people(), shares);
        assert_eq!(figures.first().unwrap().names.len(), MOST);
    }
}
