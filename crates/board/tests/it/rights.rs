//! Whoever may not read a category finds nothing of it, whatever route they take: those who never could, those who
//! left the team that may, and those whose right was taken away after they had bookmarked, commented and subscribed.

mod secret;

use hanok_accounts::App;
use hanok_accounts::permission::BoardModeration;
use hanok_board::BoardApp;
use hanok_db::DbError;
use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Answer, Client, Person, TestApp};
use hanok_web::{Access, Permission, RouteEntry};
use serde_json::{Value, json};

use self::secret::{Secret, attach, filled, key, take_part};
use crate::attachments::form;
use crate::categories::team_of;
use crate::comments::comment;
use crate::{app_and_board, assert_leads, make_category, signed_in, write_post};

/// What stands in the secret category: its name, a title, a text, a comment, the name of a file, a draft's words.
const SECRETS: [&str; 6] = [
    "비밀방",
    "극비제목",
    "은밀본문",
    "밀담",
    "기밀파일",
    "숨긴초안",
];
/// How many posts are open to all.
const OPEN: u64 = 3;
/// All that a body may need to be looked at.
const BODY: &str =
    r#"{"title":"제목","content":"본문","rev":1,"reason":"까닭","on":"yes","post_id":0,"days":1}"#;
/// These are asked apart, with the category that they may name.
const ASKED_APART: [&str; 4] = [
    "GET /feed",
    "GET /feed/{category}",
    "POST /api/v1/posts",
    "POST /post/new",
];

#[track_caller]
fn tells_nothing(what: &str, answer: &Answer) {
    for secret in SECRETS {
        assert!(
            !answer.text.contains(secret),
            "{what}: {secret}: {}",
            answer.text
        );
    }
}

/// Every route of the board that is open to all who use it.
async fn walks(client: &Client, entries: &[RouteEntry], secret: &Secret) {
    let mut walked = 0;
    for entry in entries {
        let is_moderators = entry.access == Access::Permission(BoardModeration::NAME);
        let what = format!("{} {}", entry.method, entry.path);
        if is_moderators || ASKED_APART.contains(&what.as_str()) {
            continue;
        }
        let at = filled(&entry.path, secret);
        let is_named = at.is_some();
        let call = client.call(entry.method.clone(), &at.unwrap_or(entry.path.clone()));
        let call = call.header("accept", "application/json");
        let is_upload = what == "POST /api/v1/posts/{id}/attachments" || what.ends_with("/file");
        let answer = if is_upload {
            let body = form(&[("title", "제목"), ("content", "본문")], "a.txt", b"words");
            call.bytes("multipart/form-data; boundary=b1", body).await
        } else if entry.method == "GET" || entry.method == "DELETE" {
            call.await
        } else {
            call.text("application/json", BODY).await
        };
        tells_nothing(&what, &answer);
        if is_named {
            assert_eq!(answer.status, 404, "{what}: {}", answer.text);
        }
        walked += 1;
    }
    assert!(walked > 50, "{walked}");
}

/// Lists, counts and searches, asked for what is secret.
async fn looks(client: &Client, secret: &Secret) {
    let Secret { category, post, .. } = secret;
    for path in [
        format!("/api/v1/posts?category={category}"),
        format!("/api/v1/posts?category={category}&page=1"),
        format!("/api/v1/me/draft?post_id={post}"),
        format!("/api/v1/board/people?q=a&post={post}"),
        format!("/posts?category={category}"),
    ] {
        let answer = client.get(&path).header("accept", "application/json").await;
        assert!(
            answer.status == 404 || answer.body == json!({ "draft": null }),
            "{path}: {}",
            answer.text
        );
    }
    for sort in ["new", "commented", "recommended"] {
        let list = client
            .get(&format!("/api/v1/posts?page=1&sort={sort}"))
            .await
            .assert_status(200);
        assert_eq!(list.body["total"], OPEN, "{sort}");
        for query in ["", "&cursor="] {
            let list = client
                .get(&format!("/api/v1/posts?sort={sort}{query}"))
                .await;
            tells_nothing(sort, &list);
        }
    }
    searches(client).await;
    own(client).await;
    writes_there(client, secret).await;
}

/// Searches find nothing of it.
async fn searches(client: &Client) {
    for secret in SECRETS {
        let q: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for sort in ["new", "title"] {
            let found = client
                .get(&format!("/api/v1/search?q={q}&sort={sort}"))
                .await
                .assert_status(200);
            assert_eq!(
                found.body,
                json!({ "posts": [], "comments": [], "next": null }),
                "{secret}"
            );
        }
    }
    let found = client
        .get("/api/v1/search?q=writer")
        .await
        .assert_status(200);
    tells_nothing("an author's name", &found);
}

/// What somebody has marked or must read is nothing of it any more.
async fn own(client: &Client) {
    let marked = client
        .get("/api/v1/me/bookmarks")
        .await
        .assert_status(200)
        .body;
    assert_eq!(
        (&marked["posts"], &marked["total"]),
        (&json!([]), &json!(0))
    );
    assert_eq!(
        client.get("/api/v1/me/must-read").await.body["posts"],
        json!([])
    );
}

/// Nobody is named to them there, and nothing of theirs is written or kept there.
async fn writes_there(client: &Client, secret: &Secret) {
    let Secret { category, post, .. } = secret;
    let people = client
        .get(&format!("/api/v1/board/people?q=a&category={category}"))
        .await
        .assert_status(200);
    assert_eq!(people.body["people"], json!([]));
    let into = json!({ "title": "글", "content": "글", "category_id": category });
    client
        .post("/api/v1/posts")
        .json(into)
        .await
        .assert_field("/category_id", "board_category");
    let draft = json!({ "post_id": post, "title": "글", "content": "글" });
    client
        .put("/api/v1/me/draft")
        .json(draft)
        .await
        .assert_problem(404, "not_found");
}

async fn listens(app: &TestApp, secret: &Secret, key: &str) {
    let feed = app
        .client()
        .get(&format!("/feed?key={key}"))
        .await
        .assert_status(200);
    assert!(feed.text.contains("열린 글"), "{}", feed.text);
    tells_nothing("the feed", &feed);
    let of_category = format!("/feed/{}?key={key}", secret.category);
    app.client().get(&of_category).await.assert_status(404);
}

/// Somebody finds nothing: over the interface, on the pages, in their feed.
async fn finds_nothing(
    app: &TestApp,
    entries: &[RouteEntry],
    (person, key): (&Person, &str),
    (secret, open): (&Secret, &[i64]),
) {
    let client = app.client().of(person);
    looks(&client, secret).await;
    listens(app, secret, key).await;
    for (at, post) in open.iter().enumerate() {
        let shown = client
            .get(&format!("/api/v1/posts/{post}"))
            .await
            .assert_status(200)
            .body;
        let (older, newer) = (
            at.checked_sub(1).map(|at| open[at]),
            open.get(at + 1).copied(),
        );
        assert_eq!(
            (
                shown["previous"]["id"].as_i64(),
                shown["next"]["id"].as_i64()
            ),
            (older, newer)
        );
    }
    let browser = signed_in(app, &person.username).await;
    for path in [
        "/posts",
        "/posts?sort=commented",
        "/posts?sort=recommended",
        "/posts/bookmarks",
        "/posts/must-read",
        "/posts/deleted",
        "/post/new",
        "/posts/feeds",
        "/dashboard",
    ] {
        tells_nothing(path, &browser.get(path).await.assert_status(200));
    }
    let page = browser
        .get(&format!("/post/{}", open[1]))
        .await
        .assert_status(200);
    tells_nothing("an open post", &page);
    assert_eq!(browser.get(&secret.file.1).await.status, 404);
    let into = [
        ("title", "글"),
        ("content", "글"),
        ("category_id", secret.category.as_str()),
    ];
    assert_leads(&browser.post("/post/new", &into).await, "/post/new");
    // Last, as it writes and deletes what it may.
    walks(&client, entries, secret).await;
}

/// Whether what is said in a room is heard before what is said to the person right afterwards.
async fn is_in(app: &TestApp, wire: &mut Wire, person: &Person, room: &str) -> bool {
    let live = &app.accounts.live;
    live.emit(room, "news", &json!(room));
    live.emit(&format!("user_{}", person.id), "mark", &Value::Null);
    let mut heard = false;
    loop {
        match wire.hear().await {
            Heard::Event(name, _) if name == "mark" => return heard,
            Heard::Event(name, _) if name == "news" => heard = true,
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) async fn leave_teams(app: &TestApp, person: &Person) {
    let (id, now) = (person.id, app.clock.now());
    let accounts = app.accounts.clone();
    let left = app
        .db
        .write::<_, DbError, _>(async move |tx: &mut hanok_db::Tx| {
            const SQL: &str = "UPDATE team_membership SET left_at = $2 WHERE account_id = $1";
            tx.execute(SQL, hanok_db::params![id, now]).await?;
            accounts.recheck_seats(tx, id, now).await
        });
    left.await.unwrap();
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn nothing_of_a_category_is_found_by_whoever_may_not_read_it_or_may_no_longer(db: Db) {
        let (app, board) = app_and_board(db).await;
        let entries = BoardApp(board).routes().entries().to_vec();
        let boss = app.person("boss").roles(&["admin"]).await;
        let (outsider, leaver) = (app.person("outsider").await, app.person("leaver").await);
        let (cut, writer) = (app.person("cut").roles(&["auditor"]).await, app.person("writer").await);
        team_of(&app, "팀", &leaver).await;
        let (boss, client) = (app.client().of(&boss), app.client().of(&writer));
        let readers = json!({ "teams": ["팀"], "roles": ["auditor"] });
        let category = make_category(&boss, "비밀방", readers, json!({})).await;
        let mut open = vec![write_post(&client, "열린 글 1", "글").await];
        let body = json!({ "title": "극비제목", "content": "은밀본문", "category_id": category });
        let made = boss.post("/api/v1/posts").json(body).await.assert_status(201).body;
        let post = made["id"].as_i64().unwrap();
        for path in ["pin", "must-read"] {
            boss.put(&format!("/api/v1/posts/{post}/{path}")).await.assert_status(204);
        }
        let secret = Secret {
            comment: comment(&boss, post, "밀담 @leaver @cut").await,
            file: attach(&boss, post, "기밀파일.txt").await,
            category,
            post,
        };
        open.push(write_post(&client, "열린 글 2", "글").await);
        let (leavers, cuts) = (app.client().of(&leaver), app.client().of(&cut));
        let keys = (take_part(&leavers, &secret).await, take_part(&cuts, &secret).await);
        open.push(write_post(&client, "열린 글 3", "글").await);
        assert_eq!(open.len() as u64, OPEN);
        assert_eq!(leavers.get("/api/v1/me/bookmarks").await.body["total"], 2);
        assert!(leavers.get("/api/v1/search?q=%EB%B0%80%EB%8B%B4").await.text.contains("밀담"));

        let outsiders = key(&app.client().of(&outsider)).await;
        finds_nothing(&app, &entries, (&outsider, &outsiders), (&secret, &open)).await;
        let room = format!("post_{post}");
        let mut wire = Wire::seated(app.client(), &json!({ "token": leaver.token, "rooms": [room] })).await;
        assert!(is_in(&app, &mut wire, &leaver, &room).await);
        leave_teams(&app, &leaver).await;
        while is_in(&app, &mut wire, &leaver, &room).await {}
        finds_nothing(&app, &entries, (&leaver, &keys.0), (&secret, &open)).await;
        let path = format!("/api/v1/categories/{}", secret.category);
        let withdrawn = json!({ "readers": { "roles": ["admin"] } });
        let mut wire = Wire::seated(app.client(), &json!({ "token": cut.token, "rooms": [room] })).await;
        assert!(is_in(&app, &mut wire, &cut, &room).await);
        boss.patch(&path).json(withdrawn).await.assert_status(200);
        while is_in(&app, &mut wire, &cut, &room).await {}
        finds_nothing(&app, &entries, (&cut, &keys.1), (&secret, &open)).await;
        let kept = boss.get(&format!("/api/v1/posts/{post}")).await.assert_status(200).body;
        assert_eq!((&kept["comments"], &kept["recommendations"]), (&json!(3), &json!(2)), "{kept}");
        app.finish().await;
    }
}
