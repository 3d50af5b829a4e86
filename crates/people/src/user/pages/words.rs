//! What people read of an account: how it stands, and the roles it holds.

use hanok_accounts::account::{AccountRow, AccountStatus};
use hanok_base::i18n::Text;

use crate::role;
use crate::text::people_pages as said;

/// How an account stands: a word with an icon and a colour.
pub(super) struct Badge {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) text: Text,
}

/// How an account stands, and which locks are on it.
pub(super) fn badges(row: &AccountRow) -> Vec<Badge> {
    let stands = match row.status {
        AccountStatus::Active => Badge {
            class: "badge badge-state state-completed",
            icon: "circle-check",
            text: said::active(),
        },
        AccountStatus::Locked => lock(said::locked()),
        AccountStatus::Disabled => off(if row.erased_at.is_some() {
            said::erased()
        } else if row.erase_at.is_some() {
            said::closed()
        } else {
            said::disabled()
        }),
    };
    let waits = row.status == AccountStatus::Active && !row.has_password;
    let waits = waits.then(|| Badge {
        class: "badge badge-state state-pending",
        icon: "hourglass",
        text: said::no_password(),
    });
    let locks = [
        (row.password_locked_at, said::password_locked()),
        (row.pin_locked_at, said::pin_locked()),
    ];
    let locks = locks.into_iter().filter(|(at, _)| at.is_some());
    std::iter::once(stands)
        .chain(waits)
        .chain(locks.map(|(_, text)| lock(text)))
        .collect()
}

const fn off(text: Text) -> Badge {
    Badge {
        class: "badge badge-state state-expired",
        icon: "ban",
        text,
    }
}

const fn lock(text: Text) -> Badge {
    Badge {
        class: "badge badge-state state-failed",
        icon: "lock",
        text,
    }
}

/// A role, by a text of ours or by the organisation's own word.
pub(super) struct RoleName {
    pub(super) name: String,
    pub(super) title: Option<Text>,
}

impl RoleName {
    /// What people call this role.
    pub(super) fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: role::title(name),
        }
    }
}
