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

/// Where a form goes back to whose link counts no more.
const SPENT: &str = "/setup?code=spent";

async fn send(site: &Site, fields: &[(&str, &str)]) -> Answer {
    Browser::new(site).post("/setup", fields).await
}

/// Somebody administers: the page has no form, and leads to signing in.
async fn is_over(browser: &Browser, link: &str) {
    let page = browser.get(link).await.assert_status(410).text;
    assert!(
        page.contains("href=\"/login\"")
            && !page.contains("<form method=\"post\" action=\"/setup\""),
        "{page}"
    );
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
            is_over(&browser, used).await;
            let again = send(&app, &form(code(used), &[("user_id", "second")])).await.assert_status(302);
            assert_eq!(again.header("location"), SPENT);
        }
        is_over(&browser, SPENT).await;
        browser.get("/setup").await.assert_status(404);
        let ctx = Ctx::program("hanok serve", app.clock.now());
        assert!(app.accounts.setup_link(&ctx).await.unwrap().is_none());
        app.finish().await;
    }

    async fn of_two_at_once_one_wins(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (one, other) = (link(&app).await, link(&app).await);
        let (first, second) = (form(code(&one), &[]), form(code(&other), &[("user_id", "second")]));
        let (first, second) = tokio::join!(send(&app, &first), send(&app, &second));
        let mut places = [first.header("location"), second.header("location")];
        places.sort_unstable();
        assert_eq!(places, ["/dashboard", SPENT]);
        app.finish().await;
    }

    async fn without_a_code_there_is_no_such_page(db: Db) {
        let app = TestApp::builder(db).start().await;
        for other in ["/setup", "/setup?code="] {
            Browser::new(&app).get(other).await.assert_status(404);
        }
        send(&app, &form("", &[])).await.assert_status(404);
        app.finish().await;
    }

    async fn a_link_whose_time_is_over_keeps_what_was_typed_and_takes_a_new_one(db: Db) {
        let app = TestApp::builder(db).start().await;
        let old = link(&app).await;
        let browser = Browser::new(&app);
        browser.get(&old).await.assert_status(200);
        app.clock.advance(SETUP_LIFE);
        let spent = browser.get(&old).await.assert_status(410);
        assert!(spent.text.contains("만료되었거나"), "{}", spent.text);
        let back = browser.post("/setup", &form(code(&old), &[])).await.assert_status(302);
        assert_eq!(back.header("location"), SPENT);
        let page = browser.get(SPENT).await.assert_status(410);
        for there in ["value=\"가온학교\"", "value=\"이도윤\"", "value=\"doyun\"", "<option selected>Asia/Tokyo"] {
            assert!(page.text.contains(there), "{there}: {}", page.text);
        }
        assert!(!page.text.contains(PASSWORD) && !page.text.contains(code(&old)), "{}", page.text);
        assert_eq!(browser.post("/setup", &form("nonsense", &[])).await.header("location"), SPENT);
        // The whole link is pasted, as the next start of the server prints it.
        let new = format!("{}{} ", app.accounts.origin, link(&app).await);
        let done = browser.post("/setup", &form(&new, &[])).await.assert_status(302);
        assert_eq!(done.header("location"), "/dashboard");
        let me = browser.get("/api/v1/me").await.assert_status(200).body;
        assert_eq!((&me["username"], &me["role"]), (&json!("doyun"), &json!("super_admin")));
        app.finish().await;
    }

    async fn a_super_admin_made_otherwise_ends_every_link(db: Db) {
        let app = TestApp::builder(db).start().await;
        let link = link(&app).await;
        app.person("seoyeon").roles(&["super_admin"]).await;
        is_over(&Browser::new(&app), &link).await;
        let sent = send(&app, &form(code(&link), &[])).await.assert_status(302);
        assert_eq!(sent.header("location"), SPENT);
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
        // All that is wrong with a field stands at it, and no summary says its name twice.
        for fault in ["비밀번호에 숫자가 있어야 합니다.", "비밀번호는 8자 이상이어야 합니다."] {
            assert_eq!(page.matches(fault).count(), 2, "above the form and at its field: {page}");
        }
        assert!(!page.contains("비밀번호: 비밀번호"), "{page}");
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
