//! The first start: its link, and what it makes.

use std::time::Duration;

use hanok_accounts::setup::SETUP_LIFE;
use hanok_testkit::{Answer, Browser, PASSWORD, Site, TestApp};
use hanok_web::Ctx;
use serde_json::json;

/// The path of a new link, code and all.
async fn link(app: &TestApp) -> String {
    let ctx = Ctx::program("hanok serve", app.clock.now());
    let link = app.accounts.setup_link(&ctx).await.unwrap().unwrap();
    let path = link.url.expose().strip_prefix(&app.accounts.origin);
    path.unwrap().to_owned()
}

fn code(link: &str) -> &str {
    link.split_once('=').unwrap().1
}

/// A form that is right, with some fields otherwise.
fn form<'a>(code: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fields = [
        ("code", code),
        ("organisation", "가온학교"),
        ("time_zone", "Asia/Tokyo"),
        ("language", "en"),
        ("name", "이도윤"),
        ("user_id", "doyun"),
        ("password", PASSWORD),
        ("password_confirm", PASSWORD),
    ];
    let fields = fields.into_iter().map(|(name, value)| {
        let changed = other.iter().find(|(changed, _)| *changed == name);
        (name, changed.map_or(value, |(_, value)| *value))
    });
    fields.collect()
}

async fn send(site: &Site, fields: &[(&str, &str)]) -> Answer {
    Browser::new(site).post("/setup", fields).await
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_link_makes_the_organisation_and_a_super_admin_who_is_signed_in(db: Db) {
        let app = TestApp::builder(db).start().await;
        let link = link(&app).await;
        let browser = Browser::new(&app);
        let page = browser.get(&link).await.assert_status(200);
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.text.contains("name=\"organisation\"") && page.text.contains("<option selected>Asia/Seoul"));
        let done = browser.post("/setup", &form(code(&link), &[])).await.assert_status(302);
        assert_eq!(done.header("location"), "/dashboard");
        let me = browser.get("/api/v1/me").await.assert_status(200).body;
        assert_eq!((&me["username"], &me["role"]), (&json!("doyun"), &json!("super_admin")));
        let facts = app.accounts.organisation.get();
        assert_eq!(facts.name.as_deref(), Some("가온학교"));
        assert_eq!(facts.zone.iana_name(), Some("Asia/Tokyo"));
        let front = Browser::new(&app).get("/").await.assert_status(200);
        assert!(front.text.contains("Welcome to 가온학교"));
        let rows: Vec<_> = app.audit_of("CONFIG_CHANGE").await.into_iter().map(|row| row.details).collect();
        assert_eq!(rows.len(), 2);
        assert!(rows.contains(&json!({ "setup": "link made" })));
        assert!(rows.contains(&json!({ "organisation": "made", "time_zone": "Asia/Tokyo" })));
        assert_eq!(app.scan_for(&[code(&link), PASSWORD]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn a_link_works_once_and_takes_every_other_one_with_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (one, other) = (link(&app).await, link(&app).await);
        let browser = Browser::new(&app);
        browser.get(&one).await.assert_status(200);
        send(&app, &form(code(&other), &[])).await.assert_status(302);
        for used in [&one, &other] {
            browser.get(used).await.assert_status(404);
            send(&app, &form(code(used), &[("user_id", "second")])).await.assert_status(404);
        }
        let ctx = Ctx::program("hanok serve", app.clock.now());
        assert!(app.accounts.setup_link(&ctx).await.unwrap().is_none());
        app.finish().await;
    }

    async fn of_two_at_once_one_wins(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (one, other) = (link(&app).await, link(&app).await);
        let (first, second) = (form(code(&one), &[]), form(code(&other), &[("user_id", "second")]));
        let (first, second) = tokio::join!(send(&app, &first), send(&app, &second));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [302, 404]);
        app.finish().await;
    }

    async fn without_a_code_that_counts_there_is_no_such_page(db: Db) {
        let app = TestApp::builder(db).start().await;
        let link = link(&app).await;
        for other in ["/setup", "/setup?code=", "/setup?code=nonsense"] {
            Browser::new(&app).get(other).await.assert_status(404);
        }
        send(&app, &form("nonsense", &[])).await.assert_status(404);
        app.clock.advance(SETUP_LIFE);
        Browser::new(&app).get(&link).await.assert_status(404);
        send(&app, &form(code(&link), &[])).await.assert_status(404);
        app.finish().await;
    }

    async fn a_super_admin_made_otherwise_ends_every_link(db: Db) {
        let app = TestApp::builder(db).start().await;
        let link = link(&app).await;
        app.person("seoyeon").roles(&["super_admin"]).await;
        Browser::new(&app).get(&link).await.assert_status(404);
        send(&app, &form(code(&link), &[])).await.assert_status(404);
        app.finish().await;
    }

    async fn what_was_wrong_is_told_at_its_field_and_the_link_counts_on(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("seoyeon").await;
        let link = link(&app).await;
        let browser = Browser::new(&app);
        let wrong = form(code(&link), &[("organisation", " "), ("time_zone", "Mars/Olympus"), ("password", "short")]);
        let back = browser.post("/setup", &wrong).await.assert_status(302);
        assert_eq!(back.header("location"), link);
        let page = browser.get(&link).await.assert_status(200).text;
        for there in ["organisation-error", "time_zone-error", "password-error", "password_confirm-error", "value=\"이도윤\"", "value=\"doyun\""] {
            assert!(page.contains(there), "{there}");
        }
        assert!(!page.contains("short"));
        browser.post("/setup", &form(code(&link), &[("user_id", "seoyeon")])).await.assert_status(302);
        assert!(browser.get(&link).await.text.contains("user_id-error"));
        assert!(app.accounts.organisation.get().name.is_none());
        browser.post("/setup", &form(code(&link), &[])).await.assert_status(302);
        browser.get("/dashboard").await.assert_status(200);
        app.finish().await;
    }

    async fn another_site_cannot_send_the_form(db: Db) {
        let app = TestApp::builder(db).start().await;
        let link = link(&app).await;
        let browser = Browser::new(&app);
        let call = browser.form("/setup", &form(code(&link), &[])).header("sec-fetch-site", "cross-site");
        browser.send(call).await.assert_status(403);
        app.finish().await;
    }

    async fn every_process_learns_of_the_organisation_within_seconds(db: Db) {
        let app = TestApp::builder(db.clone()).start().await;
        let other = TestApp::builder(db).beside(&app).start().await;
        let link = link(&app).await;
        // The other one serves the link that the first one printed.
        Browser::new(&other).get(&link).await.assert_status(200);
        send(&app, &form(code(&link), &[])).await.assert_status(302);
        app.clock.advance(Duration::from_secs(5));
        other.run_duties().await;
        let page = Browser::new(&other).get("/login").await.assert_status(200).text;
        assert!(page.contains("가온학교"));
        other.finish().await;
        app.finish().await;
    }

    async fn whoever_asks_for_no_language_of_ours_reads_the_organisations(db: Db) {
        let app = TestApp::builder(db).start().await;
        let german = Browser::new(&app).header("accept-language", "de");
        assert!(german.get("/login").await.text.contains("<html lang=\"ko\""));
        let link = link(&app).await;
        send(&app, &form(code(&link), &[])).await.assert_status(302);
        assert!(german.get("/login").await.text.contains("<html lang=\"en\""));
        let korean = Browser::new(&app).header("accept-language", "ko-KR,en;q=0.5");
        assert!(korean.get("/login").await.text.contains("<html lang=\"ko\""));
        app.finish().await;
    }
}
