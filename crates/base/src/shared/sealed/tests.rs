use std::time::Duration;

use super::*;
use crate::keyring::KeyKind;
use crate::shared::Exchange;

const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);
const SECRET: &str = "a secret of thirty-two bytes or more";

/// A transport that says everything at once to the one other process.
struct Air {
    own: Arc<Exchange>,
    other: Arc<Exchange>,
}

impl Air {
    fn between_two() -> (Arc<Self>, Arc<Self>) {
        let exchange = || Arc::new(Exchange::new(&Random::system()));
        let (one, two) = (exchange(), exchange());
        let air = |own: &Arc<Exchange>, other: &Arc<Exchange>| {
            Arc::new(Self {
                own: Arc::clone(own),
                other: Arc::clone(other),
            })
        };
        (air(&one, &two), air(&two, &one))
    }

    fn say(&self, message: &str) {
        self.other.hear(message);
    }
}

impl Fanout for Air {
    fn publish(&self, channel: &'static str, text: String) {
        self.say(&self.own.message(channel, &text));
    }

    fn subscribe(&self, channel: &'static str, heard: Heard) {
        self.own.subscribe(channel, heard);
    }

    fn mark_losses(&self, mark: LossMark) {
        self.own.mark_losses(mark);
    }
}

/// Two processes; what `two` hears on "news" is written down.
struct Pair {
    air: Arc<Air>,
    one: SealedFanout,
    two: SealedFanout,
    clock: Clock,
    told: Arc<Mutex<Vec<String>>>,
}

impl Pair {
    fn with(one: &KeyRing, two: &KeyRing) -> Self {
        let (air, other) = Air::between_two();
        let clock = Clock::manual(NOW);
        let fanout =
            |air: &Arc<Air>, keys| SealedFanout::new(Arc::<Air>::clone(air), "air", keys, &clock);
        let (one, two) = (fanout(&air, one), fanout(&other, two));
        let told = Arc::<Mutex<Vec<String>>>::default();
        let noting = Arc::clone(&told);
        two.subscribe(
            "news",
            Arc::new(move |news| {
                let said = match news {
                    News::Text(text) => text.to_owned(),
                    News::Gap => "a gap".to_owned(),
                };
                noting.lock().unwrap().push(said);
            }),
        );
        Self {
            air,
            one,
            two,
            clock,
            told,
        }
    }

    fn say(&self, text: &str) -> Vec<String> {
        self.one.publish("news", text.to_owned());
        self.told()
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

fn ring() -> KeyRing {
    KeyRing::from_secret_key(SECRET, NOW).unwrap()
}

#[test]
fn each_message_is_told_once_to_everybody_who_listens() {
    let keys = ring();
    let pair = Pair::with(&keys, &keys);
    let noting = Arc::clone(&pair.told);
    let second: Heard = Arc::new(move |news| {
        if let News::Text(text) = news {
            noting.lock().unwrap().push(format!("{text}, too"));
        }
    });
    pair.two.subscribe("news", second);
    assert_eq!(pair.say("two words"), ["two words", "two words, too"]);
}

#[test]
fn a_loss_is_a_gap_for_everybody_and_counts_once() {
    let keys = ring();
    let pair = Pair::with(&keys, &keys);
    let lost = pair.air.own.lost();
    pair.air.say(&lost);
    assert_eq!(pair.told(), ["a gap"]);
    pair.air.say(&lost);
    pair.air.say(&pair.air.own.message(LOST, ""));
    assert_eq!(pair.told(), Vec::<String>::new());
}

#[test]
fn a_key_that_was_not_read_yet_lets_everybody_look_at_the_store_now_and_then() {
    let (newer, older) = (ring(), ring());
    newer
        .rotate(KeyKind::Sealing, &Random::system(), NOW)
        .unwrap();
    let pair = Pair::with(&newer, &older);
    assert_eq!(pair.say("first"), ["a gap"]);
    // Anybody may name such a key: the others wait, but they are not forgotten.
    assert_eq!(pair.say("second"), Vec::<String>::new());
    pair.two.settle();
    assert_eq!(pair.told(), Vec::<String>::new());
    pair.clock.advance(GAPS);
    pair.two.settle();
    assert_eq!(pair.told(), ["a gap"]);
    pair.clock.advance(GAPS);
    pair.two.settle();
    assert_eq!(pair.told(), Vec::<String>::new());
}

#[test]
fn a_version_that_cannot_come_next_is_nonsense_and_disturbs_nobody() {
    let keys = ring();
    let pair = Pair::with(&keys, &keys);
    for version in [0_u32, 1 << 20, u32::MAX] {
        let mut forged = version.to_be_bytes().to_vec();
        forged.extend([0; 60]);
        let text = base64url_encode(&forged);
        pair.air.say(&pair.air.own.message("news", &text));
    }
    assert_eq!(pair.told(), Vec::<String>::new());
}

#[test]
fn a_ring_that_another_process_rotated_is_read_and_nothing_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ring.json");
    let newer = KeyRing::create(&file, &Random::system(), NOW).unwrap();
    let pair = Pair::with(&newer, &KeyRing::open(&file).unwrap());
    assert_eq!(pair.say("before"), ["before"]);
    newer
        .rotate(KeyKind::Sealing, &Random::system(), NOW)
        .unwrap();
    assert_eq!(pair.say("after"), ["after"]);
}

#[test]
fn what_was_said_before_this_process_began_is_not_for_it() {
    let keys = ring();
    let pair = Pair::with(&keys, &keys);
    pair.clock.set(NOW.minus(Duration::from_secs(3)));
    let early = pair.one.shared.seal("news", "early");
    pair.clock.set(NOW);
    pair.air.say(&pair.air.own.message("news", &early));
    assert_eq!(pair.told(), Vec::<String>::new());
}

#[test]
fn a_process_does_not_hear_its_own_words_from_another() {
    let keys = ring();
    let pair = Pair::with(&keys, &keys);
    let own = pair.two.shared.seal("news", "mine");
    pair.air.say(&pair.air.own.message("news", &own));
    assert_eq!(pair.told(), Vec::<String>::new());
}
