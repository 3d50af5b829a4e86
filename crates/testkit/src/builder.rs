//! How a test application is put together.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::hash::HashPool;
use hanok_accounts::home;
use hanok_accounts::mail::{CapturedMail, Mail};
use hanok_accounts::session::AccountsAuthenticator;
use hanok_accounts::sms::SimulatedSms;
use hanok_accounts::{Accounts, AccountsApp, AccountsParts, App, DenialTrail};
use hanok_base::counters::{MemoryCounters, SharedCounters};
use hanok_base::i18n::Catalogue;
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::{Db, MigrationSet};
use hanok_events::{Engine, EngineParts, Jobs, Outbox, Wake};
use hanok_web::live::Live;
use hanok_web::page::{Assets, asset_routes};
use hanok_web::server::Server;
use hanok_web::{MESSAGES, Routes, Stack, StackParts, health, openapi, serve_stack};
use serde::de::DeserializeOwned;

use crate::app::{Parts, TestApp};
use crate::settings::{Settings, section};
use crate::{log, site::Site};

/// 2026-11-21T05:30:00Z, half past two in the afternoon of a Saturday in Seoul.
const START: Timestamp = Timestamp::from_seconds(1_795_239_000);

type MakeApps<'a> = Box<dyn FnOnce(&Accounts, &Kit) -> Vec<Arc<dyn App>> + Send + 'a>;

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
        }
    }

    /// The apps beside the accounts.
    pub fn apps(
        mut self,
        make: impl FnOnce(&Accounts, &Kit) -> Vec<Arc<dyn App>> + Send + 'a,
    ) -> Self {
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
        self.seed(2)
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
        settings.web.public_url = self.origin.unwrap_or_else(|| base_url.clone());
        let keys = self
            .keys
            .unwrap_or_else(|| KeyRing::generate(&self.random, self.clock.now()));
        let ground = Ground {
            sms: Arc::new(SimulatedSms::new(self.clock.clone())),
            mail: Arc::new(CapturedMail::new(self.clock.clone())),
            mailer: self.mailer,
            counters: Arc::new(MemoryCounters::with_capacity(settings.limits.counters_max)),
            wake: Wake::default(),
            live: Live::new(&settings.web),
            db: self.db,
            clock: self.clock,
            random: self.random,
            keys,
            settings,
        };
        let accounts = ground.accounts();
        let kit = Kit {
            origin: ground.settings.web.public_url.clone(),
            settings: ground.settings.clone(),
        };
        let mut apps: Vec<Arc<dyn App>> = vec![Arc::new(AccountsApp(accounts.clone()))];
        apps.extend(self.apps.into_iter().flat_map(|make| make(&accounts, &kit)));
        accounts.offer_sign_in_ways(apps.iter().flat_map(|app| app.sign_in_ways()).collect());
        ground.migrate(&apps).await;
        ground.assemble(server, Site::new(&base_url, accounts), apps)
    }
}

/// What is there before any app.
struct Ground {
    db: Db,
    clock: Clock,
    random: Random,
    keys: KeyRing,
    settings: Settings,
    sms: Arc<SimulatedSms>,
    mail: Arc<CapturedMail>,
    mailer: Option<Arc<dyn Mail>>,
    counters: Arc<dyn SharedCounters>,
    wake: Wake,
    live: Live,
}

impl Ground {
    async fn migrate(&self, apps: &[Arc<dyn App>]) {
        let mut sets: Vec<MigrationSet> = vec![hanok_events::migrations()];
        sets.extend(apps.iter().flat_map(|app| app.migrations()));
        self.db.migrate(&sets).await.unwrap();
    }

    fn accounts(&self) -> Accounts {
        let settings = &self.settings;
        Accounts::new(AccountsParts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            keys: self.keys.clone(),
            outbox: Outbox::new(self.clock.clone(), self.random.clone(), &self.wake),
            jobs: Jobs::new(self.clock.clone(), self.random.clone(), &self.wake),
            hashes: HashPool::start(&settings.accounts.hash_settings(), self.random.clone())
                .unwrap(),
            sms: self.sms.clone(),
            mailer: self.mailer.clone().unwrap_or_else(|| self.mail.clone()),
            counters: Arc::clone(&self.counters),
            config: settings.accounts.clone(),
            live: self.live.clone(),
            limits: settings.limits.clone(),
            origin: settings.web.origin().to_owned(),
            demo: false,
        })
    }

    fn assemble(self, server: Server, site: Site, apps: Vec<Arc<dyn App>>) -> TestApp {
        let engine = self.engine(&apps);
        let routes = apps.iter().fold(health::routes(Vec::new()), |routes, app| {
            routes.merge(app.routes())
        });
        let routes = routes.merge(home::routes(&site.accounts, &apps));
        let routes = routes.merge(self.live.routes());
        let routes = routes.merge(asset_routes(Assets::built()));
        let document = openapi::document(&routes, "0.0.0", self.settings.web.origin());
        let routes = routes.merge(openapi::route(&document).unwrap());
        let entries = routes.entries().to_vec();
        let stack = self.stack(routes, &site.accounts, &apps);
        let web = self.settings.web.clone();
        TestApp::run(Parts {
            site,
            clock: self.clock,
            random: self.random,
            keys: self.keys,
            db: self.db,
            engine,
            sms: self.sms,
            mail: self.mail,
            settings: self.settings,
            apps,
            entries,
            serve: Box::new(move |stop| {
                Box::pin(
                    async move { server.run(stack, &web, Duration::from_secs(30), stop).await },
                )
            }),
        })
    }

    fn engine(&self, apps: &[Arc<dyn App>]) -> Engine {
        Engine::new(EngineParts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            config: self.settings.events.clone(),
            wake: self.wake.clone(),
            handlers: apps.iter().flat_map(|app| app.event_handlers()).collect(),
            jobs: apps.iter().flat_map(|app| app.jobs()).collect(),
            schedules: apps.iter().flat_map(|app| app.schedules()).collect(),
        })
        .unwrap()
    }

    fn stack(&self, routes: Routes, accounts: &Accounts, apps: &[Arc<dyn App>]) -> Stack {
        let messages: Vec<_> = MESSAGES
            .into_iter()
            .chain(apps.iter().flat_map(|app| app.messages()))
            .collect();
        let parts = StackParts {
            web: self.settings.web.clone(),
            limits: self.settings.limits.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            counters: Arc::clone(&self.counters),
            authenticators: vec![Arc::new(AccountsAuthenticator(accounts.clone()))],
            denials: Some(Arc::new(DenialTrail(accounts.clone()))),
            catalogue: Arc::new(Catalogue::new(&messages).unwrap()),
            flashes: Arc::new(accounts.clone()),
            menu: apps.iter().flat_map(|app| app.menu()).collect(),
            demo: false,
            organisation: accounts.organisation.clone(),
            assets: Assets::built(),
            session_idle: Duration::from_mins(u64::from(
                self.settings.accounts.session_idle_minutes,
            )),
            live: self.live.clone(),
        };
        serve_stack(routes.into_router(), parts).unwrap()
    }
}
