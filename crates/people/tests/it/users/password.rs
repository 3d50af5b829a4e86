//! A password that an administrator takes away: a letter, or one that opens nothing but the choice of another.

use hanok_testkit::Browser;
use serde_json::json;

use super::Desk;
use crate::app as house;

const CHOSEN: &str = "Another-tree-8";

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_temporary_password_opens_nothing_but_the_choice_of_another(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").await;
        app.clock.advance(std::time::Duration::from_mins(6));
        desk.act(&ara, "/password/reset", json!({})).await.assert_problem(403, "password_required");
        desk.gives_the_password_again().await;
        let reset = desk.act(&ara, "/password/reset", json!({})).await.assert_status(200);
        assert_eq!((&reset.body["by"], reset.header("cache-control")), (&json!("temporary"), "no-store"));
        let temporary = reset.body["temporary_password"].as_str().unwrap().to_owned();
        app.client().of(&ara).get("/api/v1/me").await.assert_status(401);
        app.sign_in("ara", &ara.password).await.assert_problem(401, "invalid_credentials");
        app.sign_in("ara", &temporary).await.assert_problem(403, "password_change_required");
        let browser = Browser::new(&app);
        let led = browser.post("/login", &[("user_id", "ara"), ("password", &temporary)]).await;
        let to = led.header("location").to_owned();
        assert!(to.starts_with("/password/reset/new?code="), "{to}");
        assert!(browser.cookie("hanok_session").is_none());
        let form = browser.get(&to).await.assert_status(200);
        assert!(form.text.contains("임시 비밀번호"), "{}", form.text);
        let code = to.split_once("code=").unwrap().1;
        let fields = [("code", code), ("new_password", CHOSEN), ("new_password_confirm", CHOSEN)];
        browser.post("/password/reset/new", &fields).await;
        app.sign_in("ara", CHOSEN).await.assert_status(200);
        app.sign_in("ara", &temporary).await.assert_problem(401, "invalid_credentials");
        app.settle().await;
        app.finish().await;
    }

    async fn who_comes_to_a_first_password_is_held_by_nothing_and_who_had_proofs_is(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let (new, old) = (app.person("nuri").without_phone().signed_out().await, app.person("ara").await);
        for (person, number, status) in [(&new, "010-7299-0001", 202), (&old, "010-7299-0002", 403)] {
            let reset = desk.act(person, "/password/reset", json!({})).await.assert_status(200);
            let temporary = reset.body["temporary_password"].as_str().unwrap();
            let browser = Browser::new(&app);
            let led = browser.post("/login", &[("user_id", person.username.as_str()), ("password", temporary)]).await;
            let code = led.header("location").split_once("code=").unwrap().1.to_owned();
            let fields = [("code", code.as_str()), ("new_password", CHOSEN), ("new_password_confirm", CHOSEN)];
            browser.post("/password/reset/new", &fields).await;
            app.clock.advance(std::time::Duration::from_secs(1));
            let person = app.sign_in(&person.username, CHOSEN).await.assert_status(200).body;
            let client = app.client().bearer(person["access_token"].as_str().unwrap());
            client.post("/api/v1/me/phone").json(json!({ "phone_number": number })).await.assert_status(status);
            if status == 202 {
                let code = app.sms_code(number).await;
                client.post("/api/v1/me/phone/verify").json(json!({ "code": code })).await.assert_status(204);
                let person = app.sign_in("nuri", CHOSEN).await.assert_status(200).body;
                let client = app.client().bearer(person["access_token"].as_str().unwrap());
                client.put("/api/v1/me/pin").json(json!({ "pin_code": "304958" })).await.assert_status(204);
            }
        }
        app.settle().await;
        app.finish().await;
    }

    async fn a_letter_goes_to_a_verified_address_and_the_old_password_is_gone(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").verified_email("ara@example.com").await;
        let bora = app.person("bora").await;
        desk.gives_the_password_again().await;
        let no_address = desk.act(&bora, "/password/reset", json!({ "by": "letter" })).await;
        no_address.assert_field("/by", "email_not_verified");
        let reset = desk.act(&ara, "/password/reset", json!({})).await.assert_status(200).body;
        assert_eq!(reset, json!({ "by": "letter", "email": "a***@example.com" }));
        app.sign_in("ara", &ara.password).await.assert_problem(401, "invalid_credentials");
        app.settle().await;
        let link = app.mail_link("ara@example.com").await;
        assert!(link.contains("/password/reset/new?code="), "{link}");
        app.finish().await;
    }
}
