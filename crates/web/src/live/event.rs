//! What is sent over the socket, by name; `web/src/live/events.ts` mirrors it.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The first answer to every connection, and again after a gap: [`Ready`]. What happens meanwhile may come before it.
pub const READY: &str = "ready";
/// What came while a client was away, once, after [`READY`]: [`Missed`].
pub const CATCHUP: &str = "catchup";
/// One notification, told, grown or withdrawn; to its person.
pub const NOTIFICATION: &str = "notification";
/// How many are unread now, as [`Ready`]; to a person some of whose notifications were read.
pub const UNREAD: &str = "unread";
/// A request waits for the person; only to seats that may confirm it.
pub const AUTH_REQUEST: &str = "auth_request";
/// A request has ended, however it did; only to seats that may confirm.
pub const AUTH_DONE: &str = "auth_done";
/// Somebody should look at something new; in the room `admin_dashboard`.
pub const ALERT: &str = "alert";
/// What a client asks, with `{after}`, when it has missed something; acknowledged with [`Missed`].
pub const SYNC: &str = "sync";

/// What a person has not seen yet; noughts where nobody keeps notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// Notifications that were not read.
    pub unread: u64,
    /// The newest number of that person's notifications.
    pub seq: u64,
}

/// What came after a number, or that it is too much to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Missed {
    /// `{"items","upto","more"}`.
    Since {
        /// The notifications as [`NOTIFICATION`] carries them, in the order of their numbers.
        items: Vec<Value>,
        /// What these are complete up to.
        upto: u64,
        /// Whether there are more to ask for.
        more: bool,
    },
    /// `{"reset":true,"unread"}`: the client reads its list again.
    Reset {
        /// Notifications that were not read.
        unread: u64,
    },
}

impl Missed {
    /// That there is nothing up to a number.
    pub fn nothing(upto: u64) -> Self {
        Self::Since {
            items: Vec::new(),
            upto,
            more: false,
        }
    }
}

impl Serialize for Missed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Since { items, upto, more } => {
                let mut fields = serializer.serialize_struct("Missed", 3)?;
                fields.serialize_field("items", items)?;
                fields.serialize_field("upto", upto)?;
                fields.serialize_field("more", more)?;
                fields.end()
            }
            Self::Reset { unread } => {
                let mut fields = serializer.serialize_struct("Missed", 2)?;
                fields.serialize_field("reset", &true)?;
                fields.serialize_field("unread", unread)?;
                fields.end()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_missed_is_written_as_clients_read_it() {
        let nothing = json!({ "items": [], "upto": 7, "more": false });
        assert_eq!(serde_json::to_value(Missed::nothing(7)).unwrap(), nothing);
        let reset = json!({ "reset": true, "unread": 3 });
        let missed = Missed::Reset { unread: 3 };
        assert_eq!(serde_json::to_value(missed).unwrap(), reset);
    }
}
