//! Lanes: each partition's messages, handled one after the other, beside all other partitions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hanok_base::Timestamp;
use hanok_events::{Foreign, Inbox, Received};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::reader::Reader;

/// A lane in which so much waits takes no more from its partition (bytes, 200 messages at most),
const FULL: usize = 1 << 20;

/// until so little is left: 50 messages at most.
const LOW: usize = FULL / 4;

/// What a small message counts for.
const LEAST: usize = FULL.div_ceil(200);

/// An event that the store refuses for good is tried so often before it is given up.
const TRIES: u32 = 4;

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) topic: String,
    pub(super) partition: i32,
}

/// A message as it waits.
pub(super) struct Item {
    pub(super) offset: i64,
    pub(super) sent_at: Timestamp,
    pub(super) content: Result<Arc<Received>, Foreign>,
}

impl Item {
    /// How much of the lane it takes up.
    fn weight(&self) -> usize {
        let bytes = match &self.content {
            Ok(event) => event.key.len() + event.event_type.len() + event.payload.len(),
            Err(foreign) => foreign.payload.len(),
        };
        bytes.max(LEAST)
    }
}

/// The lanes of the partitions that are ours.
#[derive(Default)]
pub(super) struct Lanes(Mutex<HashMap<Place, Entrance>>);

struct Entrance {
    items: UnboundedSender<Item>,
    waiting: Arc<AtomicUsize>,
    cut: CancellationToken,
    paused: bool,
}

impl Lanes {
    /// Puts a message into its lane. A lane that begins with it is returned, to be worked off.
    pub(super) fn push(&self, place: &Place, item: Item) -> Option<Lane> {
        let mut lanes = self.lock();
        let mut fresh = None;
        let entrance = lanes.entry(place.clone()).or_insert_with(|| {
            let (entrance, lane) = open(place);
            fresh = Some(lane);
            entrance
        });
        entrance.waiting.fetch_add(item.weight(), Ordering::SeqCst);
        // Its worker ends only after it was cut, which takes it out of here.
        let _ = entrance.items.send(item);
        fresh
    }

    /// Whether a lane has just become full.
    pub(super) fn is_to_pause(&self, place: &Place) -> bool {
        self.lock().get_mut(place).is_some_and(|lane| {
            let full = !lane.paused && lane.waiting.load(Ordering::SeqCst) >= FULL;
            lane.paused |= full;
            full
        })
    }

    /// Whether a lane that was full has room again.
    pub(super) fn is_to_resume(&self, place: &Place) -> bool {
        self.lock().get_mut(place).is_some_and(|lane| {
            let room = lane.paused && lane.waiting.load(Ordering::SeqCst) <= LOW;
            lane.paused &= !room;
            room
        })
    }

    /// The partition is not ours any more: what waits is left to whoever has it now.
    pub(super) fn cut(&self, place: &Place) {
        if let Some(lane) = self.lock().remove(place) {
            lane.cut.cancel();
        }
    }

    pub(super) fn cut_all(&self) {
        for (_, lane) in self.lock().drain() {
            lane.cut.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Entrance>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(place: &Place) -> (Entrance, Lane) {
    let (items, waiting_items) = unbounded_channel();
    let (waiting, cut) = (Arc::<AtomicUsize>::default(), CancellationToken::new());
    let lane = Lane {
        place: place.clone(),
        items: waiting_items,
        waiting: Arc::clone(&waiting),
        cut: cut.clone(),
    };
    let entrance = Entrance {
        items,
        waiting,
        cut,
        paused: false,
    };
    (entrance, lane)
}

/// The end of a lane at which it is worked off.
pub(super) struct Lane {
    place: Place,
    items: UnboundedReceiver<Item>,
    waiting: Arc<AtomicUsize>,
    cut: CancellationToken,
}

impl Lane {
    /// Hands one message after the other to the inbox and stores how far it came, until it is cut.
    pub(super) async fn work(
        mut self,
        inbox: Inbox,
        reader: Arc<Reader>,
        drained: UnboundedSender<Place>,
    ) {
        while let Some(item) = self.items.recv().await {
            if self.cut.is_cancelled() || !self.hand_over(&inbox, &item).await {
                return;
            }
            // Not where the partition went elsewhere meanwhile, and perhaps came back.
            if !self.cut.is_cancelled() {
                reader.store(&self.place, item.offset);
            }
            let weight = item.weight();
            let before = self.waiting.fetch_sub(weight, Ordering::SeqCst);
            if before > LOW && before - weight <= LOW {
                let _ = drained.send(self.place.clone());
            }
        }
    }

    /// Tries until the store takes it, as what it is or as a dead letter; false where the lane was cut
    /// before.
    async fn hand_over(&self, inbox: &Inbox, item: &Item) -> bool {
        let (mut failures, mut refusals) = (0_u32, 0_u32);
        loop {
            let taken = match &item.content {
                Ok(event) => inbox.take(event, item.sent_at).await,
                Err(foreign) => inbox.bury(foreign).await,
            };
            let Err(error) = taken else {
                return true;
            };
            failures = failures.saturating_add(1);
            refusals = refusals.saturating_add(u32::from(!error.is_temporary()));
            if let Ok(event) = &item.content
                && refusals >= TRIES
                && !error.is_temporary()
                && inbox.give_up(event, refusals, error.clone()).await.is_ok()
            {
                return true;
            }
            if failures == 1 {
                let (app, place) = (inbox.app(), &self.place);
                tracing::warn!(app, ?place, %error, "the store gives up; the partition waits");
            }
            tokio::select! {
                () = self.cut.cancelled() => return false,
                () = sleep(inbox.pause(failures)) => {}
            }
        }
    }
}
