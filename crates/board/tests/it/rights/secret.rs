//! What is secret: a post with a comment and a file, and somebody who takes part in it.

use hanok_testkit::Client;
use serde_json::json;

use crate::attachments::form;
use crate::comments::comment;

/// What nobody but a few may find.
pub(super) struct Secret {
    pub(super) category: String,
    pub(super) post: i64,
    pub(super) comment: i64,
    /// Its id and its address.
    pub(super) file: (String, String),
}

pub(super) async fn attach(client: &Client, post: i64, name: &str) -> (String, String) {
    let body = form(&[], name, b"secret words");
    let path = format!("/api/v1/posts/{post}/attachments");
    let kind = "multipart/form-data; boundary=b1";
    let made = client.post(&path).bytes(kind, body).await;
    let made = made.assert_status(201).body;
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    (text("id"), text("url"))
}

/// Somebody in the team marks what is there in every way, and subscribes; the key of their feed.
pub(super) async fn take_part(client: &Client, secret: &Secret) -> String {
    let at = format!("/api/v1/posts/{}", secret.post);
    client.get(&at).await.assert_status(200);
    client
        .put(&format!("{at}/bookmark"))
        .await
        .assert_status(204);
    client
        .put(&format!("{at}/recommendation"))
        .await
        .assert_status(200);
    comment(client, secret.post, "밀담 하나 더").await;
    let draft = json!({ "category_id": secret.category, "title": "초안", "content": "글" });
    client
        .put("/api/v1/me/draft")
        .json(draft)
        .await
        .assert_status(200);
    let own =
        json!({ "title": "극비제목 둘", "content": "은밀본문", "category_id": secret.category });
    let own = client
        .post("/api/v1/posts")
        .json(own)
        .await
        .assert_status(201);
    let own = own.body["id"].as_i64().unwrap();
    attach(client, own, "기밀파일 둘.txt").await;
    client
        .put(&format!("/api/v1/posts/{own}/bookmark"))
        .await
        .assert_status(204);
    let gone =
        json!({ "title": "극비제목 셋", "content": "은밀본문", "category_id": secret.category });
    let gone = client
        .post("/api/v1/posts")
        .json(gone)
        .await
        .assert_status(201);
    let gone = format!("/api/v1/posts/{}", gone.body["id"]);
    client.delete(&gone).await.assert_status(204);
    key(client).await
}

pub(super) async fn key(client: &Client) -> String {
    let made = client.post("/api/v1/me/rss-key").await.assert_status(201);
    made.body["key"].as_str().unwrap().to_owned()
}

/// A path with the secret things in the place of names; `None` where it names nothing.
pub(super) fn filled(path: &str, secret: &Secret) -> Option<String> {
    let kind = path
        .trim_start_matches("/api/v1")
        .split('/')
        .nth(1)
        .unwrap();
    let id = match kind {
        "comments" | "comment" => secret.comment.to_string(),
        "attachments" => secret.file.0.clone(),
        _ => secret.post.to_string(),
    };
    let named = path
        .replace("{id}", &id)
        .replace("{attachment}", &secret.file.0)
        .replace("{name}", "기밀.txt");
    (named != path).then_some(named)
}
