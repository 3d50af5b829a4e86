//! A number proven, proven again and changed in a browser.

use hanok_testkit::{PIN, TestApp};

use super::{
    after, assert_hides, assert_leads, assert_shows, confirm, page, reset_password, signed_in, wait,
};

const NUMBER: &str = "010-4829-7316";

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_wrong_number_or_code_is_said_at_its_field(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").without_phone().await;
        let browser = signed_in(&app, "haneul").await;
        for wrong in ["", "02-123-4567"] {
            let refused = browser.post("/account/phone", &[("phone_number", wrong)]).await;
            assert_shows(&after(&browser, &refused, "/account/phone").await, &["id=\"phone_number-error\"", &format!("value=\"{wrong}\"")]);
        }
        assert_leads(&browser.post("/account/phone", &[("phone_number", NUMBER)]).await, "/account/phone");
        let code = app.sms_code(NUMBER).await;
        let other = if code == "000000" { "000001" } else { "000000" };
        for wrong in ["", other, other, other, other] {
            let refused = browser.post("/account/phone/verify", &[("code", wrong)]).await;
            let shown = after(&browser, &refused, "/account/phone").await;
            assert_shows(&shown, &["id=\"code-error\""]);
            assert_hides(&shown, &[&format!("value=\"{other}\"")]);
        }
        browser.post("/account/phone/verify", &[("code", other)]).await;
        page(&browser, "/account/phone").await;
        assert_hides(&page(&browser, "/account/phone").await, &["name=\"code\""]);
        app.finish().await;
    }

    async fn the_number_that_was_registered_is_proven_without_typing_it(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").unproven().await;
        let browser = signed_in(&app, "haneul").await;
        assert_shows(&page(&browser, "/account/phone").await, &["action=\"/account/phone/again\"", "010-****-"]);
        assert_leads(&browser.post("/account/phone/again", &[]).await, "/account/phone");
        let code = app.sms_code(&haneul.phone).await;
        assert_leads(&browser.post("/account/phone/verify", &[("code", &code)]).await, "/account/pin");
        app.finish().await;
    }

    async fn without_a_number_none_is_proven_again(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").without_phone().await;
        let browser = signed_in(&app, "haneul").await;
        let refused = browser.post("/account/phone/again", &[]).await;
        assert_shows(&after(&browser, &refused, "/account/phone").await, &["id=\"phone_number-error\""]);
        app.finish().await;
    }

    async fn leaving_a_proven_number_asks_password_and_pin(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").phone("010-7777-1234").await;
        let browser = signed_in(&app, "haneul").await;
        assert_shows(&page(&browser, "/account/phone").await, &["010-****-1234", "name=\"pin_code\"", "name=\"phone_number\""]);
        for (pin, field) in [("", "pin_code"), ("123", "pin_code"), ("482917", "pin_code")] {
            let refused = browser.post("/account/phone", &[("phone_number", NUMBER), ("pin_code", pin)]).await;
            let shown = after(&browser, &refused, "/account/phone").await;
            assert_shows(&shown, &[&format!("id=\"{field}-error\""), NUMBER]);
        }
        wait(&app);
        assert_shows(&page(&browser, "/account/phone").await, &["/account/confirm?next=/account/phone"]);
        let fields = [("phone_number", NUMBER), ("pin_code", PIN)];
        assert_leads(&browser.post("/account/phone", &fields).await, "/account/confirm?next=/account/phone");
        confirm(&browser).await;
        assert_leads(&browser.post("/account/phone", &fields).await, "/account/phone");
        let code = app.sms_code(NUMBER).await;
        let proven = browser.post("/account/phone/verify", &[("code", &code)]).await;
        // The PIN ended with the number: it is the next to be set.
        assert_leads(&proven, "/account/pin");
        assert_shows(&page(&browser, "/account/phone").await, &["010-****-7316"]);
        app.settle().await;
        app.finish().await;
    }

    async fn a_fresh_reset_holds_a_proven_number(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        reset_password(&app, "haneul").await;
        assert_hides(&page(&browser, "/account/phone").await, &["name=\"phone_number\""]);
        let refused = browser.post("/account/phone", &[("phone_number", NUMBER), ("pin_code", PIN)]).await;
        assert_shows(&after(&browser, &refused, "/account/phone").await, &["alert-warning"]);
        app.settle().await;
        assert!(app.sms().is_empty());
        app.finish().await;
    }
}
