//! The program, put together.

mod keys;
mod parts;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::Accounts;
use hanok_accounts::app::{App, ProcessDuty};
use hanok_accounts::audit::{self, Sealer};
use hanok_accounts::sms::{SimulatedSms, Sms};
use hanok_base::config::{Problem, ServerConfig};
use hanok_base::keyring::KeyRingError;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{AppliedMigration, Db, DbError, MigrationSet, StoreConfig};
use hanok_events::http::{ClientFault, NotAnOrigin, Resolver};
use hanok_events::{DuplicateName, Engine};
use hanok_identity::Identity;
use hanok_web::server::{Server, Stopped};
use hanok_web::{RouteEntry, Stack};
use utoipa::openapi::OpenApi;

use crate::background::Background;
use crate::config::Config;

pub use keys::{RING_RELOAD, open_ring};

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
    /// Another look-up of names for callbacks than the system's.
    pub resolver: Option<Arc<dyn Resolver>>,
}

/// Why the program cannot be put together; every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The data directory.
    #[error("the data directory {path} cannot be used: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key ring.
    #[error("the key ring cannot be used: {0}")]
    Keys(#[from] KeyRingError),
    /// The store.
    #[error("the store cannot be used: {0}")]
    Store(#[from] DbError),
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

/// The whole program, ready to serve; nothing runs by itself before [`serve`](Self::serve) or
/// [`start`](Self::start). Cloning shares it.
#[derive(Clone)]
pub struct Program(Arc<Whole>);

struct Whole {
    config: Config,
    clock: Clock,
    random: Random,
    keys: KeyRing,
    db: Db,
    accounts: Accounts,
    identity: Option<Identity>,
    apps: Vec<Box<dyn App>>,
    simulated_sms: Option<Arc<SimulatedSms>>,
    sealer: Sealer,
    engine: Engine,
    entries: Vec<RouteEntry>,
    openapi: OpenApi,
    stack: Stack,
    migrated: Vec<AppliedMigration>,
}

impl Program {
    /// Opens key ring and store (making what is missing), brings the schema up to date and puts
    /// everything together.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn build(config: Config, with: Overrides) -> Result<Self, BuildError> {
        parts::build(config, with).await.map(Arc::new).map(Self)
    }

    /// The OpenAPI document of this configuration, from a program that is put together in a temporary
    /// directory and forgotten.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub async fn describe(config: Config) -> Result<OpenApi, BuildError> {
        let directory = tempfile::tempdir();
        let source = |source| BuildError::Directory {
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
        &self.0.clock
    }

    /// The random source that everything draws from.
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    /// The key ring.
    pub fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    /// The store.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// Identity, where it is switched on.
    pub fn identity(&self) -> Option<&Identity> {
        self.0.identity.as_ref()
    }

    /// The accounts and the apps that are switched on.
    pub fn apps(&self) -> impl Iterator<Item = &dyn App> {
        self.0.apps.iter().map(AsRef::as_ref)
    }

    /// The simulated text messages, where `accounts.sms` is simulated and not overridden.
    pub fn simulated_sms(&self) -> Option<&SimulatedSms> {
        self.0.simulated_sms.as_deref()
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

    /// The migrations that [`build`](Self::build) applied.
    pub fn migrated(&self) -> &[AppliedMigration] {
        &self.0.migrated
    }

    /// Starts relay, jobs, schedules and the duties of this process, in tasks of the current runtime.
    pub fn start(&self) -> Background {
        Background::start(&self.0.engine, self.duties())
    }

    /// Serves until `stop` is ready; then finishes what is in flight within `server.shutdown_seconds`
    /// and closes the store.
    pub async fn serve(&self, server: Server, stop: impl Future<Output = ()>) -> Stopped {
        let background = self.start();
        let grace = Duration::from_secs(u64::from(self.0.config.server.shutdown_seconds));
        let stopped = server
            .run(self.router(), &self.0.config.web, grace, stop)
            .await;
        background.stop(grace).await;
        if let Err(error) = self.0.sealer.run(&self.0.db, self.0.clock.now()).await {
            tracing::warn!(%error, "the last audit rows are sealed at the next start");
        }
        self.0.db.close().await;
        stopped
    }

    fn duties(&self) -> Vec<ProcessDuty> {
        let Whole {
            db,
            clock,
            random,
            config,
            sealer,
            keys,
            ..
        } = &*self.0;
        let mut duties: Vec<ProcessDuty> = self.apps().flat_map(App::process_duties).collect();
        duties.push(audit::sealing(db, clock, random, &config.audit, sealer));
        duties.push(keys::reloading(keys));
        duties
    }
}

/// The migrations of the program, in the order in which they build on each other.
pub fn migrations(config: &Config) -> Vec<MigrationSet> {
    let always = [
        hanok_events::migrations(),
        audit::migrations(),
        hanok_accounts::migrations(),
    ];
    let identity = config.has("identity").then(hanok_identity::migrations);
    always.into_iter().chain(identity).collect()
}
