//! How a test application is put together.

use std::sync::Arc;

use hanok_accounts::mail::Mail;
use hanok_accounts::{Accounts, App};
use hanok_base::shared::Neighbours;
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::Db;
use hanok_web::server::Server;
use serde::de::DeserializeOwned;

use crate::app::TestApp;
use crate::brokers::Brokers;
use crate::ground::{Ground, GroundParts};
use crate::settings::{Settings, section};
use crate::{log, neighbours};

/// 2026-11-21T05:30:00Z, half past two in the afternoon of a Saturday in Seoul.
const START: Timestamp = Timestamp::from_seconds(1_795_239_000);

pub(crate) type MakeApps<'a> = Box<dyn Fn(&Accounts, &Kit) -> Vec<Arc<dyn App>> + Send + 'a>;

/// What an app that is handed to the test application may need besides the accounts.
pub struct Kit {
    /// The origin that the program is reached at, as `web.public_url` has it.
    pub origin: String,
    /// The settings of the floors below.
    pub settings: Settings,
}

impl Kit {
    /// A section of the default file, as an app's own type.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> T {
        section(name)
    }
}

/// A test application to be started.
#[must_use = "a test application begins with start()"]
pub struct Builder<'a> {
    db: Db,
    clock: Clock,
    random: Random,
    keys: Option<KeyRing>,
    origin: Option<String>,
    settings: Settings,
    mailer: Option<Arc<dyn Mail>>,
    apps: Vec<MakeApps<'a>>,
    alone: bool,
    shared: Option<Neighbours>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(db: Db) -> Self {
        Self {
            db,
            clock: Clock::manual(START),
            random: Random::seeded(1),
            keys: None,
            origin: None,
            settings: Settings::for_tests(),
            mailer: None,
            apps: Vec::new(),
            alone: false,
            shared: None,
        }
    }

    /// The apps beside the accounts; made once for each program.
    pub fn apps(mut self, make: impl Fn(&Accounts, &Kit) -> Vec<Arc<dyn App>> + Send + 'a) -> Self {
        self.apps.push(Box::new(make));
        self
    }

    /// Another way to send mail than to capture it.
    pub fn mailer(mut self, mailer: Arc<dyn Mail>) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// Changes settings.
    pub fn config(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The rate limits of the default file, which are off otherwise.
    pub fn with_limits(self) -> Self {
        let limits = Settings::defaults().limits;
        self.config(|settings| settings.limits = limits)
    }

    /// Hashes at the cost of the default file, on as many threads.
    pub fn with_real_hashes(self) -> Self {
        let real = Settings::defaults().accounts;
        self.config(|settings| {
            settings.accounts.argon2_memory_kib = real.argon2_memory_kib;
            settings.accounts.argon2_iterations = real.argon2_iterations;
            settings.accounts.argon2_parallelism = real.argon2_parallelism;
            settings.accounts.hash_threads = real.hash_threads;
            settings.accounts.hash_queue = real.hash_queue;
        })
    }

    /// So many threads that hash and so many places to wait.
    pub fn hash_pool(self, threads: usize, queue: usize) -> Self {
        self.config(|settings| {
            settings.accounts.hash_threads = threads;
            settings.accounts.hash_queue = queue;
        })
    }

    /// The clock stands still at this moment.
    pub fn at(mut self, start: Timestamp) -> Self {
        self.clock = Clock::manual(start);
        self
    }

    /// The clock stands still at the moment it really is, for what compares with other programs' clocks.
    pub fn at_the_real_time(self) -> Self {
        let now = Clock::system().now();
        self.at(now)
    }

    /// Another stream of random numbers.
    pub fn seed(mut self, seed: u64) -> Self {
        self.random = Random::seeded(seed);
        self
    }

    /// A process beside another one: same clock, key ring and origin, other random numbers.
    pub fn beside(mut self, other: &TestApp) -> Self {
        self.clock = other.clock.clone();
        self.keys = Some(other.keys.clone());
        self.origin = Some(other.settings.web.public_url.clone());
        self.alone = true;
        self.seed(2)
    }

    /// One program also where every test application is two: for what means nothing over two, and why.
    pub fn alone(mut self, reason: &str) -> Self {
        if neighbours::wanted(&self.db) {
            neighbours::tell_alone(reason);
        }
        self.alone = true;
        self
    }

    /// What it shares with other programs besides the store.
    pub fn sharing(mut self, shared: Neighbours) -> Self {
        self.shared = Some(shared);
        self
    }

    /// Starts it: tables, threads, listener.
    ///
    /// # Panics
    /// When anything is missing for it.
    pub async fn start(self) -> TestApp {
        log::capture();
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let mut settings = self.settings;
        let base_url = format!("http://{}", server.address());
        settings.web.public_url = self.origin.unwrap_or(base_url);
        let keys = self
            .keys
            .unwrap_or_else(|| KeyRing::generate(&self.random, self.clock.now()));
        let two = !self.alone && self.shared.is_none() && neighbours::wanted(&self.db);
        let sharing = if two {
            Some(neighbours::sharing(&self.db).await)
        } else {
            None
        };
        let first = sharing.as_ref().map(|sharing| sharing.one.clone());
        let ground = Ground::new(GroundParts {
            db: self.db,
            clock: self.clock,
            random: self.random,
            keys,
            settings,
            mailer: self.mailer,
            shared: self.shared.or(first),
            brokers: sharing.as_ref().and_then(|_| Brokers::of_the_run()),
        });
        let mut programs = vec![ground.program(server, &self.apps).await];
        if let Some(sharing) = &sharing {
            let server = Server::bind("127.0.0.1", 0).await.unwrap();
            let beside = ground.beside(sharing.two.clone()).await;
            programs.push(beside.program(server, &self.apps).await);
        }
        TestApp::run(ground, programs, sharing)
    }
}
