//! `hanok doctor`: everything that a running installation needs, tried one after the other, each failure with
//! what to do about it.
//!
//! It looks at a stopped system and at a running one; a part that is broken keeps no other from being looked
//! at. It changes nothing but the row of `doctor_probe` that it writes to see that the store takes one.

mod address;
mod begun;
mod events;
mod files;
mod finding;
mod holder;
mod keys;
mod mail;
mod migrations;
mod neighbours;
mod port;
mod rights;
mod room;
mod sms;
mod store;
mod time;
mod trail;
mod who;

use std::time::Duration;

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Neighbour, Run, Settings};
use hanok_base::config::Source;
use hanok_base::{Clock, terminal};
use serde_json::json;

pub(crate) use finding::{Finding, State};
use finding::{table, within};

/// How long a check may take before it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Try everything that the server needs, and say what to do where something is wrong
#[derive(Parser)]
#[command(
    name = "doctor",
    after_help = "\
Examples:
  hanok doctor
  hanok doctor --json | jq -r '.checks[] | select(.state == \"failed\").check'
  hanok doctor --kafka     only Kafka: a message is produced and consumed
Exit codes: 0 nothing failed (warnings do not count), 1 something failed, 2 the configuration is wrong."
)]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Try Kafka only
    #[arg(long)]
    kafka: bool,
}

impl Run for Doctor {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let settings = host.settings(Vec::new())?;
        let findings = if self.kafka {
            vec![neighbour(host, Neighbour::Kafka).await]
        } else {
            Box::pin(examine(host, &settings)).await
        };
        let healthy = findings.iter().all(|found| found.state != State::Failed);
        if self.json {
            terminal::json(&json!({ "healthy": healthy, "checks": findings }));
        } else {
            table(&findings);
        }
        if healthy {
            Ok(())
        } else {
            Err(Failure::told())
        }
    }
}

pub(crate) async fn examine(host: &dyn Host, settings: &Settings) -> Vec<Finding> {
    let clock = Clock::system();
    let ring = keys::find(settings, &clock);
    let stored = store::look(
        settings,
        &clock,
        ring.as_ref().ok().and_then(Option::as_ref),
    )
    .await;
    let mut findings = vec![configuration(settings)];
    findings.push(files::directory(settings));
    findings.push(room::look(settings));
    findings.push(files::permissions(settings));
    findings.push(keys::judge(settings, &clock, ring, stored.has_tables));
    findings.extend(stored.findings);
    findings.push(neighbour(host, Neighbour::Kafka).await);
    findings.push(neighbour(host, Neighbour::Redis).await);
    findings.push(within(PATIENCE, mail::CHECK, mail::look(&settings.mail)).await);
    findings.push(within(PATIENCE, sms::CHECK, sms::look(settings)).await);
    findings.extend(port::look(settings).await);
    findings.push(address::look(settings));
    findings
}

async fn neighbour(host: &dyn Host, which: Neighbour) -> Finding {
    within(PATIENCE, which.as_str(), neighbours::look(host, which)).await
}

/// The configuration has been read without a fault by now.
fn configuration(settings: &Settings) -> Finding {
    let changed = settings
        .entries
        .iter()
        .filter(|entry| entry.source != Source::Default);
    let environment = serde_json::to_value(settings.environment).unwrap_or_default();
    Finding::ok(
        "configuration",
        format!(
            "{}; settings that are not at their default: {}",
            environment.as_str().unwrap_or_default(),
            changed.count()
        ),
    )
}
