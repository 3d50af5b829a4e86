//! A request at one process, a phone at another: over PostgreSQL's news and over Redis.

use hanok_base::Timestamp;
use hanok_db::Db;
use hanok_redis::testing::{self, Server};
use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Sharing, TestApp};
use serde_json::{Value, json};

use super::{done, refused, request};
use crate::kit::House;

async fn two(db: &Db, sharing: &Sharing) -> (House, House) {
    // Each round has ids of its own, and begins when the leases of the one before have ended.
    let seed: u32 = if sharing.over == "Redis" { 20 } else { 10 };
    let start = Timestamp::from_seconds(1_795_239_000 + 3_600 * i64::from(seed));
    let one = TestApp::builder(db.clone())
        .alone("the test starts the second one itself")
        .seed(seed.into())
        .at(start);
    let one = House::build(one.sharing(sharing.one.clone()), &[], |_| {}, |_| {}).await;
    let two = TestApp::builder(db.clone())
        .beside(&one.app)
        .seed((100 + seed).into());
    let two = House::build(two.sharing(sharing.two.clone()), &[], |_| {}, |_| {}).await;
    (one, two)
}

/// What is greeted anew after a gap.
fn ready() -> Heard {
    Heard::Event("ready".into(), json!({ "unread": 0, "seq": 0 }))
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_phone_at_one_process_is_shown_once_what_is_asked_and_ended_at_the_other(db: Db) {
        for sharing in Sharing::every(&db).await {
            let (one, two) = two(&db, &sharing).await;
            let shop = one.polling_shop(&format!("{} 쇼핑몰", sharing.over)).await;
            let (person, phone) = two.paired(&sharing.over.to_lowercase()).await;
            let mut there = Wire::of_phone(&two.app, &phone).await;
            let asked = shop.ask(&person).await;
            let shown = request(&mut there).await;
            assert_eq!(shown["transaction_id"], asked.id);
            assert_eq!(shown["choices"].as_array().map(Vec::len), Some(3));
            // Confirmed where it was shown; told once, by the process that it was confirmed at.
            two.confirm(&phone, &asked, &person.pin).await.assert_status(200);
            assert_eq!(there.hear().await, done(&asked, "COMPLETED"));
            let again = shop.ask(&person).await;
            assert_eq!(request(&mut there).await["transaction_id"], again.id, "nothing came twice");
            one.identity.expire_overdue().await.unwrap();
            one.later(600);
            one.identity.expire_overdue().await.unwrap();
            assert_eq!(there.hear().await, done(&again, "EXPIRED"));
            one.app.finish().await;
            two.app.finish().await;
        }
    }

    async fn a_session_at_another_process_is_shown_a_request_only_where_it_may_confirm(db: Db) {
        for sharing in Sharing::every(&db).await {
            let (one, two) = two(&db, &sharing).await;
            let shop = one.polling_shop(&format!("{} 쇼핑몰", sharing.over)).await;
            let person = two.app.person(&sharing.over.to_lowercase()).await;
            let mut session = Wire::of(&two.app, &person).await;
            let asked = shop.ask(&person).await;
            assert_eq!(request(&mut session).await["transaction_id"], asked.id);

            let phone = two.app.pair(&person).await;
            let mut device = Wire::of_phone(&two.app, &phone).await;
            let again = shop.ask(&person).await;
            assert_eq!(device.hear().await, done(&asked, "FAILED"));
            assert_eq!(request(&mut device).await["transaction_id"], again.id);
            session.send("421[\"sync\",{\"after\":0}]").await;
            let nothing = json!({ "items": [], "upto": 0, "more": false });
            assert_eq!(session.hear().await, Heard::Acknowledged(nothing));
            one.app.finish().await;
            two.app.finish().await;
        }
    }

    async fn a_sign_out_at_one_process_closes_the_socket_at_the_other_at_once(db: Db) {
        for sharing in Sharing::every(&db).await {
            let (one, two) = two(&db, &sharing).await;
            let person = one.app.person(&sharing.over.to_lowercase()).await;
            let mut socket = Wire::of(&two.app, &person).await;
            one.app.client().of(&person).post("/api/v1/auth/logout").await.assert_status(204);
            // The clock stands still, and nobody reads withdrawals from the store.
            assert_eq!(socket.hear().await, Heard::Closed);
            let auth: Value = json!({ "token": person.token });
            let mut back = Wire::connect(two.app.client(), &auth).await;
            assert_eq!(back.hear().await, refused("unauthorized"));
            one.app.finish().await;
            two.app.finish().await;
        }
    }

    async fn a_phone_is_greeted_anew_when_redis_is_back_and_finds_what_it_missed(db: Db) {
        let Some(mut server) = Server::start().unwrap() else { return Ok(()) };
        let sharing = Sharing::over_redis(&testing::section(&server.url())).await;
        let (one, two) = two(&db, &sharing).await;
        let shop = one.polling_shop("A 쇼핑몰").await;
        let (person, phone) = two.paired("haneul").await;
        let mut there = Wire::of_phone(&two.app, &phone).await;
        server.kill().unwrap();
        let asked = shop.ask(&person).await;
        server.start_again().unwrap();
        // What was published meanwhile may be heard late as well, and the greeting more than once.
        while there.hear().await != ready() {}
        let pending = phone.get("/api/v1/auth/pending").await.assert_status(200);
        assert!(pending.text.contains(&asked.id), "{}", pending.text);
        two.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        while there.hear().await != done(&asked, "COMPLETED") {}
        one.app.finish().await;
        two.app.finish().await;
    }
}
