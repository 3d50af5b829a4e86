//! `hanok migrate`.

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::directory::make_private;
use hanok_base::keyring::open_ring;
use hanok_base::{Clock, Random, terminal};
use hanok_db::{AppliedMigration, Db, Engine};

/// Make keys and tables, or bring the tables up to date
#[derive(Parser)]
#[command(
    name = "migrate",
    after_help = "\
Examples:
  hanok migrate            also makes the data directory and its keys where there are none
  hanok migrate --check    changes nothing; exit code 0: up to date, 1: migrations wait, or the
                           database is of a newer release than this program
Several processes may start at once: one migrates, the others wait for it."
)]
pub(crate) struct Migrate {
    /// Only say which migrations wait
    #[arg(long)]
    check: bool,
}

impl Run for Migrate {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let settings = host.settings(Vec::new())?;
        let (store, sets) = (&settings.store, &settings.migrations);
        if self.check && store.engine == Engine::Sqlite && !store.sqlite_path.exists() {
            terminal::line(format_args!(
                "There is no database at {} yet.",
                store.sqlite_path.display()
            ));
            return Err(Failure::told());
        }
        if self.check {
            let pending = Db::open(store).await?.pending_migrations(sets).await?;
            return told(&pending);
        }
        let data_dir = &settings.server.data_dir;
        make_private(data_dir).map_err(Failure::failed)?;
        open_ring(
            &settings.keys,
            data_dir,
            &Clock::system(),
            &Random::system(),
        )
        .map_err(Failure::failed)?;
        let db = Db::open(store).await?;
        let applied = db.migrate(sets).await?;
        for AppliedMigration { set, version, name } in &applied {
            terminal::line(format_args!("applied {set}/V{version}__{name}"));
        }
        terminal::line(format_args!(
            "The database is up to date ({} applied).",
            applied.len()
        ));
        db.close().await;
        Ok(())
    }
}

fn told(pending: &[String]) -> Result<(), Failure> {
    if pending.is_empty() {
        terminal::line("The database is up to date.");
        return Ok(());
    }
    pending
        .iter()
        .for_each(|name| terminal::line(format_args!("waits: {name}")));
    terminal::line(format_args!(
        "{} migrations wait: `hanok migrate` applies them, and so does a server that starts.",
        pending.len()
    ));
    Err(Failure::told())
}
