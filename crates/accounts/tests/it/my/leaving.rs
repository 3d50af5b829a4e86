//! Taking one's data along, and closing one's account.

use std::time::Duration;

use hanok_db::params;
use hanok_testkit::{PASSWORD, TestApp};
use serde_json::json;

use super::{assert_leads, assert_shows, confirm, page, signed_in};

const CLOSE: &str = "/account/privacy/close";

async fn close(app: &TestApp, name: &str) {
    let browser = signed_in(app, name).await;
    confirm(&browser).await;
    let sent = browser.post(CLOSE, &[("username", name)]).await;
    assert_leads(&sent, "/login");
}

async fn status(app: &TestApp, sql: &'static str, id: uuid::Uuid) -> String {
    let read = app.db.read::<_, hanok_db::DbError, _>(async move |conn| {
        conn.one::<String>(sql, params![id]).await
    });
    read.await.unwrap()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn my_data_is_taken_along_after_the_password_and_on_the_record(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").birthdate("1990-02-03").await;
        let browser = signed_in(&app, "haneul").await;
        app.clock.advance(Duration::from_mins(5));
        let asked = browser.get("/account/privacy/download").await;
        assert_leads(&asked, "/account/confirm?next=/account/privacy/download");
        confirm(&browser).await;
        let sent = browser.get("/account/privacy/download").await.assert_status(200);
        assert_eq!(sent.header("content-type"), "application/zip");
        assert_eq!(sent.header("cache-control"), "no-store");
        assert!(sent.header("content-disposition").contains(".zip"));
        assert!(sent.text.starts_with("PK"), "{}", sent.text.len());
        assert!(sent.text.contains("account.json") && sent.text.contains("records.json"));
        let rows = app.audit_of("DATA_EXPORT").await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].subject, &rows[0].details), (Some(haneul.id.uuid()), &json!({ "export": "my_data" })));
        app.finish().await;
    }

    async fn an_account_is_closed_at_once_and_erased_when_its_grace_is_over(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").name("홍하늘별").verified_email("haneul@example.com").await;
        let id = haneul.id.uuid();
        let browser = signed_in(&app, "haneul").await;
        app.clock.advance(Duration::from_mins(5));
        assert_shows(&page(&browser, CLOSE).await, &["/account/confirm?next=/account/privacy/close"]);
        assert_leads(&browser.post(CLOSE, &[("username", "haneul")]).await, "/account/confirm?next=/account/privacy/close");
        confirm(&browser).await;
        let slip = browser.post(CLOSE, &[("username", "someone")]).await;
        assert_leads(&slip, CLOSE);
        let sent = browser.post(CLOSE, &[("username", " Haneul ")]).await;
        assert_leads(&sent, "/login");
        assert_leads(&browser.get("/account").await, "/login?next=%2Faccount");
        app.client().of(&haneul).get("/api/v1/me").await.assert_status(401);
        app.sign_in("haneul", PASSWORD).await.assert_problem(403, "account_disabled");
        assert!(app.mail().await.iter().any(|letter| letter.subject.contains("계정을 닫았습니다")));
        app.clock.advance(Duration::from_hours(7 * 24 - 1));
        app.run_schedules().await;
        assert_eq!(status(&app, "SELECT username FROM account WHERE id = $1", id).await, "haneul");
        app.clock.advance(Duration::from_hours(1));
        app.run_schedules().await;
        let name = status(&app, "SELECT name FROM account WHERE id = $1", id).await;
        assert_eq!(name, format!("closed-{}", haneul.id.uuid().simple()));
        for table in ["session", "device", "account_ci", "password_history", "account_lookup", "mail_message"] {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE account_id = $1");
            let left = app.db.read::<_, hanok_db::DbError, _>(async move |conn| conn.one::<i64>(&sql, params![id]).await).await?;
            assert_eq!(left, 0, "{table}");
        }
        app.sign_in("haneul", PASSWORD).await.assert_problem(401, "invalid_credentials");
        assert_eq!(app.scan_for(&["홍하늘별"]).await, Vec::<String>::new());
        let by_hand = app.audit().await.iter().filter(|row| row.origin == "database").count();
        assert_eq!(by_hand, 0, "the database took none of it for hand-written");
        app.finish().await;
    }

    async fn a_name_and_a_number_are_free_again_when_an_account_is_erased(db: Db) {
        let app = TestApp::builder(db).start().await;
        let first = app.person("haneul").phone("010-4829-7316").await;
        close(&app, "haneul").await;
        app.clock.advance(Duration::from_hours(7 * 24));
        app.run_schedules().await;
        let second = app.person("haneul").phone("010-4829-7316").await;
        assert_ne!(first.id, second.id);
        app.finish().await;
    }

    async fn an_account_that_cannot_be_erased_keeps_no_other_from_being_erased(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (stuck, next) = (app.person("haneul").await, app.person("nuri").await);
        close(&app, "haneul").await;
        app.clock.advance(Duration::from_mins(1));
        close(&app, "nuri").await;
        // Somebody has the name that would be left of the first.
        app.person(&format!("closed-{}", stuck.id.uuid().simple())).signed_out().await;
        app.clock.advance(Duration::from_hours(7 * 24));
        app.run_schedules().await;
        let name = "SELECT username FROM account WHERE id = $1";
        assert_eq!(status(&app, name, stuck.id.uuid()).await, "haneul");
        assert_eq!(status(&app, name, next.id.uuid()).await, format!("closed-{}", next.id.uuid().simple()));
        app.finish().await;
    }

    async fn the_last_super_admin_stays(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("chief").roles(&["super_admin"]).await;
        let browser = signed_in(&app, "chief").await;
        confirm(&browser).await;
        let sent = browser.post(CLOSE, &[("username", "chief")]).await;
        assert_leads(&sent, CLOSE);
        page(&browser, "/account").await;
        assert_eq!(app.audit_of("PERMISSION_DENIED").await.len(), 1);
        app.finish().await;
    }
}
