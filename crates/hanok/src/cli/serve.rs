//! `hanok serve`.

use std::net::SocketAddr;
use std::path::Path;

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Opened, Run, Running, Serving};
use hanok_accounts::setup::SETUP_LIFE;
use hanok_base::config::Entry;
use hanok_base::directory::make_private;
use hanok_base::terminal;
use hanok_demo::is_demo;

/// Serve on the data in the data directory (made at the first start)
#[derive(Parser)]
#[command(
    name = "serve",
    after_help = "\
Examples:
  hanok serve
  PORT=9000 hanok serve
  DATABASE_URL=postgres://hanok:secret@db/hanok hanok serve
SIGINT (Ctrl-C) and SIGTERM stop it; requests in flight are finished first."
)]
pub(super) struct Serve {}

impl Run for Serve {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let settings = host.settings(Vec::new())?;
        if settings.demo {
            return Err(Failure::wrong(
                "demo = true is for `hanok demo`, which keeps its data apart",
            ));
        }
        if is_demo(&settings.server.data_dir) {
            let dir = settings.server.data_dir.display();
            return Err(Failure::wrong(format!(
                "{dir} holds a demo with public passwords: run `hanok demo`, or choose another directory with --data-dir"
            )));
        }
        let unsent = SIMULATIONS
            .into_iter()
            .filter(|(key, value, _)| is_set(&settings.entries, key, value))
            .map(|(_, _, note)| note)
            .collect();
        host.serve(Vec::new(), &AsConfigured { unsent }).await
    }
}

/// The settings by which nothing leaves the house: their value and what that means.
const SIMULATIONS: [(&str, &str, &str); 2] = [
    (
        "accounts.sms",
        "simulated",
        "Text messages are simulated (accounts.sms): no code reaches a phone, so nobody can prove a number.",
    ),
    (
        "mail.mode",
        "captured",
        "Mail is captured (mail.mode): no letter leaves, so nobody can confirm an address or reset a password.",
    ),
];

fn is_set(entries: &[Entry], key: &str, value: &str) -> bool {
    let mut entries = entries.iter();
    entries.any(|entry| entry.key == key && entry.shown_value.trim_matches('"') == value)
}

struct AsConfigured {
    /// What is said of it at the start.
    unsent: Vec<&'static str>,
}

impl Serving for AsConfigured {
    fn prepare(&self, data_dir: &Path) -> Result<(), Failure> {
        make_private(data_dir).map_err(Failure::failed)
    }

    fn greet<'a>(&'a self, opened: &'a Opened, address: SocketAddr) -> Running<'a> {
        Box::pin(async move {
            tell_of_first_start(opened).await?;
            for note in &self.unsent {
                terminal::note(note);
            }
            terminal::note(format_args!(
                "Hanok serves {} (listening on {address}). Ctrl-C stops it.",
                opened.accounts.origin
            ));
            Ok(())
        })
    }
}

/// Where nobody administers yet, prints the link that makes the organisation and the first who does.
async fn tell_of_first_start(opened: &Opened) -> Result<(), Failure> {
    let link = opened.accounts.setup_link(&opened.ctx("serve")).await?;
    if let Some(link) = link {
        let minutes = SETUP_LIFE.as_secs() / 60;
        terminal::note(format_args!(
            "There is no administrator yet. Open this link within {minutes} minutes; it works once, and the next start prints another:\n  {}\nor make one here: hanok account create --username NAME --name \"FULL NAME\" --role super_admin",
            link.url.expose()
        ));
    }
    Ok(())
}
