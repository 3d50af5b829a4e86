//! For whom an event is: data, so that it travels to the sockets of every process.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::seat::{Seat, SeatVia};
use crate::principal::AccountId;

/// Which seats of a room hear an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All of them.
    All,
    /// Paired phones.
    Devices,
    /// Paired phones, and those sessions that the [`Judge`] of this name admits; each process asks its own.
    DevicesAnd(Cow<'static, str>),
}

impl Audience {
    /// Whether this seat hears it without a judge.
    pub(super) fn admits(&self, seat: &Seat) -> bool {
        match self {
            Self::All => true,
            Self::Devices | Self::DevicesAnd(_) => seat.via == SeatVia::Device,
        }
    }
}

/// Says which sessions hear what is not for everybody in the room.
pub trait Judge: Send + Sync {
    /// Those of the account's sessions that hear it; an error's text goes to the log.
    fn admitted(
        &self,
        account: AccountId,
        sessions: HashSet<Uuid>,
    ) -> BoxFuture<'static, Result<HashSet<Uuid>, String>>;
}

/// The judges of this process by name.
#[derive(Default)]
pub(super) struct Judges(HashMap<&'static str, Arc<dyn Judge>>);

impl fmt::Debug for Judges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Judges {
    pub(super) fn add(&mut self, name: &'static str, judge: Arc<dyn Judge>) {
        self.0.insert(name, judge);
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<dyn Judge>> {
        self.0.get(name).cloned()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The sessions among these seats by their accounts.
pub(super) fn sessions(seats: Vec<Seat>) -> HashMap<AccountId, HashSet<Uuid>> {
    let mut sessions: HashMap<AccountId, HashSet<Uuid>> = HashMap::new();
    for seat in seats {
        if let Some(session) = seat.session {
            sessions.entry(seat.account).or_default().insert(session);
        }
    }
    sessions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_travels_as_it_is() {
        for (audience, written) in [
            (Audience::All, "\"all\""),
            (Audience::Devices, "\"devices\""),
            (
                Audience::DevicesAnd("identity.confirming".into()),
                "{\"devices_and\":\"identity.confirming\"}",
            ),
        ] {
            assert_eq!(serde_json::to_string(&audience).unwrap(), written);
            assert_eq!(serde_json::from_str::<Audience>(written).unwrap(), audience);
        }
    }
}
