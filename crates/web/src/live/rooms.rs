//! Rooms beside each person's own: an app registers those of a prefix and says who is in them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use engineioxide::sid::Sid;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::house::House;
use super::seat::Seat;
use crate::error::Error;

/// The most rooms that a client may name.
const MOST_ASKED: usize = 8;
/// The longest name of a room that a client may name, in bytes.
const LONGEST_NAME: usize = 64;
/// The prefix of each person's own room, which is nobody's to give away.
const OWN: &str = "user_";

/// An app's word about the rooms of one prefix.
///
/// It is asked when a seat is taken, before `ready`, and again whenever the seat is checked: what it does not name
/// any more is left, what it names newly is joined.
pub trait Rooms: Send + Sync {
    /// The rooms in which this seat is now: those it is in by right, and those of `asked` in which it may be.
    /// `asked` is what the client named with this prefix, at most eight names, most often none. Names that do not
    /// begin with the prefix are passed over.
    fn of<'a>(
        &'a self,
        seat: &'a Seat,
        asked: &'a [String],
    ) -> BoxFuture<'a, Result<Vec<String>, Error>>;

    /// Whether whoever asks for a room of this prefix and is not let in is put on the record, as a request for a
    /// page that is not theirs is.
    fn records_refusals(&self) -> bool {
        false
    }
}

/// Who says what of which prefix.
#[derive(Clone, Default)]
pub(super) struct Keepers(BTreeMap<&'static str, Arc<dyn Rooms>>);

impl fmt::Debug for Keepers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Keepers {
    /// Has `rooms` say who is in the rooms of `prefix`; the last word counts.
    pub(super) fn add(&mut self, prefix: &'static str, rooms: Arc<dyn Rooms>) {
        if prefix.is_empty() || prefix.starts_with(OWN) || OWN.starts_with(prefix) {
            tracing::error!(prefix, "rooms of this prefix are given to nobody");
        } else {
            self.0.insert(prefix, rooms);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The rooms of a seat by the word of everybody, and which of those that were asked for are to be recorded as
    /// refused.
    async fn of(&self, seat: &Seat, asked: &[String]) -> Result<Found, Error> {
        let mut found = Found::default();
        for (prefix, keeper) in &self.0 {
            let is_theirs = |name: &String| name.starts_with(prefix);
            let named: Vec<String> = asked
                .iter()
                .filter(|name| is_theirs(name))
                .cloned()
                .collect();
            let rooms = keeper.of(seat, &named).await?;
            if keeper.records_refusals() {
                let refused = named.into_iter().filter(|name| !rooms.contains(name));
                found.refused.extend(refused);
            }
            found.rooms.extend(rooms.into_iter().filter(is_theirs));
        }
        Ok(found)
    }
}

/// What was found out about a seat.
#[derive(Debug, Default)]
struct Found {
    rooms: Vec<String>,
    refused: Vec<String>,
}

/// A look at which rooms a seat is in. Of two at once the one that began later counts.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) sid: Sid,
    pub(super) seat: Seat,
    pub(super) asked: Arc<[String]>,
    pub(super) number: u64,
}

/// The rooms that a client names in what it sends to connect; what can be no name is passed over.
pub(super) fn asked(auth: &Value) -> Arc<[String]> {
    let named = auth.get("rooms").and_then(Value::as_array);
    let names = named.into_iter().flatten().take(MOST_ASKED);
    let names = names.filter_map(Value::as_str).filter(|name| is_name(name));
    names.map(str::to_owned).collect()
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(fits)
}

impl House {
    /// Puts a socket into the rooms in which it is now and takes it out of all others; gives the names that it asked
    /// for and whose refusal is to be recorded.
    pub(super) async fn place(&self, sid: Sid) -> Result<Vec<String>, Error> {
        let keepers = self.keepers().clone();
        let look = self.registry().look(sid);
        let Some(look) = look.filter(|_| !keepers.0.is_empty()) else {
            return Ok(Vec::new());
        };
        let found = keepers.of(&look.seat, &look.asked).await?;
        self.registry().sit(&look, found.rooms);
        Ok(found.refused)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn eight_names_may_be_asked_for_and_only_what_is_one() {
        let names: Vec<String> = (0..9).map(|number| format!("post_{number}")).collect();
        assert_eq!(*asked(&json!({ "rooms": names })), names[..8]);
        let odd = json!({ "rooms": ["post_1", 7, "", "post 2", "방", "x".repeat(65), "Post-a"] });
        assert_eq!(*asked(&odd), ["post_1", "Post-a"]);
        for none in [
            json!(null),
            json!({}),
            json!({ "rooms": "post_1" }),
            json!([]),
        ] {
            assert!(asked(&none).is_empty(), "{none}");
        }
    }

    struct Nobody;

    impl Rooms for Nobody {
        fn of<'a>(
            &'a self,
            _: &'a Seat,
            _: &'a [String],
        ) -> BoxFuture<'a, Result<Vec<String>, Error>> {
            Box::pin(std::future::ready(Ok(Vec::new())))
        }
    }

    #[test]
    fn nobody_gives_a_persons_own_room_away() {
        let mut keepers = Keepers::default();
        for prefix in ["", "user_", "user_1", "us"] {
            keepers.add(prefix, Arc::new(Nobody));
        }
        keepers.add("users_", Arc::new(Nobody));
        assert_eq!(keepers.0.keys().collect::<Vec<_>>(), [&"users_"]);
    }
}
