//! Notifications as the socket knows them: counted and numbered for each person, by whoever keeps them ([`Notices`]).

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use engineioxide::Str;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::{Duration, sleep};

use super::connection::Connection;
use super::event::{self, Missed, Ready};
use super::house::House;
use super::packet;
use crate::error::Error;
use crate::principal::AccountId;

/// After a gap sockets are told in such groups, with such a pause between, so that not everybody asks at once.
const GROUP: usize = 100;
const PAUSE: Duration = Duration::from_millis(50);
/// Questions of one client that may wait for their answers; with more it is closed.
const MOST_QUESTIONS: usize = 8;

/// The word of whoever keeps notifications about one person's.
///
/// Both answers are of what is committed when they are asked: a socket is in its rooms before, so that whatever is
/// committed later reaches it as an event.
pub trait Notices: Send + Sync {
    /// How many are unread, and the newest number.
    fn ready(&self, account: AccountId) -> BoxFuture<'_, Result<Ready, Error>>;

    /// What came after a number, which is any that a client thought of. Where it is ahead of the newest, or too much
    /// came since, that is a [`Missed::Reset`].
    fn missed(&self, account: AccountId, after: u64) -> BoxFuture<'_, Result<Missed, Error>>;
}

/// Whoever keeps notifications, where anybody does.
#[derive(Clone, Default)]
pub(super) struct MaybeNotices(pub(super) Option<Arc<dyn Notices>>);

impl MaybeNotices {
    async fn ready(&self, account: AccountId) -> Result<Ready, Error> {
        match &self.0 {
            Some(notices) => notices.ready(account).await,
            None => Ok(Ready::default()),
        }
    }

    async fn missed(&self, account: AccountId, after: Option<u64>) -> Result<Missed, Error> {
        match (&self.0, after) {
            (Some(notices), Some(after)) => notices.missed(account, after).await,
            _ => Ok(Missed::nothing(self.ready(account).await?.seq)),
        }
    }

    /// What a connection is greeted with: the count, and what it has missed since the number that it names.
    async fn greeting(
        &self,
        account: AccountId,
        after: Option<u64>,
    ) -> Result<(Ready, Option<Missed>), Error> {
        let missed = match (&self.0, after) {
            (Some(notices), Some(after)) => Some(notices.missed(account, after).await?),
            _ => None,
        };
        let is_news =
            |missed: &Missed| after.is_some_and(|after| *missed != Missed::nothing(after));
        Ok((self.ready(account).await?, missed.filter(is_news)))
    }
}

/// The number after which a client asks; what is no whole number is none.
pub(super) fn after(asked: &Value) -> Option<u64> {
    asked.get("after").and_then(Value::as_u64)
}

impl House {
    /// Says to one who is in how many are unread, and what was missed.
    pub(super) async fn greet(&self, connection: &Arc<Connection>, after: Option<u64>) {
        let Some(account) = self.registry().account(connection.id) else {
            return;
        };
        let notices = self.notices().clone();
        match notices.greeting(account, after).await {
            Ok((ready, missed)) => {
                self.say(connection, packet::emitted(event::READY, &ready));
                if let Some(missed) = missed {
                    self.say(connection, packet::emitted(event::CATCHUP, &missed));
                }
            }
            Err(error) => self.give_up(connection, &error),
        }
    }

    /// Answers a client that asks what it has missed: one question after the other.
    pub(super) fn answer(
        self: &Arc<Self>,
        connection: Arc<Connection>,
        asked: &Value,
        number: u64,
    ) {
        let kept = &connection.data;
        if kept.questions.fetch_add(1, Ordering::Relaxed) >= MOST_QUESTIONS {
            return self.close(connection.id);
        }
        let (house, after) = (Arc::clone(self), after(asked));
        self.spawn(async move {
            let _turn = connection.data.turn.lock().await;
            house.answer_now(&connection, after, number).await;
            connection.data.questions.fetch_sub(1, Ordering::Relaxed);
        });
    }

    async fn answer_now(&self, connection: &Arc<Connection>, after: Option<u64>, number: u64) {
        let Some(account) = self.registry().account(connection.id) else {
            return;
        };
        let notices = self.notices().clone();
        match notices.missed(account, after).await {
            Ok(missed) => self.say(connection, packet::acknowledged(number, &missed)),
            Err(error) => self.give_up(connection, &error),
        }
    }

    /// Something may have been missed: everybody is greeted anew with a count of their own, and asks for what there
    /// is. Of several gaps in a row only the last greets everybody.
    pub(super) fn greet_again(self: &Arc<Self>) {
        let number = self.gaps.fetch_add(1, Ordering::Relaxed) + 1;
        let house = Arc::clone(self);
        self.spawn(async move {
            let _turn = house.greeting.lock().await;
            if house.gaps.load(Ordering::Relaxed) == number {
                house.greet_everybody().await;
            }
        });
    }

    async fn greet_everybody(&self) {
        let notices = self.notices().clone();
        let sockets = self.registry().told();
        for group in sockets.chunks(GROUP) {
            let mut counts = HashMap::new();
            for (account, connection) in group {
                let known = counts.get(account).copied();
                let ready = match known {
                    Some(ready) => Ok(ready),
                    None => notices.ready(*account).await,
                };
                match ready {
                    Ok(ready) => {
                        counts.insert(*account, ready);
                        self.say(connection, packet::emitted(event::READY, &ready));
                    }
                    Err(error) => self.give_up(connection, &error),
                }
            }
            sleep(PAUSE).await;
        }
    }

    /// Sends what was read for one who is still in.
    fn say(&self, connection: &Arc<Connection>, packet: Result<String, impl fmt::Display>) {
        match packet {
            Ok(_) if self.registry().account(connection.id).is_none() => {}
            Ok(packet) => self.send(connection, Str::from(packet)),
            Err(error) => tracing::error!(%error, "what was missed cannot be written as JSON"),
        }
    }

    /// Closes a connection that cannot be told what there is: it comes back by itself and asks anew.
    fn give_up(&self, connection: &Arc<Connection>, error: &Error) {
        tracing::error!(failed = %error, "a person's notifications could not be read for a socket");
        self.close(connection.id);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_whole_number_is_one_to_ask_after() {
        assert_eq!(after(&json!({ "after": 0 })), Some(0));
        assert_eq!(after(&json!({ "after": 12 })), Some(12));
        assert_eq!(after(&json!({ "after": u64::MAX })), Some(u64::MAX));
        for none in [
            json!(null),
            json!({}),
            json!([1]),
            json!({ "after": -1 }),
            json!({ "after": 1.5 }),
            json!({ "after": "1" }),
            json!({ "after": null }),
        ] {
            assert_eq!(after(&none), None, "{none}");
        }
    }
}
