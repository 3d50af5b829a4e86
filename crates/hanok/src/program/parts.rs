//! How the parts become a program.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::{App, event_handlers};
use hanok_accounts::audit::{self, Retention, Sealer};
use hanok_accounts::hash::HashPool;
use hanok_accounts::home;
use hanok_accounts::mail::{CapturedMail, Mail, MailMode, smtp};
use hanok_accounts::reseal;
use hanok_accounts::session::AccountsAuthenticator;
use hanok_accounts::sms::{SimulatedSms, Sms, gateway};
use hanok_accounts::{Accounts, AccountsParts, DenialTrail, SmsChannel};
use hanok_base::directory::make_private;
use hanok_base::i18n::Catalogue;
use hanok_base::keyring::open_ring;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::Db;
use hanok_events::{Engine, EngineParts, Jobs, Outbox, Wake};
use hanok_operator::store_check;
use hanok_web::health::{self, Whose};
use hanok_web::live::Live;
use hanok_web::page::{Assets, asset_routes};
use hanok_web::{MESSAGES, OperatorToken, Routes, Stack, StackParts, openapi, serve_stack};

use super::looks::looks;
use super::{BuildError, Overrides, Whole};
use crate::apps::{migrations, switched_on};
use crate::config::Config;
use crate::kafka::{Travel, travel};
use crate::shared::{Beside, beside};

/// What is there before any app.
struct Ground {
    clock: Clock,
    random: Random,
    keys: KeyRing,
    db: Db,
    wake: Wake,
    travel: Travel,
    beside: Beside,
    live: Live,
    simulated_sms: Option<Arc<SimulatedSms>>,
    captured_mail: Option<Arc<CapturedMail>>,
}

pub(super) async fn build(config: Config, with: Overrides) -> Result<Whole, BuildError> {
    let (sms, mail, metrics) = (with.sms.clone(), with.mail.clone(), with.metrics.clone());
    let (resolver, levels) = (with.resolver.clone(), with.levels.clone());
    let host = with.host.clone();
    let mut ground = Ground::open(&config, with).await?;
    ground.db.migrate(&migrations(&config)).await?;
    let checkpoints = config.audit.checkpoint_path(&config.server.data_dir);
    audit::check_ours(&ground.db, &ground.keys, &checkpoints).await?;
    let sms = ground.sms(&config, sms)?;
    let mail = ground.mail(&config, mail)?;
    let accounts = ground.accounts(&config, sms, mail)?;
    let known = accounts.load_organisation().await;
    known
        .map_err(|error| BuildError::Wiring(format!("the organisation cannot be read: {error}")))?;
    let (sms, mail) = (ground.simulated_sms.as_ref(), ground.captured_mail.as_ref());
    let lags = ground.travel.lags.clone();
    let apps = switched_on(&config, &accounts, resolver, host, sms, mail, lags)?;
    accounts.offer_sign_in_ways(apps.iter().flat_map(|app| app.sign_in_ways()).collect());
    let permissions = apps.iter().flat_map(|app| app.permissions());
    accounts.know_permissions(permissions.copied());
    accounts.know_personal_data(
        apps.iter().flat_map(|app| app.personal_data()),
        apps.iter().flat_map(|app| app.erasures()),
    );
    let sealer = Sealer::new(ground.keys.clone(), &config.audit, Some(checkpoints));
    let engine = ground.engine(&config, &apps, &accounts)?;
    if let Some(metrics) = &metrics {
        metrics.look_at(
            looks(&engine, &ground.live, &apps),
            config.server.data_dir.clone(),
        );
    }
    let token = OperatorToken::new(config.metrics.token.as_ref());
    let routes = ground.routes(&config, token, &accounts, &apps);
    let routes = routes.merge(hanok_operator::metrics::routes(metrics.clone(), token));
    let openapi = openapi::document(&routes, env!("CARGO_PKG_VERSION"), config.web.origin());
    let served = openapi::route(&openapi).map_err(|error| BuildError::Wiring(error.to_string()))?;
    let routes = routes.merge(served);
    let entries = routes.entries().to_vec();
    let stack = ground.stack(&config, routes, &accounts, &apps)?;
    Ok(Whole {
        config,
        levels,
        accounts,
        apps,
        sealer,
        engine,
        entries,
        openapi,
        stack,
        metrics,
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
        let beside = beside(config, &db, &keys, &clock).await?;
        let fanout = &beside.shared.fanout;
        let (wake, live) = (Wake::over(Arc::clone(fanout)), Live::new(&config.web));
        live.join(Arc::clone(fanout));
        Ok(Self {
            clock,
            random,
            keys,
            db,
            wake,
            travel: travel(config),
            beside,
            live,
            simulated_sms: None,
            captured_mail: None,
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

    fn mail(
        &mut self,
        config: &Config,
        other: Option<Arc<dyn Mail>>,
    ) -> Result<Arc<dyn Mail>, BuildError> {
        if let Some(other) = other {
            return Ok(other);
        }
        if config.mail.mode == MailMode::Smtp {
            return smtp(&config.mail).map_err(BuildError::Wiring);
        }
        let captured = Arc::new(CapturedMail::new(self.clock.clone()));
        self.captured_mail = Some(Arc::clone(&captured));
        Ok(captured)
    }

    fn accounts(
        &self,
        config: &Config,
        sms: Arc<dyn Sms>,
        mailer: Arc<dyn Mail>,
    ) -> Result<Accounts, BuildError> {
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
            mailer,
            counters: Arc::clone(&self.beside.shared.counters),
            cache: Arc::clone(&self.beside.shared.cache),
            fanout: Arc::clone(&self.beside.shared.fanout),
            config: config.accounts.clone(),
            live: self.live.clone(),
            limits: config.limits.clone(),
            origin: config.web.origin().to_owned(),
            demo: config.demo,
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
        let checkpoints = config.audit.checkpoint_path(&config.server.data_dir);
        let (db, keys, clock) = (&self.db, &self.keys, &self.clock);
        schedules.push(audit::checking(db, keys, clock, &config.audit, checkpoints));
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
            bus: self.travel.bus.clone(),
            handlers: event_handlers(apps),
            jobs: apps.iter().flat_map(|app| app.jobs()).collect(),
            schedules,
        })?)
    }

    fn routes(
        &self,
        config: &Config,
        token: OperatorToken,
        accounts: &Accounts,
        apps: &[Arc<dyn App>],
    ) -> Routes {
        let whose = Whose::of_this_process(&config.server.data_dir, config.web.origin());
        let mut checks = vec![store_check(self.db.clone(), self.clock.clone())];
        checks.extend(self.travel.check.clone());
        checks.extend(self.beside.check.clone());
        checks.extend(apps.iter().flat_map(|app| app.health_checks()));
        let routes = apps
            .iter()
            .fold(health::routes_of(whose, checks, token), |routes, app| {
                routes.merge(app.routes())
            });
        routes
            .merge(home::routes(accounts, apps))
            .merge(hanok_people::console_routes(apps))
            .merge(self.live.routes())
            .merge(asset_routes(Assets::built()))
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
            counters: Arc::clone(&self.beside.shared.counters),
            authenticators: vec![Arc::new(AccountsAuthenticator(accounts.clone()))],
            denials: Some(Arc::new(DenialTrail(accounts.clone()))),
            failures: apps.iter().find_map(|app| app.failures()),
            catalogue: Arc::new(catalogue),
            flashes: Arc::new(accounts.clone()),
            menu: apps.iter().flat_map(|app| app.menu()).collect(),
            demo: config.demo,
            organisation: accounts.organisation.clone(),
            assets: Assets::built(),
            session_idle: Duration::from_mins(u64::from(config.accounts.session_idle_minutes)),
            live: self.live.clone(),
            bodies: routes.bodies().to_vec(),
        };
        Ok(serve_stack(routes.into_router(), parts)?)
    }
}
