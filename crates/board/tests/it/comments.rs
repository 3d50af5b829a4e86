//! Comments: who writes, edits and deletes them, what others see of it, and what becomes of many at once.

mod forms;
mod many;
mod mentions;

use hanok_db::{DbError, params};
use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::{app, make_category, write_post};

/// A comment by whoever calls; its number.
pub(crate) async fn comment(client: &Client, post: i64, content: &str) -> i64 {
    let body = json!({ "content": content });
    let path = format!("/api/v1/posts/{post}/comments");
    let made = client.post(&path).json(body).await.assert_status(201);
    made.body["id"].as_i64().unwrap()
}

/// An answer to a comment; its number.
pub(crate) async fn reply(client: &Client, post: i64, parent: i64, content: &str) -> i64 {
    let body = json!({ "content": content, "parent_id": parent });
    let path = format!("/api/v1/posts/{post}/comments");
    let made = client.post(&path).json(body).await.assert_status(201);
    made.body["id"].as_i64().unwrap()
}

/// The comments of a post, as whoever calls sees them.
async fn comments(client: &Client, post: i64) -> Vec<Value> {
    let path = format!("/api/v1/posts/{post}/comments");
    let page = client.get(&path).await.assert_status(200).body;
    page["comments"].as_array().unwrap().clone()
}

/// What was published of this type, the oldest first.
pub(crate) async fn events(app: &TestApp, kind: &'static str) -> Vec<Value> {
    const SQL: &str = "SELECT payload FROM outbox WHERE event_type = $1 ORDER BY serial";
    let read = app.db.read::<_, DbError, _>(async move |conn| {
        let rows: Vec<String> = conn.all(SQL, params![kind]).await?;
        Ok(rows)
    });
    let rows = read.await.unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_comment_is_answered_in_its_thread_and_counted(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (app.person("haneul").name("김하늘").await, app.person("bada").name("이바다").await);
        let (haneul, bada) = (app.client().of(&haneul), app.client().of(&bada));
        let post = write_post(&haneul, "회식 장소", "어디가 좋을까요?").await;
        let first = comment(&bada, post, "고깃집이요").await;
        let second = comment(&haneul, post, "다른 의견은요?").await;
        let answer = reply(&haneul, post, first, "좋습니다").await;
        let deeper = reply(&bada, post, answer, "그럼 예약할게요").await;
        let list = comments(&bada, post).await;
        let order: Vec<i64> = list.iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!(order, [first, answer, deeper, second]);
        assert_eq!(list[2]["parent_id"], first, "a reply to a reply stands in the same thread");
        assert_eq!((&list[0]["author"]["name"], &list[0]["content"]), (&json!("이바다"), &json!("고깃집이요")));
        let shown = haneul.get(&format!("/api/v1/posts/{post}")).await.assert_status(200).body;
        assert_eq!(shown["comments"], 4);
        let told = events(&app, "post.commented").await;
        assert_eq!(told.len(), 4);
        assert_eq!((&told[3]["post_id"], &told[3]["comment_id"]), (&json!(post), &json!(deeper)));
        assert_eq!(told[3]["parent_author_id"], told[2]["actor_id"], "who is answered");
        assert_eq!(app.audit_of("BOARD_CHANGE").await.iter().filter(|row| row.details["act"] == "commented").count(), 4);
        let path = format!("/api/v1/posts/{post}/comments");
        let wrong = json!({ "content": "?", "parent_id": 999_999 });
        bada.post(&path).json(wrong).await.assert_field("/parent", "comment_unknown");
        bada.post(&path).json(json!({ "content": " " })).await.assert_field("/content", "required");
        bada.post(&path).json(json!({ "content": "가".repeat(5_001) })).await.assert_field("/content", "board_too_long");
        app.settle().await;
        app.finish().await;
    }

    async fn only_its_author_edits_and_deletes_a_comment(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (app.person("haneul").await, app.person("bada").await);
        let boss = app.person("boss").roles(&["admin"]).await;
        let (haneul, bada, boss) = (app.client().of(&haneul), app.client().of(&bada), app.client().of(&boss));
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&bada, post, "처음").await;
        let path = format!("/api/v1/comments/{id}");
        let change = |rev: i64, content: &str| json!({ "rev": rev, "content": content });
        for other in [&haneul, &boss] {
            other.put(&path).json(change(1, "남이")).await.assert_problem(403, "forbidden");
            other.delete(&path).await.assert_problem(403, "forbidden");
        }
        app.client().put(&path).json(change(1, "아무나")).await.assert_status(401);
        let edited = bada.put(&path).json(change(1, "고침")).await.assert_status(200).body;
        assert_eq!((&edited["content"], &edited["rev"]), (&json!("고침"), &json!(2)));
        assert!(edited["edited_at"].is_string(), "{edited}");
        bada.put(&path).json(change(1, "늦음")).await.assert_problem(409, "stale");
        assert_eq!(haneul.get(&path).await.body["content"], "고침");
        bada.delete(&path).await.assert_status(204);
        bada.get(&path).await.assert_problem(404, "not_found");
        bada.delete(&path).await.assert_problem(404, "not_found");
        assert!(comments(&haneul, post).await.is_empty());
        let shown = haneul.get(&format!("/api/v1/posts/{post}")).await.body;
        assert_eq!(shown["comments"], 0);
        assert_eq!((events(&app, "comment.edited").await.len(), events(&app, "comment.deleted").await.len()), (1, 1));
        app.settle().await;
        app.finish().await;
    }

    async fn a_deleted_comment_that_was_answered_keeps_its_place_and_not_its_words(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (app.person("haneul").await, app.person("bada").await);
        let (haneul, bada) = (app.client().of(&haneul), app.client().of(&bada));
        let post = write_post(&haneul, "글", "글").await;
        let first = comment(&bada, post, "지울 말").await;
        let answer = reply(&haneul, post, first, "답").await;
        bada.delete(&format!("/api/v1/comments/{first}")).await.assert_status(204);
        let list = comments(&haneul, post).await;
        assert_eq!(list.len(), 2);
        assert_eq!((&list[0]["deleted"], &list[0]["content"], &list[0]["author"]), (&json!(true), &Value::Null, &Value::Null));
        let late = json!({ "content": "늦은 답", "parent_id": first });
        let path = format!("/api/v1/posts/{post}/comments");
        haneul.post(&path).json(late).await.assert_field("/parent", "comment_unknown");
        haneul.delete(&format!("/api/v1/comments/{answer}")).await.assert_status(204);
        assert!(comments(&haneul, post).await.is_empty(), "nobody's answer stands there any more");
        app.settle().await;
        app.finish().await;
    }

    async fn whoever_may_not_read_a_category_finds_none_of_its_comments(db: Db) {
        let app = app(db).await;
        let (haneul, boss) = (app.person("haneul").await, app.person("boss").roles(&["admin"]).await);
        let (haneul, boss) = (app.client().of(&haneul), app.client().of(&boss));
        let admins = json!({ "roles": ["admin"] });
        let category = make_category(&boss, "운영진", admins.clone(), admins).await;
        let body = json!({ "title": "비밀", "content": "글", "category_id": category });
        let post = boss.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        let id = comment(&boss, post, "비밀 댓글").await;
        let list = format!("/api/v1/posts/{post}/comments");
        let one = format!("/api/v1/comments/{id}");
        haneul.get(&list).await.assert_problem(404, "not_found");
        haneul.post(&list).json(json!({ "content": "나도" })).await.assert_problem(404, "not_found");
        haneul.get(&one).await.assert_problem(404, "not_found");
        haneul.put(&one).json(json!({ "rev": 1, "content": "?" })).await.assert_problem(404, "not_found");
        haneul.delete(&one).await.assert_problem(404, "not_found");
        haneul.post(&format!("{one}/reports")).json(json!({ "reason": "?" })).await.assert_problem(404, "not_found");
        haneul.get(&format!("/api/v1/board/people?post={post}")).await.assert_problem(404, "not_found");
        app.settle().await;
        app.finish().await;
    }

    async fn the_words_of_deleted_comments_go_after_a_while(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&haneul, post, "지울 말").await;
        haneul.delete(&format!("/api/v1/comments/{id}")).await.assert_status(204);
        let left = async || {
            let read = app.db.read::<_, DbError, _>(async move |conn| {
                conn.one::<String>("SELECT body FROM board_comment WHERE serial = $1", params![id]).await
            });
            read.await.unwrap()
        };
        app.run_schedules().await;
        assert_eq!(left().await, "지울 말");
        app.settle().await;
        app.clock.advance(std::time::Duration::from_hours(24 * 31));
        app.run_schedules().await;
        assert_eq!(left().await, "");
        app.settle().await;
        app.finish().await;
    }
}
