//! How the parts become a program.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::App;
use hanok_accounts::audit::{self, Retention, Sealer};
use hanok_accounts::hash::HashPool;
use hanok_accounts::reseal;
use hanok_accounts::session::AccountsAuthenticator;
use hanok_accounts::sms::{SimulatedSms, Sms, gateway};
use hanok_accounts::{Accounts, AccountsParts, DenialTrail, SmsChannel};
use hanok_base::counters::{MemoryCounters, SharedCounters};
use hanok_base::directory::make_private;
use hanok_base::i18n::Catalogue;
use hanok_base::keyring::open_ring;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::Db;
use hanok_events::{Engine, EngineParts, Jobs, Outbox, Wake};
use hanok_web::health::{self, Check};
use hanok_web::live::Live;
use hanok_web::page::{Assets, TimeZone, asset_routes, plain};
use hanok_web::{MESSAGES, Routes, Stack, StackParts, openapi, serve_stack};

use super::{BuildError, Overrides, Whole};
use crate::apps::{migrations, switched_on};
use crate::config::Config;

/// What is there before any app.
struct Ground {
    clock: Clock,
    random: Random,
    keys: KeyRing,
    db: Db,
    wake: Wake,
    counters: Arc<dyn SharedCounters>,
    live: Live,
    simulated_sms: Option<Arc<SimulatedSms>>,
}

pub(super) async fn build(config: Config, with: Overrides) -> Result<Whole, BuildError> {
    let (sms, resolver) = (with.sms.clone(), with.resolver.clone());
    let mut ground = Ground::open(&config, with).await?;
    ground.db.migrate(&migrations(&config)).await?;
    let sms = ground.sms(&config, sms)?;
    let accounts = ground.accounts(&config, sms)?;
    let apps = switched_on(&config, &accounts, resolver, ground.simulated_sms.as_ref())?;
    let sealer = Sealer::new(
        ground.keys.clone(),
        &config.audit,
        Some(config.audit.checkpoint_path(&config.server.data_dir)),
    );
    let engine = ground.engine(&config, &apps, &accounts)?;
    let routes = ground.routes(&config, &apps);
    let openapi = openapi::document(&routes, env!("CARGO_PKG_VERSION"), config.web.origin());
    let served = openapi::route(&openapi).map_err(|error| BuildError::Wiring(error.to_string()))?;
    let routes = routes.merge(served);
    let entries = routes.entries().to_vec();
    let stack = ground.stack(&config, routes, &accounts, &apps)?;
    Ok(Whole {
        config,
        accounts,
        apps,
        sealer,
        engine,
        entries,
        openapi,
        stack,
    })
}

impl Ground {
    async fn open(config: &Config, with: Overrides) -> Result<Self, BuildError> {
        make_private(&config.server.data_dir)?;
        let clock = with.clock.unwrap_or_else(Clock::system);
        let random = with.random.unwrap_or_else(Random::system);
        let keys = match with.keys {
            Some(keys) => keys,
            None => open_ring(&config.keys, &config.server.data_dir, &clock, &random)?,
        };
        let db = match with.db {
            Some(db) => db,
            None => Db::open(&config.store_in_place()).await?,
        };
        let counters = Arc::new(MemoryCounters::with_capacity(config.limits.counters_max));
        let wake = Wake::default();
        Ok(Self {
            clock,
            random,
            keys,
            db,
            wake,
            counters,
            live: Live::new(&config.web),
            simulated_sms: None,
        })
    }

    fn sms(
        &mut self,
        config: &Config,
        other: Option<Arc<dyn Sms>>,
    ) -> Result<Arc<dyn Sms>, BuildError> {
        if let Some(other) = other {
            return Ok(other);
        }
        if config.accounts.sms == SmsChannel::Http {
            return gateway(&config.accounts)
                .map_err(|error| BuildError::Wiring(error.to_string()));
        }
        let simulated = Arc::new(SimulatedSms::new(self.clock.clone()));
        self.simulated_sms = Some(Arc::clone(&simulated));
        Ok(simulated)
    }

    fn accounts(&self, config: &Config, sms: Arc<dyn Sms>) -> Result<Accounts, BuildError> {
        let hashes = HashPool::start(&config.accounts.hash_settings(), self.random.clone())
            .map_err(BuildError::Hashes)?;
        Ok(Accounts::new(AccountsParts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            keys: self.keys.clone(),
            outbox: Outbox::new(self.clock.clone(), self.random.clone(), &self.wake),
            jobs: Jobs::new(self.clock.clone(), self.random.clone(), &self.wake),
            hashes,
            sms,
            counters: Arc::clone(&self.counters),
            config: config.accounts.clone(),
            live: self.live.clone(),
            limits: config.limits.clone(),
            origin: config.web.origin().to_owned(),
        }))
    }

    fn engine(
        &self,
        config: &Config,
        apps: &[Arc<dyn App>],
        accounts: &Accounts,
    ) -> Result<Engine, BuildError> {
        let retention = Retention::new(self.keys.clone(), accounts.audit.clone(), &config.audit);
        let mut schedules: Vec<_> = apps.iter().flat_map(|app| app.schedules()).collect();
        schedules.push(audit::retaining(&self.db, retention));
        let sealed = apps
            .iter()
            .flat_map(|app| app.sealed_columns())
            .copied()
            .collect();
        schedules.push(reseal::schedule(accounts, sealed));
        Ok(Engine::new(EngineParts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            config: config.events.clone(),
            wake: self.wake.clone(),
            handlers: apps.iter().flat_map(|app| app.event_handlers()).collect(),
            jobs: apps.iter().flat_map(|app| app.jobs()).collect(),
            schedules,
        })?)
    }

    fn routes(&self, config: &Config, apps: &[Arc<dyn App>]) -> Routes {
        let mut checks = vec![store_check(self.db.clone())];
        checks.extend(apps.iter().flat_map(|app| app.health_checks()));
        let routes = apps.iter().fold(health::routes(checks), |routes, app| {
            routes.merge(app.routes())
        });
        let routes = routes
            .merge(self.live.routes())
            .merge(asset_routes(Assets::built()));
        if config.demo {
            return routes;
        }
        routes.merge(plain::at_the_start(plain::start()))
    }

    fn stack(
        &self,
        config: &Config,
        routes: Routes,
        accounts: &Accounts,
        apps: &[Arc<dyn App>],
    ) -> Result<Stack, BuildError> {
        let messages: Vec<_> = MESSAGES
            .into_iter()
            .chain(apps.iter().flat_map(|app| app.messages()))
            .collect();
        let catalogue =
            Catalogue::new(&messages).map_err(|error| BuildError::Wiring(error.to_string()))?;
        let parts = StackParts {
            web: config.web.clone(),
            limits: config.limits.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            counters: Arc::clone(&self.counters),
            authenticators: vec![Arc::new(AccountsAuthenticator(accounts.clone()))],
            denials: Some(Arc::new(DenialTrail(accounts.clone()))),
            catalogue: Arc::new(catalogue),
            flashes: Arc::new(accounts.clone()),
            menu: apps.iter().flat_map(|app| app.menu()).collect(),
            demo: config.demo,
            time_zone: TimeZone::default(),
            assets: Assets::built(),
            session_idle: Duration::from_mins(u64::from(config.accounts.session_idle_minutes)),
            live: self.live.clone(),
        };
        Ok(serve_stack(routes.into_router(), parts)?)
    }
}

/// Whether the store answers.
fn store_check(db: Db) -> Check {
    Check::new("store", move || {
        let db = db.clone();
        async move {
            let answer: Result<i64, hanok_db::DbError> =
                db.read(async |conn| conn.one("SELECT 1", &[]).await).await;
            answer.map(|_| ()).map_err(|error| error.to_string())
        }
    })
}
