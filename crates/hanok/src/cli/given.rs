//! What every command takes, and the program made of it.

use std::path::{Path, PathBuf};

use clap::Args;
use hanok::{Config, DEFAULTS, Overrides, Program, migrations};
use hanok_base::Clock;
use hanok_base::config::{Loaded, Loader};
use hanok_base::telemetry::{Console, Running, Telemetry};
use hanok_db::{Db, Engine};
use hanok_web::Ctx;

use super::failure::Failure;

/// Where settings come from.
#[derive(Args)]
pub(super) struct Given {
    /// Read settings from this file instead of ./hanok.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set one setting, as --set server.port=9000; may be repeated. No secrets
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Where database, keys and logs lie; the same as --set server.data_dir=DIR
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Given {
    /// Merges and checks the configuration; `flags` count after those of the command line.
    pub(super) fn load(
        &self,
        flags: impl IntoIterator<Item = String>,
    ) -> Result<Loaded<Config>, Failure> {
        let loader = match &self.config {
            Some(file) => Loader::new(DEFAULTS).file(file),
            None => Loader::new(DEFAULTS).file_if_present("hanok.toml"),
        };
        let data_dir = self
            .data_dir
            .iter()
            .map(|dir| format!("server.data_dir={}", dir.display()));
        let flags = self.settings.iter().cloned().chain(data_dir).chain(flags);
        let loader = loader.dotenv(".env").environment(variables()).flags(flags);
        Ok(Config::load(loader)?)
    }

    /// The data directory that was named.
    pub(super) fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// The program over data that is there already; nothing runs by itself.
    pub(super) async fn open(&self) -> Result<Program, Failure> {
        let config = self.load([])?.value;
        console(&config)?;
        let db = open_store(&config).await?;
        let with = Overrides {
            db: Some(db),
            ..Overrides::default()
        };
        Ok(Program::build(config, with).await?)
    }
}

/// The variables of the environment whose names and values are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Opens a store that is there and up to date; a command that looks must not make or change one.
async fn open_store(config: &Config) -> Result<Db, Failure> {
    let store = config.store_in_place();
    if store.engine == Engine::Sqlite && !store.sqlite_path.exists() {
        let path = store.sqlite_path.display();
        return Err(Failure::failed(format!(
            "there is no database at {path}: run `hanok migrate` first, or name another place with --data-dir"
        )));
    }
    let db = Db::open(&store).await?;
    let pending = db.pending_migrations(&migrations(config)).await?;
    if pending.is_empty() {
        return Ok(db);
    }
    Err(Failure::failed(format!(
        "the database is of an earlier release ({} migrations wait): run `hanok migrate` first",
        pending.len()
    )))
}

/// What a command is to the audit trail.
pub(super) fn ctx(program: &Program, command: &str) -> Ctx {
    Ctx::program(&format!("hanok {command}"), program.clock().now())
}

/// Puts a log in force that tells the console of warnings only.
fn console(config: &Config) -> Result<(), Failure> {
    let mut log = config.log.clone();
    log.directory = None;
    log.level = hanok_base::config::Level::Warn;
    let log = Telemetry::new(
        &log,
        config.environment,
        &config.server.data_dir,
        &Clock::system(),
        Console::stderr(),
    );
    log.and_then(Telemetry::install)
        .map(drop)
        .map_err(Failure::failed)
}

/// Puts the whole log in force, console and files.
pub(super) fn whole_log(config: &Config) -> Result<Running, Failure> {
    let log = Telemetry::new(
        &config.log,
        config.environment,
        &config.server.data_dir,
        &Clock::system(),
        Console::stderr(),
    );
    log.and_then(Telemetry::install).map_err(Failure::failed)
}
