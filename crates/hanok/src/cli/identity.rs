//! `hanok identity`.

use clap::Subcommand;

use super::failure::Failure;
use super::given::Given;
use super::say;

/// The app identity
#[derive(Subcommand)]
pub(super) enum Identity {
    /// Write down as EXPIRED every request whose time has passed; a running server does so by itself
    #[command(after_help = "Example:\n  hanok identity expire")]
    Expire {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Identity {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let Self::Expire { json } = self;
        let program = given.open().await?;
        let identity = program.identity().ok_or_else(off)?;
        let expired = identity.expire_overdue().await?;
        if json {
            say::json(&serde_json::json!({ "expired": expired }));
        } else {
            say::line(format_args!("Expired {expired} transactions"));
        }
        Ok(())
    }
}

/// Identity is switched off.
pub(super) fn off() -> Failure {
    Failure::wrong("the app identity is switched off: add it to apps in the configuration")
}
