//! What one process tells the others: hints, which nothing waits for and nothing depends on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::encoding::hex_encode;
use crate::metric::Metric;
use crate::random::Random;

/// Whether news reach the other processes, by `transport`.
pub const FANOUT_UP: &str = "hanok_fanout_up";
/// News that could not be told, by `transport`.
pub const FANOUT_LOST: &str = "hanok_fanout_lost_total";

/// The metrics of every fan-out.
pub const FANOUT_METRICS: &[Metric] = &[
    Metric::gauge(
        FANOUT_UP,
        "1 while news travel between this process and the others, 0 while they do not.",
    ),
    Metric::counter(
        FANOUT_LOST,
        "News that this process could not tell the others; they catch up from the store.",
    ),
];

/// Tells the other processes of the installation. A process never hears what it told itself.
pub trait Fanout: Send + Sync {
    /// Whether there may be others at all, so that nobody makes a text that nobody hears.
    fn reaches_others(&self) -> bool {
        true
    }

    /// Hands `text` to every other process that listens on `channel`. It neither waits nor fails; what cannot be
    /// told in time is lost, and those who listen hear of a [`News::Gap`].
    fn publish(&self, channel: &'static str, text: String);

    /// Calls `heard` with whatever another process says on `channel`. It must neither wait nor panic.
    fn subscribe(&self, channel: &'static str, heard: Heard);
}

/// What a listener does with news.
pub type Heard = Arc<dyn Fn(News<'_>) + Send + Sync>;

/// What a listener hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// What another process said.
    Text(&'a str),
    /// Something may have been said that was not heard: the connection was away for a while.
    Gap,
}

/// Nobody else: what is published goes nowhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Fanout for Alone {
    fn reaches_others(&self) -> bool {
        false
    }

    fn publish(&self, _: &'static str, _: String) {}

    fn subscribe(&self, _: &'static str, _: Heard) {}
}

/// What is alike in every fan-out: who listens here, and which messages are another's.
///
/// A message is `process channel text`; the channel `!` says that its process lost some of its messages.
pub struct Exchange {
    process: String,
    listeners: RwLock<HashMap<&'static str, Vec<Heard>>>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

const LOST: &str = "!";

impl Exchange {
    /// An exchange of a process that is known by a name drawn now.
    pub fn new(random: &Random) -> Self {
        Self {
            process: hex_encode(&random.bytes::<8>()),
            listeners: RwLock::default(),
        }
    }

    /// Adds a listener.
    pub fn subscribe(&self, channel: &'static str, heard: Heard) {
        let mut listeners = self
            .listeners
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        listeners.entry(channel).or_default().push(heard);
    }

    /// A message as it travels. A channel's name has no space.
    pub fn message(&self, channel: &str, text: &str) -> String {
        [self.process.as_str(), channel, text].join(" ")
    }

    /// The message that tells the others that some of ours were lost.
    pub fn lost(&self) -> String {
        self.message(LOST, "")
    }

    /// Hands a message to those who listen here, unless it is our own or none.
    pub fn hear(&self, message: &str) {
        let mut parts = message.splitn(3, ' ');
        let (Some(process), Some(channel), Some(text)) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        if process == self.process {
            return;
        }
        if channel == LOST {
            return self.gap();
        }
        for heard in self.listening(|name| name == channel) {
            heard(News::Text(text));
        }
    }

    /// Tells everybody who listens here that something may have been missed.
    pub fn gap(&self) {
        for heard in self.listening(|_| true) {
            heard(News::Gap);
        }
    }

    /// Taken out, so that whoever hears may subscribe in turn.
    fn listening(&self, wanted: impl Fn(&str) -> bool) -> Vec<Heard> {
        let listeners = self
            .listeners
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let wanted = listeners.iter().filter(|(channel, _)| wanted(channel));
        wanted.flat_map(|(_, heard)| heard).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    type Told = Arc<Mutex<Vec<String>>>;

    fn listening(exchange: &Exchange, channel: &'static str) -> Told {
        let told = Told::default();
        let heard = Arc::clone(&told);
        exchange.subscribe(
            channel,
            Arc::new(move |news| {
                let said = match news {
                    News::Text(text) => text.to_owned(),
                    News::Gap => "a gap".to_owned(),
                };
                heard.lock().unwrap().push(said);
            }),
        );
        told
    }

    fn told(told: &Told) -> Vec<String> {
        std::mem::take(&mut told.lock().unwrap())
    }

    #[test]
    fn a_message_reaches_the_listeners_of_its_channel_in_another_process() {
        let (one, other) = (
            Exchange::new(&Random::seeded(1)),
            Exchange::new(&Random::seeded(2)),
        );
        let (news, more) = (listening(&other, "news"), listening(&other, "more"));
        let own = listening(&one, "news");
        let message = one.message("news", "two words");
        one.hear(&message);
        other.hear(&message);
        assert_eq!(told(&news), ["two words"]);
        assert_eq!((told(&more).len(), told(&own).len()), (0, 0));
    }

    #[test]
    fn what_is_lost_is_a_gap_for_every_listener_and_what_is_no_message_is_nothing() {
        let (one, other) = (
            Exchange::new(&Random::seeded(1)),
            Exchange::new(&Random::seeded(2)),
        );
        let (news, more) = (listening(&other, "news"), listening(&other, "more"));
        other.hear(&one.lost());
        other.hear("nonsense");
        other.hear(&other.lost());
        assert_eq!(
            (told(&news), told(&more)),
            (vec!["a gap".to_owned()], vec!["a gap".to_owned()])
        );
    }
}
