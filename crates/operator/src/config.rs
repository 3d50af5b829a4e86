//! `hanok config`.

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::config::{Entry, Source};
use hanok_base::terminal;

/// Check, show and describe the settings
#[derive(Parser)]
#[command(
    name = "config",
    after_help = "\
Examples:
  hanok config check
  hanok --set server.port=0 config show --json
  hanok config schema > hanok.schema.json"
)]
pub(crate) enum Config {
    /// List everything that is wrong with the settings, each with where it was said
    Check,
    /// Show every setting, its value (secrets are not shown) and where it comes from
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Only what is not at its default
        #[arg(long)]
        changed: bool,
    },
    /// Print the JSON Schema of hanok.toml
    Schema,
}

impl Run for Config {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        match self {
            Self::Check => {
                host.settings(Vec::new())?;
                terminal::line("The configuration is right.");
            }
            Self::Show { json, changed } => {
                let mut entries = host.settings(Vec::new())?.entries;
                entries.retain(|entry| !changed || entry.source != Source::Default);
                show(&entries, json);
            }
            Self::Schema => terminal::json(&host.schema()),
        }
        Ok(())
    }
}

fn show(entries: &[Entry], json: bool) {
    if json {
        terminal::json(&entries);
        return;
    }
    let row = |entry: &Entry| {
        [
            entry.key.clone(),
            entry.shown_value.clone(),
            entry.source.to_string(),
        ]
    };
    terminal::table(
        ["setting", "value", "source"],
        &entries.iter().map(row).collect::<Vec<_>>(),
    );
}
