//! A forgotten password: the link, what it changes, and what it tells nobody.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_db::params;
use hanok_testkit::{Answer, Browser, PASSWORD, TestApp};
use serde_json::json;

use crate::login::set_status;

const ASK: &str = "/password/reset";
const NEW: &str = "/password/reset/new";
const CHOSEN: &str = "Namu-deul-8!";
const ADDRESS: &str = "haneul@example.com";

async fn ask(app: &TestApp, name: &str) -> Answer {
    Browser::new(app).post(ASK, &[("user_id", name)]).await
}

/// The code of the link in the newest letter.
async fn code(app: &TestApp) -> String {
    let link = app.mail_link(ADDRESS).await;
    link.strip_prefix("/password/reset/new?code=")
        .unwrap()
        .to_owned()
}

async fn set(app: &TestApp, code: &str, password: &str, again: &str) -> (Answer, Browser) {
    let browser = Browser::new(app);
    let fields = [
        ("code", code),
        ("new_password", password),
        ("new_password_confirm", again),
    ];
    (browser.post(NEW, &fields).await, browser)
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    let read: Result<i64, hanok_db::DbError> = app
        .db
        .read(async move |conn| conn.one(&sql, params![]).await)
        .await;
    read.unwrap()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn the_link_sets_a_new_password_ends_every_session_and_tells_the_account(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").verified_email(ADDRESS).await;
        let signed_in = Browser::new(&app);
        signed_in.post("/login", &[("user_id", "haneul"), ("password", PASSWORD)]).await.assert_status(302);
        assert_eq!(ask(&app, "haneul").await.assert_status(302).header("location"), ASK);
        let code = code(&app).await;
        let letter = app.mail().await.remove(0);
        assert!(letter.text.contains("haneul 계정") && letter.text.contains("30분"), "{}", letter.text);
        let page = Browser::new(&app).get(&format!("{NEW}?code={code}")).await.assert_status(200);
        assert!(page.text.contains("new_password_confirm") && page.text.contains("haneul"));
        assert_eq!(page.header("cache-control"), "no-store");
        let (done, browser) = set(&app, &code, CHOSEN, CHOSEN).await;
        assert_eq!(done.assert_status(302).header("location"), "/login");
        assert!(browser.get("/login").await.text.contains("비밀번호를 바꿨습니다."));
        app.sign_in("haneul", PASSWORD).await.assert_problem(401, "invalid_credentials");
        app.sign_in("haneul", CHOSEN).await.assert_status(200);
        signed_in.get("/account").await.assert_status(302);
        app.client().of(&haneul).get("/api/v1/me").await.assert_problem(401, "unauthorized");
        let told = app.mail().await;
        assert_eq!((told[0].to.as_str(), told[0].subject.as_str()), (ADDRESS, "[한옥] 비밀번호가 재설정되었습니다"));
        let acts = app.audit_of("PASSWORD_CHANGE").await;
        // The clock stands still: which of the two comes first says nothing.
        let mut details: Vec<_> = acts.iter().map(|line| line.details.to_string()).collect();
        details.sort();
        assert_eq!(details, [r#"{"by":"link in a letter"}"#, r#"{"reset":"link sent"}"#]);
        app.finish().await;
    }

    async fn the_answer_is_one_for_every_name_and_found_out_behind_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).await;
        app.person("dallae").email("dallae@example.com").signed_out().await;
        let off = app.person("somin").verified_email("somin@example.com").signed_out().await;
        set_status(&app, &off, AccountStatus::Disabled).await;
        let mut pages = Vec::new();
        let names = ["haneul", ADDRESS, "dallae", "dallae@example.com", "somin", "nobody", "no@body.example", "not a name !"];
        for name in names {
            let browser = Browser::new(&app);
            let answer = browser.post(ASK, &[("user_id", name)]).await.assert_status(302);
            assert_eq!(answer.header("location"), ASK);
            pages.push(browser.get(ASK).await.assert_status(200).text);
        }
        pages.dedup();
        assert_eq!(pages.len(), 1);
        assert!(pages[0].contains("링크를 보냈습니다"));
        let found = (count(&app, "password_reset").await, count(&app, "mail_message").await);
        assert_eq!((found, count(&app, "password_reset_ask").await), ((0, 0), 8));
        let to: Vec<String> = app.mail().await.into_iter().map(|letter| letter.to).collect();
        assert_eq!(to, [ADDRESS, ADDRESS]);
        assert_eq!(count(&app, "password_reset_ask").await, 0);
        app.finish().await;
    }

    async fn a_link_works_once_and_for_half_an_hour(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        ask(&app, "haneul").await;
        let late = code(&app).await;
        app.clock.advance(Duration::from_mins(30));
        let browser = Browser::new(&app);
        let gone = browser.get(&format!("{NEW}?code={late}")).await.assert_status(302);
        assert_eq!(gone.header("location"), ASK);
        assert!(browser.get(ASK).await.text.contains("시간이 지난 링크"));
        assert_eq!(set(&app, &late, CHOSEN, CHOSEN).await.0.header("location"), ASK);
        ask(&app, ADDRESS).await;
        let once = code(&app).await;
        app.clock.advance(Duration::from_mins(29));
        for _ in 0..3 {
            browser.get(&format!("{NEW}?code={once}")).await.assert_status(200);
        }
        assert_eq!(set(&app, &once, CHOSEN, CHOSEN).await.0.header("location"), "/login");
        assert_eq!(set(&app, &once, "Other-deul-9!", "Other-deul-9!").await.0.header("location"), ASK);
        app.sign_in("haneul", CHOSEN).await.assert_status(200);
        app.finish().await;
    }

    async fn two_uses_of_a_link_at_once_set_one_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        ask(&app, "haneul").await;
        let code = code(&app).await;
        let other = "Other-deul-9!";
        let (one, two) = futures_util::join!(set(&app, &code, CHOSEN, CHOSEN), set(&app, &code, other, other));
        let mut led = [one.0.header("location").to_owned(), two.0.header("location").to_owned()];
        led.sort();
        assert_eq!(led, ["/login", ASK]);
        let works = [app.sign_in("haneul", CHOSEN).await, app.sign_in("haneul", other).await];
        assert_eq!(works.iter().filter(|answer| answer.status == 200).count(), 1);
        app.finish().await;
    }

    async fn a_newer_link_a_changed_password_and_a_lock_make_a_link_worthless(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").verified_email(ADDRESS).await;
        ask(&app, "haneul").await;
        let first = code(&app).await;
        ask(&app, "haneul").await;
        let second = code(&app).await;
        assert_eq!(set(&app, &first, CHOSEN, CHOSEN).await.0.header("location"), ASK);
        let change = json!({ "current_password": PASSWORD, "new_password": "Other-tree-8" });
        app.client().of(&haneul).put("/api/v1/me/password").json(change).await.assert_status(204);
        assert_eq!(set(&app, &second, CHOSEN, CHOSEN).await.0.header("location"), ASK);
        ask(&app, "haneul").await;
        let third = code(&app).await;
        set_status(&app, &haneul, AccountStatus::Locked).await;
        set_status(&app, &haneul, AccountStatus::Active).await;
        assert_eq!(set(&app, &third, CHOSEN, CHOSEN).await.0.header("location"), ASK);
        app.finish().await;
    }

    async fn a_password_that_will_not_do_is_said_at_its_field_and_the_link_still_works(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        ask(&app, "haneul").await;
        let code = code(&app).await;
        let back = format!("{NEW}?code={code}");
        for (chosen, again, told) in [
            ("", "", "8자 이상"),
            ("short", "short", "8자 이상"),
            (CHOSEN, "Namu-deul-9!", "비밀번호가 서로 다릅니다."),
            (PASSWORD, PASSWORD, "전에 사용한 비밀번호입니다."),
        ] {
            let (refused, browser) = set(&app, &code, chosen, again).await;
            assert_eq!(refused.assert_status(302).header("location"), back);
            let page = browser.get(&back).await.assert_status(200).text;
            assert!(page.contains(told) && page.contains("aria-invalid"), "{told}: {page}");
            assert!(chosen.is_empty() || !page.contains(chosen), "{page}");
        }
        assert_eq!(set(&app, &code, CHOSEN, CHOSEN).await.0.header("location"), "/login");
        app.finish().await;
    }

    async fn it_lifts_the_lock_of_the_password(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        for _ in 0..5 {
            app.sign_in("haneul", "Wrong-tree-7").await.assert_problem(401, "invalid_credentials");
        }
        app.sign_in("haneul", PASSWORD).await.assert_problem(423, "account_locked");
        ask(&app, "haneul").await;
        let code = code(&app).await;
        set(&app, &code, CHOSEN, CHOSEN).await.0.assert_status(302);
        app.sign_in("haneul", CHOSEN).await.assert_status(200);
        assert_eq!(app.audit_of("ACCOUNT_UNLOCKED").await[0].details, json!({ "lock": "password" }));
        app.finish().await;
    }

    async fn for_a_day_nothing_else_that_proves_the_person_can_be_changed(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").verified_email(ADDRESS).await;
        ask(&app, "haneul").await;
        let code = code(&app).await;
        set(&app, &code, CHOSEN, CHOSEN).await.0.assert_status(302);
        CHOSEN.clone_into(&mut haneul.password);
        let other = json!({ "email": "new@example.com" });
        for (wait, email, phone) in [(0, 403, 403), (23, 403, 403), (1, 202, 201)] {
            app.clock.advance(Duration::from_hours(wait));
            app.sign_in_again(&mut haneul).await;
            let caller = app.client().of(&haneul);
            caller.post("/api/v1/me/email").json(other.clone()).await.assert_status(email);
            caller.post("/api/v1/me/devices").await.assert_status(phone);
        }
        app.finish().await;
    }

    async fn a_name_is_asked_for_three_times_an_hour_whoever_has_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        for name in ["haneul", "nobody"] {
            for _ in 0..3 {
                ask(&app, name).await;
            }
            let browser = Browser::new(&app);
            browser.post(ASK, &[("user_id", name)]).await.assert_status(302);
            let page = browser.get(ASK).await.text;
            assert!(page.contains("alert-danger") && !page.contains("링크를 보냈습니다"), "{page}");
        }
        assert_eq!(app.mail().await.len(), 3);
        app.clock.advance(Duration::from_hours(1));
        ask(&app, "haneul").await;
        assert_eq!(app.mail().await.len(), 4);
        app.finish().await;
    }

    async fn neither_the_name_nor_the_address_nor_the_link_is_readable_in_the_store(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").verified_email(ADDRESS).signed_out().await;
        ask(&app, ADDRESS).await;
        assert_eq!(app.scan_for(&[ADDRESS]).await, Vec::<String>::new());
        let code = code(&app).await;
        assert_eq!(app.scan_for(&[ADDRESS, &code]).await, Vec::<String>::new());
        set(&app, &code, CHOSEN, CHOSEN).await.0.assert_status(302);
        assert_eq!(app.scan_for(&[ADDRESS, &code, CHOSEN]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn an_empty_name_is_said_at_the_field_and_a_foreign_page_asks_for_nobody(db: Db) {
        let app = TestApp::builder(db).start().await;
        let browser = Browser::new(&app);
        browser.post(ASK, &[("user_id", " ")]).await.assert_status(302);
        assert!(browser.get(ASK).await.text.contains("aria-invalid"));
        for path in [ASK, NEW] {
            let foreign = browser.form(path, &[("user_id", "haneul"), ("code", "x")]);
            browser.send(foreign.header("sec-fetch-site", "cross-site")).await.assert_status(403);
        }
        app.finish().await;
    }
}
