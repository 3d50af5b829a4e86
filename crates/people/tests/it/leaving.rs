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

    async fn an_administrator_sees_that_its_person_closed_an_account_and_until_when(db: Db) {
        let app = house(db).await;
        let desk = signed_in(&app, app.person("desk").roles(&["admin"]).without_phone().await.username.as_str()).await;
        let ara = app.person("ara").signed_out().await;
        close(&app, "ara").await;
        let refused = app.sign_in("ara", PASSWORD).await.assert_status(403);
        assert_eq!(refused.body["code"], "account_disabled");
        assert!(refused.body["detail"].as_str().unwrap().contains("2026-11-28"), "{}", refused.body);
        for (query, is_listed) in [("", false), ("?status=closed", true), ("?status=disabled", true)] {
            let list = desk.get(&format!("/admin/people{query}")).await.assert_status(200).text;
            assert_eq!(list.contains(&ara.id.to_string()), is_listed, "{query}");
            assert_eq!(list.contains("badge-state state-expired"), is_listed, "{query}");
        }
        let path = format!("/admin/people/{}", ara.id);
        let page = desk.get(&path).await.assert_status(200).text;
        for said in ["본인이 닫음", "2026년 11월 28일", "계정 다시 열기", "계정 닫음"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let opened = desk.post(&format!("{path}/status"), &[("status", "active")]).await;
        assert_leads(&opened, &path);
        let page = desk.get(&path).await.assert_status(200).text;
        assert!(page.contains("닫은 계정 다시 엶") && !page.contains("본인이 닫음"), "{page}");
        app.settle().await;
        app.finish().await;
    }

    async fn who_has_no_password_yet_is_found_and_marked(db: Db) {
        let app = house(db).await;
        let desk = signed_in(&app, app.person("desk").roles(&["admin"]).without_phone().await.username.as_str()).await;
        let ara = app.person("ara").signed_out().await;
        app.db.write::<_, hanok_db::DbError, _>(async move |tx| {
            tx.execute("UPDATE account SET password_hash = NULL WHERE id = $1", hanok_db::params![ara.id]).await
        }).await.unwrap();
        let list = desk.get("/admin/people?status=no_password").await.assert_status(200).text;
        assert_eq!(list.matches("class=\"row-link\"").count(), 1);
        assert!(list.contains("</svg>비밀번호 없음"), "{list}");
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
