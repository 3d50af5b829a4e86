//! What the pages of providers say of states, with the icon and the classes of each.

use hanok_base::i18n::Text;

use crate::provider::keys::KeyState;
use crate::provider::settings::{Delivery, Notify};
use crate::text;

/// How a state looks: its word, its icon and its classes.
#[derive(Clone, Debug)]
pub(super) struct Badge {
    pub(super) text: Text,
    pub(super) icon: &'static str,
    pub(super) class: &'static str,
}

pub(super) const WAITS: &str = "badge badge-state state-pending";
pub(super) const GOOD: &str = "badge badge-state state-completed";
pub(super) const OVER: &str = "badge badge-state state-expired";

const fn badge(text: Text, icon: &'static str, class: &'static str) -> Badge {
    Badge { text, icon, class }
}

/// Whether a provider may ask.
pub(super) const fn standing(active: bool) -> Badge {
    if active {
        badge(text::providers::active(), "circle-check", GOOD)
    } else {
        badge(text::providers::inactive(), "ban", OVER)
    }
}

/// Where a key stands.
pub(super) const fn key(state: KeyState) -> Badge {
    match state {
        KeyState::Announced => badge(text::provider_keys::announced(), "hourglass", WAITS),
        KeyState::Active => badge(text::provider_keys::active(), "circle-check", GOOD),
        KeyState::Retiring => badge(text::provider_keys::retiring(), "clock", OVER),
        KeyState::Retired => badge(text::provider_keys::retired(), "ban", OVER),
    }
}

/// How a provider learns of an end.
pub(super) const fn delivery(delivery: Delivery) -> Text {
    match delivery {
        Delivery::Callback => text::provider::by_callback(),
        Delivery::Poll => text::provider::by_poll(),
    }
}

/// Which ends it is told of.
pub(super) const fn notify(notify: Notify) -> Text {
    match notify {
        Notify::All => text::provider::all_ends(),
        Notify::Completed => text::provider::completed_only(),
    }
}
