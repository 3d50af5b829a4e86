//! `hanok audit`.

use clap::Parser;
use hanok_base::terminal;

use super::verify;
use crate::command::{Failure, Host, Run};

/// Check the audit trail
#[derive(Parser)]
#[command(
    name = "audit",
    after_help = "\
Examples:
  hanok audit verify
  hanok audit verify --json | jq .first_broken"
)]
pub(crate) enum Audit {
    /// Walk the whole trail and name the first row that is not as the program left it (exit code 1)
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Run for Audit {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let Self::Verify { json } = self;
        let opened = host.open().await?;
        let accounts = &opened.accounts;
        let file = &opened.checkpoint_file;
        let report = verify(&accounts.db, &accounts.keys, Some(file))
            .await
            .map_err(Failure::failed)?;
        if json {
            terminal::json(&report);
        } else {
            terminal::line(&report);
        }
        if report.is_whole() {
            Ok(())
        } else {
            Err(Failure::told())
        }
    }
}
