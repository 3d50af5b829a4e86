//! Alerts: what makes one, who is told, who takes note of it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::routing::get;
use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
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

async fn panicking() {
    panic!("nobody expected 7 of these");
}

fn broken(_: &Accounts, _: &Kit) -> Vec<Arc<dyn App>> {
    vec![Arc::new(Broken)]
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

    async fn a_panic_is_an_alert_too_and_an_ordinary_refusal_is_none(db: Db) {
        let app = crate::app_of(TestApp::builder(db).apps(broken)).await;
        let desk = admin(&app, "desk", "desk@example.com").await;
        app.client().get("/api/v1/users").await.assert_status(401);
        app.client().get("/api/nothing/here").await.assert_status(404);
        assert_eq!(open(&desk).await, Vec::<Value>::new());
        app.client().get("/api/panicking").await.assert_problem(500, "internal");
        let alerts = open(&desk).await;
        let subject = alerts[0]["subject"].as_str().unwrap();
        assert!(subject.contains("GET /api/panicking") && subject.contains("nobody expected # of these"), "{subject}");
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
