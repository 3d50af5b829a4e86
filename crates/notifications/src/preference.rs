//! What people choose to be told, and how: here, and by mail at once, once a day or never, and when they want to be
//! left alone.
//!
//! Invariants: whoever has chosen nothing has what [`Choice::usual`] says; what concerns the safety of one's account is
//! always told here, and never by this crate's mail, because accounts write letters of their own for it.

pub(crate) mod api;
pub(crate) mod pages;
mod quiet;
mod service;
pub(crate) mod store;
mod wire;

use std::collections::BTreeMap;

use hanok_db::text_enum;

pub(crate) use quiet::{QuietHours, TimeOfDay};
pub(crate) use store::{hold, of, of_many};
pub(crate) use wire::NotificationPreferences;

use crate::telling::NotificationType;

text_enum! {
    /// When something is written to somebody by mail.
    pub(crate) enum MailWhen {
        /// At once; in quiet hours at their end.
        Now = "now",
        /// In the person's morning, with all else of the day.
        Daily = "daily",
        /// Not at all.
        Never = "never",
    }
}

/// How somebody is told of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Whether it is told here.
    pub(crate) here: bool,
    /// When it is written by mail.
    pub(crate) mail: MailWhen,
}

impl Choice {
    /// What holds for whoever has chosen nothing.
    pub(crate) const fn usual(kind: NotificationType) -> Self {
        use NotificationType as Type;
        let mail = match kind {
            Type::Comment | Type::Reply | Type::Mention | Type::Moderation => MailWhen::Daily,
            Type::MustRead => MailWhen::Now,
            Type::Recommend | Type::IdentityRequest | Type::SignIn | Type::Account => {
                MailWhen::Never
            }
        };
        Self { here: true, mail }
    }
}

impl NotificationType {
    /// Whether its person chooses how they are told: not of what concerns the safety of their account. Accounts write
    /// letters of their own for that, so that nobody is written to twice.
    pub(crate) const fn is_chosen(self) -> bool {
        !matches!(self, Self::SignIn | Self::Account)
    }
}

/// What a person has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// By type, what differs from what is usual or was chosen as it is usual.
    chosen: BTreeMap<NotificationType, Choice>,
    /// When no toast is shown and no mail sent.
    pub(crate) quiet: Option<QuietHours>,
    /// When the mail of the day is sent.
    pub(crate) digest_at: TimeOfDay,
    /// How often they have changed it.
    pub(crate) rev: i64,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            chosen: BTreeMap::new(),
            quiet: None,
            digest_at: TimeOfDay::MORNING,
            rev: 0,
        }
    }
}

impl Preferences {
    /// How the person is told of this type.
    pub(crate) fn of(&self, kind: NotificationType) -> Choice {
        let chosen = self.chosen.get(&kind).filter(|_| kind.is_chosen());
        chosen.copied().unwrap_or(Choice::usual(kind))
    }

    /// Whether the other says the same, under whatever number.
    pub(crate) fn says(&self, other: &Self) -> bool {
        let all = NotificationType::ALL.iter();
        let mut choices = all.map(|kind| self.of(*kind) == other.of(*kind));
        (self.quiet, self.digest_at) == (other.quiet, other.digest_at) && choices.all(|same| same)
    }

    /// The same with another choice; of a type that nobody chooses, nothing changes.
    pub(crate) fn choose(&mut self, kind: NotificationType, choice: Choice) {
        if kind.is_chosen() {
            self.chosen.insert(kind, choice);
        }
    }
}
