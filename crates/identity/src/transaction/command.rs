//! `hanok identity`.

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::terminal;

use crate::routes::IdentityApp;

/// The app identity
#[derive(Parser)]
#[command(name = "identity")]
pub(crate) enum Identity {
    /// Write down as EXPIRED every request whose time has passed; a running server does so by itself
    #[command(after_help = "Example:\n  hanok identity expire")]
    Expire {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Run for Identity {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let Self::Expire { json } = self;
        let opened = host.open().await?;
        let IdentityApp(identity) = opened.app("identity")?;
        let expired = identity.expire_overdue().await?;
        if json {
            terminal::json(&serde_json::json!({ "expired": expired }));
        } else {
            terminal::line(format_args!("Expired {expired} transactions"));
        }
        Ok(())
    }
}
