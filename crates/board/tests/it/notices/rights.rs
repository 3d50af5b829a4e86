//! Nobody is told of what they may not read, nor finds any more what they were told of it.

use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::{app, assert_nothing, hear_again, history, read_all, types};
use crate::categories::team_of;
use crate::comments::comment;
use crate::make_category;
use crate::rights::leave_teams;

/// A post in a category; its number.
async fn write_in(client: &Client, category: &str, content: &str) -> i64 {
    let body = json!({ "title": "글", "content": content, "category_id": category });
    let made = client
        .post("/api/v1/posts")
        .json(body)
        .await
        .assert_status(201);
    made.body["id"].as_i64().unwrap()
}

/// Two of a team, one of whom has a post there that the other has commented on, and who runs the board.
struct Team {
    haneul: hanok_testkit::Person,
    author: Client,
    bada: Client,
    boss: Client,
    category: String,
    post: i64,
}

async fn team(app: &TestApp) -> Team {
    let (haneul, bada) = (app.person("haneul").await, app.person("bada").await);
    let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
    team_of(app, "하나", &haneul).await;
    team_of(app, "둘", &bada).await;
    let readers = json!({ "teams": ["하나", "둘"] });
    let category = make_category(&boss, "팀방", readers, json!({})).await;
    let (author, bada) = (app.client().of(&haneul), app.client().of(&bada));
    let post = write_in(&author, &category, "글").await;
    Team {
        haneul,
        author,
        bada,
        boss,
        category,
        post,
    }
}

/// What of a person's unread notifications is in the store, without asking for them.
async fn kept(app: &TestApp, username: &'static str) -> i64 {
    const SQL: &str = "SELECT COUNT(*) FROM notification n JOIN account a ON a.id = n.account_id \
        WHERE a.username = $1 AND n.read_at IS NULL AND n.withdrawn_at IS NULL";
    app.settle().await;
    let read = app.db.read::<_, hanok_db::DbError, _>(async move |conn| {
        conn.one(SQL, hanok_db::params![username]).await
    });
    read.await.unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn who_left_the_team_finds_nothing_of_what_they_were_told(db: Db) {
        let app = app(db).await;
        let team = team(&app).await;
        comment(&team.bada, team.post, "댓글").await;
        assert_eq!(types(&app, &team.author).await, ["comment"]);
        leave_teams(&app, &team.haneul).await;
        assert_nothing(&app, &team.author).await;
        app.finish().await;
    }

    async fn nobody_is_told_of_what_they_may_not_read_when_it_is_handled(db: Db) {
        let app = app(db).await;
        let team = team(&app).await;
        comment(&team.bada, team.post, "댓글 @haneul").await;
        leave_teams(&app, &team.haneul).await;
        assert_eq!(kept(&app, "haneul").await, 0);
        assert_nothing(&app, &team.author).await;
        app.finish().await;
    }

    async fn what_is_told_of_a_category_goes_with_the_right_to_read_it(db: Db) {
        let app = app(db).await;
        let team = team(&app).await;
        comment(&team.bada, team.post, "댓글").await;
        let of_boss = write_in(&team.boss, &team.category, "글").await;
        comment(&team.bada, of_boss, "댓글").await;
        let other = write_in(&team.author, &team.category, "@bada").await;
        assert_eq!((kept(&app, "haneul").await, kept(&app, "bada").await, kept(&app, "boss").await), (1, 1, 1));
        let path = format!("/api/v1/categories/{}", team.category);
        let only = json!({ "readers": { "teams": ["둘"] } });
        team.boss.patch(&path).json(only).await.assert_status(200);
        assert_eq!((kept(&app, "haneul").await, kept(&app, "bada").await, kept(&app, "boss").await), (0, 1, 1),
            "the team that reads it no more, and neither the other nor who runs the board");
        team.boss.post(&format!("{path}/close")).await.assert_status(200);
        assert_eq!((kept(&app, "bada").await, kept(&app, "boss").await), (0, 1), "in a closed one");
        assert_nothing(&app, &team.bada).await;
        hear_again(&app).await;
        assert_eq!((kept(&app, "haneul").await, kept(&app, "bada").await), (0, 0), "{other}");
        app.finish().await;
    }

    async fn what_is_told_of_a_post_goes_when_it_is_moved(db: Db) {
        let app = app(db).await;
        let team = team(&app).await;
        let only = json!({ "teams": ["하나"] });
        let elsewhere = make_category(&team.boss, "하나의 방", only, json!({})).await;
        let post = write_in(&team.author, &team.category, "@bada").await;
        comment(&team.bada, post, "댓글").await;
        assert_eq!((kept(&app, "haneul").await, kept(&app, "bada").await), (1, 1));
        let into = json!({ "title": "글", "content": "@bada", "category_id": elsewhere, "rev": 1 });
        team.author.put(&format!("/api/v1/posts/{post}")).json(into).await.assert_status(200);
        assert_eq!((kept(&app, "haneul").await, kept(&app, "bada").await), (1, 0));
        app.finish().await;
    }

    async fn what_was_read_is_not_shown_while_its_reader_may_not_see_it(db: Db) {
        let app = app(db).await;
        let team = team(&app).await;
        comment(&team.bada, team.post, "댓글").await;
        read_all(&app, &team.author).await;
        let path = format!("/api/v1/posts/{}/hidden", team.post);
        assert_eq!(history(&app, &team.author).await["notifications"][0]["read"], true);
        leave_teams(&app, &team.haneul).await;
        let page = history(&app, &team.author).await;
        assert_eq!((&page["notifications"], &page["unread"]), (&Value::Array(vec![]), &json!(0)));
        team.boss.put(&path).json(json!({ "reason": "?" })).await.assert_status(204);
        let page = history(&app, &team.author).await;
        assert_eq!(page["notifications"].as_array().unwrap().len(), 1, "what became of their own post: {page}");
        app.finish().await;
    }
}
