//! `hanok report`.

use clap::{Parser, ValueEnum};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::command::{Failure, Host, Opened, Run};
use hanok_base::{Timestamp, terminal};
use hanok_web::csv::line;
use jiff::tz::TimeZone;
use serde_json::json;

use super::{
    CiDiReveals, FailingPeople, HoursOfToday, LatestCompletions, Line, ManyAddresses, ProviderDays,
    ProviderSuccess, all,
};
use crate::context::Identity;
use crate::fault::Fault;
use crate::routes::IdentityApp;

/// Reports over what people were asked and what was done; without a name, the list of them
#[derive(Parser)]
#[command(
    name = "report",
    after_help = "\
Examples:
  hanok report
  hanok report provider-success
  hanok report provider-days --csv > days.csv"
)]
pub(crate) struct Report {
    /// Which one
    name: Option<Name>,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Success rate and mean processing time by provider over 30 days, at least 10 requests
    ProviderSuccess,
    /// People with 3 or more failures in 7 days, and their last; the first 1000
    FailingPeople,
    /// Requests and success rate for each of today's 24 hours
    HoursOfToday,
    /// Provider × day over 7 days, with subtotals and a grand total
    ProviderDays,
    /// Each person's latest 5 completions over 90 days, ranked by volume, the first 100 rows
    LatestCompletions,
    /// Reveals of CI and DI in 24 hours, the newest 1000
    CiDiReveals,
    /// Accounts seen from 3 or more addresses with 5 or more attempts in the last hour, the first 1000
    ManyAddresses,
}

/// How the lines are printed.
#[derive(Clone, Copy)]
enum Form {
    Table,
    Csv,
    Json,
}

impl Run for Report {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let Some(name) = self.name else {
            list();
            return Ok(());
        };
        let opened = host.open().await?;
        let IdentityApp(identity) = opened.app("identity")?;
        let form = match (self.csv, self.json) {
            (true, _) => Form::Csv,
            (_, true) => Form::Json,
            _ => Form::Table,
        };
        let now = opened.accounts.clock.now();
        let zone = opened.accounts.organisation.get().zone.clone();
        let desk = Desk {
            identity,
            opened: &opened,
            form,
        };
        match name {
            Name::ProviderSuccess => desk.show(ProviderSuccess::until(now)).await,
            Name::FailingPeople => desk.show(FailingPeople::until(now)).await,
            Name::HoursOfToday => desk.show(HoursOfToday::at(now, &zone)).await,
            Name::ProviderDays => desk.show(ProviderDays::until(now, &zone)).await,
            Name::LatestCompletions => desk.show(LatestCompletions::until(now)).await,
            Name::CiDiReveals => desk.show(CiDiReveals::until(now)).await,
            Name::ManyAddresses => desk.show(ManyAddresses::until(now)).await,
        }
    }
}

/// Says which there are; neither moment nor zone matters to their names.
fn list() {
    let queries = all(Timestamp::from_seconds(0), &TimeZone::UTC);
    let rows = queries.map(|query| [query.name(), query.title()].map(str::to_owned));
    terminal::table(["report", "what it tells"], &rows);
}

/// Where a report is read.
struct Desk<'a> {
    identity: &'a Identity,
    opened: &'a Opened,
    form: Form,
}

impl Desk<'_> {
    async fn show<R: super::Report>(&self, report: R) -> Result<(), Failure> {
        let (name, names_people) = (report.name(), report.names_people());
        let rows = self.identity.report(report).await?;
        let action = match self.form {
            Form::Csv => Some(Action::DataExport),
            Form::Table | Form::Json => names_people.then_some(Action::AuditSearch),
        };
        if let Some(action) = action {
            self.note(action, name, rows.len()).await?;
        }
        match self.form {
            Form::Table => {
                let cells: Vec<Vec<String>> = rows.iter().map(Line::cells).collect();
                terminal::columns(R::Row::HEADS, &cells);
            }
            Form::Csv => terminal::line(csv(&rows)?.trim_end()),
            Form::Json => terminal::json(&json!({ "report": name, "rows": rows })),
        }
        Ok(())
    }

    /// Puts on the trail that it was read, or that its data left as a file.
    async fn note(&self, action: Action, name: &str, rows: usize) -> Result<(), Fault> {
        let accounts = self.opened.accounts.clone();
        let origin = Origin::from(&self.opened.ctx("report"));
        let entry = Entry::new(action).details(json!({ "report": name, "rows": rows }));
        self.opened
            .accounts
            .db
            .write(async move |tx| {
                accounts.audit.record(tx, &origin, entry).await?;
                Ok(())
            })
            .await
    }
}

fn csv<L: Line>(rows: &[L]) -> Result<String, Failure> {
    let mut file = line(L::HEADS).map_err(Failure::failed)?;
    for row in rows {
        file.push_str(&line(row.cells()).map_err(Failure::failed)?);
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str);

    impl Line for Named {
        const HEADS: &'static [&'static str] = &["name"];

        fn cells(&self) -> Vec<String> {
            vec![self.0.to_owned()]
        }
    }

    #[test]
    fn no_name_becomes_a_formula_or_a_column() {
        let rows = [Named("=HYPERLINK(\"x\")"), Named("A, B"), Named("가온")];
        let written = csv(&rows).unwrap_or_default();
        assert_eq!(
            written,
            "name\r\n\"'=HYPERLINK(\"\"x\"\")\"\r\n\"A, B\"\r\n가온\r\n"
        );
    }

    #[test]
    fn every_report_has_its_name_on_the_command_line() {
        let reports = all(Timestamp::default(), &TimeZone::UTC);
        let names = reports.each_ref().map(|report| report.name().to_owned());
        let offered = Name::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value);
        assert_eq!(
            offered
                .map(|value| value.get_name().to_owned())
                .collect::<Vec<_>>(),
            names
        );
    }
}
