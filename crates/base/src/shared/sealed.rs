//! News that only processes of this installation can read and say, over a transport that anybody may use.
//!
//! Every message is sealed under the key ring (AES-256-GCM) for its channel and transport, and says inside who sent
//! it, which of the sender's messages it is and when it was sent. What comes in is dropped where it cannot be opened,
//! is older than [`FRESH`] (or from as far in the future), or was heard already; a message that was sealed with a key
//! this process has not read yet is none, but makes everybody look at the store. The mark that a process lost some
//! of its messages is a message like any other.

mod dropped;
mod message;
mod pace;
mod senders;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zeroize::Zeroizing;

use self::dropped::{Dropped, Why};
use self::message::Message;
use self::pace::Pace;
use self::senders::Senders;
use super::fanout::{Fanout, Heard, LOST, Listeners, LossMark, News};
use crate::clock::{Clock, Timestamp};
use crate::encoding::{base64url_decode, base64url_encode};
use crate::keyring::{KeyRing, Place};
use crate::random::Random;

/// How old a message may be, or how far ahead of this process's clock.
const FRESH: Duration = Duration::from_secs(30);
/// How far another process's clock may be behind this one's when this one starts.
const SKEW: Duration = Duration::from_secs(2);
/// At most this often everybody looks at the store because of a key that was not read yet: anybody may name one.
const GAPS: Duration = Duration::from_secs(10);
/// At most this often the ring is read anew for such a message.
const RELOADS: Duration = Duration::from_secs(1);
/// Versions that may follow the newest one which this process knows.
const NEXT_VERSIONS: u32 = 100;

/// A fan-out whose messages nobody reads or makes without the key ring.
pub struct SealedFanout {
    inner: Arc<dyn Fanout>,
    shared: Arc<Shared>,
}

impl fmt::Debug for SealedFanout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFanout")
            .field("transport", &self.shared.transport)
            .finish_non_exhaustive()
    }
}

impl SealedFanout {
    /// Seals what goes over `inner`, which the messages and the metrics know as `transport`. It is to be the only
    /// one who uses `inner`.
    pub fn new(
        inner: Arc<dyn Fanout>,
        transport: &'static str,
        keys: &KeyRing,
        clock: &Clock,
    ) -> Self {
        let shared = Arc::new(Shared {
            transport,
            keys: keys.clone(),
            clock: clock.clone(),
            sender: u128::from_be_bytes(Random::system().bytes()),
            said: AtomicU64::new(0),
            began: clock.now().minus(SKEW),
            listeners: Listeners::default(),
            state: Mutex::default(),
        });
        let marking = Arc::clone(&shared);
        let mark: LossMark = Arc::new(move || marking.seal(LOST, ""));
        inner.mark_losses(mark);
        let losses = Arc::clone(&shared);
        inner.subscribe(LOST, Arc::new(move |news| losses.hear_of_losses(news)));
        Self { inner, shared }
    }

    /// Tells what was put off, once it is time; to be called every few seconds.
    pub fn settle(&self) {
        self.shared.settle();
    }
}

impl Fanout for SealedFanout {
    fn reaches_others(&self) -> bool {
        self.inner.reaches_others()
    }

    fn publish(&self, channel: &'static str, text: String) {
        if self.reaches_others() {
            self.inner
                .publish(channel, self.shared.seal(channel, &text));
        }
    }

    fn subscribe(&self, channel: &'static str, heard: Heard) {
        // Each message is opened once, however many listen: the second time it would be a repeated one.
        if self.shared.listeners.add(channel, heard) {
            let shared = Arc::clone(&self.shared);
            self.inner
                .subscribe(channel, Arc::new(move |news| shared.hear(channel, news)));
        }
    }
}

/// What sealing and opening need; the transport holds it, and it holds no transport.
struct Shared {
    transport: &'static str,
    keys: KeyRing,
    clock: Clock,
    sender: u128,
    said: AtomicU64,
    /// What was said before was not for this process.
    began: Timestamp,
    listeners: Listeners,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    senders: Senders,
    dropped: Dropped,
    reloads: Pace,
    gaps: Pace,
    /// Whether everybody is to look at the store once it is time.
    owes_gap: bool,
}

impl Shared {
    fn seal(&self, channel: &str, text: &str) -> String {
        let message = Message {
            sender: self.sender,
            number: self.said.fetch_add(1, Ordering::Relaxed) + 1,
            at: self.clock.now(),
            text,
        };
        let plain = Zeroizing::new(message.write());
        let sealed = self.at_place(channel, |place| self.keys.seal(place, plain.as_bytes()));
        base64url_encode(&sealed)
    }

    fn at_place<T>(&self, channel: &str, work: impl FnOnce(Place<'_>) -> T) -> T {
        let column = [self.transport, channel].join("/");
        work(Place::new("fanout", &column, uuid::Uuid::nil()))
    }

    fn hear(&self, channel: &'static str, news: News<'_>) {
        match news {
            News::Gap => self.listeners.tell(channel, News::Gap),
            News::Text(sealed) => self.hear_sealed(channel, sealed, |text| {
                self.listeners.tell(channel, News::Text(text));
            }),
        }
    }

    fn hear_of_losses(&self, news: News<'_>) {
        // Of a gap of the transport's own every channel hears by itself.
        if let News::Text(sealed) = news {
            self.hear_sealed(LOST, sealed, |_| self.listeners.tell_all(News::Gap));
        }
    }

    fn hear_sealed(&self, channel: &str, sealed: &str, heard: impl FnOnce(&str)) {
        let opened = self.open(channel, sealed);
        let admitted = opened.and_then(|plain| match Message::read(&plain) {
            Some(message) => {
                self.admit(&message)?;
                heard(message.text);
                Ok(())
            }
            None => Err(Why::Unreadable),
        });
        if let Err(why) = admitted {
            self.drop_one(why);
        }
    }

    fn open(&self, channel: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, Why> {
        let sealed = base64url_decode(sealed).ok_or(Why::Unreadable)?;
        let version = KeyRing::sealed_version(&sealed).ok_or(Why::Unreadable)?;
        if !self.knows(version) {
            let newest = self.keys.sealing_version();
            let is_next = version > newest && version - newest <= NEXT_VERSIONS;
            return Err(if is_next {
                Why::UnknownKey
            } else {
                Why::Unreadable
            });
        }
        let opened = self.at_place(channel, |place| self.keys.unseal(place, &sealed));
        opened.map_err(|_| Why::Unreadable)
    }

    /// Whether this version is on the ring, which another process may have rotated since it was read.
    fn knows(&self, version: u32) -> bool {
        if self.keys.has_sealing(version) {
            return true;
        }
        let is_due = self.state().reloads.is_due(self.clock.now(), RELOADS);
        is_due && self.keys.reload().is_ok() && self.keys.has_sealing(version)
    }

    fn admit(&self, message: &Message<'_>) -> Result<(), Why> {
        let now = self.clock.now();
        let oldest = now.minus(FRESH).max(self.began);
        if message.at < oldest || message.at > now.plus(FRESH) {
            return Err(Why::Old);
        }
        let is_own = message.sender == self.sender;
        if is_own || !self.state().senders.admit(message, now) {
            return Err(Why::Repeated);
        }
        Ok(())
    }

    fn drop_one(&self, why: Why) {
        let now = self.clock.now();
        let mut state = self.state();
        state.dropped.add(why, self.transport);
        state.dropped.log(now, self.transport);
        state.owes_gap |= why == Why::UnknownKey;
        drop(state);
        self.tell_owed_gap(now);
    }

    fn settle(&self) {
        let now = self.clock.now();
        self.state().dropped.log(now, self.transport);
        self.tell_owed_gap(now);
    }

    fn tell_owed_gap(&self, now: Timestamp) {
        let mut state = self.state();
        let is_told = state.owes_gap && state.gaps.is_due(now, GAPS);
        if is_told {
            state.owes_gap = false;
        }
        drop(state);
        if is_told {
            self.listeners.tell_all(News::Gap);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
