//! Five wrong PINs lock; what the lock ends, how long failures count, and what lifts it.

use hanok_testkit::{Answer, Person, Phone};
use serde_json::json;

use crate::kit::{Asked, House, Shop};

const WRONG: &str = "135792";
const COUNT: &str = "SELECT CAST(SUM(pin_failures) AS BIGINT) FROM account";

/// So many shops, each of another company, that have asked for this person.
async fn asked_by(house: &House, person: &Person, shops: u32) -> Vec<(Shop, Asked)> {
    let mut all = Vec::new();
    for number in 0..shops {
        let settings = json!({ "delivery": "poll", "site_code": format!("SHOP-{number}") });
        let shop = house.provider(&format!("Shop {number}"), settings).await;
        let asked = shop.ask(person).await;
        all.push((shop, asked));
    }
    all
}

/// Gives a wrong PIN for each.
async fn fail(house: &House, phone: &Phone, asked: &[(Shop, Asked)]) {
    for (_, asked) in asked {
        house
            .confirm(phone, asked, WRONG)
            .await
            .assert_problem(401, "invalid_pin");
    }
}

/// Proves the number again, as the person: a code goes to it and comes back.
async fn prove_phone(house: &House, person: &Person) -> Answer {
    let client = house.app.client().of(person);
    let body = json!({ "phone_number": person.phone });
    client
        .post("/api/v1/me/phone/")
        .json(body)
        .await
        .assert_status(202);
    let code = house.app.sms_code(&person.phone).await;
    client
        .post("/api/v1/me/phone/verify/")
        .json(json!({ "code": code }))
        .await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_fifth_wrong_pin_locks_and_ends_what_else_waits(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let (neighbour, _) = house.paired("bada").await;
        let shops = asked_by(&house, &person, 7).await;
        let beside = shops[0].0.ask(&neighbour).await;
        fail(&house, &phone, &shops[..4]).await;
        assert_eq!(house.stands(&shops[5].1).await.0, "PENDING");
        fail(&house, &phone, &shops[4..5]).await;
        for (shop, asked) in &shops[5..] {
            let status = shop.status(asked).await.assert_status(200);
            let said = (&status.body["status"], &status.body["failure_reason"]);
            assert_eq!(said, (&json!("FAILED"), &json!("not_confirmed")));
            house.confirm(&phone, asked, &person.pin).await.assert_problem(400, "already_processed");
        }
        assert_eq!(house.stands(&beside).await.0, "PENDING", "another person's request waits on");
        house.app.finish().await;
    }

    async fn with_a_locked_pin_a_person_is_asked_and_cannot_confirm_but_deny(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 5).await;
        fail(&house, &phone, &shops).await;
        let asked = shops[0].0.ask(&person).await;
        let before = house.app.accounts.hashes.hashes();
        for _ in 0..2 {
            house.confirm(&phone, &asked, &person.pin).await.assert_problem(423, "account_locked");
        }
        house.confirm_by_session(&person, &asked).await.assert_problem(403, "device_required");
        assert_eq!(house.app.accounts.hashes.hashes(), before, "nothing was hashed");
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        let body = json!({ "transaction_id": asked.id });
        phone.post("/api/v1/auth/deny").json(body).await.assert_status(200);
        house.app.finish().await;
    }

    async fn four_wrong_pins_are_forgotten_ten_minutes_after_the_first(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 4).await;
        for one in &shops {
            fail(&house, &phone, std::slice::from_ref(one)).await;
            house.later(40);
        }
        assert_eq!(house.count(COUNT).await, 4);
        house.later(600 - 160);
        let (shop, _) = &shops[0];
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, WRONG).await.assert_problem(401, "invalid_pin");
        assert_eq!(house.count(COUNT).await, 1, "counted anew");
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_fifth_wrong_pin_within_the_ten_minutes_locks(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 4).await;
        fail(&house, &phone, &shops).await;
        house.later(599);
        let (shop, _) = &shops[0];
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, WRONG).await.assert_problem(401, "invalid_pin");
        house.later(86_400);
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(423, "account_locked");
        house.app.finish().await;
    }

    async fn the_right_pin_forgets_the_wrong_ones(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 9).await;
        fail(&house, &phone, &shops[..4]).await;
        house.confirm(&phone, &shops[4].1, &person.pin).await.assert_status(200);
        assert_eq!(house.count(COUNT).await, 0);
        fail(&house, &phone, &shops[5..]).await;
        assert_eq!(house.count("SELECT COUNT(*) FROM account WHERE pin_locked_at IS NOT NULL").await, 0);
        house.app.finish().await;
    }

    async fn wrong_pins_given_to_change_it_count_as_well(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 4).await;
        fail(&house, &phone, &shops).await;
        house.later(301);
        let body = json!({ "pin_code": "730461", "current_pin": WRONG });
        let change = house.app.client().of(&person).put("/api/v1/me/pin").json(body).await;
        change.assert_problem(401, "invalid_pin");
        let asked = shops[0].0.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(423, "account_locked");
        house.app.finish().await;
    }

    async fn proving_the_phone_again_lifts_the_lock(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 5).await;
        fail(&house, &phone, &shops).await;
        prove_phone(&house, &person).await.assert_status(204);
        assert_eq!(house.count(COUNT).await, 0);
        let asked = shops[0].0.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        for action in ["ACCOUNT_LOCKED", "ACCOUNT_UNLOCKED"] {
            let lines = house.app.audit_of(action).await;
            assert_eq!(lines.len(), 1, "{action}");
            assert_eq!((lines[0].subject, &lines[0].details["lock"]), (Some(person.id.uuid()), &json!("pin")));
        }
        house.app.finish().await;
    }

    async fn an_administrator_lifts_the_lock(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let shops = asked_by(&house, &person, 5).await;
        fail(&house, &phone, &shops).await;
        let ctx = hanok_web::Ctx::program("tests", house.app.clock.now());
        assert!(house.app.accounts.unlock(&ctx, person.id).await.unwrap());
        let asked = shops[0].0.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }
}
