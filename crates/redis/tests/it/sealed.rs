//! Whoever may speak on a transport cannot be taken for a process of the installation: over Redis and PostgreSQL.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hanok_base::shared::{Fanout, Heard, LOST, LossMark, News, SealedFanout};
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::testing::on_postgres;
use hanok_redis::{RedisConfig, testing};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use crate::news::GAP;
use crate::{PATIENCE, process};

const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);
const CHANNEL: &str = "news";

/// Writes down what a sealed fan-out hands to its transport.
#[derive(Default)]
struct Tape {
    said: Mutex<Vec<String>>,
    mark: Mutex<Option<LossMark>>,
}

impl Fanout for Tape {
    fn publish(&self, _: &'static str, text: String) {
        self.said.lock().unwrap().push(text);
    }

    fn subscribe(&self, _: &'static str, _: Heard) {}

    fn mark_losses(&self, mark: LossMark) {
        *self.mark.lock().unwrap() = Some(mark);
    }
}

/// A message as a process makes it that has these keys and this clock.
fn made(transport: &'static str, keys: &KeyRing, at: Timestamp, channel: &'static str) -> String {
    let tape = Arc::new(Tape::default());
    let inner = Arc::<Tape>::clone(&tape);
    let sealed = SealedFanout::new(inner, transport, keys, &Clock::manual(at));
    sealed.publish(channel, "made".to_owned());
    tape.said.lock().unwrap().pop().unwrap()
}

/// The mark of a loss of such a process.
fn loss(transport: &'static str, keys: &KeyRing) -> String {
    let tape = Arc::new(Tape::default());
    let inner = Arc::<Tape>::clone(&tape);
    let _sealed = SealedFanout::new(inner, transport, keys, &Clock::manual(NOW));
    let mark = tape.mark.lock().unwrap().clone().unwrap();
    mark()
}

struct Ear(UnboundedReceiver<String>);

impl Ear {
    fn of(fanout: &dyn Fanout) -> Self {
        let (said, heard) = unbounded_channel();
        fanout.subscribe(
            CHANNEL,
            Arc::new(move |news| {
                let told = match news {
                    News::Text(text) => text,
                    News::Gap => GAP,
                };
                // The test may be over.
                let _ = said.send(told.to_owned());
            }),
        );
        Self(heard)
    }

    async fn hears(&mut self) -> String {
        let heard = timeout(PATIENCE, self.0.recv()).await;
        heard.expect("in time").expect("a living fan-out")
    }

    async fn reads_to(&mut self, mark: &str) {
        while self.hears().await != mark {}
    }

    /// What was heard and not read yet.
    fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

/// Waits until `to` hears what `from` says.
async fn meet(from: &dyn Fanout, to: &mut Ear, word: &str) {
    let met = async {
        loop {
            from.publish(CHANNEL, word.to_owned());
            let heard = timeout(Duration::from_millis(50), to.0.recv()).await;
            if matches!(heard, Ok(Some(heard)) if heard == word) {
                return;
            }
        }
    };
    timeout(PATIENCE, met).await.expect("they meet");
}

/// What a thief may say, by what is wrong with it.
fn false_ones(
    transport: &'static str,
    keys: &KeyRing,
    true_one: &str,
) -> Vec<(&'static str, String)> {
    let ago = NOW.minus(Duration::from_secs(31));
    let ahead = NOW.plus(Duration::from_secs(31));
    let foreign = KeyRing::generate(&Random::system(), NOW);
    let mut changed = true_one.to_owned();
    let last = changed.pop();
    changed.push(if last == Some('A') { 'Q' } else { 'A' });
    let cut = true_one.get(..60).unwrap().to_owned();
    vec![
        ("plain", "made".to_owned()),
        ("a true one again", true_one.to_owned()),
        ("changed on the way", changed),
        ("cut short", cut),
        ("old", made(transport, keys, ago, CHANNEL)),
        ("from the future", made(transport, keys, ahead, CHANNEL)),
        ("of another channel", made(transport, keys, NOW, "other")),
        (
            "of another transport",
            made("elsewhere", keys, NOW, CHANNEL),
        ),
        ("a stranger's", made(transport, &foreign, NOW, CHANNEL)),
    ]
}

/// Two processes and a thief on a transport.
async fn only_true_news_arrive(transport: &'static str, [one, two, thief]: [Arc<dyn Fanout>; 3]) {
    let keys = KeyRing::generate(&Random::system(), NOW);
    let clock = Clock::manual(NOW);
    let sealed =
        |inner: &Arc<dyn Fanout>| SealedFanout::new(Arc::clone(inner), transport, &keys, &clock);
    let (a, b) = (sealed(&one), sealed(&two));
    let mut heard = Ear::of(&b);
    // Hears everything as it comes, after those who hear what was opened.
    let (mut bare, mut stolen) = (Ear::of(&*two), Ear::of(&*thief));
    meet(&a, &mut heard, "hello").await;
    meet(&*thief, &mut bare, "hello").await;
    meet(&*one, &mut stolen, "are you there").await;
    a.publish(CHANNEL, "a mark".to_owned());
    heard.reads_to("a mark").await;
    let long = "가나다".repeat(5_000);
    a.publish(CHANNEL, long.clone());
    assert!(heard.hears().await == long, "a long one arrives whole");
    one.publish(CHANNEL, "now it comes".to_owned());
    a.publish(CHANNEL, "the truth".to_owned());
    assert_eq!(heard.hears().await, "the truth");
    stolen.reads_to("now it comes").await;
    let overheard = stolen.hears().await;
    assert!(!overheard.contains("truth"), "nobody reads it");

    let true_one = made(transport, &keys, NOW, CHANNEL);
    let mut false_ones = false_ones(transport, &keys, &true_one);
    false_ones.push(("overheard", overheard));
    thief.publish(CHANNEL, true_one);
    assert_eq!(heard.hears().await, "made", "whoever carries it");
    for (what, text) in false_ones {
        thief.publish(CHANNEL, text);
        thief.publish(LOST, String::new());
        thief.publish(CHANNEL, what.to_owned());
        bare.reads_to(what).await;
        assert_eq!(heard.rest(), Vec::<String>::new(), "{what}");
    }

    let mark = loss(transport, &keys);
    for (round, expected) in [("once", vec![GAP]), ("twice", vec![])] {
        thief.publish(LOST, mark.clone());
        thief.publish(CHANNEL, round.to_owned());
        bare.reads_to(round).await;
        assert_eq!(heard.rest(), expected, "{round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_redis_only_true_news_arrive() {
    let Some(config) = testing::beside() else {
        return;
    };
    let all = [
        process(&config).await,
        process(&config).await,
        process(&config).await,
    ];
    only_true_news_arrive("redis", all.each_ref().map(hanok_redis::Redis::fanout)).await;
}

#[test]
fn over_postgresql_only_true_news_arrive() {
    on_postgres(&[], async |db| {
        let all = [(); 3].map(|()| db.fanout("house").unwrap());
        only_true_news_arrive("postgres", all).await;
        Ok(())
    });
}

/// Two processes of one installation, and two of another.
async fn each_hears_its_own([one, two, three, four]: [Arc<dyn Fanout>; 4]) {
    let (mut ours, mut theirs) = (Ear::of(&*two), Ear::of(&*four));
    meet(&*one, &mut ours, "ours").await;
    meet(&*three, &mut theirs, "theirs").await;
    one.publish(CHANNEL, "the last of ours".to_owned());
    three.publish(CHANNEL, "the last of theirs".to_owned());
    for (ear, own, last) in [
        (&mut ours, "ours", "the last of ours"),
        (&mut theirs, "theirs", "the last of theirs"),
    ] {
        let mut heard = ear.hears().await;
        while heard != last {
            assert_eq!(heard, own);
            heard = ear.hears().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_installations_on_one_redis_do_not_hear_each_other() {
    let Some(config) = testing::beside() else {
        return;
    };
    let of =
        |keys: &KeyRing| -> RedisConfig { config.clone().of_installation(&keys.installation()) };
    let (ours, theirs) = (
        of(&KeyRing::generate(&Random::system(), NOW)),
        of(&KeyRing::generate(&Random::system(), NOW)),
    );
    let all = [
        process(&ours).await,
        process(&ours).await,
        process(&theirs).await,
        process(&theirs).await,
    ];
    each_hears_its_own(all.each_ref().map(hanok_redis::Redis::fanout)).await;
}

#[test]
fn two_installations_on_one_database_do_not_hear_each_other() {
    on_postgres(&[], async |db| {
        let [ours, theirs] =
            [(); 2].map(|()| KeyRing::generate(&Random::system(), NOW).installation());
        let all = [&ours, &ours, &theirs, &theirs].map(|name| db.fanout(name).unwrap());
        each_hears_its_own(all).await;
        Ok(())
    });
}
