//! Lists go on behind their numbered pages, and a cursor belongs to its order.

use hanok_db::{DbError, Tx, params};
use hanok_testkit::{Client, TestApp};
use serde_json::Value;

use crate::{app, signed_in, write_post};

const POSTS: &str = "/api/v1/posts";

fn ids(answer: &Value) -> Vec<i64> {
    let list = answer["posts"].as_array().unwrap();
    list.iter()
        .map(|post| post["id"].as_i64().unwrap())
        .collect()
}

/// As many posts like one that is there.
async fn like(app: &TestApp, post: i64, many: usize) {
    const SQL: &str = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at) \
        SELECT $1, category_id, author_id, title, body, created_at FROM board_post WHERE serial = $2";
    const COUNT: &str = "UPDATE board_category SET post_count = post_count + $1 \
        WHERE id = (SELECT category_id FROM board_post WHERE serial = $2)";
    let new = |_| hanok_base::Id::new(&app.clock, &app.random);
    let ids: Vec<hanok_base::Id<Client>> = (0..many).map(new).collect();
    let made = app.db.write(async move |tx: &mut Tx| {
        for id in ids {
            tx.execute(SQL, params![id, post]).await?;
        }
        let many = i64::try_from(many).unwrap_or_default();
        tx.execute(COUNT, params![many, post]).await.map(|_| ())
    });
    let made: Result<(), DbError> = made.await;
    made.unwrap();
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_numbered_page_says_where_the_list_goes_on(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let mut posts = Vec::new();
        for n in 0..4 {
            posts.insert(0, write_post(&haneul, &format!("{n}"), "글").await);
        }
        let get = |query: String| { let haneul = &haneul; async move { haneul.get(&format!("{POSTS}?{query}")).await } };
        let second = get("page=2&limit=1".to_owned()).await.assert_status(200).body;
        assert_eq!(ids(&second), [posts[1]]);
        let cursor = |name: &str| second[name].as_str().unwrap().to_owned();
        let (next, previous) = (cursor("next"), cursor("previous"));
        let third = get(format!("cursor={next}&limit=2")).await.assert_status(200).body;
        assert_eq!(ids(&third), posts[2..]);
        assert_eq!(third["next"], Value::Null);
        let first = get(format!("cursor={previous}&limit=1")).await.assert_status(200).body;
        assert_eq!(ids(&first), posts[..1]);
        let last = get("page=4&limit=1".to_owned()).await.assert_status(200).body;
        assert_eq!((&last["next"], last["total"].as_i64()), (&Value::Null, Some(4)));
        assert_eq!(get("page=1&limit=1".to_owned()).await.body["previous"], Value::Null);
        get(format!("page=1&cursor={next}")).await.assert_field("/cursor", "board_cursor");
        get(format!("sort=recommended&cursor={next}")).await.assert_field("/cursor", "board_cursor");
        app.settle().await;
        app.finish().await;
    }

    async fn the_page_leads_on_behind_its_last_number(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let oldest = write_post(&haneul, "가장 오래된 글", "글").await;
        let post = write_post(&haneul, "글", "글").await;
        like(&app, post, 500).await;
        let browser = signed_in(&app, "haneul").await;
        let page = browser.get("/posts?page=500&limit=1").await.assert_status(200).text;
        let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let next: Vec<String> = links.filter(|href| href.contains("cursor=")).map(|href| href.replace("&amp;", "&").replace("&#38;", "&")).collect();
        let mut found = false;
        for href in &next {
            found |= browser.get(href).await.assert_status(200).text.contains(&format!("/post/{oldest}\""));
        }
        assert!(found, "{next:?}");
        browser.get("/posts?page=501").await.assert_status(400);
        app.settle().await;
        app.finish().await;
    }
}
