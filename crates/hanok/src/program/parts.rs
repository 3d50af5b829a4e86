//! How the parts become a program.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::App;
use hanok_accounts::audit::{self, Retention, Sealer};
use hanok_accounts::hash::HashPool;
use hanok_accounts::reseal;
use hanok_accounts::session::AccountsAuthenticator;
use hanok_accounts::sms::{SimulatedSms, Sms};
use hanok_accounts::{Accounts, AccountsApp, AccountsParts, DenialTrail, SmsChannel};
use hanok_base::counters::{MemoryCounters, SharedCounters};
use hanok_base::i18n::Catalogue;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::Db;
use hanok_events::http::{GuardedClient, HttpPolicy, Origin, Resolver, SystemResolver};
use hanok_events::{Engine, EngineParts, Jobs, Outbox, Wake};
use hanok_identity::{Identity, IdentityApp, IdentityParts};
use hanok_web::health::{self, Check};
use hanok_web::{MESSAGES, Routes, Stack, StackParts, openapi, serve_stack};

use super::{BuildError, Overrides, Whole, migrations, open_ring};
use crate::config::Config;
use crate::{demo, gateway, place};

/// What is there before any app.
struct Ground {
    clock: Clock,
    random: Random,
    keys: KeyRing,
    db: Db,
    wake: Wake,
    counters: Arc<dyn SharedCounters>,
    simulated_sms: Option<Arc<SimulatedSms>>,
}

pub(super) async fn build(config: Config, with: Overrides) -> Result<Whole, BuildError> {
    let (sms, resolver) = (with.sms.clone(), with.resolver.clone());
    let mut ground = Ground::open(&config, with).await?;
    let migrated = ground.db.migrate(&migrations(&config)).await?;
    let sms = ground.sms(&config, sms)?;
    let accounts = ground.accounts(&config, sms)?;
    let identity = identity(&config, &accounts, resolver)?;
    let apps = apps(&accounts, identity.as_ref());
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
    let Ground {
        clock,
        random,
        keys,
        db,
        simulated_sms,
        ..
    } = ground;
    Ok(Whole {
        config,
        clock,
        random,
        keys,
        db,
        accounts,
        identity,
        apps,
        simulated_sms,
        sealer,
        engine,
        entries,
        openapi,
        stack,
        migrated,
    })
}

/// The list of apps: those that are always on, then those of `apps`.
fn apps(accounts: &Accounts, identity: Option<&Identity>) -> Vec<Box<dyn App>> {
    let mut apps: Vec<Box<dyn App>> = vec![Box::new(AccountsApp(accounts.clone()))];
    if let Some(identity) = identity {
        apps.push(Box::new(IdentityApp(identity.clone())));
    }
    apps
}

fn identity(
    config: &Config,
    accounts: &Accounts,
    resolver: Option<Arc<dyn Resolver>>,
) -> Result<Option<Identity>, BuildError> {
    if !config.has("identity") {
        return Ok(None);
    }
    let allow: Result<Vec<Origin>, _> = config
        .identity
        .callback_allow_hosts
        .iter()
        .map(|origin| origin.parse())
        .collect();
    let policy = HttpPolicy {
        allow: allow?,
        timeout: Duration::from_secs(u64::from(config.identity.callback_timeout_seconds)),
        ..HttpPolicy::default()
    };
    let http =
        GuardedClient::with_resolver(policy, resolver.unwrap_or_else(|| Arc::new(SystemResolver)))?;
    let parts = IdentityParts {
        accounts: accounts.clone(),
        config: config.identity.clone(),
        http,
    };
    Ok(Some(Identity::new(parts)))
}

impl Ground {
    async fn open(config: &Config, with: Overrides) -> Result<Self, BuildError> {
        place::make_private(&config.server.data_dir)?;
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
            return gateway::sms(&config.accounts)
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
            limits: config.limits.clone(),
            origin: config.web.origin().to_owned(),
        }))
    }

    fn engine(
        &self,
        config: &Config,
        apps: &[Box<dyn App>],
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

    fn routes(&self, config: &Config, apps: &[Box<dyn App>]) -> Routes {
        let mut checks = vec![store_check(self.db.clone())];
        checks.extend(apps.iter().flat_map(|app| app.health_checks()));
        let routes = apps.iter().fold(health::routes(checks), |routes, app| {
            routes.merge(app.routes())
        });
        routes.merge(demo::routes(config, self.simulated_sms.as_ref()))
    }

    fn stack(
        &self,
        config: &Config,
        routes: Routes,
        accounts: &Accounts,
        apps: &[Box<dyn App>],
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
