//! Every act is on the record and told as an event; those that are done in passing are counted.

use hanok_db::{DbError, Tx, params};
use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::comments::{comment, events};
use crate::{app, app_of, make_category, signed_in, write_post};

const POSTS: &str = "/api/v1/posts";

/// The acts that the trail has of an action.
async fn acts(app: &TestApp, action: &str) -> Vec<String> {
    let rows = app.audit_of(action).await;
    let act =
        |row: &hanok_testkit::AuditLine| row.details["act"].as_str().unwrap_or_default().to_owned();
    rows.iter().map(act).collect()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let read = app
        .db
        .read::<i64, DbError, _>(async move |conn| conn.one(sql, &[]).await);
    read.await.unwrap()
}

/// A post with many comments, written down at once.
async fn talked_of(app: &TestApp, client: &Client, comments: usize) -> i64 {
    const SQL: &str = "INSERT INTO board_comment (id, post, author_id, body, created_at) \
        SELECT $1, serial, author_id, 'x', created_at FROM board_post WHERE serial = $2";
    let post = write_post(client, "긴 이야기", "글").await;
    let ids: Vec<hanok_base::Id<Client>> = (0..comments)
        .map(|_| hanok_base::Id::new(&app.clock, &app.random))
        .collect();
    let made = app.db.write(async move |tx: &mut Tx| {
        for id in ids {
            tx.execute(SQL, params![id, post]).await?;
        }
        Ok::<_, DbError>(())
    });
    made.await.unwrap();
    post
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn each_act_is_told_as_an_event(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&haneul, post, "댓글").await;
        let path = format!("{POSTS}/{post}");
        for (at, kind, client) in [("recommendation", ["post.recommended", "post.unrecommended"], &haneul),
            ("pin", ["post.pinned", "post.unpinned"], &boss), ("must-read", ["post.must_read", "post.must_read_released"], &boss),
            ("lock", ["moderation.locked", "moderation.unlocked"], &boss)] {
            let at = format!("{path}/{at}");
            assert!(client.put(&at).await.status.is_success(), "{at}");
            assert!(client.delete(&at).await.status.is_success(), "{at}");
            for kind in kind {
                let told = events(&app, kind).await;
                assert_eq!((told.len(), &told[0]["post_id"]), (1, &json!(post)), "{kind}");
            }
        }
        let why = json!({ "reason": "광고" });
        for (at, kind) in [(path.clone(), ["post.hidden", "post.shown"]), (format!("/api/v1/comments/{id}"), ["comment.hidden", "comment.shown"])] {
            let at = format!("{at}/hidden");
            boss.put(&at).json(why.clone()).await.assert_status(204);
            boss.delete(&at).await.assert_status(204);
            for kind in kind {
                let told = events(&app, kind).await;
                assert_eq!((told.len(), &told[0]["post_id"], &told[0]["subject_id"]), (1, &json!(post), &told[0]["author_id"]), "{kind}");
            }
        }
        boss.post(&format!("/api/v1/comments/{id}/reports")).json(why).await.assert_status(204);
        let open = boss.get("/api/v1/moderation/reports").await.assert_status(200).body;
        let report = open["reports"][0]["id"].as_str().unwrap().to_owned();
        boss.post(&format!("/api/v1/moderation/reports/{report}/dismiss")).await.assert_status(200);
        let told = events(&app, "moderation.dismissed").await;
        assert_eq!((told.len(), &told[0]["comment_id"], &told[0]["post_id"]), (1, &json!(id), &json!(post)));
        let category = make_category(&boss, "하나", json!({}), json!({})).await;
        let at = format!("/api/v1/categories/{category}");
        boss.patch(&at).json(json!({ "name": "둘" })).await.assert_status(200);
        assert!(boss.post(&format!("{at}/close")).await.status.is_success());
        assert!(boss.post(&format!("{at}/reopen")).await.status.is_success());
        // The first two of all were made by the program.
        for (kind, before) in [("category.created", 2), ("category.changed", 0), ("category.closed", 0), ("category.reopened", 0)] {
            let told = events(&app, kind).await;
            assert_eq!((told.len(), &told[before]["category_id"]), (before + 1, &json!(category)), "{kind}");
        }
        app.settle().await;
        app.finish().await;
    }

    async fn what_is_written_is_an_activity_and_a_draft_or_a_look_is_none(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let draft = json!({ "title": "쓰다 만", "content": "초안" });
        haneul.put("/api/v1/me/draft").json(draft).await.assert_status(200);
        let post = write_post(&haneul, "글", "비밀스러운 본문").await;
        let id = comment(&boss, post, "댓글").await;
        let path = format!("{POSTS}/{post}");
        assert!(boss.put(&format!("{path}/recommendation")).await.status.is_success());
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        boss.get(&format!("{path}/readers")).await.assert_status(200);
        haneul.get(&path).await.assert_status(200);
        assert!(boss.delete(&format!("/api/v1/comments/{id}")).await.status.is_success());
        let told = events(&app, "user.activity").await;
        let of = |name: &str| {
            let own = told.iter().filter(|told| told["user_id"] == name);
            let own = own.map(|told| (told["activity_type"].as_str().unwrap(), told["details"]["act"].as_str().unwrap_or_default()));
            // What the person did before to have a phone is told without an act.
            own.filter(|(_, act)| !act.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(of("haneul"), [("post_written", "written")]);
        let theirs = [("comment_written", "commented"), ("board_change", "recommended"), ("administration", "must_read"), ("board_change", "deleted")];
        assert_eq!(of("boss"), theirs);
        assert!(!json!(told).to_string().contains("비밀"), "{told:#?}");
        app.settle().await;
        app.finish().await;
    }

    async fn why_something_is_hidden_is_not_in_the_trail_which_forgets_nothing(db: Db) {
        let app = app(db).await;
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&app.client().of(&app.person("haneul").await), "글", "글").await;
        let why = json!({ "reason": "김하늘의 전화번호" });
        boss.put(&format!("{POSTS}/{post}/hidden")).json(why).await.assert_status(204);
        let rows = app.audit_of("ADMIN_ACTION").await;
        let row = rows.iter().find(|row| row.details["act"] == "hidden").unwrap();
        assert!(!row.details.to_string().contains("김하늘"), "{:?}", row.details);
        app.settle().await;
        app.finish().await;
    }

    async fn who_has_read_is_shown_only_where_it_must_be_read_and_looking_is_on_the_record(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let bada = app.client().of(&app.person("bada").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&boss, "글", "글").await;
        let path = format!("{POSTS}/{post}");
        haneul.get(&path).await.assert_status(200);
        boss.get(&format!("{path}/readers")).await.assert_problem(409, "conflict");
        assert!(!acts(&app, "ADMIN_ACTION").await.contains(&"looked_at_readers".to_owned()));
        app.clock.advance(std::time::Duration::from_secs(5));
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        bada.get(&path).await.assert_status(200);
        let read = boss.get(&format!("{path}/readers")).await.assert_status(200).body;
        let at = |name: &str| {
            let people = read["people"].as_array().unwrap();
            people.iter().find(|one| one["username"] == name).unwrap()["read_at"].clone()
        };
        assert_eq!(at("haneul"), Value::Null, "when they read it before is nobody's business");
        assert!(at("bada").is_string());
        assert!(acts(&app, "ADMIN_ACTION").await.contains(&"looked_at_readers".to_owned()));
        app.settle().await;
        app.finish().await;
    }

    async fn whom_a_hidden_comment_names_is_told_to_nobody_who_may_not_read_it(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let bada = app.client().of(&app.person("bada").name("이바다").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&haneul, post, "@bada 님은 바보").await;
        let path = format!("/api/v1/comments/{id}");
        let why = json!({ "reason": "욕설" });
        boss.put(&format!("{path}/hidden")).json(why.clone()).await.assert_status(204);
        assert_eq!(bada.get(&path).await.assert_status(200).body["mentions"], json!([]));
        assert_eq!(boss.get(&path).await.body["mentions"][0]["name"], "이바다");
        boss.put(&format!("{POSTS}/{post}/hidden")).json(why).await.assert_status(204);
        let people = format!("/api/v1/board/people?post={post}&q=b");
        bada.get(&people).await.assert_problem(404, "not_found");
        boss.get(&people).await.assert_status(200);
        app.settle().await;
        app.finish().await;
    }

    async fn names_are_offered_by_a_part_of_them_to_those_who_read_there(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        app.person("bobby").await;
        let category = make_category(&boss, "운영", json!({ "roles": ["admin"] }), json!({})).await;
        let names = |body: Value| -> Vec<String> {
            let people = body["people"].as_array().unwrap().clone();
            people.iter().map(|one| one["username"].as_str().unwrap().to_owned()).collect()
        };
        let ask = |client: &Client, q: &str| client.get(&format!("/api/v1/board/people?category={category}&q={q}"));
        assert_eq!(names(ask(&boss, "bo").await.assert_status(200).body), ["boss"]);
        assert!(names(ask(&boss, "").await.assert_status(200).body).is_empty(), "no list of everybody");
        assert!(names(ask(&haneul, "bo").await.assert_status(200).body).is_empty());
        app.finish().await;
    }

    async fn what_is_done_in_passing_has_a_limit_of_its_own(db: Db) {
        let limited = TestApp::builder(db).config(|it| {
            it.limits.board_light_per_minute = 3;
            it.limits.board_write_per_minute = 2;
        });
        let app = app_of(limited).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let bada = app.client().of(&app.person("bada").await);
        let post = write_post(&haneul, "글", "글").await;
        let path = format!("{POSTS}/{post}");
        haneul.delete(&path).await.assert_status(204);
        haneul.post(&format!("{path}/restore")).await.assert_problem(429, "rate_limited");
        let other = write_post(&bada, "글", "글").await;
        let path = format!("{POSTS}/{other}");
        bada.put(&format!("{path}/bookmark")).await.assert_status(204);
        bada.put("/api/v1/me/draft").json(json!({ "title": "글" })).await.assert_status(200);
        bada.get("/api/v1/search?q=글").await.assert_status(200);
        bada.put(&format!("{path}/recommendation")).await.assert_problem(429, "rate_limited");
        bada.get("/api/v1/search?q=글").await.assert_problem(429, "rate_limited");
        bada.get(&path).await.assert_status(200);
        app.settle().await;
        app.finish().await;
    }

    async fn a_post_with_many_comments_is_forgotten_piece_by_piece(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let post = talked_of(&app, &haneul, 1_100).await;
        haneul.delete(&format!("{POSTS}/{post}")).await.assert_status(204);
        app.settle().await;
        app.clock.advance(std::time::Duration::from_hours(24 * 31));
        app.run_schedules().await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM board_comment").await, 0);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM board_post").await, 0);
        let rows = app.audit_of("ADMIN_ACTION").await;
        let of = |what: &str| -> Vec<i64> {
            let rows = rows.iter().filter(|row| row.details["forgotten"] == what);
            let mut counts: Vec<i64> = rows.map(|row| row.details["count"].as_i64().unwrap()).collect();
            counts.sort_unstable();
            counts
        };
        assert_eq!((of("comments"), of("posts")), (vec![100, 500, 500], vec![1]));
        app.finish().await;
    }

    async fn a_person_takes_along_what_the_board_keeps_of_them(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let post = write_post(&haneul, "글", "글").await;
        comment(&haneul, post, "댓글").await;
        haneul.put("/api/v1/me/draft").json(json!({ "title": "글" })).await.assert_status(200);
        let browser = signed_in(&app, "haneul").await;
        let taken = browser.get("/account/privacy/download").await.assert_status(200);
        assert!(taken.text.contains("board.json"));
        app.settle().await;
        app.finish().await;
    }
}
