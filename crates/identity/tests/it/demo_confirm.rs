//! Where `identity.confirm_without_device` holds: the plain calls with two fields and with one.

use hanok_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use crate::kit::House;

async fn demo(db: hanok_db::Db) -> House {
    House::build(
        TestApp::builder(db),
        &[],
        |config| config.confirm_without_device = true,
        |_| {},
    )
    .await
}

async fn post(house: &House, path: &str, body: Value) -> Answer {
    house
        .app
        .client()
        .post(&format!("/api/v1/auth/{path}"))
        .json(body)
        .await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn in_the_demo_id_and_pin_are_enough(db: Db) {
        let house = demo(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let body = json!({ "transaction_id": asked.id, "pin_code": person.pin });
        let done = post(&house, "confirm/", body.clone()).await.assert_status(200);
        assert_eq!(done.body, json!({ "status": "COMPLETED" }));
        post(&house, "api/confirm/", body).await.assert_problem(400, "already_processed");
        let lines = house.app.audit_of("AUTH_COMPLETED").await;
        assert_eq!(lines[0].actor, Some(person.id.uuid()), "the transaction's account is meant");
        house.app.finish().await;
    }

    async fn in_the_demo_a_wrong_pin_and_a_wrong_number_end_the_request_as_well(db: Db) {
        let house = demo(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        let body = json!({ "transaction_id": asked.id, "pin_code": "135792" });
        post(&house, "confirm", body.clone()).await.assert_problem(401, "invalid_pin");
        post(&house, "confirm", body).await.assert_problem(400, "already_processed");
        let asked = shop.ask(&person).await;
        let body = json!({ "transaction_id": asked.id, "pin_code": person.pin, "binding_code": asked.other_number() });
        post(&house, "confirm", body).await.assert_problem(400, "binding_mismatch");
        assert_eq!(house.stands(&asked).await.0, "FAILED");
        house.app.finish().await;
    }

    async fn in_the_demo_the_id_is_enough_to_say_no(db: Db) {
        let house = demo(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let body = json!({ "transaction_id": asked.id });
        let denied = post(&house, "deny", body).await.assert_status(200);
        assert_eq!(denied.body, json!({ "status": "FAILED" }));
        assert_eq!(shop.status(&asked).await.body["failure_reason"], "denied");
        house.app.finish().await;
    }

    async fn in_the_demo_as_well_a_phone_confirms_only_what_is_its_own(db: Db) {
        let house = demo(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let ((person, own), (other, phone)) = (house.paired("haneul").await, house.paired("bada").await);
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &other.pin).await.assert_problem(404, "unknown_transaction");
        house.confirm(&own, &asked, &person.pin).await.assert_status(200);
        house.app.client().get("/api/v1/auth/pending").await.assert_problem(401, "unauthorized");
        house.app.finish().await;
    }
}
