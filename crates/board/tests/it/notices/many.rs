//! A thousand comments of fifty people on one post.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use hanok_db::DbError;
use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::{app, assert_nothing, history, read_all};
use crate::write_post;

/// Each of them writes ten comments, at once with the others.
async fn talk(people: &[Client], post: i64) {
    let path = format!("/api/v1/posts/{post}/comments");
    let said = people.iter().map(|client| {
        let path = path.clone();
        async move {
            for n in 0..10 {
                let body = json!({ "content": format!("{n}번째") });
                client.post(&path).json(body).await.assert_status(201);
            }
        }
    });
    join_all(said).await;
}

/// Every source of every notification: whose it is, and what it was.
async fn sources(app: &TestApp) -> Vec<(String, String)> {
    const SQL: &str = "SELECT a.username, s.source FROM notification_source s \
        JOIN notification n ON n.id = s.notification_id JOIN account a ON a.id = n.account_id";
    let read = app
        .db
        .read::<_, DbError, _>(async |conn| conn.all(SQL, &[]).await);
    read.await.unwrap()
}

/// The newest comment of others.
async fn newest_of_others(app: &TestApp) -> i64 {
    const SQL: &str = "SELECT MAX(m.serial) FROM board_comment m JOIN board_post p ON p.serial = m.post \
        WHERE m.author_id <> p.author_id";
    let read = app
        .db
        .read::<_, DbError, _>(async |conn| conn.one(SQL, &[]).await);
    read.await.unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_thousand_comments_of_fifty_people_are_told_exactly_once(db: Db) {
        let app = app(db).await;
        let mut people = Vec::new();
        for n in 0..50 {
            let person = app.person(&format!("person{n}")).name(&format!("사람 {n}")).without_phone().await;
            people.push(app.client().of(&person));
        }
        let post = write_post(&people[0], "모두에게", "한마디씩 남겨 주세요").await;
        talk(&people, post).await;
        let page = history(&app, &people[0]).await;
        let list = page["notifications"].as_array().unwrap();
        assert_eq!((list.len(), &list[0]["others"], &page["unread"]), (1, &json!(48), &json!(1)), "one burst of 49 others");
        assert_eq!(list[0]["comment_id"], newest_of_others(&app).await);
        read_all(&app, &people[0]).await;
        app.clock.advance(Duration::from_mins(5));
        talk(&people, post).await;
        let page = history(&app, &people[0]).await;
        let list = page["notifications"].as_array().unwrap();
        assert_eq!((list.len(), &list[0]["others"], &page["unread"]), (2, &json!(48), &json!(1)), "what was read grows no more");
        assert_eq!(list[0]["comment_id"], newest_of_others(&app).await);
        assert_eq!((&list[0]["read"], &list[1]["read"]), (&Value::Bool(false), &Value::Bool(true)));
        let sources = sources(&app).await;
        assert!(sources.iter().all(|(username, _)| username == "person0"));
        let once: HashSet<&String> = sources.iter().map(|(_, source)| source).collect();
        assert_eq!((sources.len(), once.len()), (980, 980), "each comment of others, once");
        assert_nothing(&app, &people[1]).await;
        app.finish().await;
    }
}
