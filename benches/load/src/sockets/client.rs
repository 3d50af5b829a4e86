//! One client: it connects, answers pings, and notes what it hears.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::wire::Wire;

/// What all clients note together.
#[derive(Debug)]
pub struct Notes {
    /// Events heard by those who read on, and by those who stop at times.
    pub quick: AtomicUsize,
    pub slow: AtomicUsize,
    /// Connections that the server ended.
    pub closed: AtomicUsize,
    /// Whether comments are noted with the time of their arrival.
    pub is_timed: AtomicBool,
    /// The comments heard of, and when.
    pub comments: Mutex<Vec<(u64, Instant)>>,
    /// Whether the slow stop reading.
    pub is_paused: watch::Sender<bool>,
    /// Whether everybody is to hang up.
    pub is_over: watch::Sender<bool>,
}

/// What a client is told of what it has missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    Nothing,
    /// It is told what.
    Items(usize),
    /// It is told that it was too much.
    Reset,
}

/// One client.
#[derive(Clone, Debug)]
pub struct Client {
    pub address: SocketAddr,
    pub token: String,
    pub rooms: Vec<String>,
    pub is_slow: bool,
    /// The last number that it knows.
    pub last: Option<u64>,
}

/// A connection that is in.
pub struct Seated {
    client: Client,
    wire: Wire,
    pub missed: Missed,
}

impl Client {
    /// Connects, and hears that it is in and ready.
    pub async fn connect(mut self) -> io::Result<Seated> {
        let mut wire = Wire::open(self.address, self.is_slow).await?;
        let auth = json!({ "token": self.token, "after": self.last, "rooms": self.rooms });
        wire.say(&format!("40{auth}")).await?;
        let newest = loop {
            let said = wire.hear().await?;
            match split(&said) {
                ("2", _) => wire.say("3").await?,
                ("44", refusal) => return Err(io::Error::other(refusal.to_owned())),
                ("42", event) => {
                    let (name, told): (String, Value) = serde_json::from_str(event)?;
                    if name == "ready" {
                        break told.get("seq").and_then(Value::as_u64);
                    }
                }
                _ => {}
            }
        };
        // What was missed is told next to `ready`, and only where there is any.
        let mut missed = Missed::Nothing;
        if self.last.is_some() && newest != self.last {
            while missed == Missed::Nothing {
                let said = wire.hear().await?;
                if let ("42", event) = split(&said) {
                    missed = caught_up(&serde_json::from_str(event)?);
                }
            }
        }
        self.last = newest;
        Ok(Seated {
            client: self,
            wire,
            missed,
        })
    }
}

/// Waits until it is true, which it may be already.
async fn becomes_true(flag: &mut watch::Receiver<bool>) {
    drop(flag.wait_for(|flag| *flag).await);
}

/// What a `catchup` says.
fn caught_up((name, told): &(String, Value)) -> Missed {
    match told.get("items").and_then(Value::as_array) {
        _ if name != "catchup" => Missed::Nothing,
        Some(items) => Missed::Items(items.len()),
        None => Missed::Reset,
    }
}

/// The kind of a packet (two digits of a message, one of anything else) and the rest of it.
fn split(said: &str) -> (&str, &str) {
    said.split_at(if said.starts_with('4') {
        2.min(said.len())
    } else {
        1.min(said.len())
    })
}

impl Seated {
    /// Listens until the connection ends or everybody is to hang up; the client comes back to whoever waits for it.
    pub async fn listen(mut self, notes: Arc<Notes>, ended: mpsc::UnboundedSender<Client>) {
        let mut is_over = notes.is_over.subscribe();
        let mut is_paused = notes.is_paused.subscribe();
        loop {
            let is_paused_now = *is_paused.borrow_and_update();
            let heard = tokio::select! {
                heard = self.wire.hear(), if !(self.client.is_slow && is_paused_now) => heard,
                _ = is_paused.changed() => continue,
                () = becomes_true(&mut is_over) => return,
            };
            let Ok(said) = heard else { break };
            if self.note(&said, &notes) && self.wire.say("3").await.is_err() {
                break;
            }
        }
        notes.closed.fetch_add(1, Ordering::Relaxed);
        drop(ended.send(self.client));
    }

    /// Notes what was heard; what is to be answered.
    fn note(&mut self, said: &str, notes: &Notes) -> bool {
        match split(said) {
            ("2", _) => return true,
            ("42", event) => {
                self.client.last = number(event, "\"seq\":").or(self.client.last);
                if notes.is_timed.load(Ordering::Relaxed) {
                    notes.note_comment(event);
                }
                let of = if self.client.is_slow {
                    &notes.slow
                } else {
                    &notes.quick
                };
                of.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
        false
    }
}

impl Notes {
    /// Notes when a comment was heard of.
    fn note_comment(&self, event: &str) {
        if event.starts_with("[\"notification\"")
            && let Some(comment) = number(event, "\"comment_id\":")
            && let Ok(mut comments) = self.comments.lock()
        {
            comments.push((comment, Instant::now()));
        }
    }
}

/// The number behind a name, without reading the rest.
fn number(event: &str, name: &str) -> Option<u64> {
    let (_, rest) = event.split_once(name)?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Missed, caught_up, number, split};

    #[test]
    fn a_packet_is_its_kind_and_the_rest() {
        assert_eq!(split("42[\"a\"]"), ("42", "[\"a\"]"));
        assert_eq!(
            (split("2"), split(""), split("4")),
            (("2", ""), ("", ""), ("4", ""))
        );
    }

    #[test]
    fn a_number_is_found_by_its_name() {
        let event = "[\"notification\",{\"id\":\"x\",\"seq\":12,\"comment_id\":7}]";
        assert_eq!(
            (number(event, "\"seq\":"), number(event, "\"comment_id\":")),
            (Some(12), Some(7))
        );
        assert_eq!(
            (
                number(event, "\"post_id\":"),
                number("\"seq\":", "\"seq\":")
            ),
            (None, None)
        );
    }

    #[test]
    fn what_was_missed_is_told_or_too_much() {
        let of = |name: &str, told| caught_up(&(name.to_owned(), told));
        assert_eq!(of("catchup", json!({ "items": [1, 2] })), Missed::Items(2));
        assert_eq!(of("catchup", json!({ "reset": true })), Missed::Reset);
        assert_eq!(of("notification", json!({})), Missed::Nothing);
    }
}
