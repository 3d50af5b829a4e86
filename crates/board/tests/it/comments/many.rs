//! Many comments: pages of them, and a thousand at once.

use std::collections::HashSet;

use futures_util::future::join_all;
use hanok_db::{DbError, params};
use hanok_testkit::Client;
use serde_json::{Value, json};

use super::{comment, events, reply};
use crate::{app, write_post};

/// The numbers of a page's comments.
fn numbers(page: &Value) -> Vec<i64> {
    let list = page["comments"].as_array().unwrap();
    list.iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

/// The numbers of all comments of a post, page by page.
async fn walked(client: &Client, post: i64, limit: u32) -> Vec<i64> {
    let path = format!("/api/v1/posts/{post}/comments?limit={limit}");
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client
            .get(&format!("{path}{cursor}"))
            .await
            .assert_status(200)
            .body;
        found.extend(numbers(&page));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_page_goes_on_where_the_one_before_ended_and_back(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let post = write_post(&haneul, "글", "글").await;
        let mut roots = Vec::new();
        for n in 0..5 {
            roots.push(comment(&haneul, post, &format!("{n}")).await);
        }
        let answer = reply(&haneul, post, roots[1], "답").await;
        let all = [roots[0], roots[1], answer, roots[2], roots[3], roots[4]];
        assert_eq!(walked(&haneul, post, 2).await, all);
        let path = format!("/api/v1/posts/{post}/comments?limit=4");
        let first = haneul.get(&path).await.body;
        assert_eq!((numbers(&first), &first["previous"]), (all[..4].to_vec(), &Value::Null));
        let next = first["next"].as_str().unwrap();
        let second = haneul.get(&format!("{path}&cursor={next}")).await.body;
        assert_eq!((numbers(&second), &second["next"]), (all[4..].to_vec(), &Value::Null));
        let previous = second["previous"].as_str().unwrap();
        let back = haneul.get(&format!("{path}&cursor={previous}")).await.body;
        assert_eq!(numbers(&back), all[..4]);
        haneul.get(&format!("{path}&cursor=x")).await.assert_field("/cursor", "invalid_value");
        let wrong = format!("/api/v1/posts/{post}/comments?limit=101");
        haneul.get(&wrong).await.assert_field("/limit", "out_of_range");
        app.settle().await;
        app.finish().await;
    }

    async fn a_thousand_comments_of_fifty_people_at_once_are_all_there_in_one_order(db: Db) {
        let app = app(db).await;
        let mut people = Vec::new();
        for n in 0..50 {
            let person = app.person(&format!("person{n}")).without_phone().await;
            people.push(app.client().of(&person));
        }
        let post = write_post(&people[0], "모두에게", "한마디씩 남겨 주세요").await;
        let path = format!("/api/v1/posts/{post}/comments");
        let talk = people.iter().enumerate().map(|(who, client)| {
            let path = path.clone();
            async move {
                let mut mine = Vec::new();
                for n in 0..20 {
                    let body = json!({ "content": format!("{who}의 {n}번째") });
                    let made = client.post(&path).json(body).await.assert_status(201).body;
                    mine.push(made["id"].as_i64().unwrap());
                }
                mine
            }
        });
        let written: Vec<Vec<i64>> = join_all(talk).await;
        for mine in &written {
            assert!(mine.is_sorted(), "each in the order of its author");
        }
        let all: HashSet<i64> = written.into_iter().flatten().collect();
        assert_eq!(all.len(), 1_000);
        let order = walked(&people[0], post, 100).await;
        assert!(order.is_sorted() && order.len() == 1_000 && order.iter().all(|id| all.contains(id)));
        assert_eq!(walked(&people[1], post, 60).await, order, "the same for everybody");
        let counted = app.db.read::<_, DbError, _>(async move |conn| {
            conn.one::<i64>("SELECT comment_count FROM board_post WHERE serial = $1", params![post]).await
        });
        assert_eq!(counted.await?, 1_000);
        let told: Vec<i64> = events(&app, "post.commented").await.iter().map(|it| it["comment_id"].as_i64().unwrap()).collect();
        assert_eq!(told, order, "told in the order in which they stand");
        app.settle().await;
        app.finish().await;
    }
}
