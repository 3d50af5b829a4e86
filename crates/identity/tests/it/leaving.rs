//! What identity keeps of a person: what they take along, what goes with their account, and what stays for a while.

use std::time::Duration;

use hanok_accounts::App;
use hanok_accounts::detection::AlertKind;
use hanok_db::{Db, DbError, Tx, params};
use hanok_events::{dead_letters, replay};
use hanok_identity::IdentityApp;
use hanok_testkit::{Browser, Person, Reply, Sink, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

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

/// The person has left, and their grace is over.
async fn erase(house: &House, person: &Person) {
    close(house, person).await;
    house.app.clock.advance(Duration::from_hours(7 * 24));
    house.app.run_schedules().await;
}

/// How many DIs and CIs of this person there are.
async fn known_of(house: &House, person: &Person) -> (i64, i64) {
    const SQL: &str = "SELECT (SELECT COUNT(*) FROM provider_subject WHERE account_id = $1), \
        (SELECT COUNT(*) FROM account_ci WHERE account_id = $1)";
    let id = person.id;
    let read = house
        .app
        .db
        .read::<_, DbError, _>(async move |conn| conn.one(SQL, params![id]).await);
    read.await.unwrap()
}

/// Somebody replays every dead letter, as `/admin/system` and `hanok events replay` do.
async fn replay_letters(house: &House) -> usize {
    let now = house.app.clock.now();
    let unit = async move |tx: &mut Tx| {
        let letters = dead_letters(tx, None, 10).await?;
        for letter in &letters {
            replay(tx, letter.id, now).await?;
        }
        Ok::<_, DbError>(letters.len())
    };
    let count = house.app.db.write(unit).await.unwrap();
    house.app.settle().await;
    count
}

/// What a person of an older release left behind: a DI, a CI and the index of their number.
async fn leave_behind(db: &Db, person: &Person) {
    const DI: &str = "INSERT INTO provider_subject (id, account_id, site_code, di, created_at) \
        VALUES ($1, $2, 'OLD', $3, 1)";
    const CI: &str = "INSERT INTO account_ci (id, account_id, version, ci, synthetic, created_at) \
        VALUES ($1, $2, 1, $3, TRUE, 1)";
    const PHONE: &str = "UPDATE auth_transaction SET phone_index = $2 WHERE account_id = $1";
    let (account, id) = (person.id, Uuid::from_u128(7));
    let unit = async move |tx: &mut Tx| {
        let kept = [7_u8; 32];
        tx.execute(DI, params![id, account, kept]).await?;
        tx.execute(CI, params![id, account, kept]).await?;
        tx.execute(PHONE, params![account, kept]).await
    };
    assert!(db.write::<_, DbError, _>(unit).await.unwrap() > 0);
}

/// Of each request whose it is, the index of the number, and what was said.
async fn traces(house: &House) -> Vec<(Uuid, Vec<u8>, Option<String>, String)> {
    house
        .rows("SELECT account_id, phone_index, binding_message, status FROM auth_transaction ORDER BY created_at, id")
        .await
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
        assert_eq!(told["truncated"], json!(false));
        house.app.finish().await;
    }

    async fn an_erased_accounts_requests_stay_five_years(db: Db) {
        let sink = Sink::start().await;
        let house = House::build(TestApp::builder(db), &[&sink], |_| {}, |_| {}).await;
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

    async fn an_erased_person_is_told_to_nobody_whoever_replays_what_was_given_up(db: Db) {
        let sink = Sink::start().await;
        let brief = |config: &mut hanok_identity::IdentityConfig| config.callback_max_age_hours = 1;
        let house = House::build(TestApp::builder(db), &[&sink], brief, |_| {}).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer(Reply::Status(500));
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        house.app.clock.advance(Duration::from_hours(2));
        house.app.settle().await;
        assert_eq!((house.delivery().await.state.as_str(), known_of(&house, &person).await), ("DEAD", (1, 1)));
        erase(&house, &person).await;
        house.app.settle().await;
        assert_eq!(known_of(&house, &person).await, (0, 0));
        let (tried, accesses) = (sink.received().len(), house.app.audit_of("CI_DI_ACCESS").await.len());
        sink.answer(Reply::Status(204));
        let admin = house.app.person("admin").roles(&["admin"]).without_phone().await;
        let client = house.app.client().of(&admin);
        let path = format!("/api/v1/providers/{}/deliveries", shop.id);
        let listed = client.get(&path).await.assert_status(200).body;
        assert_eq!((&listed["dead"], &listed["deliveries"][0]["last_error"]), (&json!(0), &json!("person_erased")));
        let one = listed["deliveries"][0]["id"].as_str().unwrap();
        let refused = client.post(&format!("{path}/{one}/replay")).await.assert_status(409);
        assert!(refused.body["detail"].as_str().unwrap().contains("지워진 사람"), "{}", refused.text);
        assert_eq!(client.post(&format!("{path}/replay")).await.assert_status(202).body["replayed"], 0);
        // As a delivery stands that an older release queued again.
        let unit = async |tx: &mut Tx| {
            tx.execute("UPDATE callback_delivery SET state = 'QUEUED', last_error = NULL", params![]).await
        };
        house.app.db.write::<_, DbError, _>(unit).await.unwrap();
        assert_eq!(replay_letters(&house).await, 1);
        let delivery = house.delivery().await;
        assert_eq!((delivery.state.as_str(), delivery.last_error.as_deref()), ("DEAD", Some("person_erased")));
        assert_eq!(replay_letters(&house).await, 0, "it is given up for good");
        assert_eq!((sink.received().len(), known_of(&house, &person).await), (tried, (0, 0)));
        assert_eq!(house.app.audit_of("CI_DI_ACCESS").await.len(), accesses);
        house.app.finish().await;
    }

    async fn no_request_of_an_erased_person_says_which_number_or_address_it_was(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (own, shop) = (sample.own().await, sample.provider("shop").await);
        let (person, stays) = (house.app.person("haneul").await, house.app.person("stays").await);
        let (gone, kept) = (person.id.uuid(), stays.id.uuid());
        sample.asked(own, Some(gone), sample.ago(4), Stands::Completed(1)).await;
        sample.asked(shop, Some(gone), sample.ago(3), Stands::Denied).await;
        sample.asked(own, Some(kept), sample.ago(2), Stands::Completed(1)).await;
        let unit = async |tx: &mut Tx| {
            tx.execute("UPDATE auth_transaction SET binding_message = '203.0.113.7'", params![]).await
        };
        assert_eq!(house.app.db.write::<_, DbError, _>(unit).await.unwrap(), 3);
        close(&house, &person).await;
        house.app.clock.advance(Duration::from_hours(7 * 24));
        sample.asked(shop, Some(gone), sample.now(), Stands::Pending).await;
        house.app.run_schedules().await;
        let left = traces(&house).await;
        assert_eq!(left.len(), 4);
        let said = |row: usize| (left[row].0, left[row].2.as_deref(), left[row].3.as_str());
        assert_eq!(said(0), (gone, None, "COMPLETED"), "from where the person signed in goes");
        assert_eq!(said(1), (gone, Some("203.0.113.7"), "FAILED"), "what the site said stays");
        assert_eq!(said(2), (kept, Some("203.0.113.7"), "COMPLETED"));
        assert_eq!(said(3), (gone, None, "FAILED"), "nobody is there to answer");
        for (whose, index, ..) in &left {
            assert_eq!(index.iter().all(|byte| *byte == 0), *whose == gone, "{index:?}");
        }
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn what_was_left_of_an_erased_person_goes_at_the_next_look(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let (stays, _) = house.paired("stays").await;
        house.completed(&shop, &person, &phone).await;
        erase(&house, &person).await;
        leave_behind(&house.app.db, &person).await;
        assert_eq!(known_of(&house, &person).await, (1, 1));
        house.app.clock.advance(Duration::from_hours(24));
        house.app.run_schedules().await;
        assert_eq!(known_of(&house, &person).await, (0, 0));
        assert!(traces(&house).await.iter().all(|row| row.1 == [0; 32]));
        let again = || async {
            let rows = house.app.audit_of("USER_INFO_UPDATE").await;
            let of_identity = json!({ "erased": true, "app": "identity" });
            rows.iter().filter(|row| row.details == of_identity).map(|row| row.subject).collect::<Vec<_>>()
        };
        assert_eq!(again().await, [Some(person.id.uuid())]);
        house.app.clock.advance(Duration::from_hours(24));
        house.app.run_schedules().await;
        assert_eq!(again().await.len(), 1, "where nothing is left nothing is written");
        assert!(shop.request(&stays.phone).await.assert_status(201).body["transaction_id"].is_string());
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
