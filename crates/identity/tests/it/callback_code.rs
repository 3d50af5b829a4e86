//! The one-time code: sealed, told, and gone ten minutes after completion or with its 2xx, whichever is
//! later, and after a day in any case.

use hanok_base::secret::sha256;
use hanok_base::{Id, Place};
use hanok_testkit::{Reply, Sink, TestApp};
use serde_json::{Value, json};

use crate::kit::House;
use crate::receiver::{told, told_once};

/// Marks the id of a delivery.
enum Delivery {}

/// What a sweep of this moment leaves.
async fn kept_after_sweep(house: &House) -> i64 {
    house.app.run_schedules().await;
    house.codes_kept().await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_code_that_was_told_goes_after_ten_minutes(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        let told = told_once(&shop, &sink);
        let code = told.claim("auth_code");

        let rows: Vec<(Id<Delivery>, Vec<u8>)> = house.rows("SELECT id, code FROM callback_delivery").await;
        let place = Place::new("callback_delivery", "code", rows[0].0.uuid());
        assert_eq!(house.app.keys.unseal(place, &rows[0].1).unwrap().as_slice(), code.as_bytes());
        let hashes: Vec<(Vec<u8>,)> = house.rows("SELECT auth_code_hash FROM auth_transaction").await;
        assert_eq!(hashes[0].0, sha256(code.as_bytes()));

        assert_eq!(kept_after_sweep(&house).await, 1);
        house.later(599);
        assert_eq!(kept_after_sweep(&house).await, 1);
        // Within its time, the code fetches what the callback said.
        let fetch = json!({ "auth_code": code });
        let fetched = shop.client.post("/api/v1/auth/result").json(fetch).await.assert_status(200);
        assert_eq!(shop.open(&fetched.text)["jti"], told.claims["jti"]);
        house.later(1);
        assert_eq!(kept_after_sweep(&house).await, 0);
        assert_eq!(house.app.scan_for(&[code]).await, Vec::<String>::new());
        house.app.finish().await;
    }

    async fn a_code_that_is_told_late_waits_and_goes_with_its_2xx(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer(Reply::Status(503));
        let asked = house.completed(&shop, &person, &phone).await;
        let completed_at = house.app.clock.now();
        house.app.settle().await;
        while house.app.clock.now().since(completed_at).as_secs() < 900 {
            house.try_again().await;
            assert_eq!(kept_after_sweep(&house).await, 1);
        }
        shop.result(&asked).await.assert_problem(410, "result_gone");
        sink.answer(Reply::Status(204));
        house.try_again().await;
        let told = told(&shop, &sink);
        assert_eq!(told.last().unwrap().claim("auth_code"), told[0].claim("auth_code"));
        assert_eq!(house.codes_kept().await, 0, "no sweep had to come");
        house.app.finish().await;
    }

    async fn after_a_day_a_code_is_neither_kept_nor_told(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (haneul, phone) = house.paired("haneul").await;
        // Nothing was at work for a day; the sweep comes before the first try …
        house.completed(&shop, &haneul, &phone).await;
        house.later(24 * 3_600 - 1);
        assert_eq!(kept_after_sweep(&house).await, 1);
        house.later(60);
        assert_eq!(kept_after_sweep(&house).await, 0);
        house.app.settle().await;
        let first = told_once(&shop, &sink);
        assert_eq!((first.claim("status"), first.claims.get("auth_code")), ("COMPLETED", Some(&Value::Null)));

        // … or after it.
        house.completed(&shop, &haneul, &phone).await;
        house.later(24 * 3_600);
        assert_eq!(house.codes_kept().await, 1);
        house.app.settle().await;
        assert_eq!(told(&shop, &sink)[1].claims.get("auth_code"), Some(&Value::Null));
        assert_eq!(house.codes_kept().await, 0);
        house.app.finish().await;
    }

    async fn a_code_is_kept_as_long_as_results_can_be_fetched(db: Db) {
        let house = House::build(TestApp::builder(db), &[], |config| config.result_minutes = 30, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        assert_eq!(kept_after_sweep(&house).await, 1);
        house.later(1_799);
        assert_eq!(kept_after_sweep(&house).await, 1);
        let result = shop.result(&asked).await.assert_status(200);
        assert_eq!(shop.open(&result.text)["status"], "COMPLETED");
        house.later(1);
        assert_eq!(kept_after_sweep(&house).await, 0);
        house.app.finish().await;
    }
}
