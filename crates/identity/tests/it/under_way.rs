//! What happens between the two units of a confirm, while its PIN is being hashed.

use std::future::IntoFuture;

use hanok_accounts::account::AccountStatus;
use hanok_accounts::hash::{Answer as HashAnswer, Verdict};
use hanok_testkit::{Answer, Phone, TestApp};
use hanok_web::Ctx;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::kit::{Asked, House};

const WRONG: &str = "135792";

/// A house whose only hashing thread takes a few milliseconds for each hash.
async fn slow_house(db: hanok_db::Db) -> House {
    let builder = TestApp::builder(db).hash_pool(1, 10_000);
    let builder = builder.config(|settings| settings.accounts.argon2_memory_kib = 4_096);
    House::build(builder, &[], |_| {}, |_| {}).await
}

/// Work before every later hash: half a minute of it, left out as soon as nobody waits for it any more.
fn hold_hashes(house: &House) -> Vec<HashAnswer<Verdict>> {
    let hashes = &house.app.accounts.hashes;
    (0..5_000)
        .map(|_| hashes.reserve().unwrap().verify_dummy(b"000000"))
        .collect()
}

/// A confirm whose attempt is counted and whose hash waits.
async fn under_way(house: &House, phone: &Phone, asked: &Asked, pin: &str) -> JoinHandle<Answer> {
    let body = json!({ "transaction_id": asked.id, "pin_code": pin, "binding_code": asked.number });
    let call = tokio::spawn(phone.post("/api/v1/auth/confirm").json(body).into_future());
    while house.stands(asked).await.2 == 0 {
        assert!(!call.is_finished(), "it was to wait: {:?}", call.await);
        tokio::task::yield_now().await;
    }
    call
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_request_that_expires_while_its_pin_is_hashed_is_lost(db: Db) {
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, &person.pin).await;
        house.later(180);
        drop(held);
        confirm.await.unwrap().assert_problem(400, "transaction_expired");
        assert_eq!(shop.status(&asked).await.body["status"], "EXPIRED");
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
        assert_eq!(house.count("SELECT COUNT(*) FROM callback_delivery WHERE code IS NOT NULL").await, 0);
        house.app.finish().await;
    }

    async fn a_wrong_pin_of_a_request_that_expires_meanwhile_is_a_wrong_pin(db: Db) {
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, WRONG).await;
        house.later(180);
        drop(held);
        confirm.await.unwrap().assert_problem(401, "invalid_pin");
        assert_eq!(shop.status(&asked).await.body["status"], "EXPIRED");
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
        house.app.finish().await;
    }

    async fn a_request_that_ends_otherwise_while_its_pin_is_hashed_is_not_completed(db: Db) {
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let denied = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &denied, &person.pin).await;
        let body = json!({ "transaction_id": denied.id });
        phone.post("/api/v1/auth/deny").json(body).await.assert_status(200);
        drop(held);
        confirm.await.unwrap().assert_problem(400, "already_processed");
        let superseded = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &superseded, &person.pin).await;
        let next = shop.ask(&person).await;
        drop(held);
        confirm.await.unwrap().assert_problem(400, "already_processed");
        assert_eq!(house.stands(&denied).await.1.as_deref(), Some("denied"));
        assert_eq!(house.stands(&superseded).await.1.as_deref(), Some("superseded"));
        house.confirm(&phone, &next, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_phone_that_is_revoked_while_the_pin_is_hashed_confirms_nothing(db: Db) {
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, &person.pin).await;
        let mine = house.app.client().of(&person);
        mine.delete(&format!("/api/v1/me/devices/{}", phone.device_id())).await.assert_status(204);
        drop(held);
        confirm.await.unwrap().assert_problem(401, "invalid_device");
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 1));
        house.app.finish().await;
    }

    async fn an_account_that_changes_while_its_pin_is_hashed_confirms_nothing(db: Db) {
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, &person.pin).await;
        house.app.grant(person.id, "manager").await;
        drop(held);
        confirm.await.unwrap().assert_problem(400, "already_processed");
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, &person.pin).await;
        let ctx = Ctx::program("tests", house.app.clock.now());
        house.app.accounts.set_status(&ctx, person.id, AccountStatus::Locked).await.unwrap();
        drop(held);
        confirm.await.unwrap().assert_problem(423, "account_locked");
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 1));
        house.app.finish().await;
    }

    async fn a_provider_that_is_switched_off_while_the_pin_is_hashed_gets_nothing(db: Db) {
        const OFF: &str = "UPDATE service_provider SET active = FALSE";
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, &person.pin).await;
        house.app.db.write(async |tx| tx.execute(OFF, &[]).await).await?;
        drop(held);
        confirm.await.unwrap().assert_problem(400, "already_processed");
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 1));
        house.app.finish().await;
    }

    async fn while_five_guesses_are_under_way_a_sixth_waits_and_costs_nothing(db: Db) {
        let house = slow_house(db).await;
        let (person, phone) = house.paired("haneul").await;
        let mut asked = Vec::new();
        for number in 0..6 {
            let settings = json!({ "delivery": "poll", "site_code": format!("SHOP-{number}") });
            asked.push(house.provider(&format!("Shop {number}"), settings).await.ask(&person).await);
        }
        let held = hold_hashes(&house);
        let mut guesses = Vec::new();
        for one in &asked[..5] {
            guesses.push(under_way(&house, &phone, one, WRONG).await);
        }
        let busy = house.confirm(&phone, &asked[5], &person.pin).await.assert_problem(503, "busy");
        assert!(busy.retry_after().is_some());
        assert_eq!(house.stands(&asked[5]).await, ("PENDING".to_owned(), None, 0));
        drop(held);
        for guess in guesses {
            guess.await.unwrap().assert_problem(401, "invalid_pin");
        }
        assert_eq!(house.stands(&asked[5]).await.0, "FAILED", "the fifth locked");
        house.app.finish().await;
    }

    async fn a_second_confirm_of_a_request_under_way_is_refused_at_once(db: Db) {
        let house = slow_house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let held = hold_hashes(&house);
        let confirm = under_way(&house, &phone, &asked, &person.pin).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        assert_eq!(house.count("SELECT CAST(SUM(pin_failures) AS BIGINT) FROM account").await, 1, "rolled back");
        drop(held);
        confirm.await.unwrap().assert_status(200);
        house.app.finish().await;
    }
}
