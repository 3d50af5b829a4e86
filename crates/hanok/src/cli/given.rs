//! What every command takes, and the program made of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use futures_util::future::BoxFuture;
use hanok::apps::metrics;
use hanok::{Config, DEFAULTS, Overrides, Program};
use hanok_accounts::command::{
    Failure, Host, Neighbour, Opened, Running, Serving, Settings, Tried,
};
use hanok_base::config::{Loaded, Loader, schema};
use hanok_operator::{
    Metrics, console_log, hold_data_dir, listen, open_store, until_a_signal, whole_log,
};
use serde_json::Value;

use super::neighbours;

/// Where settings come from.
#[derive(Args, Clone)]
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
    fn load(&self, flags: Vec<String>) -> Result<Loaded<Config>, Failure> {
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

    async fn opened(&self, flags: Vec<String>) -> Result<Opened, Failure> {
        let loaded = self.load(flags)?;
        let config = &loaded.value;
        console_log(&config.log, config.environment, &config.server.data_dir)?;
        let with = Overrides {
            db: Some(open_store(&config.settings(Vec::new())).await?),
            ..Overrides::default()
        };
        Ok(Program::build(loaded.value, with).await?.opened())
    }

    /// The same with these flags besides, to be asked again while it serves.
    fn with(&self, flags: Vec<String>) -> Self {
        let mut it = self.clone();
        it.settings.extend(flags);
        it
    }

    async fn served(&self, flags: Vec<String>, serving: &dyn Serving) -> Result<(), Failure> {
        let config = self.load(flags.clone())?.value;
        // Before anything is made: a port that is taken leaves no trace.
        let server = listen(&config.server.host, config.server.port).await?;
        let metrics = count(&config).await?;
        serving.prepare(&config.server.data_dir)?;
        let _hold = hold_data_dir(&config.server.data_dir, config.store.engine)?;
        let log = whole_log(&config.log, config.environment, &config.server.data_dir)?;
        let with = Overrides {
            levels: Some(log.levels.clone()),
            metrics,
            host: Some(Arc::new(self.with(flags))),
            ..Overrides::default()
        };
        let program = Program::build(config, with).await?;
        serving.greet(&program.opened(), server.address()).await?;
        let ended = until_a_signal(|stop| {
            program.serve(server, async {
                let _ = stop.await;
            })
        });
        let ended = ended.await;
        drop(log);
        ended
    }
}

impl Host for Given {
    fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    fn settings(&self, flags: Vec<String>) -> Result<Settings, Failure> {
        let Loaded { value, entries } = self.load(flags)?;
        Ok(value.settings(entries))
    }

    fn schema(&self) -> Value {
        schema::<Config>()
    }

    fn openapi(&self) -> BoxFuture<'_, Result<String, Failure>> {
        Box::pin(async {
            let document = Program::describe(self.load(Vec::new())?.value).await?;
            document.to_pretty_json().map_err(Failure::failed)
        })
    }

    fn open_with(&self, flags: Vec<String>) -> BoxFuture<'_, Result<Opened, Failure>> {
        Box::pin(self.opened(flags))
    }

    fn try_neighbour(&self, which: Neighbour) -> BoxFuture<'_, Tried> {
        Box::pin(async move {
            match self.load(Vec::new()) {
                Ok(loaded) => neighbours::try_one(&loaded.value, which).await,
                Err(_) => Tried::Unused("the configuration is wrong".to_owned()),
            }
        })
    }

    fn serve<'a>(&'a self, flags: Vec<String>, serving: &'a dyn Serving) -> Running<'a> {
        Box::pin(self.served(flags, serving))
    }
}

/// Begins to count, where anything is to be counted.
async fn count(config: &Config) -> Result<Option<Metrics>, Failure> {
    let begun = Metrics::begin(&config.metrics, metrics(), env!("CARGO_PKG_VERSION")).await;
    begun.map_err(Failure::failed)
}

/// The variables of the environment whose names and values are text.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
