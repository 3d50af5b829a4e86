//! What every use case of people works with, put together once at start.

use std::ops::Deref;
use std::sync::Arc;

use hanok_accounts::Accounts;
use hanok_accounts::detection::Detection;
use hanok_accounts::organisation::Reach;
use hanok_web::Caller;

/// What [`People`] is made of; store, clock, keys, audit trail and events are those of the accounts.
pub struct PeopleParts {
    /// The accounts.
    pub accounts: Accounts,
    /// What [`App::answered_people`](hanok_accounts::App::answered_people) of the apps says.
    pub answered_people: Option<&'static str>,
    /// What [`App::approved_requests`](hanok_accounts::App::approved_requests) of the apps says.
    pub approved_requests: Option<&'static str>,
    /// What [`App::owned_providers`](hanok_accounts::App::owned_providers) of the apps says.
    pub owned_providers: Option<&'static str>,
    /// After how many days the sealing key counts as old (`keys.warn_after_days`).
    pub key_warn_days: u32,
    /// What [`App::detections`](hanok_accounts::App::detections) of accounts and the apps look for.
    pub detections: Vec<Detection>,
}

/// The people of this installation, as those see them who run it. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct People(Arc<Shared>);

/// What [`People`] shares between its clones.
pub struct Shared {
    parts: PeopleParts,
}

impl People {
    /// Puts the parts together.
    pub fn new(parts: PeopleParts) -> Self {
        let people = Self(Arc::new(Shared { parts }));
        people.keep_rooms();
        people
    }

    /// Whom `caller` may see in lists of people.
    pub fn reach(&self, caller: &Caller) -> Reach {
        Reach::of(caller, self.answered_people)
    }
}

impl Deref for People {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = PeopleParts;

    fn deref(&self) -> &PeopleParts {
        &self.parts
    }
}
