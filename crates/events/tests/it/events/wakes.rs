//! A wake-up that another process is told: the relay there need not wait for its poll.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hanok_base::Random;
use hanok_base::shared::{Alone, Exchange, Fanout, Heard};
use hanok_db::DbError;
use hanok_events::{Handler, Outbox, Wake};
use tokio::time::{sleep, timeout};

use super::recorder::Recorder;
use crate::house::{House, SETS};

/// Nothing here waits longer; the poll comes later still.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL_MS: u64 = 3_600_000;

/// One process's end of a wire between the processes of a test, with what was said at it.
struct Plug {
    own: Exchange,
    others: Mutex<Vec<Arc<Plug>>>,
    said: Mutex<usize>,
}

impl Plug {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            own: Exchange::new(&Random::system()),
            others: Mutex::default(),
            said: Mutex::default(),
        })
    }

    fn said(&self) -> usize {
        *self.said.lock().unwrap()
    }
}

impl Fanout for Plug {
    fn publish(&self, channel: &'static str, text: String) {
        *self.said.lock().unwrap() += 1;
        let message = self.own.message(channel, &text);
        for other in self.others.lock().unwrap().iter() {
            other.own.hear(&message);
        }
    }

    fn subscribe(&self, channel: &'static str, heard: Heard) {
        self.own.subscribe(channel, heard);
    }
}

/// A process that looks at its outbox by itself once in an hour.
fn process(mut house: House, fanout: Arc<dyn Fanout>) -> House {
    house.config.poll_ms = POLL_MS;
    house.wake = Wake::over(fanout);
    house.outbox = Outbox::new(house.clock.clone(), house.random.clone(), &house.wake);
    house
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> Result<bool, DbError>) {
    let waiting = async {
        while !is_so().await.unwrap() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let ended = timeout(PATIENCE, waiting).await;
    assert!(ended.is_ok(), "not in time: {what}");
}

hanok_db::both_engines! {
    sets(SETS);

    async fn an_event_of_one_process_is_relayed_at_once_by_the_other(db: Db) {
        let (here, there) = (Plug::new(), Plug::new());
        here.others.lock().unwrap().push(Arc::clone(&there));
        let relaying = process(House::new(&db), there.clone());
        let publishing = House::sharing(&db.reopen(|_| {}).await?, &relaying.clock, 2);
        let publishing = process(publishing, here.clone());
        let recorder = Recorder::new("recorder");
        let handlers = [recorder.clone() as Arc<dyn Handler>];
        let at_work = relaying.engine_for(&handlers).start();
        until("the first process holds the lease", async || {
            Ok(relaying.number("SELECT COUNT(*) FROM lease").await? == 1)
        }).await;
        let beside = publishing.engine_for(&[recorder.elsewhere() as Arc<dyn Handler>]).start();

        publishing.publish(&["a1", "a2"]).await?;
        until("both are handled", async || Ok(relaying.effects("recorder").await?.len() == 2)).await;
        assert!(here.said() >= 1);
        relaying.publish(&["a3"]).await?;
        until("its own is handled", async || Ok(relaying.effects("recorder").await?.len() == 3)).await;
        assert_eq!(there.said(), 0, "whoever relays tells nobody");
        beside.shutdown().await;
        at_work.shutdown().await;
    }

    async fn a_process_alone_wakes_itself(db: Db) {
        let house = process(House::new(&db), Arc::new(Alone));
        let recorder = Recorder::new("recorder");
        let at_work = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]).start();
        until("it holds the lease", async || {
            Ok(house.number("SELECT COUNT(*) FROM lease").await? == 1)
        }).await;
        house.publish(&["a1"]).await?;
        until("it is handled", async || Ok(house.effects("recorder").await?.len() == 1)).await;
        at_work.shutdown().await;
    }
}
