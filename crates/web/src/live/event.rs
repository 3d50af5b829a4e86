//! What is sent over the socket, by name; `web/src/live/events.ts` mirrors it.
//!
//! There are no notifications yet: [`Ready`] and [`Missed`] always say that there is nothing, and the events
//! `notification` and `catchup`, which the pages' client understands already, are not sent.

use serde::Serialize;

/// The first event of every connection: [`Ready`].
pub const READY: &str = "ready";
/// A request waits for the person; only to seats that may confirm it.
pub const AUTH_REQUEST: &str = "auth_request";
/// A request has ended, however it did; only to seats that may confirm.
pub const AUTH_DONE: &str = "auth_done";
/// Somebody should look at something new; in the room `admin_dashboard`.
pub const ALERT: &str = "alert";
/// What a client asks, with `{after}`, when it has missed something; acknowledged with [`Missed`].
pub const SYNC: &str = "sync";

/// What a person has not seen yet; noughts as long as there are no notifications.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Ready {
    /// Notifications that were not read.
    pub unread: u64,
    /// The newest number of that person's notifications.
    pub seq: u64,
}

/// What came after a number; nothing as long as there are no notifications.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Missed {
    /// The notifications.
    pub items: [(); 0],
    /// The newest number of that person's notifications.
    pub upto: u64,
    /// Whether there are more to ask for.
    pub more: bool,
}
