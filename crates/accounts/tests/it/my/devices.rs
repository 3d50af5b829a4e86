//! Phones paired and let go in a browser.

use std::time::Duration;

use hanok_testkit::{Browser, Phone, TestApp};

use super::{assert_hides, assert_leads, assert_shows, page, reset_password, signed_in, wait};

/// The code of a page that shows one.
fn code(page: &str) -> String {
    let (_, rest) = page.split_once("/phone#pair=").unwrap();
    rest.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect()
}

async fn make_code(browser: &Browser) -> String {
    let answer = browser
        .post("/account/devices/pair", &[])
        .await
        .assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.text
}

/// Pairs a phone by the code that the page shows.
pub async fn pair(app: &TestApp, browser: &Browser) -> Phone {
    let page = make_code(browser).await;
    assert_shows(
        &page,
        &["<svg viewBox=\"-4 -4 ", "data-countdown=\"2026-11-21T"],
    );
    Phone::pair(app, &code(&page)).await
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_code_is_shown_once_and_a_new_one_replaces_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let first = code(&make_code(&browser).await);
        assert_leads(&browser.get("/account/devices/pair").await, "/account/devices");
        let second = code(&make_code(&browser).await);
        assert_ne!(first, second);
        let body = serde_json::json!({ "pairing_code": first, "public_key": Phone::new_jwk(), "name": "x" });
        app.client().post("/api/v1/devices/pair").json(body).await.assert_field("/pairing_code", "pairing_code_invalid");
        Phone::pair(&app, &second).await;
        assert_eq!(app.scan_for(&[&first, &second]).await, Vec::<String>::new());
        app.finish().await;
    }

    async fn pairing_asks_for_the_password_once_five_minutes_are_over(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        assert_shows(&page(&browser, "/account/devices").await, &["action=\"/account/devices/pair\""]);
        wait(&app);
        let stale = page(&browser, "/account/devices").await;
        assert_shows(&stale, &["href=\"/account/confirm?next=/account/devices\""]);
        assert_hides(&stale, &["action=\"/account/devices/pair\""]);
        let refused = browser.post("/account/devices/pair", &[]).await;
        assert_leads(&refused, "/account/confirm?next=/account/devices");
        app.finish().await;
    }

    async fn one_button_lets_a_phone_go_and_only_one_s_own(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let somin = app.person("somin").await;
        let theirs = app.pair(&somin).await;
        let browser = signed_in(&app, "haneul").await;
        let mine = pair(&app, &browser).await;
        for phone in [&theirs, &mine, &mine] {
            let path = format!("/account/devices/{}/revoke", phone.device_id());
            assert_leads(&browser.post(&path, &[]).await, "/account/devices");
        }
        let kept = app.client().of(&somin).get("/api/v1/me/devices").await.assert_status(200);
        assert_eq!(kept.body["devices"][0]["id"], theirs.device_id());
        let left = page(&browser, "/account/devices").await;
        assert_hides(&left, &["/revoke"]);
        assert_shows(&left, &["class=\"empty\""]);
        assert_eq!(app.audit_of("DEVICE_REVOKED").await.len(), 1);
        app.finish().await;
    }

    async fn a_name_from_a_phone_is_text(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").name("<b onload=x>하늘").await;
        let browser = signed_in(&app, "haneul").await;
        let shown = code(&make_code(&browser).await);
        let name = "\"><script>alert(1)</script>";
        let body = serde_json::json!({ "pairing_code": shown, "public_key": Phone::new_jwk(), "name": name });
        app.client().post("/api/v1/devices/pair").json(body).await.assert_status(201);
        let listed = page(&browser, "/account/devices").await;
        assert_hides(&listed, &["<script>alert", "<b onload"]);
        assert_shows(&listed, &["&#60;script&#62;alert(1)"]);
        assert_hides(&page(&browser, "/account").await, &["<b onload"]);
        app.finish().await;
    }

    async fn nothing_is_paired_too_many_or_within_a_day_of_a_reset(db: Db) {
        let app = TestApp::builder(db).config(|settings| settings.accounts.devices_max = 1).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        pair(&app, &browser).await;
        assert_hides(&page(&browser, "/account/devices").await, &["action=\"/account/devices/pair\""]);
        assert_leads(&browser.post("/account/devices/pair", &[]).await, "/account/devices");
        assert_shows(&page(&browser, "/account/devices").await, &["role=\"alert\""]);
        reset_password(&app, "haneul").await;
        for path in ["/account/devices", "/account/pin"] {
            assert_shows(&page(&browser, path).await, &["alert-warning"]);
        }
        assert_leads(&browser.post("/account/devices/pair", &[]).await, "/account/devices");
        app.clock.advance(Duration::from_hours(24));
        let later = signed_in(&app, "haneul").await;
        assert_hides(&page(&later, "/account/devices").await, &["alert-warning"]);
        app.finish().await;
    }
}
