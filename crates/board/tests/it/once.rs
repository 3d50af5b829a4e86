//! What is sent twice is written once, and no draft takes the place of a newer text.

use hanok_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use crate::comments::events;
use crate::{app, assert_leads, signed_in, write_post};

const POSTS: &str = "/api/v1/posts";
const DRAFT: &str = "/api/v1/me/draft";
const ID: &str = "0192d3a0-0000-7000-8000-000000000001";

async fn haneul(app: &TestApp) -> Client {
    app.client().of(&app.person("haneul").await)
}

/// The value of a hidden input.
#[track_caller]
fn hidden(page: &Answer, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.text.split_once(&mark).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_post_that_is_sent_twice_is_written_once(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (haneul(&app).await, app.client().of(&app.person("bada").await));
        let body = json!({ "title": "휴가", "content": "글", "request_id": ID });
        let send = |client: &Client, body: &Value| client.post(POSTS).json(body.clone());
        let (one, other) = tokio::join!(async { send(&haneul, &body).await }, async { send(&haneul, &body).await });
        let [one, other] = [one, other].map(|sent| sent.assert_status(201).body["id"].clone());
        assert_eq!(one, other);
        assert_eq!(events(&app, "post.written").await.len(), 1);
        let more = json!({ "title": "휴가", "content": "다른 글", "request_id": ID });
        let third = send(&haneul, &more).await.assert_status(201).body["id"].clone();
        assert_ne!(third, one, "other words are not lost");
        send(&bada, &body).await.assert_problem(409, "conflict");
        let wrong = json!({ "title": "휴가", "content": "글", "request_id": "1" });
        send(&bada, &wrong).await.assert_field("/request_id", "invalid_value");
        app.settle().await;
        app.finish().await;
    }

    async fn the_form_of_a_post_and_of_a_comment_sent_twice_write_once(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let id = hidden(&browser.get("/post/new").await, "request_id");
        let form = [("title", "휴가"), ("content", "글"), ("request_id", id.as_str()), ("act", "publish")];
        for _ in 0..2 {
            assert_leads(&browser.post("/post/new", &form).await, "/posts");
        }
        let written = events(&app, "post.written").await;
        assert_eq!(written.len(), 1);
        let path = format!("/post/{}", written[0]["post_id"]);
        let id = hidden(&browser.get(&path).await, "request_id");
        let form = [("content", "댓글"), ("request_id", id.as_str())];
        for _ in 0..2 {
            assert_leads(&browser.post(&format!("{path}/comment"), &form).await, &path);
        }
        assert_eq!(events(&app, "post.commented").await.len(), 1);
        let form = [("content", "다른 댓글"), ("request_id", id.as_str())];
        assert_leads(&browser.post(&format!("{path}/comment"), &form).await, &path);
        assert_eq!(events(&app, "post.commented").await.len(), 2);
        app.settle().await;
        app.finish().await;
    }

    async fn a_draft_that_arrives_after_its_post_is_not_kept(db: Db) {
        let app = app(db).await;
        let haneul = haneul(&app).await;
        let body = json!({ "title": "휴가", "content": "글", "request_id": ID });
        let post = haneul.post(POSTS).json(body.clone()).await.assert_status(201).body["id"].clone();
        haneul.put(DRAFT).json(body).await.assert_problem(409, "conflict");
        haneul.get(DRAFT).await.assert_problem(404, "not_found");
        let edit = json!({ "post_id": post, "title": "휴가", "content": "글\n", "rev": 1 });
        haneul.put(DRAFT).json(edit).await.assert_problem(409, "conflict");
        app.settle().await;
        app.finish().await;
    }

    async fn a_page_left_open_keeps_no_draft_over_that_of_a_newer_text(db: Db) {
        let app = app(db).await;
        let haneul = haneul(&app).await;
        let post = write_post(&haneul, "처음", "첫 글").await;
        let edit = json!({ "title": "처음", "content": "둘째 글", "rev": 1 });
        haneul.put(&format!("{POSTS}/{post}")).json(edit).await.assert_status(200);
        let draft = |rev: i64, content: &str| json!({ "post_id": post, "title": "처음", "content": content, "rev": rev });
        haneul.put(DRAFT).json(draft(2, "셋째 글")).await.assert_status(200);
        haneul.put(DRAFT).json(draft(1, "첫 글에서 더")).await.assert_problem(409, "stale");
        let kept = haneul.get(&format!("{DRAFT}?post_id={post}")).await.assert_status(200).body;
        assert_eq!((&kept["content"], &kept["rev"]), (&json!("셋째 글"), &json!(2)));
        // Whoever says so keeps it all the same.
        let browser = signed_in(&app, "haneul").await;
        let form = [("title", "처음"), ("content", "첫 글에서 더"), ("rev", "1"), ("act", "draft")];
        assert_leads(&browser.post(&format!("/post/{post}/edit"), &form).await, &format!("/post/{post}/edit"));
        let kept = haneul.get(&format!("{DRAFT}?post_id={post}")).await.body;
        assert_eq!((&kept["content"], &kept["rev"]), (&json!("첫 글에서 더"), &json!(1)));
        app.settle().await;
        app.finish().await;
    }

    async fn drafts_that_are_kept_at_once_are_one(db: Db) {
        let app = app(db).await;
        let haneul = haneul(&app).await;
        let keep = || async { haneul.put(DRAFT).json(json!({ "title": "휴가", "content": "글" })).await };
        let (one, two, three, four) = tokio::join!(keep(), keep(), keep(), keep());
        let ids = [one, two, three, four].map(|kept| kept.assert_status(200).body["id"].clone());
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let rows = app.audit_of("BOARD_CHANGE").await;
        assert_eq!(rows.iter().filter(|row| row.details["act"] == "draft_begun").count(), 1);
        app.finish().await;
    }

    async fn a_draft_of_an_older_text_replaces_a_newer_one_only_once_both_were_shown(db: Db) {
        let app = app(db).await;
        let haneul = haneul(&app).await;
        let post = write_post(&haneul, "처음", "첫 글").await;
        let path = format!("/post/{post}/edit");
        let api = format!("{POSTS}/{post}");
        let edit = json!({ "title": "둘째", "content": "휴대폰에서", "rev": 1 });
        haneul.put(&api).json(edit).await.assert_status(200);
        let draft = json!({ "post_id": post, "title": "처음", "content": "노트북에서", "rev": 1 });
        assert_eq!(haneul.put(DRAFT).json(draft).await.assert_status(200).body["rev"], 1);
        let typed = json!({ "post_id": post, "title": "처음", "content": "노트북에서 더" });
        assert_eq!(haneul.put(DRAFT).json(typed).await.assert_status(200).body["rev"], 1, "what was said stays");
        let browser = signed_in(&app, "haneul").await;
        let page = browser.get(&path).await.assert_status(200);
        assert!(page.text.contains("휴대폰에서") && page.text.contains("노트북에서 더"), "{}", page.text);
        let rev = hidden(&page, "rev");
        let form = [("title", "처음"), ("content", "노트북에서 더"), ("rev", rev.as_str()), ("act", "publish")];
        assert_leads(&browser.post(&path, &form).await, &path);
        assert_eq!(haneul.get(&api).await.body["content"], "휴대폰에서");
        let page = browser.get(&path).await.assert_status(200);
        assert!(page.text.contains("휴대폰에서"), "{}", page.text);
        let rev = hidden(&page, "rev");
        let form = [("title", "처음"), ("content", "노트북에서 더"), ("rev", rev.as_str()), ("act", "publish")];
        assert_leads(&browser.post(&path, &form).await, &format!("/post/{post}"));
        assert_eq!(haneul.get(&api).await.body["content"], "노트북에서 더");
        app.settle().await;
        app.finish().await;
    }
}
