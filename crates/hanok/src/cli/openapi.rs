//! `hanok openapi`.

use clap::Args;
use hanok::Program;

use super::failure::Failure;
use super::given::Given;
use super::say;

/// Print the OpenAPI 3.1 document of the interface
#[derive(Args)]
#[command(after_help = "Example:\n  hanok openapi > docs/openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let config = given.load([])?.value;
        let document = Program::describe(config).await?;
        let text = document.to_pretty_json().map_err(Failure::failed)?;
        say::line(text);
        Ok(())
    }
}
