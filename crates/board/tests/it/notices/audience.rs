//! Posts that must be read: everybody whom their category is meant for is told, in portions.

use hanok_db::{DbError, InsertMany, Tx, Value as Bound};
use hanok_testkit::TestApp;
use hanok_testkit::wire::{Heard, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{app, assert_nothing, hear_again, read_all, told, types};
use crate::categories::team_of;
use crate::{make_category, write_post};

/// Of whom there are more than two portions.
const MANY: usize = 450;

/// So many people who never sign in.
async fn crowd(app: &TestApp) {
    static ACCOUNTS: InsertMany<5> =
        InsertMany::new("INSERT INTO account (id, username, username_key, name, created_at)");
    let now = app.clock.now();
    let unit = app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        let people: Vec<(Uuid, String)> = (0..MANY)
            .map(|n| {
                (
                    Uuid::from_u128(0xC0DE_0000 + n as u128),
                    format!("crowd{n}"),
                )
            })
            .collect();
        let rows: Vec<[Bound<'_>; 5]> = people
            .iter()
            .map(|(id, name)| {
                let name = Bound::Text(name);
                [Bound::Uuid(*id), name, name, name, Bound::I64(now.micros())]
            })
            .collect();
        ACCOUNTS.execute(tx, &rows).await
    });
    unit.await.unwrap();
}

/// How many of them have something unread, and how many notifications that is in all.
async fn reached(app: &TestApp) -> (i64, i64) {
    const SQL: &str = "SELECT COUNT(DISTINCT n.account_id), COUNT(*) FROM notification n \
        JOIN account a ON a.id = n.account_id WHERE a.username LIKE 'crowd%' \
        AND n.read_at IS NULL AND n.withdrawn_at IS NULL";
    app.settle().await;
    let read = app
        .db
        .read::<_, DbError, _>(async |conn| conn.one(SQL, &[]).await);
    read.await.unwrap()
}

/// What is heard next, which is this event.
async fn heard(wire: &mut Wire, event: &str) -> Value {
    match wire.hear().await {
        Heard::Event(name, told) if name == event => told,
        other => panic!("{other:?}"),
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn whom_a_category_is_meant_for_is_told_and_who_has_not_read_is_reminded(db: Db) {
        let app = app(db).await;
        let (haneul, bada, soo) = (app.person("haneul").await, app.person("bada").await, app.person("soo").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        team_of(&app, "하나", &haneul).await;
        team_of(&app, "둘", &bada).await;
        let [haneul, bada, soo] = [haneul, bada, soo].map(|one| app.client().of(&one));
        let readers = json!({ "teams": ["하나", "둘"] });
        let category = make_category(&boss, "안내", readers, json!({})).await;
        let body = json!({ "title": "보안 교육", "content": "글", "category_id": category });
        let post = boss.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        let path = format!("/api/v1/posts/{post}");
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        for person in [&haneul, &bada] {
            let list = told(&app, person).await;
            assert_eq!((list.len(), &list[0]["type"], &list[0]["post_title"]), (1, &json!("must_read"), &json!("보안 교육")));
        }
        assert_nothing(&app, &soo).await;
        assert_nothing(&app, &boss).await;
        haneul.get(&path).await.assert_status(200);
        boss.post(&format!("{path}/remind")).await.assert_status(200);
        assert_eq!((types(&app, &haneul).await.len(), types(&app, &bada).await.len()), (1, 2));
        hear_again(&app).await;
        assert_eq!((types(&app, &haneul).await.len(), types(&app, &bada).await.len()), (1, 2), "heard twice, told once");
        read_all(&app, &haneul).await;
        boss.delete(&format!("{path}/must-read")).await.assert_status(204);
        assert_nothing(&app, &bada).await;
        assert_eq!(told(&app, &haneul).await.len(), 1, "what was read stays");
        app.finish().await;
    }

    async fn whom_a_post_is_meant_for_hears_of_it_at_once_as_their_own(db: Db) {
        let app = app(db).await;
        let (haneul, bada, soo) = (app.person("haneul").await, app.person("bada").await, app.person("soo").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        team_of(&app, "하나", &haneul).await;
        team_of(&app, "둘", &bada).await;
        let mut wires = [Wire::of(&app, &haneul).await, Wire::of(&app, &bada).await];
        let mut other = Wire::of(&app, &soo).await;
        let category = make_category(&boss, "안내", json!({ "teams": ["하나", "둘"] }), json!({})).await;
        let body = json!({ "title": "보안 교육", "content": "글", "category_id": category });
        let post = boss.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        boss.put(&format!("/api/v1/posts/{post}/must-read")).await.assert_status(204);
        app.settle().await;
        for (wire, name) in wires.iter_mut().zip(["haneul", "bada"]) {
            let heard = heard(wire, "notification").await;
            let said = (&heard["type"], &heard["post_id"], &heard["post_title"], &heard["receiver"], &heard["unread"]);
            assert_eq!(said, (&json!("must_read"), &json!(post), &json!("보안 교육"), &json!(name), &json!(1)));
        }
        app.accounts.live.emit(&format!("user_{}", soo.id), "mark", &json!(null));
        assert_eq!(heard(&mut other, "mark").await, json!(null));
        app.finish().await;
    }

    async fn everybody_is_told_once_however_many_they_are(db: Db) {
        let app = app(db).await;
        crowd(&app).await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&boss, "모두에게", "글").await;
        let path = format!("/api/v1/posts/{post}");
        let many = i64::try_from(MANY).unwrap();
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        assert_eq!(reached(&app).await, (many, many));
        hear_again(&app).await;
        assert_eq!(reached(&app).await, (many, many));
        assert_eq!(boss.post(&format!("{path}/remind")).await.assert_status(200).body["people"], many);
        assert_eq!(reached(&app).await, (many, 2 * many));
        boss.delete(&format!("{path}/must-read")).await.assert_status(204);
        assert_eq!(reached(&app).await, (0, 0));
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        assert_eq!(reached(&app).await, (many, many));
        boss.delete(&path).await.assert_status(204);
        assert_eq!(reached(&app).await, (0, 0));
        app.finish().await;
    }

    async fn nobody_is_told_to_read_what_is_taken_back_before(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&boss, "글", "글").await;
        let path = format!("/api/v1/posts/{post}/must-read");
        boss.put(&path).await.assert_status(204);
        boss.delete(&path).await.assert_status(204);
        assert_nothing(&app, &haneul).await;
        app.finish().await;
    }
}
