//! `hanok audit`.

use clap::Subcommand;
use hanok_accounts::audit::verify;

use super::failure::Failure;
use super::given::Given;
use super::say;

/// Check the audit trail
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  hanok audit verify
  hanok audit verify --json | jq .first_broken")]
pub(super) enum Audit {
    /// Walk the whole trail and name the first row that is not as the program left it (exit code 1)
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let Self::Verify { json } = self;
        let program = given.open().await?;
        let config = program.config();
        let file = config.audit.checkpoint_path(&config.server.data_dir);
        let report = verify(program.db(), program.keys(), Some(&file))
            .await
            .map_err(Failure::failed)?;
        if json {
            say::json(&report);
        } else {
            say::line(&report);
        }
        if report.is_whole() {
            Ok(())
        } else {
            Err(Failure::told())
        }
    }
}
