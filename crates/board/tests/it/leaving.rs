//! Somebody leaves: what they take along, what goes with them, and what stays under another name.

use std::time::Duration;

use hanok_accounts::App;
use hanok_board::BoardApp;
use hanok_db::{DbError, params};
use hanok_testkit::{Client, PASSWORD, Person, TestApp};
use serde_json::{Value, json};

use crate::attachments::form;
use crate::comments::comment;
use crate::{app_and_board, assert_leads, signed_in, write_post};

/// Where rows of a person alone lie.
const THEIRS: [&str; 8] = [
    "board_draft WHERE author_id",
    "board_reading WHERE account_id",
    "board_bookmark WHERE account_id",
    "board_mention WHERE account_id",
    "board_report WHERE reporter_id",
    "board_restriction WHERE account_id",
    "board_feed_key WHERE account_id",
    "board_attachment WHERE draft IS NOT NULL AND owner_id",
];

/// How many rows of each there are.
async fn theirs(app: &TestApp, person: &Person) -> Vec<i64> {
    let id = person.id;
    let mut counts = Vec::new();
    for table in THEIRS {
        let sql = format!("SELECT COUNT(*) FROM {table} = $1");
        let read = app
            .db
            .read::<_, DbError, _>(async move |conn| conn.one(&sql, params![id]).await);
        counts.push(read.await.unwrap());
    }
    counts
}

async fn attach(client: &Client, path: &str, fields: &[(&str, &str)]) -> Value {
    let body = form(fields, "자료.txt", b"words of a file");
    let sent = client
        .post(path)
        .bytes("multipart/form-data; boundary=b1", body)
        .await;
    assert!(matches!(sent.status.as_u16(), 201 | 302), "{}", sent.text);
    sent.body
}

/// What somebody does who uses all of the board; their post, and the address of its file.
async fn live(client: &Client, boss: &Client, person: &Person, other: i64) -> (i64, String) {
    let post = write_post(client, "떠나는 사람의 글", "남는 본문").await;
    let file = attach(client, &format!("/api/v1/posts/{post}/attachments"), &[]).await;
    comment(client, other, "남는 댓글").await;
    for path in ["bookmark", "recommendation"] {
        let put = client.put(&format!("/api/v1/posts/{other}/{path}")).await;
        assert!(put.status.is_success(), "{}", put.text);
    }
    client
        .get(&format!("/api/v1/posts/{other}"))
        .await
        .assert_status(200);
    let reason = json!({ "reason": "광고" });
    client
        .post(&format!("/api/v1/posts/{other}/reports"))
        .json(reason.clone())
        .await
        .assert_status(204);
    comment(boss, other, &format!("@{} 보세요", person.username)).await;
    attach(
        client,
        "/post/new/file",
        &[("title", "쓰다 만 글"), ("content", "아직")],
    )
    .await;
    let of_edit = json!({ "post_id": post, "title": "고치다 만 글", "content": "아직" });
    client
        .put("/api/v1/me/draft")
        .json(of_edit)
        .await
        .assert_status(200);
    let restricted = format!("/api/v1/moderation/restrictions/{}", person.id);
    boss.put(&restricted).json(reason).await.assert_status(204);
    (post, file["url"].as_str().unwrap().to_owned())
}

async fn close(app: &TestApp, person: &Person) {
    let browser = signed_in(app, &person.username).await;
    let given = browser
        .post("/account/confirm", &[("password", PASSWORD)])
        .await;
    assert_leads(&given, "/account");
    let typed = [("username", person.username.as_str())];
    assert_leads(
        &browser.post("/account/privacy/close", &typed).await,
        "/login",
    );
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn what_is_a_persons_alone_goes_and_what_they_wrote_stays_under_another_name(db: Db) {
        let (app, _) = app_and_board(db).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let leaver = app.person("leaver").name("홍떠남").await;
        let (boss, client) = (app.client().of(&boss), app.client().of(&leaver));
        let other = write_post(&boss, "남의 글", "글").await;
        let (post, file) = live(&client, &boss, &leaver, other).await;
        let key = client.post("/api/v1/me/rss-key").await.assert_status(201).body;
        let feed = format!("/feed?key={}", key["key"].as_str().unwrap());
        app.client().get(&feed).await.assert_status(200);
        assert_eq!(theirs(&app, &leaver).await, [2, 2, 1, 1, 1, 1, 1, 1]);

        close(&app, &leaver).await;
        app.client().get(&feed).await.assert_status(401);
        assert_eq!(theirs(&app, &leaver).await[0], 2, "within the grace nothing goes");
        app.clock.advance(Duration::from_hours(7 * 24));
        app.run_schedules().await;
        let boss = app.client().of(&app.person("chief").roles(&["admin"]).await);
        assert_eq!(theirs(&app, &leaver).await, [0; 8]);
        app.client().get(&feed).await.assert_status(401);
        let shown = boss.get(&format!("/api/v1/posts/{post}")).await.assert_status(200).body;
        assert_eq!((&shown["title"], &shown["content"]), (&json!("떠나는 사람의 글"), &json!("남는 본문")));
        assert_eq!(shown["author"]["name"], Value::Null, "{shown}");
        assert_eq!(boss.get(&file).await.assert_status(200).text, "words of a file");
        let comments = boss.get(&format!("/api/v1/posts/{other}/comments")).await.assert_status(200).body;
        assert_eq!((&comments["comments"][0]["content"], &comments["comments"][0]["author"]["name"]), (&json!("남는 댓글"), &Value::Null));
        let counted = boss.get(&format!("/api/v1/posts/{other}")).await.assert_status(200).body;
        assert_eq!((&counted["recommendations"], &counted["comments"]), (&json!(1), &json!(2)));
        let browser = signed_in(&app, "chief").await;
        for path in [format!("/post/{post}"), format!("/post/{other}"), "/posts".to_owned(), "/search?q=%EB%82%A8%EB%8A%94".to_owned()] {
            let page = browser.get(&path).await.assert_status(200).text;
            assert!(page.contains("탈퇴한 사람") && !page.contains("홍떠남") && !page.contains("closed-"), "{path}: {page}");
        }
        let found = boss.get("/api/v1/search?q=%ED%99%8D%EB%96%A0%EB%82%A8").await.assert_status(200).body;
        assert_eq!(found["posts"], json!([]), "by a name that nobody has any more");
        app.settle().await;
        app.finish().await;
    }

    async fn a_person_takes_along_what_they_wrote_and_marked_and_nothing_of_others(db: Db) {
        let (app, board) = app_and_board(db).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let leaver = app.person("leaver").await;
        let (boss, client) = (app.client().of(&boss), app.client().of(&leaver));
        let other = write_post(&boss, "남의 글", "남의 본문").await;
        let (post, _) = live(&client, &boss, &leaver, other).await;
        let parts = BoardApp(board).personal_data();
        assert_eq!(parts.iter().map(|part| part.file).collect::<Vec<_>>(), ["board.json"]);
        let told = (parts[0].read)(leaver.id).await.unwrap();
        assert_eq!((&told["posts"][0]["id"], &told["posts"][0]["content"]), (&json!(post), &json!("남는 본문")));
        assert_eq!((&told["comments"][0]["post_id"], &told["comments"][0]["content"]), (&json!(other), &json!("남는 댓글")));
        let mut drafts: Vec<&str> = told["drafts"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
        drafts.sort_unstable();
        assert_eq!(drafts, ["고치다 만 글", "쓰다 만 글"]);
        assert_eq!((&told["bookmarks"][0]["post_id"], &told["truncated"]), (&json!(other), &json!(false)));
        let counts = ["posts", "comments", "bookmarks"].map(|list| told[list].as_array().unwrap().len());
        assert_eq!(counts, [1, 1, 1]);
        assert!(!told.to_string().contains("남의 본문"), "{told}");
        let browser = signed_in(&app, "leaver").await;
        browser.post("/account/confirm", &[("password", PASSWORD)]).await.assert_status(302);
        let archive = browser.get("/account/privacy/download").await.assert_status(200);
        assert!(archive.text.contains("board.json"), "a file of the archive");
        app.finish().await;
    }
}
