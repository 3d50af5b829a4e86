//! When a session without a phone may approve.

use hanok_testkit::{Person, TestApp};
use serde_json::json;

use crate::kit::House;

async fn give_password(house: &House, person: &Person) {
    let body = json!({ "password": person.password });
    house
        .app
        .client()
        .of(person)
        .post("/api/v1/me/password/confirm")
        .json(body)
        .await
        .assert_status(204);
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn without_a_paired_phone_a_fresh_session_confirms_and_denies(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        let asked = shop.ask(&person).await;
        let body = json!({ "transaction_id": asked.id });
        house.app.client().of(&person).post("/api/v1/auth/deny").json(body).await.assert_status(200);
        house.app.finish().await;
    }

    async fn thirty_minutes_after_the_password_it_is_asked_again(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        house.later(30 * 60 - 1);
        let asked = shop.ask(&person).await;
        house.later(1);
        house.confirm_by_session(&person, &asked).await.assert_problem(403, "device_required");
        let body = json!({ "transaction_id": asked.id });
        let deny = house.app.client().of(&person).post("/api/v1/auth/deny").json(body).await;
        deny.assert_problem(403, "device_required");
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        give_password(&house, &person).await;
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        house.app.finish().await;
    }

    async fn just_before_the_thirty_minutes_are_over_the_session_still_confirms(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        house.later(30 * 60 - 1);
        let asked = shop.ask(&person).await;
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        house.app.finish().await;
    }

    async fn with_a_paired_phone_only_the_phone_confirms(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let before = house.app.accounts.hashes.hashes();
        house.confirm_by_session(&person, &asked).await.assert_problem(403, "device_required");
        assert_eq!(house.app.accounts.hashes.hashes(), before);
        assert_eq!(house.stands(&asked).await, ("PENDING".to_owned(), None, 0));
        assert_eq!(house.count("SELECT CAST(SUM(pin_failures) AS BIGINT) FROM account").await, 0);
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn an_installation_may_let_sessions_confirm_beside_the_phone(db: Db) {
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[], |config| config.confirm_by_session = true, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, _phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        house.later(30 * 60);
        let asked = shop.ask(&person).await;
        house.confirm_by_session(&person, &asked).await.assert_problem(403, "device_required");
        house.app.finish().await;
    }

    async fn once_the_phone_is_revoked_the_session_confirms_again(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let mine = house.app.client().of(&person);
        mine.delete(&format!("/api/v1/me/devices/{}", phone.device_id())).await.assert_status(204);
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(401, "invalid_device");
        house.confirm_by_session(&person, &asked).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_session_that_ended_confirms_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        house.app.client().of(&person).post("/api/v1/auth/logout").json(json!({})).await;
        house.confirm_by_session(&person, &asked).await.assert_problem(401, "unauthorized");
        assert_eq!(house.stands(&asked).await.0, "PENDING");
        house.app.finish().await;
    }
}
