//! The tables of reports.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;

use crate::provider::ProviderId;
use crate::provider::console::Tab;
use crate::report::told::Lines;
use crate::report::{
    FailingPerson, Hour, LatestCompletion, ProviderDay, ProviderOutcome, Reveal, SeenFromMany,
    Tally,
};
use crate::text::report_head as head;

/// Which pages a reader may be led to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leads {
    pub(super) people: bool,
    pub(super) providers: bool,
}

/// What stands in a field of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Somebody's own word.
    Words(String),
    /// The same, with the page that it leads to.
    Link(String, String),
    /// A text of ours.
    Said(Text),
    Number(i64),
    Moment(Timestamp),
    Nothing,
}

/// A row: each field with what stands over it.
pub(super) type Row = Vec<(Text, Cell)>;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sheet {
    pub(super) heads: Vec<Text>,
    pub(super) rows: Vec<Row>,
}

impl Sheet {
    fn new<const N: usize>(heads: &[Text; N], rows: impl Iterator<Item = [Cell; N]>) -> Self {
        let named = |cells: [Cell; N]| heads.iter().cloned().zip(cells).collect();
        Self {
            rows: rows.map(named).collect(),
            heads: heads.to_vec(),
        }
    }
}

/// The table of a report; without rows where there is nothing to tell.
pub(super) fn sheet(lines: &Lines, leads: Leads) -> Sheet {
    match lines {
        Lines::ProviderSuccess(lines) => of_providers(lines, leads),
        Lines::FailingPeople(lines) => of_people(lines, leads),
        Lines::HoursOfToday(lines) => of_hours(lines),
        Lines::ProviderDays(lines) => of_days(lines, leads),
        Lines::LatestCompletions(lines) => of_completions(lines, leads),
        Lines::CiDiReveals(lines) => of_reveals(lines, leads),
        Lines::ManyAddresses(lines) => of_addresses(lines, leads),
    }
}

fn of_providers(lines: &[ProviderOutcome], leads: Leads) -> Sheet {
    let heads = [
        head::provider(),
        head::requests(),
        head::completed(),
        head::failed(),
        head::expired(),
        head::rate(),
        head::took(),
    ];
    let row = |line: &ProviderOutcome| {
        let [requests, completed, failed, expired, rate] = of_tally(&line.tally);
        let name = provider(line.provider_id, &line.provider_name, leads);
        let took = took(&line.tally);
        [name, requests, completed, failed, expired, rate, took]
    };
    Sheet::new(&heads, lines.iter().map(row))
}

fn of_people(lines: &[FailingPerson], leads: Leads) -> Sheet {
    let heads = [
        head::person(),
        head::failures(),
        head::not_confirmed(),
        head::denied(),
        head::others(),
        head::last(),
    ];
    let row = |line: &FailingPerson| {
        [
            person(line.account_id, (&line.name, &line.username), leads),
            Cell::Number(line.failures),
            Cell::Number(line.not_confirmed),
            Cell::Number(line.denied),
            Cell::Number(line.failures - line.not_confirmed - line.denied),
            Cell::Moment(line.last_at),
        ]
    };
    Sheet::new(&heads, lines.iter().map(row))
}

fn of_hours(lines: &[Hour]) -> Sheet {
    let heads = [
        head::hour(),
        head::requests(),
        head::completed(),
        head::failed(),
        head::expired(),
        head::rate(),
    ];
    let row = |line: &Hour| {
        let [requests, completed, failed, expired, rate] = of_tally(&line.tally);
        let hour = Cell::Words(format!("{:02}:00", line.hour));
        [hour, requests, completed, failed, expired, rate]
    };
    let is_any = lines.iter().any(|line| line.tally.total_requests > 0);
    Sheet::new(&heads, lines.iter().filter(|_| is_any).map(row))
}

fn of_days(lines: &[ProviderDay], leads: Leads) -> Sheet {
    let heads = [
        head::provider(),
        head::date(),
        head::requests(),
        head::completed(),
        head::failed(),
        head::expired(),
        head::rate(),
    ];
    let row = |line: &ProviderDay| {
        let [requests, completed, failed, expired, rate] = of_tally(&line.tally);
        let name = match (line.provider_id, &line.provider_name) {
            (Some(id), Some(name)) => provider(id, name, leads),
            _ => Cell::Said(head::all_providers()),
        };
        let date = match (&line.date, line.provider_id) {
            (Some(date), _) => Cell::Words(date.clone()),
            (None, Some(_)) => Cell::Said(head::subtotal()),
            (None, None) => Cell::Said(head::grand_total()),
        };
        [name, date, requests, completed, failed, expired, rate]
    };
    let is_any = lines.iter().any(|line| line.tally.total_requests > 0);
    Sheet::new(&heads, lines.iter().filter(|_| is_any).map(row))
}

fn of_completions(lines: &[LatestCompletion], leads: Leads) -> Sheet {
    let heads = [
        head::rank(),
        head::person(),
        head::completions(),
        head::sequence(),
        head::completed_at(),
        head::provider(),
        head::transaction(),
    ];
    let row = |line: &LatestCompletion| {
        let id = line.transaction_id.to_string();
        let address = format!("/admin/transactions/{id}");
        [
            Cell::Number(line.rank),
            person(line.account_id, (&line.name, &line.username), leads),
            Cell::Number(line.completions),
            Cell::Number(line.sequence),
            Cell::Moment(line.completed_at),
            Cell::Words(line.provider_name.clone()),
            led(id, address, leads.providers),
        ]
    };
    Sheet::new(&heads, lines.iter().map(row))
}

fn of_reveals(lines: &[Reveal], leads: Leads) -> Sheet {
    let heads = [
        head::when(),
        head::what(),
        head::whose(),
        head::by(),
        head::provider(),
        head::transaction(),
    ];
    let row = |line: &Reveal| {
        let names = line.name.as_deref().zip(line.username.as_deref());
        let whose = line.account_id.zip(names);
        let request = line.transaction_id.map(|id| {
            let address = format!("/admin/transactions/{id}");
            led(id.to_string(), address, leads.providers)
        });
        let told = line.provider_id.zip(line.provider_name.as_deref());
        [
            Cell::Moment(line.at),
            Cell::Words(revealed(&line.details)),
            whose.map_or(Cell::Nothing, |(id, names)| person(id, names, leads)),
            words(line.actor.as_ref()),
            told.map_or(Cell::Nothing, |(id, name)| provider(id, name, leads)),
            request.unwrap_or(Cell::Nothing),
        ]
    };
    Sheet::new(&heads, lines.iter().map(row))
}

fn of_addresses(lines: &[SeenFromMany], leads: Leads) -> Sheet {
    let heads = [
        head::person(),
        head::addresses(),
        head::attempts(),
        head::refused(),
        head::last(),
    ];
    let row = |line: &SeenFromMany| {
        [
            person(line.account_id, (&line.name, &line.username), leads),
            Cell::Number(line.addresses),
            Cell::Number(line.attempts),
            Cell::Number(line.refused),
            Cell::Moment(line.last_at),
        ]
    };
    Sheet::new(&heads, lines.iter().map(row))
}

fn of_tally(tally: &Tally) -> [Cell; 5] {
    [
        Cell::Number(tally.total_requests),
        Cell::Number(tally.completed),
        Cell::Number(tally.failed),
        Cell::Number(tally.expired),
        if tally.total_requests > 0 {
            Cell::Words(format!("{:.1}%", tally.success_rate))
        } else {
            Cell::Nothing
        },
    ]
}

fn took(tally: &Tally) -> Cell {
    let seconds = tally.avg_processing_seconds;
    seconds.map_or(Cell::Nothing, |seconds| {
        Cell::Said(head::seconds(format!("{seconds:.1}")))
    })
}

fn words(word: Option<&String>) -> Cell {
    word.map_or(Cell::Nothing, |word| Cell::Words(word.clone()))
}

fn led(word: String, address: String, leads: bool) -> Cell {
    if leads {
        Cell::Link(word, address)
    } else {
        Cell::Words(word)
    }
}

/// A person by their name and what they sign in with.
pub(super) fn named(name: &str, username: &str) -> String {
    if name == username {
        return name.to_owned();
    }
    format!("{name} ({username})")
}

fn person(id: AccountId, (name, username): (&str, &str), leads: Leads) -> Cell {
    let address = format!("/admin/people/{id}");
    led(named(name, username), address, leads.people)
}

fn provider(id: ProviderId, name: &str, leads: Leads) -> Cell {
    led(name.to_owned(), Tab::Statistics.path(id), leads.providers)
}

/// What the trail says was unsealed, by its names: `CI, DI`.
pub(super) fn revealed(details: &str) -> String {
    let object: serde_json::Value = serde_json::from_str(details).unwrap_or_default();
    let values = object.get("values").and_then(serde_json::Value::as_array);
    let names = values
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str);
    let names: Vec<String> = names.map(str::to_uppercase).collect();
    if names.is_empty() {
        details.to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests;
