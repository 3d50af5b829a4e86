//! What pages say of deliveries and attempts, with the icon and the classes of each.

use hanok_base::i18n::Text;

use super::store::AttemptRow;
use crate::callback::DeliveryState;
use crate::text;

/// How a state looks: its word, its icon and its classes.
#[derive(Clone, Debug)]
pub(super) struct Badge {
    pub(super) text: Text,
    pub(super) icon: &'static str,
    pub(super) class: &'static str,
}

/// The word for a state.
pub(super) const fn word(state: DeliveryState) -> Text {
    match state {
        DeliveryState::Held => text::delivery::held(),
        DeliveryState::Queued => text::delivery::queued(),
        DeliveryState::Delivered => text::delivery::delivered(),
        DeliveryState::Dead => text::delivery::dead(),
    }
}

/// The badge of a state.
pub(super) const fn state(state: DeliveryState) -> Badge {
    let (icon, class) = match state {
        DeliveryState::Held => ("clock", "badge badge-state state-expired"),
        DeliveryState::Queued => ("hourglass", "badge badge-state state-pending"),
        DeliveryState::Delivered => ("circle-check", "badge badge-state state-completed"),
        DeliveryState::Dead => ("circle-x", "badge badge-state state-failed"),
    };
    Badge {
        text: word(state),
        icon,
        class,
    }
}

/// What an attempt came to, with its icon and the classes of its line.
pub(super) fn attempt(row: &AttemptRow) -> (Text, &'static str, &'static str) {
    match row.status {
        Some(status @ 200..=299) => (
            text::delivery::taken(status),
            "check",
            "timeline-item state-completed",
        ),
        Some(status) => (
            text::delivery::refused(status),
            "alert-triangle",
            "timeline-item state-warned",
        ),
        None => (
            text::delivery::unreachable(),
            "alert-circle",
            "timeline-item state-failed",
        ),
    }
}
