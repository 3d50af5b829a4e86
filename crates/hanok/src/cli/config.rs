//! `hanok config`.

use clap::Subcommand;
use hanok_base::config::{Entry, schema};

use super::failure::Failure;
use super::given::Given;
use super::say;

/// Check, show and describe the settings
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  hanok config check
  hanok --set server.port=0 config show --json
  hanok config schema > hanok.schema.json")]
pub(super) enum Config {
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

impl Config {
    pub(super) fn run(self, given: &Given) -> Result<(), Failure> {
        match self {
            Self::Check => {
                given.load([])?;
                say::line("The configuration is right.");
            }
            Self::Show { json, changed } => {
                let mut entries = given.load([])?.entries;
                entries.retain(|entry| {
                    !changed || entry.source != hanok_base::config::Source::Default
                });
                show(&entries, json);
            }
            Self::Schema => say::json(&schema::<hanok::Config>()),
        }
        Ok(())
    }
}

fn show(entries: &[Entry], json: bool) {
    if json {
        say::json(&entries);
        return;
    }
    let row = |entry: &Entry| {
        [
            entry.key.clone(),
            entry.shown_value.clone(),
            entry.source.to_string(),
        ]
    };
    say::table(
        ["setting", "value", "source"],
        &entries.iter().map(row).collect::<Vec<_>>(),
    );
}
