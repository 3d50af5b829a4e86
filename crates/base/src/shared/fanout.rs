//! What one process tells the others: hints, which nothing waits for and nothing depends on.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::encoding::hex_encode;
use crate::metric::Metric;
use crate::random::Random;

/// Whether news reach the other processes, by `transport`.
pub const FANOUT_UP: &str = "hanok_fanout_up";
/// News that could not be told, by `transport`.
pub const FANOUT_LOST: &str = "hanok_fanout_lost_total";

/// News that came in and do not count, by `transport` and `reason`.
pub const FANOUT_DROPPED: &str = "hanok_fanout_dropped_total";

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
    Metric::counter(
        FANOUT_DROPPED,
        "News that were dropped: forged, damaged, too old, heard already, or of a key not read yet.",
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

    /// From now on says `mark` on [`LOST`] where some of what was to be told is lost, and takes what others say there
    /// for no gap, but hands it to those who listen on it.
    fn mark_losses(&self, _mark: LossMark) {}
}

/// The channel on which a process says that it lost some of its messages.
pub const LOST: &str = "!";

/// Makes what is said of a loss, each time anew.
pub type LossMark = Arc<dyn Fn() -> String + Send + Sync>;

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

/// Who listens to what.
#[derive(Default)]
pub(super) struct Listeners(RwLock<HashMap<&'static str, Vec<Heard>>>);

impl Listeners {
    /// Adds a listener; says whether it is the first on its channel.
    pub(super) fn add(&self, channel: &'static str, heard: Heard) -> bool {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let listeners = all.entry(channel).or_default();
        listeners.push(heard);
        listeners.len() == 1
    }

    /// Tells those who listen on this channel.
    pub(super) fn tell(&self, channel: &str, news: News<'_>) {
        self.tell_those(news, |name| name == channel);
    }

    /// Tells everybody.
    pub(super) fn tell_all(&self, news: News<'_>) {
        self.tell_those(news, |_| true);
    }

    fn tell_those(&self, news: News<'_>, wanted: impl Fn(&str) -> bool) {
        // Taken out, so that whoever hears may subscribe in turn.
        let those: Vec<Heard> = {
            let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let wanted = all.iter().filter(|(channel, _)| wanted(channel));
            wanted.flat_map(|(_, heard)| heard).cloned().collect()
        };
        those.iter().for_each(|heard| heard(news));
    }
}

/// What is alike in every fan-out: who listens here, and which messages are another's.
///
/// A message is `process channel text`; one on the channel [`LOST`] says that its process lost some of its messages.
/// Nothing of it is secret or proven here: see [`SealedFanout`](super::SealedFanout).
pub struct Exchange {
    process: String,
    listeners: Listeners,
    mark: OnceLock<LossMark>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// An exchange of a process that is known by a name drawn now.
    pub fn new(random: &Random) -> Self {
        Self {
            process: hex_encode(&random.bytes::<8>()),
            listeners: Listeners::default(),
            mark: OnceLock::new(),
        }
    }

    /// Adds a listener.
    pub fn subscribe(&self, channel: &'static str, heard: Heard) {
        self.listeners.add(channel, heard);
    }

    /// See [`Fanout::mark_losses`]; only the first mark counts.
    pub fn mark_losses(&self, mark: LossMark) {
        if self.mark.set(mark).is_err() {
            tracing::error!("a fan-out was given a second mark of losses");
        }
    }

    /// A message as it travels. A channel's name has no space.
    pub fn message(&self, channel: &str, text: &str) -> String {
        [self.process.as_str(), channel, text].join(" ")
    }

    /// The message that tells the others that some of ours were lost.
    pub fn lost(&self) -> String {
        let mark = self.mark.get().map(|mark| mark()).unwrap_or_default();
        self.message(LOST, &mark)
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
        if channel == LOST && self.mark.get().is_none() {
            return self.gap();
        }
        self.listeners.tell(channel, News::Text(text));
    }

    /// Tells everybody who listens here that something may have been missed.
    pub fn gap(&self) {
        self.listeners.tell_all(News::Gap);
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
