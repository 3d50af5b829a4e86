//! The program, put together.

mod looks;
mod parts;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::Accounts;
use hanok_accounts::app::{App, ProcessDuty};
use hanok_accounts::audit::{self, NotOurs, Sealer};
use hanok_accounts::command::{Failure, Opened};
use hanok_accounts::mail::Mail;
use hanok_accounts::sms::Sms;
use hanok_base::config::{Problem, ServerConfig};
use hanok_base::directory::Unusable;
use hanok_base::keyring::RingFault;
use hanok_base::telemetry::Levels;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, DbError, StoreConfig};
use hanok_events::http::{ClientFault, NotAnOrigin, Resolver};
use hanok_events::{DuplicateName, Engine};
use hanok_operator::{Background, Metrics, SharedHost, deleting_old_logs, following_levels};
use hanok_redis::RedisConfig;
use hanok_web::server::{Server, Stopped};
use hanok_web::{RouteEntry, Stack};
use utoipa::openapi::OpenApi;

use crate::config::Config;

/// What is other than in a program that serves: for tests and the demo.
#[derive(Default)]
pub struct Overrides {
    /// Another clock than the system's.
    pub clock: Option<Clock>,
    /// Another random source than the system's.
    pub random: Option<Random>,
    /// A key ring in place of the one in `[keys]`.
    pub keys: Option<KeyRing>,
    /// A store that is open already, in place of the one in `[store]`.
    pub db: Option<Db>,
    /// Another way to send text messages than `accounts.sms`.
    pub sms: Option<Arc<dyn Sms>>,
    /// Another way to send mail than `mail.mode`.
    pub mail: Option<Arc<dyn Mail>>,
    /// How the log's levels are changed while it runs; without it `hanok log` reaches no running process.
    pub levels: Option<Levels>,
    /// The program that serves, which `/admin/system` asks for the doctor's look; without it there is none.
    pub host: Option<SharedHost>,
    /// Another look-up of names for callbacks than the system's.
    pub resolver: Option<Arc<dyn Resolver>>,
    /// What counts in this process; it has to be there before the program is put together.
    pub metrics: Option<Metrics>,
}

/// Why the program cannot be put together; every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The data directory.
    #[error(transparent)]
    Directory(#[from] Unusable),
    /// The key ring.
    #[error(transparent)]
    Keys(#[from] RingFault),
    /// The store.
    #[error("the store cannot be used: {0}")]
    Store(#[from] DbError),
    /// Key ring, store and checkpoints are not of one installation.
    #[error(transparent)]
    NotOurs(#[from] NotOurs),
    /// The hash pool's threads.
    #[error("the hash pool cannot be started: {0}")]
    Hashes(std::io::Error),
    /// An entry of `identity.callback_allow_hosts`.
    #[error("identity.callback_allow_hosts: {0}")]
    AllowHosts(#[from] NotAnOrigin),
    /// The outgoing client.
    #[error("{0}")]
    Client(#[from] ClientFault),
    /// Two parts of one name.
    #[error("{0}")]
    Names(#[from] DuplicateName),
    /// `[web]` after all, or a text of the program.
    #[error("{0}")]
    Wiring(String),
}

impl From<Vec<Problem>> for BuildError {
    fn from(problems: Vec<Problem>) -> Self {
        let told: Vec<String> = problems
            .iter()
            .map(|problem| format!("web.{}: {}", problem.key, problem.message))
            .collect();
        Self::Wiring(told.join("\n"))
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Store(error) => error.into(),
            other => Self::failed(other),
        }
    }
}

/// The whole program, ready to serve; nothing runs by itself before [`serve`](Self::serve) or
/// [`start`](Self::start). Cloning shares it.
#[derive(Clone)]
pub struct Program(Arc<Whole>);

struct Whole {
    config: Config,
    levels: Option<Levels>,
    accounts: Accounts,
    apps: Vec<Arc<dyn App>>,
    sealer: Sealer,
    engine: Engine,
    entries: Vec<RouteEntry>,
    openapi: OpenApi,
    stack: Stack,
    metrics: Option<Metrics>,
}

impl Program {
    /// Opens key ring and store (making what is missing), brings the schema up to date and puts
    /// everything together.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn build(config: Config, with: Overrides) -> Result<Self, BuildError> {
        // On the heap: the whole assembly in one future is too much for a caller's stack.
        let whole = Box::pin(parts::build(config, with)).await?;
        Ok(Self(Arc::new(whole)))
    }

    /// The OpenAPI document of this configuration, from a program that is put together in a temporary
    /// directory and forgotten.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn describe(config: Config) -> Result<OpenApi, BuildError> {
        let directory = tempfile::tempdir();
        let source = |source| Unusable {
            path: std::env::temp_dir(),
            source,
        };
        let directory = directory.map_err(source)?;
        let server = ServerConfig {
            data_dir: directory.path().to_owned(),
            ..config.server
        };
        let store = StoreConfig::default();
        let keys = KeyRing::generate(&Random::system(), Clock::system().now());
        let with = Overrides {
            keys: Some(keys),
            ..Overrides::default()
        };
        let program = Self::build(
            Config {
                server,
                store,
                redis: RedisConfig::default(),
                ..config
            },
            with,
        )
        .await?;
        program.db().close().await;
        Ok(program.openapi().clone())
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The clock that everything asks.
    pub fn clock(&self) -> &Clock {
        &self.0.accounts.clock
    }

    /// The random source that everything draws from.
    pub fn random(&self) -> &Random {
        &self.0.accounts.random
    }

    /// The key ring.
    pub fn keys(&self) -> &KeyRing {
        &self.0.accounts.keys
    }

    /// The store.
    pub fn db(&self) -> &Db {
        &self.0.accounts.db
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// The accounts and the apps that are switched on.
    pub fn apps(&self) -> impl Iterator<Item = &dyn App> {
        self.0.apps.iter().map(AsRef::as_ref)
    }

    /// The sealer of the audit trail, to be run by hand.
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// Relay, jobs and schedules; tests call [`Engine::settle`] instead of letting them run.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Every route with who may call it, for the access table.
    pub fn route_entries(&self) -> &[RouteEntry] {
        &self.0.entries
    }

    /// The OpenAPI document.
    pub fn openapi(&self) -> &OpenApi {
        &self.0.openapi
    }

    /// The whole server as one `tower` service: every layer and every route.
    pub fn router(&self) -> Stack {
        self.0.stack.clone()
    }

    /// The program as its commands see it.
    pub fn opened(&self) -> Opened {
        let data_dir = self.0.config.server.data_dir.clone();
        Opened {
            accounts: self.0.accounts.clone(),
            apps: self.0.apps.clone(),
            engine: self.0.engine.clone(),
            checkpoint_file: self.0.config.audit.checkpoint_path(&data_dir),
            data_dir,
        }
    }

    /// Starts relay, jobs, schedules and the duties of this process, in tasks of the current runtime.
    pub fn start(&self) -> Background {
        Background::start(&self.0.engine, self.duties())
    }

    /// Serves until `stop` is ready; then finishes what is in flight within `server.shutdown_seconds`
    /// and closes the store.
    pub async fn serve(&self, server: Server, stop: impl Future<Output = ()>) -> Stopped {
        let background = self.start();
        let told_aside = self.0.metrics.as_ref().and_then(Metrics::open);
        let grace = Duration::from_secs(u64::from(self.0.config.server.shutdown_seconds));
        let stopped = server
            .run(self.router(), &self.0.config.web, grace, stop)
            .await;
        drop(told_aside);
        background.stop(grace).await;
        if let Err(error) = self.0.sealer.run(self.db(), self.clock().now()).await {
            tracing::warn!(%error, "the last audit rows are sealed at the next start");
        }
        self.db().close().await;
        stopped
    }

    fn duties(&self) -> Vec<ProcessDuty> {
        let Whole {
            config,
            sealer,
            metrics,
            ..
        } = &*self.0;
        let mut duties: Vec<ProcessDuty> = self.apps().flat_map(App::process_duties).collect();
        duties.extend(self.log_duties());
        duties.push(audit::sealing(
            self.db(),
            self.clock(),
            self.random(),
            &config.audit,
            sealer,
        ));
        duties.extend(metrics.as_ref().map(Metrics::upkeep));
        duties
    }

    /// What keeps the log as it was asked to be; for a process that writes one.
    fn log_duties(&self) -> Vec<ProcessDuty> {
        let Whole { config, levels, .. } = &*self.0;
        let Some(levels) = levels.clone() else {
            return Vec::new();
        };
        let (log, data_dir) = (&config.log, &config.server.data_dir);
        vec![
            following_levels(self.db(), self.clock(), levels, log, config.environment),
            deleting_old_logs(log, data_dir, self.clock()),
        ]
    }
}
