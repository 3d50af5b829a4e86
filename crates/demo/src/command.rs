//! `hanok demo`, `hanok demo walk`, `hanok demo fill` and `hanok demo reports`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use hanok_accounts::command::{Failure, Host, Opened, Run, Running, Serving};

use crate::fill::Fill;
use crate::greeting::greet;
use crate::place::mark_demo;
use crate::reports::Reports;
use crate::routes::DemoApp;
use crate::walk::Walk;

/// Where the demo keeps its data.
pub(crate) const DATA_DIR: &str = "data/demo";

/// Serve a demo: made-up people, a shop that asks, nothing that leaves this machine
#[derive(Parser)]
#[command(
    name = "demo",
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  hanok demo                     on http://localhost:8080, its data in data/demo
  hanok demo --port 9000         somewhere else; PORT=9000 does the same
  hanok demo walk                in another terminal: one identity request, message by message
  hanok demo fill                ten thousand made-up people with a year behind them
Ctrl-C stops it; the next start has all its data. Delete the directory to begin anew."
)]
pub(crate) struct Demo {
    /// The port to listen on [default: 8080, or PORT]
    #[arg(long)]
    port: Option<u16>,
    #[command(subcommand)]
    then: Option<Then>,
}

#[derive(Subcommand)]
enum Then {
    Walk(Walk),
    Fill(Fill),
    Reports(Reports),
}

impl Run for Demo {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let data_dir = host
            .data_dir()
            .map_or_else(|| PathBuf::from(DATA_DIR), ToOwned::to_owned);
        match self.then {
            Some(Then::Walk(walk)) => return walk.run(&data_dir).await,
            Some(Then::Fill(fill)) => return fill.run(host).await,
            Some(Then::Reports(reports)) => return reports.run(host).await,
            None => {}
        }
        let port = match self.port {
            Some(port) => port,
            None => host.settings(Vec::new())?.server.port,
        };
        host.serve(flags(port, &data_dir), &Filled).await
    }
}

/// What makes a configuration a demo: loopback, SQLite, its own directory, no device and no CI of an
/// agency.
pub(crate) fn flags(port: u16, data_dir: &Path) -> Vec<String> {
    let origin = format!("http://localhost:{port}");
    vec![
        "demo=true".to_owned(),
        "server.host=127.0.0.1".to_owned(),
        format!("server.port={port}"),
        format!("server.data_dir={}", data_dir.display()),
        "store.engine=sqlite".to_owned(),
        format!("web.public_url={origin}"),
        "accounts.sms=simulated".to_owned(),
        "mail.mode=captured".to_owned(),
        "identity.confirm_without_device=true".to_owned(),
        "identity.synthetic_ci=true".to_owned(),
        // Whoever tries everything asks the same number again and again.
        "identity.per_phone_provider_10min=60".to_owned(),
        "identity.per_phone_provider_day=1000".to_owned(),
        "identity.per_phone_10min=120".to_owned(),
        format!("identity.callback_allow_hosts={origin}"),
    ]
}

/// A server that has the demo's people and its shop.
struct Filled;

impl Serving for Filled {
    fn prepare(&self, data_dir: &Path) -> Result<(), Failure> {
        mark_demo(data_dir).map_err(Failure::failed)
    }

    fn greet<'a>(&'a self, opened: &'a Opened, _: SocketAddr) -> Running<'a> {
        Box::pin(async move {
            let demo: &DemoApp = opened.app("demo")?;
            let data_dir = &opened.data_dir;
            let shop = demo.open(data_dir).await?;
            greet(&demo.accounts.origin, data_dir, shop.as_ref());
            Ok(())
        })
    }
}
