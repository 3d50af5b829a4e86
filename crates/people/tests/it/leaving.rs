//! An account that its person has closed, as its administrators see it.

use std::time::Duration;

use hanok_testkit::{PASSWORD, TestApp};
use hanok_web::Ctx;
use serde_json::json;

use crate::users::Desk;
use crate::{app as house, assert_leads, signed_in};

async fn close(app: &TestApp, name: &str) {
    let browser = signed_in(app, name).await;
    let given = browser
        .post("/account/confirm", &[("password", PASSWORD)])
        .await;
    assert_leads(&given, "/account");
    let sent = browser
        .post("/account/privacy/close", &[("username", name)])
        .await;
    assert_leads(&sent, "/login");
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn within_its_grace_an_administrator_opens_an_account_again(db: Db) {
        let app = house(db).await;
        let desk = Desk::of(&app, "desk", "admin").await;
        let ara = app.person("ara").signed_out().await;
        close(&app, "ara").await;
        app.clock.advance(Duration::from_mins(50));
        let opened = desk.patch(&ara, json!({ "status": "active" })).await.assert_status(200).body;
        assert_eq!(opened["status"], "active");
        app.clock.advance(Duration::from_hours(8 * 24));
        app.run_schedules().await;
        app.sign_in("ara", PASSWORD).await.assert_status(200);
        app.settle().await;
        app.finish().await;
    }

    async fn what_is_erased_stays_closed(db: Db) {
        let app = house(db).await;
        let ara = app.person("ara").signed_out().await;
        close(&app, "ara").await;
        app.clock.advance(Duration::from_hours(7 * 24));
        app.run_schedules().await;
        let desk = Desk::of(&app, "desk", "admin").await;
        desk.patch(&ara, json!({ "status": "active" })).await.assert_field("/status", "account_erased");
        let seen = desk.get(&ara).await.assert_status(200).body;
        assert!(seen["username"].as_str().unwrap().starts_with("closed-"), "{seen}");
        assert_eq!((&seen["email"], &seen["phone_number"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        desk.patch(&ara, json!({ "name": "아라" })).await.assert_field("/status", "account_erased");
        desk.patch(&ara, json!({ "phone_number": "010-7299-0001" })).await.assert_field("/status", "account_erased");
        let ctx = Ctx::program("test", app.clock.now());
        let given = app.accounts.grant_role(&ctx, ara.id, "manager").await;
        assert!(matches!(given, Err(hanok_accounts::Fault::Fields(_))), "{given:?}");
        app.settle().await;
        app.finish().await;
    }
}
