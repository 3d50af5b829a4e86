//! What every use case of accounts works with, put together once at start.

use std::ops::Deref;
use std::sync::{Arc, OnceLock, Weak};

use hanok_base::counters::SharedCounters;
use hanok_base::i18n::{Catalogue, Locale};
use hanok_base::shared::{Fanout, SharedCache};
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::Db;
use hanok_events::{Jobs, Outbox};
use hanok_web::LimitsConfig;
use hanok_web::live::Live;
use hanok_web::page::Organisation;
use jiff::civil::Date;

use crate::api_key::cache::KeyCache;
use crate::audit::Audit;
use crate::config::AccountsConfig;
use crate::hash::HashPool;
use crate::leaving::OfApps;
use crate::mail::Mail;
use crate::permission::Known;
use crate::role::Followers;
use crate::session::cache::SessionCache;
use crate::session::read_tokens::ReadTokens;
use crate::session::revocation::Looks;
use crate::sign_in::SignInWays;
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
    /// How mail leaves.
    pub mailer: Arc<dyn Mail>,
    /// The rate limits' counters.
    pub counters: Arc<dyn SharedCounters>,
    /// What processes read for each other.
    pub cache: Arc<dyn SharedCache>,
    /// What processes tell each other.
    pub fanout: Arc<dyn Fanout>,
    /// `[accounts]`.
    pub config: AccountsConfig,
    /// The socket: whoever loses a right loses the seat.
    pub live: Live,
    /// `[limits]`.
    pub limits: LimitsConfig,
    /// The origin of `web.public_url`: issuer of tokens, part of a phone's signature.
    pub origin: String,
    /// Whether this is the demo, which shows what is not really sent at `/dev/sms` and `/dev/mail`.
    pub demo: bool,
}

/// The accounts of this installation. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Accounts(Arc<Shared>);

/// What [`Accounts`] shares between its clones.
pub struct Shared {
    parts: AccountsParts,
    /// The audit trail.
    pub audit: Audit,
    /// The organisation, as pages show it.
    pub organisation: Organisation,
    pub(crate) sessions: SessionCache,
    /// What is known of access tokens.
    pub(crate) read_tokens: ReadTokens,
    pub(crate) api_keys: KeyCache,
    pub(crate) looks: Looks,
    /// The texts of letters, which the build has checked.
    pub(crate) letters: Arc<Catalogue>,
    pub(crate) ways: SignInWays,
    pub(crate) permissions: Known,
    pub(crate) named_providers: OnceLock<&'static str>,
    pub(crate) leaving: OfApps,
    pub(crate) followers: Followers,
}

impl Accounts {
    /// Puts the parts together.
    pub fn new(parts: AccountsParts) -> Self {
        let audit = Audit::new(
            parts.keys.clone(),
            parts.clock.clone(),
            parts.random.clone(),
        )
        .telling(parts.outbox.clone());
        let accounts = Self(Arc::new(Shared {
            parts,
            audit,
            organisation: Organisation::default(),
            sessions: SessionCache::default(),
            read_tokens: ReadTokens::default(),
            api_keys: KeyCache::default(),
            looks: Looks::default(),
            letters: Arc::new(Catalogue::new(&crate::MESSAGES).unwrap_or_default()),
            ways: SignInWays::default(),
            permissions: Known::default(),
            named_providers: OnceLock::new(),
            leaving: OfApps::default(),
            followers: Followers::default(),
        }));
        accounts.hear_of_withdrawals();
        accounts
    }

    /// What it shares, without keeping it alive.
    pub(crate) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.0)
    }

    /// The accounts again, where they are still there.
    pub(crate) fn upgrade(shared: &Weak<Shared>) -> Option<Self> {
        shared.upgrade().map(Self)
    }
}

impl Accounts {
    /// Says by which SELECT the audit trail finds the names of providers; the first call counts.
    pub fn know_providers(&self, named: &'static str) {
        let _ = self.named_providers.set(named);
    }

    /// The SELECT by which providers are named: [`App::named_providers`](crate::App::named_providers).
    pub fn named_providers(&self) -> Option<&'static str> {
        self.named_providers.get().copied()
    }

    /// The language of somebody who is written to: the one that they have `chosen`, else the organisation's.
    pub fn language(&self, chosen: Option<&str>) -> Locale {
        let chosen = chosen.and_then(|tag| tag.parse().ok());
        chosen.unwrap_or_else(|| self.organisation.get().locale)
    }

    /// The day that it is where the organisation is.
    pub fn today(&self, now: Timestamp) -> Date {
        now.local_date(&self.organisation.get().zone)
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
