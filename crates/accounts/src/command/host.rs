//! The program as its commands see it.

use std::any::Any;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_base::config::{Entry, Environment, KeysConfig, LogConfig, ServerConfig};
use hanok_db::{MigrationSet, StoreConfig};
use hanok_events::Engine;
use hanok_web::{Ctx, WebConfig};
use serde_json::Value;

use super::{Failure, Neighbour, Running, Tried};
use crate::app::App;
use crate::audit::AuditConfig;
use crate::config::AccountsConfig;
use crate::context::Accounts;
use crate::mail::MailConfig;

/// What a command may ask of the program that it is part of. The binary is one.
pub trait Host: Sync {
    /// The data directory that the command line names.
    fn data_dir(&self) -> Option<&Path>;

    /// The settings; `flags` (`section.key=value`) count after those of the command line.
    ///
    /// # Errors
    /// Every fault of the configuration.
    fn settings(&self, flags: Vec<String>) -> Result<Settings, Failure>;

    /// The JSON Schema of the configuration.
    fn schema(&self) -> Value;

    /// The OpenAPI document of this configuration, as JSON.
    fn openapi(&self) -> BoxFuture<'_, Result<String, Failure>>;

    /// The program over data that is there already; nothing runs by itself.
    fn open(&self) -> BoxFuture<'_, Result<Opened, Failure>> {
        self.open_with(Vec::new())
    }

    /// The same; `flags` count as for [`settings`](Self::settings).
    fn open_with(&self, flags: Vec<String>) -> BoxFuture<'_, Result<Opened, Failure>>;

    /// Tries a service beside the store, as the configuration names it.
    fn try_neighbour(&self, which: Neighbour) -> BoxFuture<'_, Tried>;

    /// Serves with these flags besides, until a signal comes.
    fn serve<'a>(&'a self, flags: Vec<String>, serving: &'a dyn Serving) -> Running<'a>;
}

/// What a command that serves does on the way.
pub trait Serving: Sync {
    /// Makes the data directory what it has to be. The port is bound by then: one that is taken leaves
    /// no trace.
    ///
    /// # Errors
    /// When the directory cannot be used.
    fn prepare(&self, data_dir: &Path) -> Result<(), Failure>;

    /// Does what has to be there before the first answer, and says where the program is reached.
    fn greet<'a>(&'a self, opened: &'a Opened, address: SocketAddr) -> Running<'a>;
}

/// The settings that commands look at.
pub struct Settings {
    /// Every setting, its value and where it comes from.
    pub entries: Vec<Entry>,
    /// What the program is run for.
    pub environment: Environment,
    /// Whether this is a demo.
    pub demo: bool,
    /// `[server]`.
    pub server: ServerConfig,
    /// `[web]`.
    pub web: WebConfig,
    /// `[store]`, its file in the data directory.
    pub store: StoreConfig,
    /// `[keys]`.
    pub keys: KeysConfig,
    /// `[log]`.
    pub log: LogConfig,
    /// `[accounts]`.
    pub accounts: AccountsConfig,
    /// `[mail]`.
    pub mail: MailConfig,
    /// `[audit]`.
    pub audit: AuditConfig,
    /// The migrations of the apps that are switched on, in the order in which they build on each other.
    pub migrations: Vec<MigrationSet>,
    /// The folders of the apps that are switched on, which a backup holds.
    pub folders: Vec<KeptFolder>,
}

/// A folder of files that are called by the SHA-256 of their bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFolder {
    /// What it is called in a backup: one word.
    pub name: &'static str,
    /// Where it lies.
    pub path: PathBuf,
}

/// A program that is put together.
pub struct Opened {
    /// The accounts; with them store, clock, random source, keys and audit trail.
    pub accounts: Accounts,
    /// The apps that are switched on.
    pub apps: Vec<Arc<dyn App>>,
    /// Relay, jobs and schedules.
    pub engine: Engine,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The file of the audit trail's checkpoints.
    pub checkpoint_file: PathBuf,
}

impl Opened {
    /// The app of this type and name.
    ///
    /// # Errors
    /// Where it is switched off.
    pub fn app<A: App>(&self, name: &str) -> Result<&A, Failure> {
        let found = self.apps.iter().find_map(|app| {
            let app: &dyn Any = app.as_ref();
            app.downcast_ref::<A>()
        });
        found.ok_or_else(|| {
            Failure::wrong(format!(
                "the app {name} is switched off: add it to apps in the configuration"
            ))
        })
    }

    /// What a command is to the audit trail.
    pub fn ctx(&self, command: &str) -> Ctx {
        Ctx::program(&format!("hanok {command}"), self.accounts.clock.now())
    }
}
