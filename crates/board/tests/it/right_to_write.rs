//! The right to write is asked where something is written, and follows the roles that it names.

use hanok_db::{DbError, Tx};
use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::{app, assert_leads, make_category, signed_in};

const POSTS: &str = "/api/v1/posts";

/// A post of the caller's in a category; its number.
async fn write_in(client: &Client, category: &str) -> i64 {
    let body = json!({ "title": "인사 안내", "content": "글", "category_id": category });
    let made = client.post(POSTS).json(body).await.assert_status(201);
    made.body["id"].as_i64().unwrap()
}

async fn patch(boss: &Client, category: &str, change: Value) {
    let path = format!("/api/v1/categories/{category}");
    boss.patch(&path).json(change).await.assert_status(200);
}

/// What a role becomes, as the unit says that renames or removes it.
async fn becomes(app: &TestApp, new: Option<&'static str>, name: &'static str) -> bool {
    let accounts = app.accounts.clone();
    let told = app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        accounts.role_becomes(tx, name, new).await
    });
    told.await.unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn whoever_may_not_write_any_more_neither_edits_nor_moves_nor_announces(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").roles(&["auditor"]).await;
        let (haneul, boss) = (app.client().of(&haneul), app.client().of(&app.person("boss").roles(&["admin"]).await));
        let category = make_category(&boss, "인사", json!({}), json!({ "roles": ["auditor"] })).await;
        patch(&boss, &category, json!({ "kind": "notice" })).await;
        let post = write_in(&haneul, &category).await;
        let path = format!("{POSTS}/{post}");
        haneul.put(&format!("{path}/pin")).await.assert_status(204);
        let browser = signed_in(&app, "haneul").await;
        let at = format!("/post/{post}");
        assert!(browser.get(&format!("{at}/edit")).await.assert_status(200).text.contains("인사"));
        patch(&boss, &category, json!({ "writers": { "roles": ["admin"] } })).await;
        let edit = json!({ "title": "다시", "content": "글", "rev": 1 });
        haneul.put(&path).json(edit).await.assert_problem(403, "forbidden");
        haneul.delete(&format!("{path}/pin")).await.assert_problem(403, "forbidden");
        haneul.put(&format!("{path}/must-read")).await.assert_problem(403, "forbidden");
        haneul.get(&format!("{path}/readers")).await.assert_problem(403, "forbidden");
        browser.get(&format!("{at}/edit")).await.assert_status(403);
        assert!(!browser.get(&at).await.text.contains(&format!("{at}/edit")));
        let free = haneul.get("/api/v1/categories").await.body["categories"][0]["id"].as_str().unwrap().to_owned();
        assert_ne!(free, category);
        let form = [("title", "오타"), ("content", "글"), ("rev", "1"), ("category_id", free.as_str()), ("act", "publish")];
        browser.post(&format!("{at}/edit"), &form).await.assert_status(403);
        assert_eq!(boss.get(&path).await.body["category"]["id"], json!(category));
        let comment = json!({ "content": "읽는 사람은 댓글을 씁니다" });
        haneul.post(&format!("{path}/comments")).json(comment).await.assert_status(201);
        haneul.delete(&path).await.assert_status(204);
        app.settle().await;
        app.finish().await;
    }

    async fn nobody_writes_in_a_closed_category(db: Db) {
        let app = app(db).await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let category = make_category(&boss, "지난 행사", json!({}), json!({})).await;
        let post = write_in(&boss, &category).await;
        let path = format!("{POSTS}/{post}");
        assert!(boss.post(&format!("/api/v1/categories/{category}/close")).await.status.is_success());
        boss.get(&path).await.assert_status(200);
        let edit = json!({ "title": "다시", "content": "글", "rev": 1 });
        boss.put(&path).json(edit).await.assert_problem(403, "forbidden");
        let comment = json!({ "content": "늦은 댓글" });
        boss.post(&format!("{path}/comments")).json(comment).await.assert_problem(409, "conflict");
        app.settle().await;
        app.finish().await;
    }

    async fn an_edit_stays_in_its_category_where_what_was_chosen_is_not_offered(db: Db) {
        let app = app(db).await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let haneul = app.client().of(&app.person("bada").await);
        let (own, other) = (make_category(&boss, "하나", json!({}), json!({})).await, make_category(&boss, "둘", json!({}), json!({ "roles": ["admin"] })).await);
        let post = write_in(&haneul, &own).await;
        let browser = signed_in(&app, "bada").await;
        let path = format!("/post/{post}/edit");
        let chosen = |text: &str| {
            let option = text.split("<option ").find(|option| option.contains(" selected"));
            option.is_some_and(|option| option.contains(&own))
        };
        assert!(chosen(&browser.get(&path).await.text));
        let form = [("title", "글"), ("content", "글"), ("rev", "1"), ("category_id", other.as_str()), ("act", "publish")];
        assert_leads(&browser.post(&path, &form).await, &path);
        let page = browser.get(&path).await.text;
        assert!(chosen(&page), "{page}");
        let form = [("title", "고친 글"), ("content", "글"), ("rev", "1"), ("act", "publish")];
        assert_leads(&browser.post(&path, &form).await, &format!("/post/{post}"));
        assert_eq!(haneul.get(&format!("{POSTS}/{post}")).await.body["category"]["id"], json!(own), "not sent: it stays");
        app.settle().await;
        app.finish().await;
    }

    async fn a_categorys_right_follows_its_role(db: Db) {
        const ROLE: &str = "INSERT INTO role (name, built_in, rank) VALUES ('hr', FALSE, 0)";
        const LIST: &str = "INSERT INTO role_permission (role, permission) VALUES ('hr', 'board')";
        let app = app(db).await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let made = app.db.write(async |tx: &mut Tx| {
            tx.execute(ROLE, &[]).await?;
            tx.execute(LIST, &[]).await
        });
        made.await?;
        let category = make_category(&boss, "인사", json!({ "roles": ["hr"] }), json!({})).await;
        assert!(!becomes(&app, None, "hr").await, "a category names it");
        assert!(becomes(&app, Some("people"), "hr").await);
        let path = format!("/api/v1/categories/{category}");
        assert_eq!(boss.get(&path).await.body["readers"]["roles"], json!(["people"]));
        assert!(becomes(&app, None, "hr").await && !becomes(&app, None, "people").await);
        patch(&boss, &category, json!({ "readers": {} })).await;
        assert!(becomes(&app, None, "people").await);
        app.settle().await;
        app.finish().await;
    }
}
