//! A provider that is slow, broken or out of reach keeps nobody else waiting.
//!
//! The engine runs here as it does in the program; the bad providers stay bad until the others were told.

use std::sync::Arc;
use std::time::Duration;

use hanok_events::http::{GuardedClient, HttpPolicy};
use hanok_identity::IdentityConfig;
use hanok_testkit::{Person, Phone, Reply, Sink, TestApp};
use serde_json::json;

use crate::kit::{House, Shop};
use crate::names::Names;
use crate::receiver::told;

/// Longer than any test lives: nothing here is decided by running out of time.
const NEVER: Duration = Duration::from_hours(1);

fn patient(config: &mut IdentityConfig) {
    config.callback_timeout_seconds = 3_600;
    config.per_phone_10min = 1_000;
    config.per_phone_provider_10min = 1_000;
    config.per_phone_provider_day = 1_000;
}

/// A house with so many workers, whose callbacks wait as long as it takes.
async fn house(db: hanok_db::Db, workers: u32, names: &Names, sinks: &[&Sink]) -> House {
    let policy = HttpPolicy {
        allow: sinks
            .iter()
            .map(|sink| sink.origin().parse().unwrap())
            .collect(),
        timeout: NEVER,
        ..HttpPolicy::default()
    };
    let client = GuardedClient::with_resolver(policy, Arc::new(names.clone())).unwrap();
    let builder = TestApp::builder(db).config(|settings| settings.events.workers = workers);
    House::with_client(builder, patient, client).await
}

async fn completed_times(house: &House, shop: &Shop, person: &Person, phone: &Phone, times: usize) {
    for _ in 0..times {
        house.completed(shop, person, phone).await;
    }
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_provider_that_is_stuck_has_four_callbacks_under_way_and_no_more(db: Db) {
        let (stuck, good) = (Sink::start().await, Sink::start().await);
        let house = house(db, 6, &Names::default(), &[&stuck, &good]).await;
        let (slow, shop) = (house.shop("느린 가게", &stuck).await, house.shop("A 쇼핑몰", &good).await);
        let (person, phone) = house.paired("haneul").await;
        let gate = stuck.hold();
        completed_times(&house, &slow, &person, &phone, 4).await;
        let running = house.app.engine.start();
        stuck.wait_for(4).await;
        house.later(1);
        completed_times(&house, &slow, &person, &phone, 16).await;
        completed_times(&house, &shop, &person, &phone, 20).await;
        good.wait_for(20).await;
        assert_eq!(stuck.received().len(), 4);
        gate.open();
        stuck.wait_for(20).await;
        running.shutdown().await;
        assert_eq!((told(&shop, &good).len(), told(&slow, &stuck).len()), (20, 20), "each told once");
        house.app.finish().await;
    }

    async fn whatever_is_wrong_with_a_provider_another_is_told_meanwhile(db: Db) {
        let names = Names::default();
        let [stuck, broken, away, elsewhere, good] =
            [Sink::start().await, Sink::start().await, Sink::start().await, Sink::start().await, Sink::start().await];
        let house = house(db, 12, &names, &[&stuck, &broken, &away, &elsewhere, &good]).await;
        broken.answer(Reply::Status(500));
        away.answer(Reply::Redirect(elsewhere.url("/callback")));
        names.set("private.example", &[&["10.1.2.3"]]);
        names.set("rebinds.example", &[&[], &["127.0.0.1"]]);
        let (person, phone) = house.paired("haneul").await;
        let gate = stuck.hold();
        let mut bad = vec![
            house.shop("느린 가게", &stuck).await,
            house.shop("고장난 가게", &broken).await,
            house.shop("옮긴 가게", &away).await,
        ];
        for host in ["private", "rebinds", "unanswered", "literal"] {
            let url = format!("https://{host}.example/callback");
            bad.push(house.provider(host, json!({ "callback_url": url })).await);
        }
        house.moved(&bad[6], "https://0x0a010203/callback").await;
        for shop in &bad {
            completed_times(&house, shop, &person, &phone, 4).await;
        }
        let running = house.app.engine.start();
        for sink in [&stuck, &broken, &away] {
            sink.wait_for(4).await;
        }
        house.later(1);
        completed_times(&house, &bad[0], &person, &phone, 4).await;
        let shop = house.shop("A 쇼핑몰", &good).await;
        completed_times(&house, &shop, &person, &phone, 6).await;
        good.wait_for(6).await;
        // The first look-up of the name that rebinds found nothing; the next finds this machine.
        house.later(3);
        broken.wait_for(8).await;
        completed_times(&house, &shop, &person, &phone, 6).await;
        good.wait_for(12).await;

        assert_eq!((stuck.received().len(), elsewhere.received().len()), (4, 0));
        assert!(names.asked("unanswered.example") <= 4, "four at a time");
        gate.open();
        names.set("unanswered.example", &[&[]]);
        stuck.wait_for(8).await;
        running.shutdown().await;
        assert_eq!((told(&shop, &good).len(), told(&bad[0], &stuck).len()), (12, 8), "each told once");
        house.app.finish().await;
    }
}
