//! `hanok provider stats`.

use clap::Args;
use hanok_accounts::audit::Origin;
use hanok_accounts::command::{Failure, Opened};
use hanok_base::terminal;
use serde_json::json;

use super::service::ServiceStatistics;
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::By;

/// Show what became of a provider's requests, day by day where the organisation is, today first
#[derive(Args)]
#[command(after_help = "\
Examples:
  hanok provider stats 5f0c2a9be1d84c7730a1b2c3 --days 7
  hanok provider stats 5f0c2a9be1d84c7730a1b2c3 --days 90 --fill --json")]
pub(crate) struct Stats {
    /// Its id or client id
    id: String,
    /// How many days, today included
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
    /// First count those of these days anew that are over, for every provider; a running server does so
    /// each night by itself
    #[arg(long)]
    fill: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Stats {
    pub(crate) async fn run(self, identity: &Identity, opened: &Opened) -> Result<(), Failure> {
        let ctx = opened.ctx("provider stats");
        if self.fill {
            let origin = Origin::from(&ctx);
            let filled = identity.fill_again(&origin, self.days, ctx.now).await?;
            terminal::note(format_args!("Days counted anew: {filled}"));
        }
        let told = identity
            .service_statistics(&By::Program, &self.id, self.days, ctx.now)
            .await;
        let told = told.map_err(|fault| self.unknown(fault))?;
        if self.json {
            as_json(&told);
        } else {
            as_table(&told);
        }
        Ok(())
    }

    fn unknown(&self, fault: Fault) -> Failure {
        match fault {
            Fault::Accounts(hanok_accounts::Fault::NotFound) => Failure::failed(format!(
                "there is no provider {}: `hanok provider list` shows them",
                self.id
            )),
            other => other.into(),
        }
    }
}

fn as_json(told: &ServiceStatistics) {
    let day = |day: &super::DayOut| {
        json!({ "date": day.date, "total_requests": day.tally.total_requests,
            "success_count": day.tally.completed, "success_rate": day.tally.success_rate })
    };
    let daily: Vec<_> = told.daily.iter().map(day).collect();
    terminal::json(
        &json!({ "service_id": told.service_id, "service_name": told.service_name, "days": told.days, "daily": daily }),
    );
}

fn as_table(told: &ServiceStatistics) {
    let rows: Vec<[String; 4]> = told
        .daily
        .iter()
        .map(|day| {
            let tally = &day.tally;
            [
                day.date.clone(),
                tally.total_requests.to_string(),
                tally.completed.to_string(),
                format!("{:.2}", tally.success_rate),
            ]
        })
        .collect();
    terminal::table(
        ["date", "total_requests", "success_count", "success_rate"],
        &rows,
    );
}
