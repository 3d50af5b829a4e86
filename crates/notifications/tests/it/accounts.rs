//! What accounts have to tell: a sign-in from a new place, and what changed of an account.

use hanok_testkit::{Browser, PASSWORD, TestApp};
use serde_json::json;

use crate::{house, signed_in, told};

async fn sign_in_from(app: &TestApp, username: &str, agent: &str) {
    let browser = Browser::new(app).header("user-agent", agent);
    let form = [("user_id", username), ("password", PASSWORD)];
    browser.post("/login", &form).await.assert_status(302);
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_sign_in_from_a_new_place_is_told_and_one_from_a_known_place_is_not(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        sign_in_from(&house, "mina", "Firefox/140.0 (Linux)").await;
        house.settle().await;
        let first = told(&house, &mina).await;
        assert_eq!(first["unread"], 1, "{first}");
        assert_eq!(first["notifications"][0]["type"], "sign_in");
        assert_eq!(first["notifications"][0]["path"], "/account/sessions");
        assert_eq!(first["notifications"][0]["title"], "처음 보는 곳에서 로그인했습니다");
        sign_in_from(&house, "mina", "Firefox/141.2 (Linux)").await;
        house.settle().await;
        assert_eq!(told(&house, &mina).await["unread"], 1);
        house.finish().await;
    }

    async fn a_changed_password_is_told_in_the_reader_s_language(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let browser = signed_in(&house, "mina").await;
        browser.post("/preferences", &[("language", "en"), ("next", "/")]).await.assert_status(302);
        let form = [("current_password", PASSWORD), ("new_password", "Another-tree-8"), ("new_password_confirm", "Another-tree-8")];
        let sent = browser.post("/account/password", &form).await.assert_status(302);
        assert_eq!(sent.header("location"), "/account");
        house.settle().await;
        let page = browser.get("/notifications").await.assert_status(200).text;
        assert!(page.contains("Your password was changed"), "{page}");
        let rows = "SELECT type, subject_id FROM notification WHERE subject_id = 'password_changed'";
        let kept: (String, String) = house.app.db.read::<_, hanok_db::DbError, _>(async |conn| conn.one(rows, &[]).await).await.unwrap();
        assert_eq!((json!(kept.0), mina.username.as_str()), (json!("account"), "mina"));
        house.finish().await;
    }
}
