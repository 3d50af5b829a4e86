//! `hanok demo reports`: the reports of a filled store, run again and again to be measured, and their plans.

mod plans;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use hanok_accounts::command::{Failure, Host, Opened};
use hanok_base::terminal;
use hanok_db::Engine;
use hanok_identity::report::{
    CiDiReveals, FailingPeople, HoursOfToday, LatestCompletions, ManyAddresses, ProviderDays,
    ProviderSuccess, Report,
};
use hanok_identity::{Identity, IdentityApp};
use serde::Serialize;

use crate::command::DATA_DIR;

/// Run the reports of a filled store to measure them, or show how they are answered
#[derive(Args)]
#[command(after_help = "\
Examples:
  hanok demo reports
  hanok demo reports --only provider-days --times 100
  hanok demo reports --plans         each plan with its index and without it; changes nothing
`hanok report` shows what they tell.")]
pub(crate) struct Reports {
    /// Only the report of this name
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// How often each is run; 0 to see what the start of the program costs
    #[arg(long, default_value_t = 10)]
    times: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print the plans instead, as Markdown
    #[arg(long, conflicts_with_all = ["json", "times"])]
    plans: bool,
}

/// What one report took.
#[derive(Serialize)]
struct Measured {
    report: &'static str,
    title: &'static str,
    times: u32,
    rows: usize,
    /// Wall-clock milliseconds of one run, the mean of all.
    milliseconds: f64,
}

impl Reports {
    /// Measures or explains.
    ///
    /// # Errors
    /// Where there is no store, or it fails.
    pub(crate) async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let opened = open(host).await?;
        if self.plans {
            return plans::show(&opened).await;
        }
        let identity = &opened.app::<IdentityApp>("identity")?.0;
        let measured = self.measure(&opened, identity).await?;
        if measured.is_empty() {
            let asked = self.only.unwrap_or_default();
            return Err(Failure::wrong(format!(
                "there is no report {asked}: `hanok report` lists them"
            )));
        }
        if self.json {
            terminal::json(&measured);
            return Ok(());
        }
        let row = |one: &Measured| {
            [
                one.report.to_owned(),
                one.rows.to_string(),
                format!("{:.1}", one.milliseconds),
                one.title.to_owned(),
            ]
        };
        terminal::table(
            ["report", "rows", "ms", "what it tells"],
            &measured.iter().map(row).collect::<Vec<_>>(),
        );
        Ok(())
    }

    async fn measure(
        &self,
        opened: &Opened,
        identity: &Identity,
    ) -> Result<Vec<Measured>, Failure> {
        let now = opened.accounts.clock.now();
        let zone = opened.accounts.organisation.get().zone.clone();
        let measured = [
            self.one(identity, || ProviderSuccess::until(now)).await?,
            self.one(identity, || FailingPeople::until(now)).await?,
            self.one(identity, || HoursOfToday::at(now, &zone)).await?,
            self.one(identity, || ProviderDays::until(now, &zone))
                .await?,
            self.one(identity, || LatestCompletions::until(now)).await?,
            self.one(identity, || CiDiReveals::until(now)).await?,
            self.one(identity, || ManyAddresses::until(now)).await?,
        ];
        Ok(measured.into_iter().flatten().collect())
    }

    /// One report, unless another is asked for.
    async fn one<R: Report>(
        &self,
        identity: &Identity,
        ask: impl Fn() -> R,
    ) -> Result<Option<Measured>, Failure> {
        let (name, title) = (ask().name(), ask().title());
        if self.only.as_deref().is_some_and(|only| only != name) {
            return Ok(None);
        }
        let (mut rows, started) = (0, Instant::now());
        for _ in 0..self.times {
            let answered = identity.report(ask()).await;
            rows = answered.map_err(Failure::failed)?.len();
        }
        let runs = f64::from(self.times.max(1));
        Ok(Some(Measured {
            report: name,
            title,
            times: self.times,
            rows,
            milliseconds: started.elapsed().as_secs_f64() * 1_000.0 / runs,
        }))
    }
}

/// The store that the command line names, or the demo's.
async fn open(host: &dyn Host) -> Result<Opened, Failure> {
    let engine = host.settings(Vec::new())?.store.engine;
    let flags = match (engine, host.data_dir()) {
        (Engine::Sqlite, None) => {
            let demo = PathBuf::from(DATA_DIR);
            vec![format!("server.data_dir={}", demo.display())]
        }
        _ => Vec::new(),
    };
    host.open_with(flags).await
}
