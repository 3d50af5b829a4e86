//! What others hear of files that come to a post and leave it.

use hanok_testkit::TestApp;
use serde_json::{Value, json};

use super::form::{ready, upload};
use super::{attached, two};
use crate::comments::events;
use crate::{app, assert_leads, write_post};

/// The post and the file of each event of this type.
async fn told(app: &TestApp, kind: &'static str) -> Vec<(Value, Value)> {
    let of = |event: &Value| (event["post_id"].clone(), event["attachment_id"].clone());
    events(app, kind).await.iter().map(of).collect()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_file_that_comes_and_one_that_goes_is_published(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = two(&app).await;
        let admin = app.person("admin").roles(&["admin"]).await;
        let admin_client = app.client().of(&admin);
        let post = write_post(&haneul, "글", "본문").await;
        let first = attached(&haneul, post, "a.txt", b"a").await["id"].clone();
        let second = attached(&haneul, post, "b.txt", b"b").await["id"].clone();
        assert_eq!(told(&app, "post.attached").await, [(json!(post), first.clone()), (json!(post), second.clone())]);
        bada.delete(&format!("/api/v1/attachments/{}", first.as_str().unwrap())).await.assert_status(403);
        assert!(events(&app, "post.detached").await.is_empty(), "what was refused did not happen");
        haneul.delete(&format!("/api/v1/attachments/{}", first.as_str().unwrap())).await.assert_status(204);
        admin_client.delete(&format!("/api/v1/attachments/{}", second.as_str().unwrap())).await.assert_status(204);
        assert_eq!(told(&app, "post.detached").await, [(json!(post), first), (json!(post), second)]);
        let by: Vec<Value> = events(&app, "post.detached").await.iter().map(|event| event["actor_id"].clone()).collect();
        assert_eq!(by[1], json!(admin.id));
        assert_ne!(by[0], by[1]);
        app.settle().await;
        app.finish().await;
    }

    async fn a_file_of_a_draft_is_nobodys_business_until_it_stands_with_the_post(db: Db) {
        let app = app(db).await;
        let (haneul, _) = ready(&app).await;
        let typed = [("title", "제목"), ("content", "본문")];
        assert_leads(&upload(&haneul, "/post/new/file", &typed, "a.txt", b"a").await, "/post/new");
        assert!(events(&app, "post.attached").await.is_empty());
        let page = haneul.get("/post/new").await.text;
        let (_, tail) = page.split_once("name=\"draft_id\" value=\"").unwrap();
        let (draft, _) = tail.split_once('"').unwrap();
        let fields = [typed[0], typed[1], ("draft_id", draft), ("act", "publish")];
        assert_leads(&haneul.post("/post/new", &fields).await, "/posts");
        assert_eq!(told(&app, "post.attached").await.len(), 1);
        // An edit that brings a file and no other words.
        assert_leads(&upload(&haneul, "/post/1/file", &typed, "b.txt", b"b").await, "/post/1/edit");
        assert_eq!(told(&app, "post.attached").await.len(), 1);
        let saved = haneul.post("/post/1/edit", &[typed[0], typed[1], ("rev", "1")]).await;
        assert_leads(&saved, "/post/1");
        let told = told(&app, "post.attached").await;
        assert_eq!((told.len(), &told[1].0), (2, &json!(1)));
        assert!(events(&app, "post.edited").await.is_empty(), "its words are the same");
        app.settle().await;
        app.finish().await;
    }
}
