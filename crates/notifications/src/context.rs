//! What every use case of notifications works with, put together once at start.

use std::ops::Deref;
use std::sync::Arc;

use hanok_accounts::Accounts;
use hanok_base::Id;
use hanok_base::i18n::Catalogue;

use crate::mail;
use crate::notices::OverSocket;
use crate::of_accounts::AccountSubjects;
use crate::store::NotificationId;
use crate::subject::{Known, Subjects};

/// What [`Notifications`] is made of; store, clock, socket and events are those of the accounts.
pub struct NotificationsParts {
    /// The accounts.
    pub accounts: Accounts,
}

/// The notifications of this installation. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Notifications(Arc<Shared>);

/// What [`Notifications`] shares between its clones.
pub struct Shared {
    parts: NotificationsParts,
    pub(crate) known: Known,
    /// The words of letters.
    pub(crate) texts: Arc<Catalogue>,
}

impl Notifications {
    /// Puts the parts together.
    pub fn new(parts: NotificationsParts) -> Self {
        let of_accounts = Arc::new(AccountSubjects::new(&parts.accounts));
        let notifications = Self(Arc::new(Shared {
            parts,
            known: Known::default(),
            texts: mail::texts(),
        }));
        notifications.know(of_accounts);
        let over_socket = Arc::new(OverSocket(notifications.clone()));
        notifications.accounts.live.notices(over_socket);
        notifications
    }

    /// Has `subjects` say what notifications of its kind are about. To be called once for each kind, while the program
    /// is put together.
    pub fn know(&self, subjects: Arc<dyn Subjects>) {
        self.known.add(subjects);
    }

    pub(crate) fn new_id(&self) -> NotificationId {
        Id::new(&self.accounts.clock, &self.accounts.random)
    }
}

impl Deref for Notifications {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = NotificationsParts;

    fn deref(&self) -> &NotificationsParts {
        &self.parts
    }
}
