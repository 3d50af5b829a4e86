//! One's own account in a browser.

mod devices;
mod leaving;
mod password;
mod phone;
mod pin;
mod profile;
mod sessions;

use hanok_testkit::{Answer, Browser, PASSWORD, TestApp};

pub(crate) use crate::doors::{assert_leads, signed_in};

/// Opens a page that must be there.
async fn page(browser: &Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

#[track_caller]
fn assert_shows(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word} is missing in {page}");
    }
}

#[track_caller]
fn assert_hides(page: &str, words: &[&str]) {
    for word in words {
        assert!(!page.contains(word), "{word} stands in {page}");
    }
}

/// What follows where `answer` led: back to `path`.
async fn after(browser: &Browser, answer: &Answer, path: &str) -> String {
    assert_leads(answer, path);
    page(browser, path).await
}

/// Gives the password again.
async fn confirm(browser: &Browser) {
    let sent = browser.post("/account/confirm", &[("password", PASSWORD)]);
    assert_leads(&sent.await, "/account");
}

/// As many minutes as a given password counts.
fn wait(app: &TestApp) {
    app.clock.advance(std::time::Duration::from_mins(5));
}

/// Says by hand that the password was reset just now.
async fn reset_password(app: &TestApp, username: &str) {
    let now = app.clock.now().micros();
    let sql =
        format!("UPDATE account SET password_reset_at = {now} WHERE username_key = '{username}'");
    app.db.hand_written(&sql).await.unwrap();
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_new_person_proves_a_number_sets_a_pin_and_pairs_a_phone(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").without_phone().await;
        let browser = signed_in(&app, "haneul").await;
        assert_shows(&page(&browser, "/account").await, &["href=\"/account/phone\"", "href=\"/account/pin\"", "href=\"/account/devices\""]);
        assert_shows(&page(&browser, "/account/pin").await, &["href=\"/account/phone\""]);
        let sent = browser.post("/account/phone", &[("phone_number", "01048297316")]).await;
        assert_shows(&after(&browser, &sent, "/account/phone").await, &["010-****-7316", "name=\"code\"", "data-countdown"]);
        let code = app.sms_code("010-4829-7316").await;
        let proven = browser.post("/account/phone/verify", &[("code", &format!(" {code} "))]).await;
        assert_shows(&after(&browser, &proven, "/account/pin").await, &["name=\"pin_code_confirm\"", "role=\"status\""]);
        let set = browser.post("/account/pin", &[("pin_code", "482916"), ("pin_code_confirm", "482916")]).await;
        assert_shows(&after(&browser, &set, "/account/devices").await, &["action=\"/account/devices/pair\""]);
        let phone = devices::pair(&app, &browser).await;
        assert_shows(&page(&browser, "/account/devices").await, &["하늘의 휴대폰", &format!("/account/devices/{}/revoke", phone.device_id())]);
        assert_shows(&page(&browser, "/account").await, &["010-****-7316"]);
        let found = app.scan_for(&["010-4829-7316", "01048297316", "482916", &code]).await;
        assert_eq!(found, Vec::<String>::new());
        assert!(app.audit_of("DEVICE_PAIRED").await.iter().any(|line| line.subject == Some(haneul.id.uuid())));
        app.finish().await;
    }

    async fn nobody_is_led_to_the_sign_in_and_back(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").signed_out().await;
        for path in ["", "/password", "/pin", "/phone", "/devices", "/sessions", "/confirm"] {
            let answer = Browser::new(&app).get(&format!("/account{path}")).await;
            assert_leads(&answer, &format!("/login?next=%2Faccount{}", path.replace('/', "%2F")));
        }
        app.finish().await;
    }

    async fn a_foreign_page_changes_nothing(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        for path in ["", "/password", "/pin", "/phone", "/phone/again", "/phone/verify", "/devices/pair", "/sessions/end-others", "/confirm"] {
            let form = browser.form(&format!("/account{path}"), &[("name", "다른 이름")]);
            let answer = browser.send(form.header("sec-fetch-site", "cross-site")).await;
            assert_eq!(answer.status, 403, "{path}");
        }
        assert_shows(&page(&browser, "/account").await, &["김하늘"]);
        app.finish().await;
    }
}
