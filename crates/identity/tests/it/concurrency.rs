//! Many at once: what must happen once happens once, and no guess is free.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use hanok_testkit::{Answer, Sink, TestApp};
use serde_json::json;

use crate::kit::House;

/// How often each status was answered.
fn counts(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    answers
        .iter()
        .for_each(|answer| *counts.entry(answer.status.as_u16()).or_default() += 1);
    counts
}

async fn statuses(house: &House) -> Vec<(String, i64)> {
    const SQL: &str =
        "SELECT status, COUNT(*) FROM auth_transaction GROUP BY status ORDER BY status";
    house
        .app
        .db
        .read(async |conn| conn.all(SQL, &[]).await)
        .await
        .unwrap() as Vec<(String, i64)>
}

async fn count(house: &House, sql: &'static str) -> i64 {
    let (count,): (i64,) = house
        .app
        .db
        .read(async move |conn| conn.one(sql, &[]).await)
        .await
        .unwrap();
    count
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn of_two_confirms_at_once_one_wins_and_the_other_is_told(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let answers = [house.confirm(&phone, &asked, &person.pin), house.confirm(&phone, &asked, &person.pin)];
        let answers = join_all(answers).await;
        assert_eq!(counts(&answers), BTreeMap::from([(200, 1), (400, 1)]));
        house.app.settle().await;
        assert_eq!(sink.received().len(), 1);
        house.app.finish().await;
    }

    async fn of_a_thousand_confirms_at_once_exactly_one_completes(db: Db) {
        let sink = Sink::start().await;
        let builder = TestApp::builder(db).hash_pool(2, 2_000);
        let house = House::build(builder, &[&sink], |_| {}, |_| {}).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let answers = join_all((0..1_000).map(|_| house.confirm(&phone, &asked, &person.pin))).await;
        let counts = counts(&answers);
        assert_eq!(counts.get(&200), Some(&1), "{counts:?}");
        assert!(counts.keys().all(|status| [200, 400, 503].contains(status)), "{counts:?}");
        assert_eq!(statuses(&house).await, [("COMPLETED".to_owned(), 1)]);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM auth_transaction WHERE auth_code_hash IS NOT NULL").await, 1);
        assert_eq!(count(&house, "SELECT COUNT(*) FROM callback_delivery").await, 1);
        house.app.settle().await;
        assert_eq!(sink.received().len(), 1);
        house.app.finish().await;
    }

    async fn a_thousand_wrong_pins_at_once_are_five_guesses(db: Db) {
        let builder = TestApp::builder(db).hash_pool(2, 2_000);
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let (person, phone) = house.paired("haneul").await;
        let mut asked = Vec::new();
        for number in 0..6 {
            let shop = house.polling_shop(&format!("Shop {number}")).await;
            asked.push(shop.ask(&person).await);
        }
        let before = house.app.accounts.hashes.hashes();
        let guesses = (0..1_000_usize).map(|number| {
            let asked = asked[number % 6].clone();
            let (house, phone) = (&house, &phone);
            async move { house.confirm(phone, &asked, "135792").await }
        });
        let answers = join_all(guesses).await;
        assert_eq!(house.app.accounts.hashes.hashes() - before, 5);
        let counts = counts(&answers);
        assert_eq!(counts.get(&401), Some(&5), "{counts:?}");
        assert!(counts.keys().all(|status| [400, 401, 423, 503].contains(status)), "{counts:?}");
        for asked in &asked {
            let after = house.confirm(&phone, asked, &person.pin).await;
            assert_ne!(after.status, 200);
        }
        let shop = house.polling_shop("Another").await;
        let later = shop.ask(&person).await;
        house.confirm(&phone, &later, &person.pin).await.assert_problem(423, "account_locked");
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn of_a_hundred_requests_at_once_for_one_phone_one_is_pending(db: Db) {
        let house = House::build(TestApp::builder(db), &[], |config| {
            config.per_phone_10min = 1_000;
            config.per_phone_provider_10min = 1_000;
            config.per_phone_provider_day = 1_000;
        }, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _phone) = house.paired("haneul").await;
        let answers = join_all((0..100).map(|_| shop.request(&person.phone))).await;
        assert_eq!(counts(&answers), BTreeMap::from([(201, 100)]));
        assert_eq!(statuses(&house).await, [("FAILED".to_owned(), 99), ("PENDING".to_owned(), 1)]);
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn of_a_thousand_redemptions_at_once_one_succeeds(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let answers = join_all((0..1_000).map(|_| shop.result(&asked))).await;
        assert_eq!(counts(&answers), BTreeMap::from([(200, 1), (410, 999)]));
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn confirms_that_find_no_place_are_told_so_and_lose_nothing(db: Db) {
        let builder = TestApp::builder(db).hash_pool(1, 2);
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let mut waiting = Vec::new();
        for number in 0..20 {
            let (person, phone) = house.paired(&format!("person{number}")).await;
            let asked = shop.ask(&person).await;
            waiting.push((person, phone, asked));
        }
        let taken: Vec<_> = (0..3).map(|_| house.app.accounts.hashes.reserve().unwrap()).collect();
        let refused = join_all(waiting.iter().cycle().take(200).map(|(person, phone, asked)| {
            house.confirm(phone, asked, &person.pin)
        })).await;
        assert_eq!(counts(&refused), BTreeMap::from([(503, 200)]));
        assert!(refused.iter().all(|answer| answer.problem_code() == "busy" && answer.retry_after().is_some()));
        drop(taken);
        for (person, phone, asked) in &waiting {
            house.confirm(phone, asked, &person.pin).await.assert_status(200);
        }
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn two_calls_with_one_idempotency_key_get_one_answer(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _phone) = house.paired("haneul").await;
        let ask = || {
            let body = json!({ "user_phone_number": person.phone });
            shop.client.post("/api/v1/auth/request").header("idempotency-key", "order-1").json(body)
        };
        let answers = join_all((0..20).map(|_| async { ask().await })).await;
        assert_eq!(counts(&answers), BTreeMap::from([(201, 20)]));
        assert!(answers.iter().all(|answer| answer.text == answers[0].text));
        assert_eq!(statuses(&house).await, [("PENDING".to_owned(), 1)]);
        let other = json!({ "user_phone_number": person.phone, "state": "x" });
        let other = shop.client.post("/api/v1/auth/request").header("idempotency-key", "order-1").json(other).await;
        other.assert_problem(422, "idempotency_conflict");
        house.app.settle().await;
        house.app.finish().await;
    }
}
