//! Alerts: what makes one, who is told, who takes note of it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::http::Method;
use axum::routing::get;
use hanok_accounts::detection::{AlertKind, Detection, Sighting};
use hanok_accounts::{Accounts, App};
use hanok_base::Timestamp;
use hanok_base::i18n::Locale;
use hanok_db::{DbError, MigrationSet, Tx, params};
use hanok_people::{People, PeopleApp, PeopleParts};
use hanok_testkit::{Client, Kit, PASSWORD, TestApp};
use hanok_web::{Access, Error, Routes};
use serde_json::{Value, json};

use crate::{app as house, signed_in};

const ALERTS: &str = "/api/v1/alerts";

/// An app of which two routes are broken.
struct Broken;

impl App for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn routes(&self) -> Routes {
        Routes::new()
            .undocumented(Method::GET, "/api/broken/{id}", get(faulty), Access::Public)
            .undocumented(
                Method::GET,
                "/api/other/{id}",
                get(otherwise_faulty),
                Access::Public,
            )
            .undocumented(
                Method::GET,
                "/api/panicking",
                get(panicking),
                Access::Public,
            )
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        [(Locale::Ko, ""), (Locale::En, "")]
    }
}

async fn faulty() -> Result<(), Error> {
    let what = "row 12 of 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a is gone";
    Err(Error::internal(what))
}

/// A fault of another kind for each id.
async fn otherwise_faulty(Path(id): Path<String>) -> Result<(), Error> {
    Err(Error::internal(format!("no {id} here")))
}

async fn panicking() {
    panic!("nobody expected `가나다`");
}

pub(crate) fn broken(_: &Accounts, _: &Kit) -> Vec<Arc<dyn App>> {
    vec![Arc::new(Broken)]
}

/// Accounts that are all tried at once, as many as there are kinds of letters.
fn tried(at: Timestamp) -> Vec<Sighting> {
    let seen = |n: u8| Sighting {
        kind: AlertKind::ManyAddresses,
        subject: format!("account {n}"),
        account: None,
        times: 5,
        at,
    };
    (0..8).map(seen).collect()
}

/// People that see eight accounts tried so long ago.
fn people_seeing(accounts: &Accounts, ago: Duration) -> Vec<Arc<dyn App>> {
    let detection = Detection {
        name: "test.tried",
        every: Duration::from_mins(1),
        look: Arc::new(move |now| Box::pin(async move { Ok(tried(now.minus(ago))) })),
    };
    let parts = PeopleParts {
        accounts: accounts.clone(),
        answered_people: None,
        approved_requests: None,
        owned_providers: None,
        key_warn_days: 90,
        detections: vec![detection],
    };
    vec![Arc::new(PeopleApp(People::new(parts)))]
}

fn flooded(accounts: &Accounts, _: &Kit) -> Vec<Arc<dyn App>> {
    people_seeing(accounts, Duration::ZERO)
}

fn late(accounts: &Accounts, _: &Kit) -> Vec<Arc<dyn App>> {
    people_seeing(accounts, Duration::from_hours(3))
}

async fn admin(app: &TestApp, name: &str, email: &str) -> Client {
    let person = app.person(name).roles(&["admin"]).without_phone();
    let person = person.verified_email(email).await;
    app.client().of(&person)
}

async fn open(client: &Client) -> Vec<Value> {
    let page = client.get(ALERTS).await.assert_status(200).body;
    page["alerts"].as_array().unwrap().clone()
}

async fn fails_four_times(app: &TestApp, name: &str) {
    app.person(name).signed_out().await;
    for _ in 0..4 {
        app.sign_in(name, "Wrong-pass-1").await.assert_status(401);
    }
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_fault_is_one_alert_and_one_letter_an_hour(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        let before = app.mail().await.len();
        for id in 1..=3 {
            let path = format!("/api/broken/{id}");
            app.client().get(&path).await.assert_problem(500, "internal");
        }
        let alerts = open(&desk).await;
        assert_eq!(alerts.len(), 1, "{alerts:#?}");
        assert_eq!((&alerts[0]["kind"], &alerts[0]["times"]), (&json!("server_error"), &json!(3)));
        let subject = alerts[0]["subject"].as_str().unwrap();
        assert_eq!(subject, "GET /api/broken/{id}: internal: row # of # is gone");
        let letters = app.mail().await;
        assert_eq!(letters.len(), before + 1);
        assert_eq!(letters[0].to, "desk@example.com");
        app.clock.advance(Duration::from_hours(1));
        app.client().get("/api/broken/4").await.assert_problem(500, "internal");
        assert_eq!(app.mail().await.len(), before + 2, "the next hour tells anew");
        app.finish().await;
    }

    async fn many_alerts_of_a_kind_are_one_letter_an_hour(db: Db) {
        let app = TestApp::builder(db).apps(flooded).start().await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        let before = app.mail().await.len();
        app.clock.advance(Duration::from_secs(61));
        app.run_schedules().await;
        assert_eq!(open(&desk).await.len(), 8);
        let letters = app.mail().await;
        assert_eq!(letters.len(), before + 1);
        assert!(letters[0].text.contains("이번 시간에는 메일을 보내지 않습니다"), "{}", letters[0].text);
        app.clock.advance(Duration::from_hours(1));
        app.run_schedules().await;
        assert_eq!(app.mail().await.len(), before + 2, "the next hour tells anew");
        app.finish().await;
    }

    async fn what_is_found_late_is_on_the_page_and_in_no_letter(db: Db) {
        let app = TestApp::builder(db).apps(late).start().await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        let before = app.mail().await.len();
        app.clock.advance(Duration::from_secs(61));
        app.run_schedules().await;
        assert_eq!(open(&desk).await.len(), 8);
        assert_eq!(app.mail().await.len(), before);
        app.finish().await;
    }

    async fn faults_of_ours_are_ten_letters_an_hour_and_the_last_one_says_so(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        let before = app.mail().await.len();
        for kind in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"] {
            let path = format!("/api/other/{kind}");
            app.client().get(&path).await.assert_problem(500, "internal");
        }
        assert_eq!(open(&desk).await.len(), 12);
        let letters = app.mail().await;
        let told: Vec<_> = letters.iter().take(letters.len() - before).collect();
        assert_eq!(told.len(), 10);
        let last = told.iter().filter(|letter| letter.text.contains("이번 시간에는 메일을 보내지 않습니다"));
        assert_eq!(last.count(), 1);
        app.finish().await;
    }

    async fn an_address_that_does_not_open_keeps_no_alert_from_being_made(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        let other = app.person("other").roles(&["admin"]).without_phone();
        let other = other.verified_email("other@example.com").await;
        let (id, held) = (other.id, app.db.read::<_, DbError, _>(async move |conn| {
            conn.one::<Vec<u8>>("SELECT email FROM account WHERE id = $1", params![other.id]).await
        }).await?);
        let put = async |bytes: Vec<u8>| {
            let set = app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
                tx.execute("UPDATE account SET email = $2 WHERE id = $1", params![id, bytes]).await
            });
            set.await.unwrap();
        };
        let mut spoilt = held.clone();
        *spoilt.last_mut().unwrap() ^= 1;
        put(spoilt).await;
        let before = app.mail().await.len();
        app.client().get("/api/broken/1").await.assert_problem(500, "internal");
        assert_eq!(open(&desk).await.len(), 1);
        let letters = app.mail().await;
        assert_eq!(letters.len(), before + 1);
        assert_eq!(letters[0].to, "desk@example.com");
        put(held).await;
        app.finish().await;
    }

    async fn a_panic_is_an_alert_too_and_an_ordinary_refusal_is_none(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        app.client().get("/api/v1/users").await.assert_status(401);
        app.client().get("/api/nothing/here").await.assert_status(404);
        assert_eq!(open(&desk).await, Vec::<Value>::new());
        app.client().get("/api/panicking").await.assert_problem(500, "internal");
        let alerts = open(&desk).await;
        // What a panic says may quote what somebody sent.
        assert_eq!(alerts[0]["subject"], "GET /api/panicking: internal: the handler panicked");
        app.finish().await;
    }

    async fn sign_ins_that_fail_too_fast_are_an_alert(db: Db) {
        let app = house(db).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        fails_four_times(&app, "ara").await;
        app.run_schedules().await;
        assert_eq!(open(&desk).await, Vec::<Value>::new());
        fails_four_times(&app, "bora").await;
        fails_four_times(&app, "chan").await;
        app.clock.advance(Duration::from_secs(61));
        app.run_schedules().await;
        let alerts = open(&desk).await;
        assert_eq!(alerts.len(), 1, "{alerts:#?}");
        assert_eq!(alerts[0]["kind"], "failed_sign_ins");
        assert_eq!(alerts[0]["times"], 12);
        let told = app.mail().await.len();
        app.clock.advance(Duration::from_secs(61));
        app.run_schedules().await;
        assert_eq!(app.mail().await.len(), told, "the same again is no news");
        app.finish().await;
    }

    async fn names_that_nobody_has_count_too_and_leave_one_row_a_minute(db: Db) {
        let app = crate::app_of(TestApp::builder(db)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        for n in 0..10 {
            app.sign_in(&format!("nobody{n}"), PASSWORD).await.assert_status(401);
        }
        app.clock.advance(Duration::from_secs(59));
        assert_eq!(app.audit_of("USER_LOGIN_FAILED").await.len(), 0);
        for n in 10..14 {
            app.sign_in(&format!("nobody{n}"), PASSWORD).await.assert_status(401);
        }
        let rows = app.audit_of("USER_LOGIN_FAILED").await;
        assert_eq!(rows.len(), 1, "{rows:#?}");
        assert_eq!((rows[0].subject, &rows[0].details), (None, &json!({ "more_than": 10, "seconds": 60 })));
        app.clock.advance(Duration::from_secs(61));
        app.run_schedules().await;
        let alerts = open(&desk).await;
        assert_eq!((alerts.len(), &alerts[0]["kind"]), (1, &json!("failed_sign_ins")));
        app.finish().await;
    }

    async fn tries_at_accounts_that_are_locked_count_too(db: Db) {
        let app = crate::app_of(TestApp::builder(db)).await;
        for name in ["ara", "bora", "chan"] {
            app.person(name).signed_out().await;
            while app.sign_in(name, "Wrong-pass-1").await.status == 401 {}
        }
        let bursts = async || {
            let rows = app.audit_of("USER_LOGIN_FAILED").await;
            rows.iter().filter(|row| row.subject.is_none()).count()
        };
        let before = bursts().await;
        app.clock.advance(Duration::from_secs(121));
        for _ in 0..4 {
            for name in ["ara", "bora", "chan"] {
                app.sign_in(name, "Wrong-pass-1").await.assert_problem(423, "account_locked");
            }
        }
        assert_eq!(bursts().await, before + 1);
        app.settle().await;
        app.finish().await;
    }

    async fn who_takes_note_of_an_alert_is_on_the_record(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        let other = admin(&app, "other", "other@example.com").await;
        app.client().get("/api/broken/1").await.assert_status(500);
        let id = open(&desk).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("{ALERTS}/{id}/acknowledge");
        let long = json!({ "note": "가".repeat(201) });
        desk.post(&path).json(long).await.assert_field("/note", "too_long");
        let noted = desk.post(&path).json(json!({ "note": "고쳤음" })).await.assert_status(200).body;
        assert_eq!(noted["note"], "고쳤음");
        other.post(&path).await.assert_problem(409, "conflict");
        assert_eq!(open(&desk).await, Vec::<Value>::new());
        let all = desk.get("/api/v1/alerts?state=all").await.assert_status(200).body;
        assert_eq!(all["pagination"]["total"], 1);
        let one = desk.get(&format!("{ALERTS}/{id}")).await.assert_status(200).body;
        assert!(one["acknowledged_at"].is_string(), "{one}");
        let rows = app.audit_of("ADMIN_ACTION").await;
        let row = rows.iter().find(|row| row.details == json!({ "acknowledged": "server_error" }));
        assert_eq!(row.and_then(|row| row.target.clone()).unwrap().0, "alert");
        let nobody = format!("{ALERTS}/{}/acknowledge", uuid::Uuid::from_u128(7));
        desk.post(&nobody).await.assert_status(404);
        app.settle().await;
        app.finish().await;
    }

    async fn the_page_shows_them_and_takes_note(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        app.person("desk").roles(&["admin"]).without_phone().signed_out().await;
        app.person("ara").signed_out().await;
        let browser = signed_in(&app, "desk").await;
        let empty = browser.get("/admin/alerts").await.assert_status(200);
        assert!(empty.text.contains("확인할 경고가 없습니다"), "{}", empty.text);
        app.client().get("/api/broken/1").await.assert_status(500);
        let page = browser.get("/admin/alerts").await.assert_status(200).text;
        assert!(page.contains("GET /api/broken/{id}"), "{page}");
        let mut actions = page.split("action=\"").filter_map(|part| part.split('"').next());
        let path = actions.find(|path| path.ends_with("/acknowledge")).unwrap();
        let sent = browser.post(path, &[("note", "고쳐졌음"), ("next", "https://evil.example")]).await;
        crate::assert_leads(&sent, "/admin/alerts");
        let after = browser.get("/admin/alerts?state=acknowledged").await.assert_status(200).text;
        assert!(after.contains("고쳐졌음"), "{after}");
        browser.get("/admin/alerts?state=gone").await.assert_status(400);
        signed_in(&app, "ara").await.get("/admin/alerts").await.assert_status(403);
        app.settle().await;
        app.finish().await;
    }
}
