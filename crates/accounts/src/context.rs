//! What every use case of accounts works with, put together once at start.

use std::ops::Deref;
use std::sync::Arc;

use hanok_base::counters::SharedCounters;
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::Db;
use hanok_events::{Jobs, Outbox};
use hanok_web::LimitsConfig;
use hanok_web::live::Live;

use crate::audit::Audit;
use crate::config::AccountsConfig;
use crate::hash::HashPool;
use crate::session::cache::SessionCache;
use crate::sms::Sms;

/// What [`Accounts`] is made of.
pub struct AccountsParts {
    /// The store.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The random source.
    pub random: Random,
    /// The key ring.
    pub keys: KeyRing,
    /// The outbox, for events.
    pub outbox: Outbox,
    /// The job queue.
    pub jobs: Jobs,
    /// The hash pool, shared by passwords and PINs.
    pub hashes: HashPool,
    /// How text messages leave.
    pub sms: Arc<dyn Sms>,
    /// The rate limits' counters.
    pub counters: Arc<dyn SharedCounters>,
    /// `[accounts]`.
    pub config: AccountsConfig,
    /// The socket: whoever loses a right loses the seat.
    pub live: Live,
    /// `[limits]`.
    pub limits: LimitsConfig,
    /// The origin of `web.public_url`: issuer of tokens, part of a phone's signature.
    pub origin: String,
}

/// The accounts of this installation. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Accounts(Arc<Shared>);

/// What [`Accounts`] shares between its clones.
pub struct Shared {
    parts: AccountsParts,
    /// The audit trail.
    pub audit: Audit,
    pub(crate) sessions: SessionCache,
}

impl Accounts {
    /// Puts the parts together.
    pub fn new(parts: AccountsParts) -> Self {
        let audit = Audit::new(
            parts.keys.clone(),
            parts.clock.clone(),
            parts.random.clone(),
        );
        Self(Arc::new(Shared {
            parts,
            audit,
            sessions: SessionCache::default(),
        }))
    }
}

impl Deref for Accounts {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = AccountsParts;

    fn deref(&self) -> &AccountsParts {
        &self.parts
    }
}
