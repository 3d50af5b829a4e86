//! What a program of a test application is made of, and how.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::event_handlers;
use hanok_accounts::hash::HashPool;
use hanok_accounts::home;
use hanok_accounts::mail::{CapturedMail, Mail};
use hanok_accounts::session::AccountsAuthenticator;
use hanok_accounts::sms::SimulatedSms;
use hanok_accounts::{Accounts, AccountsApp, AccountsParts, App, DenialTrail};
use hanok_base::i18n::Catalogue;
use hanok_base::shared::Neighbours;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, MigrationSet};
use hanok_events::{BusChoice, Engine, EngineParts, Jobs, Outbox, Wake};
use hanok_web::live::Live;
use hanok_web::page::{Assets, asset_routes};
use hanok_web::server::Server;
use hanok_web::{MESSAGES, OperatorToken, Routes, Stack, StackParts, health, openapi, serve_stack};

use crate::brokers::Brokers;
use crate::builder::{Kit, MakeApps};
use crate::program::Program;
use crate::settings::Settings;

/// What a builder chooses.
pub(crate) struct GroundParts {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) keys: KeyRing,
    pub(crate) settings: Settings,
    pub(crate) mailer: Option<Arc<dyn Mail>>,
    pub(crate) shared: Option<Neighbours>,
    pub(crate) brokers: Option<Brokers>,
}

/// What is there before any app.
pub(crate) struct Ground {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) keys: KeyRing,
    pub(crate) settings: Settings,
    pub(crate) sms: Arc<SimulatedSms>,
    pub(crate) mail: Arc<CapturedMail>,
    mailer: Option<Arc<dyn Mail>>,
    shared: Neighbours,
    pub(crate) brokers: Option<Brokers>,
    hashes: HashPool,
    wake: Wake,
    live: Live,
}

impl Ground {
    pub(crate) fn new(parts: GroundParts) -> Self {
        let GroundParts {
            db,
            clock,
            random,
            keys,
            settings,
            mailer,
            shared,
            brokers,
        } = parts;
        let shared = shared.unwrap_or_else(|| Neighbours::none(settings.limits.counters_max));
        let hashes = HashPool::start(&settings.accounts.hash_settings(), random.clone()).unwrap();
        Self {
            sms: Arc::new(SimulatedSms::new(clock.clone())),
            mail: Arc::new(CapturedMail::new(clock.clone())),
            mailer,
            brokers,
            hashes,
            wake: Wake::over(Arc::clone(&shared.fanout)),
            live: joined(&settings, &shared),
            shared,
            db,
            clock,
            random,
            keys,
            settings,
        }
    }

    /// What the program beside this one is made of: see [`neighbours`](crate::neighbours).
    pub(crate) async fn beside(&self, shared: Neighbours) -> Self {
        Self {
            db: self.db.reopen(|_| {}).await.unwrap(),
            clock: self.clock.clone(),
            random: Random::seeded(u64::from_be_bytes(self.random.bytes())),
            keys: self.keys.clone(),
            settings: self.settings.clone(),
            sms: Arc::clone(&self.sms),
            mail: Arc::clone(&self.mail),
            mailer: self.mailer.clone(),
            brokers: self.brokers.clone(),
            hashes: self.hashes.clone(),
            wake: Wake::over(Arc::clone(&shared.fanout)),
            live: joined(&self.settings, &shared),
            shared,
        }
    }

    /// A program that listens; nothing of it runs by itself.
    pub(crate) async fn program(&self, server: Server, apps: &[MakeApps<'_>]) -> Program {
        let base_url = format!("http://{}", server.address());
        let accounts = self.accounts();
        let kit = Kit {
            origin: self.settings.web.public_url.clone(),
            settings: self.settings.clone(),
        };
        let mut made: Vec<Arc<dyn App>> = vec![Arc::new(AccountsApp(accounts.clone()))];
        made.extend(apps.iter().flat_map(|make| make(&accounts, &kit)));
        accounts.offer_sign_in_ways(made.iter().flat_map(|app| app.sign_in_ways()).collect());
        let permissions = made.iter().flat_map(|app| app.permissions());
        accounts.know_permissions(permissions.copied());
        accounts.know_personal_data(
            made.iter().flat_map(|app| app.personal_data()),
            made.iter().flat_map(|app| app.erasures()),
        );
        self.migrate(&made).await;
        let routes = self.routes(&accounts, &made);
        let entries = routes.entries().to_vec();
        let stack = self.stack(routes, &accounts, &made);
        let engine = self.engine(&made);
        let web = self.settings.web.clone();
        Program::run(accounts, made, engine, entries, base_url, move |stop| {
            Box::pin(async move { server.run(stack, &web, Duration::from_secs(30), stop).await })
        })
    }

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
            hashes: self.hashes.clone(),
            sms: self.sms.clone(),
            mailer: self.mailer.clone().unwrap_or_else(|| self.mail.clone()),
            counters: Arc::clone(&self.shared.counters),
            cache: Arc::clone(&self.shared.cache),
            fanout: Arc::clone(&self.shared.fanout),
            config: settings.accounts.clone(),
            live: self.live.clone(),
            limits: settings.limits.clone(),
            origin: settings.web.origin().to_owned(),
            demo: false,
        })
    }

    fn routes(&self, accounts: &Accounts, apps: &[Arc<dyn App>]) -> Routes {
        let routes = apps.iter().fold(
            health::routes(Vec::new(), OperatorToken::default()),
            |routes, app| routes.merge(app.routes()),
        );
        let routes = routes.merge(home::routes(accounts, apps));
        let routes = routes.merge(self.live.routes());
        let routes = routes.merge(asset_routes(Assets::built()));
        let document = openapi::document(&routes, "0.0.0", self.settings.web.origin());
        routes.merge(openapi::route(&document).unwrap())
    }

    fn engine(&self, apps: &[Arc<dyn App>]) -> Engine {
        Engine::new(EngineParts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            config: self.settings.events.clone(),
            wake: self.wake.clone(),
            bus: self.brokers.as_ref().map_or(BusChoice::Local, Brokers::bus),
            handlers: event_handlers(apps),
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
            counters: Arc::clone(&self.shared.counters),
            authenticators: vec![Arc::new(AccountsAuthenticator(accounts.clone()))],
            denials: Some(Arc::new(DenialTrail(accounts.clone()))),
            failures: apps.iter().find_map(|app| app.failures()),
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
            bodies: routes.bodies().to_vec(),
        };
        serve_stack(routes.into_router(), parts).unwrap()
    }
}

/// The sockets of a program, joined to those of its neighbours.
fn joined(settings: &Settings, shared: &Neighbours) -> Live {
    let live = Live::new(&settings.web);
    live.join(Arc::clone(&shared.fanout));
    live
}
