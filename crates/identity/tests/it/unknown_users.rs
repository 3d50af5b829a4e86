//! Numbers that nobody has, and what a provider may learn of them.

use std::collections::BTreeSet;

use hanok_accounts::account::AccountStatus;
use hanok_testkit::{Answer, Person, Sink, TestApp};
use hanok_web::Ctx;
use serde_json::json;

use crate::kit::{Asked, House, Shop};

const NOBODYS: &str = "010-9999-0000";

/// A provider that may not know which numbers are known, told at `sink`.
async fn discreet(house: &House, sink: &Sink) -> Shop {
    house
        .provider(
            "A 쇼핑몰",
            json!({ "callback_url": sink.url("/callback"), "hide_unknown_users": true }),
        )
        .await
}

async fn set_status(house: &House, person: &Person, status: AccountStatus) {
    let ctx = Ctx::program("tests", house.app.clock.now());
    house
        .app
        .accounts
        .set_status(&ctx, person.id, status)
        .await
        .unwrap();
}

/// The names of an answer's fields.
fn shape(answer: &Answer) -> BTreeSet<String> {
    answer.body.as_object().unwrap().keys().cloned().collect()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_number_that_nobody_has_proven_is_unknown(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let unproven = house.app.person("unproven").unproven().await;
        let gone = house.app.person("gone").await;
        set_status(&house, &gone, AccountStatus::Disabled).await;
        for phone in [NOBODYS, &unproven.phone, &gone.phone] {
            shop.request(phone).await.assert_problem(404, "unknown_user");
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM auth_transaction").await, 0);
        house.app.finish().await;
    }

    async fn a_locked_account_is_asked_like_any_other(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        set_status(&house, &person, AccountStatus::Locked).await;
        shop.request(&person.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn a_provider_that_may_not_know_is_answered_alike_for_every_number(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = discreet(&house, &sink).await;
        let person = house.app.person("haneul").await;
        let (real, decoy) = (shop.request(&person.phone).await, shop.request(NOBODYS).await);
        let answers = [&real, &decoy];
        assert!(answers.iter().all(|answer| answer.status == 201));
        assert_eq!(shape(&real), shape(&decoy));
        let both = answers.map(Asked::new);
        let mut seen = Vec::new();
        for asked in &both {
            let status = shop.status(asked).await.assert_status(200);
            assert_eq!(status.body["status"], "PENDING");
            shop.result(asked).await.assert_problem(400, "not_completed");
            seen.push(shape(&status));
        }
        assert_eq!(seen[0], seen[1]);
        house.later(180);
        for asked in &both {
            assert_eq!(shop.status(asked).await.body["status"], "EXPIRED");
            let claims = shop.open(&shop.result(asked).await.assert_status(200).text);
            assert_eq!((&claims["status"], &claims["jti"]), (&json!("EXPIRED"), &json!(asked.id)));
        }
        house.app.finish().await;
    }

    async fn a_provider_that_may_not_know_is_told_alike_of_every_end(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = discreet(&house, &sink).await;
        let person = house.app.person("haneul").await;
        let mut asked = BTreeSet::new();
        for phone in [&person.phone, NOBODYS] {
            for _ in 0..2 {
                asked.insert(Asked::new(&shop.request(phone).await).id);
                house.later(1);
            }
        }
        house.later(180);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 2);
        house.app.settle().await;
        let told = sink.received().iter().map(|delivery| shop.open(&delivery.body)).collect::<Vec<_>>();
        let jtis: BTreeSet<String> = told.iter().map(|claims| claims["jti"].as_str().unwrap().to_owned()).collect();
        assert_eq!((told.len(), jtis), (4, asked), "a superseded and an expired one of each number");
        let shapes: BTreeSet<(String, Vec<String>)> = told.iter().map(|claims| {
            let names = claims.as_object().unwrap().keys().cloned().collect();
            (claims["status"].as_str().unwrap().to_owned(), names)
        }).collect();
        assert_eq!(shapes.len(), 2, "{shapes:?}");
        house.app.finish().await;
    }

    async fn nobody_can_confirm_for_a_number_that_nobody_has(db: Db) {
        let sink = Sink::start().await;
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[&sink], |config| config.confirm_without_device = true, |_| {}).await;
        let shop = discreet(&house, &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let decoy = Asked::new(&shop.request(NOBODYS).await.assert_status(201));
        let body = json!({ "transaction_id": decoy.id, "pin_code": person.pin, "binding_code": decoy.number });
        house.app.client().post("/api/v1/auth/confirm").json(body).await.assert_problem(404, "unknown_transaction");
        house.confirm(&phone, &decoy, &person.pin).await.assert_problem(404, "unknown_transaction");
        let body = json!({ "transaction_id": decoy.id });
        house.app.client().post("/api/v1/auth/deny").json(body).await.assert_problem(404, "unknown_transaction");
        assert_eq!(house.stands(&decoy).await, ("PENDING".to_owned(), None, 0));
        assert_eq!(house.count("SELECT COUNT(*) FROM notification_log").await, 0);
        house.app.finish().await;
    }

    async fn a_number_that_nobody_has_is_limited_alike(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = discreet(&house, &sink).await;
        for _ in 0..5 {
            shop.request(NOBODYS).await.assert_status(201);
            house.later(60);
        }
        let refused = shop.request(NOBODYS).await.assert_problem(429, "too_many_requests_for_phone");
        assert_eq!(refused.retry_after(), Some(300));
        assert_eq!(house.count("SELECT COUNT(*) FROM auth_transaction WHERE status = 'PENDING'").await, 1);
        house.app.finish().await;
    }
}
