//! `/admin/system`: what `hanok doctor` sees, what waits and what was given up, how events flow, and which log levels are
//! set, as pages.
//!
//! Invariants: a look changes nothing and runs alone; what is replayed or thrown away is on the audit trail.

mod examine;
mod flow;
mod flow_pages;
mod letters;
mod pages;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use hanok_accounts::command::Host;
use hanok_accounts::permission::SystemConfiguration;
use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_web::{Access, MenuEntry, Permission, Routes};

use examine::Examined;

/// Who sees how the program stands.
const READING: Access = Access::Permission(SystemConfiguration::NAME);

/// The program as its commands see it, shared with whoever serves.
pub type SharedHost = Arc<dyn Host + Send + Sync>;

/// How far handlers are behind what lies on the brokers, as this process has heard it; an error says why the brokers do not
/// answer.
pub type Lags = Arc<dyn Fn() -> Result<Vec<GroupLag>, String> + Send + Sync>;

/// How far a consumer group is behind on a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLag {
    /// The consumer group.
    pub group: String,
    /// The topic, as the brokers call it.
    pub topic: String,
    /// Messages that are not handled yet, of the partitions that this process reads; nothing where it knows of none.
    pub messages: Option<u32>,
    /// Of how many partitions it knows nothing: others read them, or nothing was read of them yet.
    pub unknown: u32,
}

/// How the program stands. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct System(Arc<Shared>);

/// What [`System`] shares between its clones.
pub struct Shared {
    accounts: Accounts,
    /// Who knows the settings; without one nothing is examined.
    host: Option<SharedHost>,
    /// Asked where events travel over brokers.
    lags: Option<Lags>,
    /// What the last look found.
    last: Mutex<Option<Examined>>,
    /// Held while somebody looks.
    looking: tokio::sync::Mutex<()>,
}

impl System {
    /// Of this installation; `host` is the program that serves, `lags` are there where events travel over brokers.
    pub fn new(accounts: Accounts, host: Option<SharedHost>, lags: Option<Lags>) -> Self {
        Self(Arc::new(Shared {
            accounts,
            host,
            lags,
            last: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }))
    }
}

impl Deref for System {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The system's pages, as the binary sees them.
pub struct SystemApp(pub System);

impl App for SystemApp {
    fn name(&self) -> &'static str {
        "system"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        vec![crate::migrations()]
    }

    fn routes(&self) -> Routes {
        let routes = pages::routes().merge(flow_pages::routes());
        routes.with_state(self.0.clone())
    }

    fn menu(&self) -> Vec<MenuEntry> {
        vec![pages::menu_entry()]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }
}
