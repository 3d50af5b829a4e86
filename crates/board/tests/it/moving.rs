//! Posts are moved to other categories: what is counted, and who still hears of them.

use std::time::Duration;

use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Client, Person, TestApp};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{app, make_category};

const POSTS: &str = "/api/v1/posts";
/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_secs(20);

async fn write_in(client: &Client, category: &str) -> i64 {
    let body = json!({ "title": "글", "content": "글", "category_id": category });
    let made = client.post(POSTS).json(body).await.assert_status(201);
    made.body["id"].as_i64().unwrap()
}

fn into(category: &str, rev: i64) -> Value {
    json!({ "title": "글", "content": "글", "category_id": category, "rev": rev })
}

/// Whether what is said in a room is heard before what is said to the person right afterwards.
async fn is_in(app: &TestApp, wire: &mut Wire, person: &Person, room: &str) -> bool {
    let live = &app.accounts.live;
    live.emit(room, "news", &json!(room));
    live.emit(&format!("user_{}", person.id), "mark", &json!(null));
    let mut heard = false;
    loop {
        match wire.hear().await {
            Heard::Event(name, _) if name == "mark" => return heard,
            Heard::Event(name, said) if name == "news" => heard = said == json!(room),
            Heard::Event(..) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn leaves(app: &TestApp, wire: &mut Wire, person: &Person, room: &str) {
    let gone = async { while is_in(app, wire, person, room).await {} };
    assert!(timeout(PATIENCE, gone).await.is_ok(), "{room}");
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn posts_are_moved_past_each_other_and_counted(db: Db) {
        let app = app(db).await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let (one, two) = (make_category(&boss, "하나", json!({}), json!({})).await, make_category(&boss, "둘", json!({}), json!({})).await);
        let (first, second) = (write_in(&boss, &one).await, write_in(&boss, &two).await);
        let send = |post: i64, category: &str, rev: i64| boss.put(&format!("{POSTS}/{post}")).json(into(category, rev));
        for rev in 1..=10 {
            let (to, from) = if rev % 2 == 1 { (&two, &one) } else { (&one, &two) };
            let (there, back) = tokio::join!(async { send(first, to, rev).await }, async { send(second, from, rev).await });
            there.assert_status(200);
            back.assert_status(200);
        }
        let list = boss.get("/api/v1/categories").await.assert_status(200).body;
        let counts: Vec<i64> = list["categories"].as_array().unwrap().iter()
            .filter(|it| it["id"] == json!(one) || it["id"] == json!(two))
            .map(|it| it["posts"].as_i64().unwrap()).collect();
        assert_eq!(counts, [1, 1]);
        app.settle().await;
        app.finish().await;
    }

    async fn whoever_may_not_read_a_moved_post_leaves_its_room_at_once(db: Db) {
        let app = app(db).await;
        let person = app.person("haneul").await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let open = make_category(&boss, "모두", json!({}), json!({})).await;
        let inner = make_category(&boss, "운영", json!({ "roles": ["admin"] }), json!({ "roles": ["admin"] })).await;
        let (post, stays, other) = (write_in(&boss, &open).await, write_in(&boss, &open).await, write_in(&boss, &inner).await);
        let room = |post: i64| format!("post_{post}");
        let auth = json!({ "token": person.token, "rooms": [room(post), room(stays), room(other), "post_x"] });
        let mut wire = Wire::seated(app.client(), &auth).await;
        assert!(is_in(&app, &mut wire, &person, &room(post)).await);
        assert!(is_in(&app, &mut wire, &person, &room(stays)).await);
        assert!(!is_in(&app, &mut wire, &person, &room(other)).await);
        boss.put(&format!("{POSTS}/{post}")).json(into(&inner, 1)).await.assert_status(200);
        leaves(&app, &mut wire, &person, &room(post)).await;
        let hide = format!("{POSTS}/{stays}/hidden");
        assert!(is_in(&app, &mut wire, &person, &room(stays)).await);
        boss.put(&hide).json(json!({ "reason": "규정" })).await.assert_status(204);
        leaves(&app, &mut wire, &person, &room(stays)).await;
        app.settle().await;
        app.finish().await;
    }
}
