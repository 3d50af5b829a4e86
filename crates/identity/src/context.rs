//! What every use case of identity works with, put together once at start.

use std::ops::Deref;
use std::sync::Arc;

use hanok_accounts::Accounts;
use hanok_events::http::GuardedClient;
use hanok_notifications::Notifications;
use hanok_web::metrics::Callers;

use crate::config::IdentityConfig;
use crate::metrics;
use crate::notice;
use crate::transaction::poll::PollTimes;

/// What [`Identity`] is made of; store, clock, keys, audit trail and events are those of the accounts.
pub struct IdentityParts {
    /// The accounts.
    pub accounts: Accounts,
    /// What people are told.
    pub notifications: Notifications,
    /// `[identity]`.
    pub config: IdentityConfig,
    /// The guarded client that callbacks leave by.
    pub http: GuardedClient,
    /// Whether this is the demo, which shows the phone beside the shop.
    pub demo: bool,
}

/// Identity of this installation. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Identity(Arc<Shared>);

/// What [`Identity`] shares between its clones.
pub struct Shared {
    parts: IdentityParts,
    pub(crate) polls: PollTimes,
    pub(crate) calls: Callers,
}

impl Identity {
    /// Puts the parts together.
    pub fn new(parts: IdentityParts) -> Self {
        let identity = Self(Arc::new(Shared {
            parts,
            polls: PollTimes::default(),
            calls: metrics::provider_calls(),
        }));
        identity.judge_sockets();
        notice::know(&identity.notifications);
        identity
    }
}

impl Deref for Identity {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = IdentityParts;

    fn deref(&self) -> &IdentityParts {
        &self.parts
    }
}
