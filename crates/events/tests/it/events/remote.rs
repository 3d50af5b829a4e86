//! A bus outside the process, as the engine deals with it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_events::{
    Bus, BusChoice, Engine, EventId, Foreign, Handler, Inbox, Received, RemoteBus, Source, Stop,
    Topic, count_of, dead_letters, discard_of, replay,
};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

use super::recorder::{Fault, Recorder};
use crate::house::{House, SETS};
use crate::lines::Lines;

/// Brokers that take their time: nothing is taken over before it is told to.
#[derive(Default)]
struct Slow {
    inboxes: Mutex<Vec<Inbox>>,
    sending: Notify,
    go: Notify,
}

impl Bus for Slow {
    fn send<'a>(&'a self, batch: &'a [Arc<Received>]) -> BoxFuture<'a, Vec<Result<(), String>>> {
        Box::pin(async move {
            self.sending.notify_one();
            self.go.notified().await;
            vec![Ok(()); batch.len()]
        })
    }
}

impl RemoteBus for Slow {
    fn in_flight(&self) -> u32 {
        10
    }

    fn consume(self: Arc<Self>, inboxes: Vec<Inbox>, mut stop: Stop) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            *self.inboxes.lock().unwrap() = inboxes;
            stop.comes().await;
        })
    }
}

fn engine(house: &House, bus: &Arc<Slow>, handlers: &[(&'static str, Arc<Recorder>)]) -> Engine {
    let handlers = handlers
        .iter()
        .map(|(app, handler)| (*app, handler.clone() as Arc<dyn Handler>));
    house.engine_over(BusChoice::Remote(bus.clone()), handlers.collect())
}

impl Slow {
    async fn inbox(&self, app: &str) -> Inbox {
        loop {
            let found = self
                .inboxes
                .lock()
                .unwrap()
                .iter()
                .find(|inbox| inbox.app() == app)
                .cloned();
            match found {
                Some(inbox) => return inbox,
                None => sleep(Duration::from_millis(5)).await,
            }
        }
    }
}

/// Ids are of their time, by which they are forgotten.
fn event(house: &House, item: &str) -> Arc<Received> {
    Arc::new(Received {
        event_id: EventId::new(&house.clock, &house.random),
        topic: Topic::DomainEvents,
        key: "a".to_owned(),
        event_type: "note.taken".to_owned(),
        version: 1,
        payload: format!(r#"{{"key":"a","item":"{item}"}}"#),
        occurred_at: Timestamp::from_seconds(1),
    })
}

/// How long it is known for sure that an event was handled; seconds.
fn remembered(house: &House) -> u64 {
    u64::from(house.config.processed_days) * 24 * 60 * 60 - 60 * 60
}

/// A message that is no event.
fn foreign(offset: u32) -> Foreign {
    Foreign {
        topic: Topic::DomainEvents,
        place: format!("domain_events/2/{offset}"),
        event_type: "unknown".to_owned(),
        payload: "hello".to_owned(),
        at: Timestamp::from_seconds(5),
        error: "there is no header event_id".to_owned(),
    }
}

/// Waits, in real time, until it is so; the clock of the house stands still meanwhile.
async fn until(is_so: impl AsyncFn() -> Result<bool, DbError>) -> Result<(), DbError> {
    let waiting = async {
        while !is_so().await? {
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    };
    timeout(Duration::from_mins(1), waiting).await.unwrap()
}

hanok_db::both_engines! {
    sets(SETS);

    async fn a_relay_keeps_its_lease_and_retries_while_the_brokers_keep_it_waiting(db: Db) {
        const LEASES: &str = "SELECT CAST(COALESCE(MAX(held_until), 0) AS BIGINT) FROM lease";
        let (house, recorder, bus) = (House::new(&db), Recorder::new("recorder"), Arc::<Slow>::default());
        let running = engine(&house, &bus, &[("app", recorder.clone())]).start();
        house.publish(&["z1"]).await?;
        bus.sending.notified().await;

        recorder.fail("a1", Fault::Says);
        bus.inbox("app").await.take(&event(&house, "a1"), house.clock.now()).await?;
        recorder.recover();
        let lease = house.config.lease_seconds;
        house.advance(lease - 3);
        let until_when = house.clock.now().plus(Duration::from_secs(lease)).micros();
        until(async || Ok(house.effects("recorder").await? == ["a1"])).await?;
        until(async || Ok(house.number(LEASES).await? == until_when)).await?;
        let sent = "SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL";
        assert_eq!(house.number(sent).await?, 0, "it still sends");

        bus.go.notify_one();
        until(async || Ok(house.number(sent).await? == 1)).await?;
        running.shutdown().await;
    }

    async fn a_relay_that_lost_its_lease_while_it_sent_marks_nothing(db: Db) {
        let (house, bus) = (House::new(&db), Arc::<Slow>::default());
        let engine = engine(&house, &bus, &[("app", Recorder::new("recorder"))]);
        house.publish(&["a1"]).await?;
        let other_takes_over = async {
            bus.sending.notified().await;
            house.execute("UPDATE lease SET holder = '019aa000-0000-7000-8000-000000000000', held_until = held_until + 60000000").await?;
            house.advance(house.config.lease_seconds);
            bus.go.notify_one();
            Ok::<_, DbError>(())
        };
        let (settled, taken) = tokio::join!(engine.settle(), other_takes_over);
        settled?;
        taken?;
        let sent = "SELECT COUNT(*) FROM outbox WHERE sent_at IS NOT NULL OR attempts > 0";
        assert_eq!(house.number(sent).await?, 0);
    }

    async fn an_event_that_lay_so_long_that_it_may_be_forgotten_becomes_a_dead_letter(db: Db) {
        let (house, recorder, bus) = (House::new(&db), Recorder::new("recorder"), Arc::<Slow>::default());
        let engine = engine(&house, &bus, &[("app", recorder)]);
        let running = engine.start();
        let inbox = bus.inbox("app").await;
        let (old, known) = (event(&house, "a1"), event(&house, "b2"));
        let sent_at = house.clock.now();
        house.advance(remembered(&house) + 1);
        inbox.take(&old, sent_at).await?;
        inbox.take(&known, sent_at.plus(Duration::from_secs(1))).await?;
        assert_eq!(house.effects("recorder").await?, ["b2"]);
        let dead = db.read(async |conn| dead_letters(conn, None, 50).await).await?;
        assert_eq!((dead.len(), dead[0].consumer.as_str(), dead[0].attempts), (1, "recorder", 0));
        assert!(dead[0].error.contains("may be forgotten"), "{dead:?}");

        let (id, now) = (dead[0].id, house.clock.now());
        db.write(async move |tx: &mut Tx| replay(tx, id, now).await).await?;
        until(async || Ok(house.effects("recorder").await? == ["b2", "a1"])).await?;
        running.shutdown().await;
    }

    async fn an_event_that_waited_long_to_be_sent_is_handled_once_and_remembered_from_then(db: Db) {
        let (house, recorder, bus) = (House::new(&db), Recorder::new("recorder"), Arc::<Slow>::default());
        let engine = engine(&house, &bus, &[("app", recorder)]);
        let running = engine.start();
        let inbox = bus.inbox("app").await;
        let late = event(&house, "a1");
        house.advance(20 * 24 * 60 * 60);
        inbox.take(&late, house.clock.now()).await?;
        let sent_at = house.clock.now();
        house.advance(remembered(&house));
        engine.run_schedules_due().await?;
        inbox.take(&late, sent_at).await?;
        assert_eq!(house.effects("recorder").await?, ["a1"], "twice is once");

        let memory = "SELECT COUNT(*) FROM processed";
        house.advance(60 * 60 + 1);
        // The running engine may have begun it a moment before: what cannot come again is forgotten by either.
        engine.run_schedules_due().await?;
        until(async || Ok(house.number(memory).await? == 0)).await?;
        running.shutdown().await;
        let dead = db.read(async |conn| dead_letters(conn, None, 50).await).await?;
        assert_eq!(dead, Vec::new());
    }

    async fn what_is_not_marked_as_sent_is_remembered_however_long_ago_it_was_handled(db: Db) {
        let (house, bus) = (House::new(&db), Arc::<Slow>::default());
        let engine = engine(&house, &bus, &[("app", Recorder::new("recorder"))]);
        house.publish(&["a1"]).await?;
        // The process died after the brokers had taken it.
        house.execute("INSERT INTO processed (consumer, event_id, handled_at) SELECT 'recorder', event_id, occurred_at FROM outbox").await?;
        house.advance(20 * 24 * 60 * 60);
        engine.run_schedules_due().await?;
        let memory = "SELECT COUNT(*) FROM processed";
        assert_eq!(house.number(memory).await?, 1);
        house.execute("UPDATE outbox SET sent_at = occurred_at").await?;
        house.advance(60 * 60);
        engine.run_schedules_due().await?;
        assert_eq!(house.number(memory).await?, 0);
    }

    async fn each_app_has_an_inbox_of_its_own(db: Db) {
        let (house, bus) = (House::new(&db), Arc::<Slow>::default());
        let (one, two, other) = (Recorder::new("one"), Recorder::new("two"), Recorder::new("other"));
        let handlers = [("first", one), ("second", other), ("first", two)];
        let running = engine(&house, &bus, &handlers).start();
        let inbox = bus.inbox("first").await;
        assert_eq!(bus.inboxes.lock().unwrap().len(), 2);
        let event = event(&house, "a1");
        for _ in 0..2 {
            inbox.take(&event, house.clock.now()).await?;
        }
        running.shutdown().await;
        assert_eq!(house.effects("one").await?, ["a1"], "twice is once");
        assert_eq!(house.effects("two").await?, ["a1"]);
        assert_eq!(house.effects("other").await?, Vec::<String>::new());
    }

    async fn a_message_that_is_no_event_is_one_letter_however_often_it_is_read(db: Db) {
        let (house, bus) = (House::new(&db), Arc::<Slow>::default());
        let handlers = [("first", Recorder::new("one")), ("second", Recorder::new("other"))];
        let running = engine(&house, &bus, &handlers).start();
        let (message, later) = (foreign(17), foreign(18));
        for app in ["first", "second"] {
            bus.inbox(app).await.bury(&message).await?;
        }
        bus.inbox("first").await.bury(&later).await?;
        running.shutdown().await;
        let dead = db.read(async |conn| dead_letters(conn, None, 50).await).await?;
        assert_eq!(dead.len(), 2, "{dead:?}");
        let letter = dead.iter().find(|letter| letter.item_key == message.place).unwrap();
        assert_eq!((letter.source, letter.payload.as_str()), (Source::Kafka, "hello"));
        assert_eq!((letter.occurred_at, letter.error.as_str()), (message.at, message.error.as_str()));
    }

    async fn of_messages_that_are_no_events_the_newest_are_kept_and_one_line_says_so(db: Db) {
        let (lines, _guard) = Lines::collect();
        let (mut house, bus) = (House::new(&db), Arc::<Slow>::default());
        house.config.foreign_letters = 3;
        let running = engine(&house, &bus, &[("app", Recorder::new("recorder"))]).start();
        let inbox = bus.inbox("app").await;
        for offset in 1..=6 {
            house.advance(1);
            inbox.bury(&foreign(offset)).await?;
        }
        running.shutdown().await;
        let dead = db.read(async |conn| dead_letters(conn, None, 50).await).await?;
        let kept: Vec<_> = dead.iter().map(|letter| letter.item_key.as_str()).collect();
        assert_eq!(kept, ["domain_events/2/6", "domain_events/2/5", "domain_events/2/4"]);
        let said = lines.text();
        assert_eq!(said.matches("the oldest go").count(), 1, "{said}");

        assert_eq!(db.write(async |tx: &mut Tx| discard_of(tx, Source::Event).await).await?, 0);
        assert_eq!(db.write(async |tx: &mut Tx| discard_of(tx, Source::Kafka).await).await?, 3);
        assert_eq!(db.read(async |conn| count_of(conn, Source::Kafka).await).await?, 0);
    }
}
