//! What people are told of requests: that one waits for them, and nothing once it has ended.

use std::sync::{Arc, Mutex};

use hanok_accounts::App;
use hanok_db::{Db, DbError, Tx};
use hanok_events::http::{GuardedClient, HttpPolicy};
use hanok_identity::{Identity, IdentityApp, IdentityParts};
use hanok_notifications::NotificationsApp;
use hanok_testkit::{Person, TestApp, section};
use serde_json::{Value, json};

use crate::kit::{House, notifications};
use crate::sign_in::Visitor;

/// A house with notifications.
async fn house(db: Db) -> House {
    let http = GuardedClient::new(HttpPolicy::default()).unwrap();
    let made: Mutex<Option<Identity>> = Mutex::default();
    let both = |accounts: &hanok_accounts::Accounts, _: &hanok_testkit::Kit| {
        let notifications = notifications(accounts);
        let identity = Identity::new(IdentityParts {
            accounts: accounts.clone(),
            notifications: notifications.clone(),
            config: section("identity"),
            http: http.clone(),
            demo: false,
        });
        made.lock().unwrap().get_or_insert(identity.clone());
        vec![
            Arc::new(NotificationsApp(notifications)) as Arc<dyn App>,
            Arc::new(IdentityApp(identity)),
        ]
    };
    let app = TestApp::builder(db).apps(both).start().await;
    let identity = made.lock().unwrap().take().unwrap();
    House { app, identity }
}

/// What somebody was told of requests, once everything is handled, and how much of it is unread. That their phone was
/// paired they are told too.
async fn told(house: &House, person: &Person) -> (Vec<Value>, usize) {
    house.app.settle().await;
    let client = house.app.client().of(person);
    let page = client.get("/api/v1/notifications").await.assert_status(200);
    let mut list = page.body["notifications"].as_array().unwrap().clone();
    list.retain(|one| one["type"] == "identity_request");
    let unread = list.iter().filter(|one| one["read"] == false).count();
    (list, unread)
}

async fn assert_nothing(house: &House, person: &Person) {
    assert_eq!(told(house, person).await, (Vec::new(), 0));
}

/// Hands every event of identity to its handler once more, as if it had not been.
async fn hear_again(house: &House) {
    const FORGET: &str = "DELETE FROM processed WHERE consumer = 'identity.notices'";
    const AGAIN: &str = "UPDATE outbox SET sent_at = NULL WHERE topic = 'domain_events'";
    house.app.settle().await;
    let unit = house.app.db.write::<_, DbError, _>(async |tx: &mut Tx| {
        let forgotten = tx.execute(FORGET, &[]).await?;
        tx.execute(AGAIN, &[]).await?;
        Ok(forgotten)
    });
    assert!(unit.await.unwrap() > 0, "nothing was handled");
    house.app.settle().await;
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_person_is_told_that_a_site_asks_until_they_have_answered(db: Db) {
        let house = house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let other = house.app.person("bada").await;
        let asked = shop.ask(&person).await;
        let (list, unread) = told(&house, &person).await;
        assert_eq!((list.len(), unread), (1, 1), "{list:?}");
        let one = &list[0];
        assert_eq!((&one["type"], &one["title"]), (&json!("identity_request"), &json!("A 쇼핑몰")));
        assert_eq!(one["path"], format!("/history/{}", asked.id));
        assert_eq!((&one["post_id"], &one["commenter"]), (&Value::Null, &Value::Null));
        assert_nothing(&house, &other).await;
        hear_again(&house).await;
        assert_eq!(told(&house, &person).await.1, 1, "heard twice, told once");
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        assert_nothing(&house, &person).await;
        hear_again(&house).await;
        assert_nothing(&house, &person).await;
        house.app.finish().await;
    }

    async fn it_goes_however_the_request_ends(db: Db) {
        let house = house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let denied = shop.ask(&person).await;
        assert_eq!(told(&house, &person).await.1, 1);
        let body = json!({ "transaction_id": denied.id });
        phone.post("/api/v1/auth/deny").json(body).await.assert_status(200);
        assert_nothing(&house, &person).await;
        let first = shop.ask(&person).await;
        assert_eq!(told(&house, &person).await.1, 1);
        let second = shop.ask(&person).await;
        let (list, unread) = told(&house, &person).await;
        assert_eq!((list.len(), unread, &list[0]["path"]), (1, 1, &json!(format!("/history/{}", second.id))), "{}", first.id);
        house.later(181);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
        assert_nothing(&house, &person).await;
        house.app.finish().await;
    }

    async fn nobody_is_told_of_what_waits_no_more_when_it_is_handled(db: Db) {
        let house = house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        shop.ask(&person).await;
        house.later(181);
        assert_nothing(&house, &person).await;
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
        assert_nothing(&house, &person).await;
        house.app.finish().await;
    }

    async fn what_was_read_stays_and_leads_to_how_it_ended(db: Db) {
        let house = house(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let id = told(&house, &person).await.0[0]["id"].as_str().unwrap().to_owned();
        let client = house.app.client().of(&person);
        client.post(&format!("/api/v1/notifications/{id}/read")).await.assert_status(204);
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let (list, unread) = told(&house, &person).await;
        assert_eq!((list.len(), unread, &list[0]["read"]), (1, 0, &json!(true)));
        house.app.finish().await;
    }

    async fn a_sign_in_to_hanok_itself_and_a_number_that_nobody_has_are_told_to_nobody(db: Db) {
        const TOLD: &str = "SELECT COUNT(*) FROM notification WHERE type = 'identity_request'";
        let house = house(db).await;
        let (person, _phone) = house.paired("haneul").await;
        Visitor::new(&house).ask("haneul").await;
        assert_nothing(&house, &person).await;
        let hides = house.provider("B 은행", json!({ "delivery": "poll", "hide_unknown_users": true })).await;
        hides.request("010-9999-0000").await.assert_status(201);
        house.app.settle().await;
        assert_eq!(house.rows::<i64>(TOLD).await, [0]);
        house.later(181);
        house.identity.expire_overdue().await.unwrap();
        house.app.settle().await;
        assert_eq!(house.rows::<i64>(TOLD).await, [0]);
        house.app.finish().await;
    }
}
