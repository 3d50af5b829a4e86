//! A board on which people have written, so that each of its lists has something to show.

use hanok_testkit::Client;
use serde_json::{Value, json};

/// More than two pages.
const POSTS: usize = 45;
/// More than a page.
const COMMENTS: usize = 60;

/// What was written, as addresses name it.
pub struct Written {
    /// A category with posts.
    pub category: String,
    /// The post with the comments.
    pub post: String,
}

async fn make(client: &Client, path: &str, body: Value) -> Value {
    let made = client.post(path).json(body).await;
    assert!(made.status.is_success(), "{path}: {}", made.text);
    made.body
}

async fn put(client: &Client, path: &str, body: Value) {
    let put = client.put(path).json(body).await;
    assert!(put.status.is_success(), "{path}: {}", put.text);
}

/// Writes as `author`, who is told by a comment; `moderator` bookmarks, must read, deletes, reports and restricts.
pub async fn write(moderator: &Client, author: &Client) -> Written {
    let name = |n: usize| json!({ "name": format!("모임 {n}") });
    for n in 0..5 {
        make(moderator, "/api/v1/categories", name(n)).await;
    }
    let made = make(moderator, "/api/v1/categories", json!({ "name": "회의실" })).await;
    let category = made["id"].as_str().unwrap().to_owned();
    let mut last = String::new();
    for n in 0..POSTS {
        let body = json!({ "title": format!("회의 {n}"), "content": "주간 회의는 3층에서 합니다.", "category_id": category });
        let made = make(author, "/api/v1/posts", body).await;
        last = made["id"].to_string();
        mark(moderator, &last, n).await;
    }
    for n in 0..COMMENTS {
        let body = json!({ "content": format!("@person000001 회의에 갑니다. {n}") });
        make(author, &format!("/api/v1/posts/{last}/comments"), body).await;
    }
    let edit = json!({ "title": "회의", "content": "저녁에 합니다.", "rev": 1 });
    put(author, &format!("/api/v1/posts/{last}"), edit).await;
    restrict(moderator).await;
    Written {
        category,
        post: last,
    }
}

/// What `moderator` does to a post: every third is deleted, the last one before is marked in every other way.
async fn mark(moderator: &Client, post: &str, n: usize) {
    let at = format!("/api/v1/posts/{post}");
    put(moderator, &format!("{at}/bookmark"), json!({})).await;
    put(moderator, &format!("{at}/recommendation"), json!({})).await;
    make(
        moderator,
        &format!("{at}/reports"),
        json!({ "reason": "광고" }),
    )
    .await;
    if n.is_multiple_of(10) {
        moderator.delete(&at).await.assert_status(204);
    } else if n.is_multiple_of(2) {
        put(moderator, &format!("{at}/must-read"), json!({})).await;
        put(moderator, &format!("{at}/pin"), json!({})).await;
    }
}

/// Keeps three people from writing.
async fn restrict(moderator: &Client) {
    let people = moderator.get("/api/v1/users").await.assert_status(200);
    let people = people.body["users"].as_array().unwrap().clone();
    let others = people.iter().filter(|it| {
        let name = it["username"].as_str().unwrap_or_default();
        !matches!(name, "person000001" | "person000002")
    });
    for person in others.take(3) {
        let id = person["id"].as_str().unwrap();
        let path = format!("/api/v1/moderation/restrictions/{id}");
        put(moderator, &path, json!({ "reason": "광고", "days": 7 })).await;
    }
}
