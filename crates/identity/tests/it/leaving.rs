//! What identity keeps of a person: what they take along, what goes with their account, and what stays for a while.

use std::time::Duration;

use hanok_accounts::App;
use hanok_accounts::detection::AlertKind;
use hanok_identity::IdentityApp;
use hanok_testkit::{Browser, Person, TestApp};
use serde_json::{Value, json};

use crate::kit::House;
use crate::sample::{Sample, Stands};

const YEAR: Duration = Duration::from_hours(366 * 24);

async fn close(house: &House, person: &Person) {
    let browser = Browser::new(&house.app);
    let (name, password) = (person.username.as_str(), person.password.as_str());
    let form = [("user_id", name), ("password", password)];
    browser.post("/login", &form).await.assert_status(302);
    let again = [("password", password)];
    let given = browser.post("/account/confirm", &again).await;
    given.assert_status(302);
    let typed = [("username", name)];
    let sent = browser.post("/account/privacy/close", &typed).await;
    assert_eq!(sent.header("location"), "/login");
}

/// How many rows of each of these tables there are.
async fn rows(house: &House) -> Vec<i64> {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM auth_transaction), (SELECT COUNT(*) FROM callback_delivery), \
        (SELECT COUNT(*) FROM callback_attempt), (SELECT COUNT(*) FROM notification_log), \
        (SELECT COUNT(*) FROM provider_subject)";
    let found: (i64, i64, i64, i64, i64) = house.rows(SQL).await.remove(0);
    vec![found.0, found.1, found.2, found.3, found.4]
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_person_takes_along_who_asked_and_what_became_of_it(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let (other, _) = house.paired("other").await;
        shop.ask(&other).await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        let parts = IdentityApp(house.identity.clone()).personal_data();
        assert_eq!(parts.iter().map(|part| part.file).collect::<Vec<_>>(), ["identity.json"]);
        let told = (parts[0].read)(person.id).await.unwrap();
        let listed = told["transactions"].as_array().unwrap();
        assert_eq!(listed.len(), 1, "{told:#}");
        let seen = |key: &str| listed[0][key].clone();
        assert_eq!((seen("transaction_id"), seen("status")), (json!(asked.id), json!("COMPLETED")));
        assert_eq!((seen("provider"), seen("failure_reason")), (json!("A 쇼핑몰"), Value::Null));
        house.app.finish().await;
    }

    async fn an_erased_accounts_requests_stay_five_years(db: Db) {
        // Brokers stamp what they carry with the real time: too old for a program whose clock has gone on by years.
        let builder = TestApp::builder(db).config(|settings| settings.events.processed_days = 7 * 366);
        let sink = hanok_testkit::Sink::start().await;
        let house = House::build(builder, &[&sink], |_| {}, |_| {}).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let (stays, stays_phone) = house.paired("stays").await;
        for (person, phone) in [(&person, &phone), (&stays, &stays_phone)] {
            let asked = shop.ask(person).await;
            house.confirm(phone, &asked, &person.pin).await.assert_status(200);
        }
        house.app.settle().await;
        assert_eq!(rows(&house).await, [2, 2, 2, 2, 2]);
        close(&house, &person).await;
        house.app.clock.advance(Duration::from_hours(7 * 24));
        house.app.run_schedules().await;
        let whose: Vec<(String,)> = house.rows("SELECT a.username FROM auth_transaction t \
            JOIN account a ON a.id = t.account_id ORDER BY a.username").await;
        assert_eq!(whose[0].0, format!("closed-{}", person.id.uuid().simple()));
        assert_eq!(rows(&house).await, [2, 2, 2, 2, 1], "the site's name of the person goes, the requests stay");
        house.app.clock.advance(4 * YEAR);
        house.app.run_schedules().await;
        assert_eq!(rows(&house).await[0], 2);
        house.app.clock.advance(YEAR);
        house.app.run_schedules().await;
        let left: Vec<(String,)> = house.rows("SELECT a.username FROM auth_transaction t \
            JOIN account a ON a.id = t.account_id").await;
        assert_eq!(left, [("stays".to_owned(),)], "who stays keeps theirs");
        assert_eq!(rows(&house).await[..2], [1, 1]);
        let records = house.app.audit_of("ADMIN_ACTION").await;
        let forgotten = json!({ "forgotten": "transactions", "count": 1 });
        assert!(records.iter().any(|row| row.details == forgotten), "{records:#?}");
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn who_fails_again_and_again_is_seen_by_the_look_for_it(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (shop, worst) = (sample.provider("shop").await, sample.person("worst").await);
        let looks = IdentityApp(house.identity.clone()).detections();
        let look = looks.iter().find(|look| look.name == "identity.failing_people").unwrap();
        assert_eq!((look.look)(sample.now()).await.unwrap(), []);
        for hours in [1, 2, 3] {
            sample.asked(shop, Some(worst), sample.ago(hours), Stands::Denied).await;
        }
        let seen = (look.look)(sample.now()).await.unwrap();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        let about = seen[0].account.map(hanok_base::Id::uuid);
        assert_eq!((seen[0].kind, about, seen[0].times), (AlertKind::FailingPerson, Some(worst), 3));
        house.app.finish().await;
    }
}
