//! A neighbour goes away under load and comes back: nothing that was answered is lost, nothing is told out of
//! order, and nobody has to help.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use hanok_redis::testing::Server as RedisOfOwn;
use hanok_testkit::Sink;
use tokio::time::{Duration, sleep, timeout};

use crate::broker_of_own::BrokerOfOwn;
use crate::house::{Asked, House};
use crate::installation::{Installation, PATIENCE};
use crate::server_of_own::ServerOfOwn;
use crate::store::Store;

/// How many people confirm again and again, side by side.
const PEOPLE: usize = 16;
/// How many times the neighbour goes away.
const ROUNDS: usize = 3;
/// How much each round lets be done before and after.
const STEPS: usize = 40;

/// What was answered with 2xx.
#[derive(Default)]
struct Answered {
    asked: Mutex<BTreeSet<String>>,
    completed: Mutex<BTreeSet<String>>,
    stop: AtomicBool,
}

impl Answered {
    fn count(&self) -> usize {
        self.completed.lock().unwrap().len()
    }

    /// Waits until so many more were completed.
    async fn more(&self, house: &House, steps: usize) {
        let wanted = self.count() + steps;
        let reached = timeout(PATIENCE, async {
            while self.count() < wanted {
                sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(reached.await.is_ok(), "{}", house.installed.logged());
    }
}

/// One person's requests and confirms, at the next server each, until the test has seen enough.
async fn go_on(house: &House, answered: &Answered, person: usize) {
    while !answered.stop.load(Ordering::Relaxed) {
        let answer = house.try_ask(house.next_client(), person).await;
        let Some(answer) = answer.filter(|answer| answer.status == 201) else {
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let asked = Asked::new(&answer, person);
        answered.asked.lock().unwrap().insert(asked.id.clone());
        if let Some(id) = house.confirm(&asked).await {
            answered.completed.lock().unwrap().insert(id);
        }
    }
}

/// Somebody whom the program needs, more or less.
pub trait Neighbour {
    /// Ends it as a power cut would.
    fn cut(&mut self);
    /// Starts it again.
    fn up(&mut self);
    /// Whether nobody is served without it.
    fn is_needed(&self) -> bool;
}

impl Neighbour for ServerOfOwn {
    fn cut(&mut self) {
        Self::cut(self);
    }

    fn up(&mut self) {
        Self::up(self);
    }

    fn is_needed(&self) -> bool {
        true
    }
}

impl Neighbour for BrokerOfOwn {
    fn cut(&mut self) {
        Self::cut(self);
    }

    fn up(&mut self) {
        Self::up(self);
    }

    fn is_needed(&self) -> bool {
        false
    }
}

impl Neighbour for RedisOfOwn {
    fn cut(&mut self) {
        self.kill().unwrap();
    }

    fn up(&mut self) {
        self.start_again().unwrap();
    }

    fn is_needed(&self) -> bool {
        false
    }
}

/// People confirm at two servers while the neighbour goes away and comes back.
async fn loses_nothing(house: &House, sink: &Sink, neighbour: &mut dyn Neighbour) {
    let _servers = house.serve_all().await;
    let answered = Answered::default();
    let people = (0..PEOPLE).map(|person| go_on(house, &answered, person));
    let rounds = async {
        for _ in 0..ROUNDS {
            answered.more(house, STEPS).await;
            neighbour.cut();
            if neighbour.is_needed() {
                while house.installed.is_ready(0).await || house.installed.is_ready(1).await {
                    sleep(Duration::from_millis(20)).await;
                }
            } else {
                answered.more(house, STEPS).await;
            }
            neighbour.up();
        }
        answered.more(house, STEPS).await;
        answered.stop.store(true, Ordering::Relaxed);
    };
    tokio::join!(join_all(people), rounds);
    let told = house.wait_until_all_are_told(sink).await;
    let in_store = house.completed().await;
    let completed = answered.completed.into_inner().unwrap();
    assert!(completed.is_subset(&in_store));
    assert!(told.values().all(|codes| codes.len() == 1), "{told:?}");
    let known: BTreeSet<String> = house.requested().await;
    assert!(answered.asked.into_inner().unwrap().is_subset(&known));
    house.assert_told_in_order().await;
    house.assert_audit_is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_cut_off_and_comes_back_loses_nothing_that_was_answered() {
    let Some(mut server) = ServerOfOwn::start() else {
        println!(
            "not run: PostgreSQL restarted under load (HANOK_TEST_POSTGRES_PROGRAMS is unset)"
        );
        return;
    };
    let sink = Sink::start().await;
    let store = Store::stoppable(&server).await;
    let house = House::prepare(store, 2, &sink, PEOPLE).await;
    loses_nothing(&house, &sink, &mut server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_and_comes_back_keeps_nobody_waiting_and_loses_nothing() {
    let (Some(store), Some(mut broker)) = (Store::postgres().await, BrokerOfOwn::start()) else {
        println!("not run: a Kafka broker killed under load (HANOK_TEST_KAFKA_BROKER is unset)");
        return;
    };
    let settings = [
        ("kafka.bootstrap_servers", broker.address()),
        ("kafka.send_timeout_ms", "2000".to_owned()),
        ("events.retry_max_seconds", "2".to_owned()),
    ];
    let sink = Sink::start().await;
    let house = beside(store, &sink, &settings).await;
    loses_nothing(&house, &sink, &mut broker).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_and_comes_back_keeps_nobody_waiting_and_loses_nothing() {
    let (Some(store), Some(mut redis)) = (Store::postgres().await, RedisOfOwn::start().unwrap())
    else {
        println!("not run: Redis killed under load (HANOK_TEST_REDIS is unset)");
        return;
    };
    let sink = Sink::start().await;
    let house = beside(store, &sink, &[("redis.url", redis.url())]).await;
    loses_nothing(&house, &sink, &mut redis).await;
}

/// Two servers with these settings.
async fn beside(store: Store, sink: &Sink, settings: &[(&str, String)]) -> House {
    let config = store.config.clone();
    let mut installed = Installation::new(store, 2);
    installed.set("identity.callback_allow_hosts", sink.origin());
    for (key, value) in settings {
        installed.set(key, value);
    }
    House::in_place(installed, &config, sink, PEOPLE).await
}
