//! `hanok migrate`.

use clap::Args;
use hanok::{migrations, place};
use hanok_base::{Clock, Random};
use hanok_db::{AppliedMigration, Db, Engine};

use super::failure::Failure;
use super::given::Given;
use super::say;

/// Make keys and tables, or bring the tables up to date
#[derive(Args)]
#[command(after_help = "\
Examples:
  hanok migrate            also makes the data directory and its keys where there are none
  hanok migrate --check    changes nothing; exit code 1 where migrations wait")]
pub(super) struct Migrate {
    /// Only say which migrations wait
    #[arg(long)]
    check: bool,
}

impl Migrate {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let config = given.load([])?.value;
        let store = config.store_in_place();
        let sets = migrations(&config);
        if self.check && store.engine == Engine::Sqlite && !store.sqlite_path.exists() {
            say::line(format_args!(
                "There is no database at {} yet.",
                store.sqlite_path.display()
            ));
            return Err(Failure::told());
        }
        if self.check {
            let pending = Db::open(&store).await?.pending_migrations(&sets).await?;
            return told(&pending);
        }
        place::make_private(&config.server.data_dir)?;
        hanok::open_ring(
            &config.keys,
            &config.server.data_dir,
            &Clock::system(),
            &Random::system(),
        )?;
        let db = Db::open(&store).await?;
        let applied = db.migrate(&sets).await?;
        for AppliedMigration { set, version, name } in &applied {
            say::line(format_args!("applied {set}/V{version}__{name}"));
        }
        say::line(format_args!(
            "The database is up to date ({} applied).",
            applied.len()
        ));
        db.close().await;
        Ok(())
    }
}

fn told(pending: &[String]) -> Result<(), Failure> {
    if pending.is_empty() {
        say::line("The database is up to date.");
        return Ok(());
    }
    pending
        .iter()
        .for_each(|name| say::line(format_args!("waits: {name}")));
    Err(Failure::told())
}
