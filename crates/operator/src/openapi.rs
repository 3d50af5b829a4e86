//! `hanok openapi`.

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::terminal;

/// Print the OpenAPI 3.1 document of the interface
#[derive(Parser)]
#[command(
    name = "openapi",
    after_help = "Example:\n  hanok openapi > docs/openapi.json"
)]
pub(crate) struct Openapi {}

impl Run for Openapi {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        terminal::line(host.openapi().await?);
        Ok(())
    }
}
