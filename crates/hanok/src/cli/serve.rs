//! `hanok serve`.

use std::net::SocketAddr;
use std::path::Path;

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Opened, Run, Running, Serving};
use hanok_accounts::role;
use hanok_base::directory::make_private;
use hanok_base::terminal;
use hanok_db::DbError;
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
        host.serve(Vec::new(), &AsConfigured).await
    }
}

struct AsConfigured;

impl Serving for AsConfigured {
    fn prepare(&self, data_dir: &Path) -> Result<(), Failure> {
        make_private(data_dir).map_err(Failure::failed)
    }

    fn greet<'a>(&'a self, opened: &'a Opened, address: SocketAddr) -> Running<'a> {
        Box::pin(async move {
            tell_of_first_account(opened).await?;
            terminal::note(format_args!(
                "Hanok serves {} (listening on {address}). Ctrl-C stops it.",
                opened.accounts.origin
            ));
            Ok(())
        })
    }
}

/// Where nobody may administer yet, says how to make the first who may.
async fn tell_of_first_account(opened: &Opened) -> Result<(), Failure> {
    let db = &opened.accounts.db;
    let count: Result<i64, DbError> = db
        .read(async |conn| role::holders_of(conn, role::SUPER_ADMIN).await)
        .await;
    if count? == 0 {
        terminal::note(
            "There is no administrator yet. Make the first one:\n  hanok account create --username NAME --name \"FULL NAME\" --role super_admin",
        );
    }
    Ok(())
}
