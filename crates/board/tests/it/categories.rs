//! Categories: who manages them, and who finds what in them.

use hanok_accounts::organisation::{GroupName, department, team};
use hanok_base::Id;
use hanok_db::DbError;
use hanok_testkit::{Client, Person, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::comments::events;
use crate::{app, assert_leads, make_category, signed_in, write_post};

const CATEGORIES: &str = "/api/v1/categories";

/// The names of the categories that somebody may read.
async fn names(client: &Client) -> Vec<String> {
    let answer = client.get(CATEGORIES).await.assert_status(200);
    let list = answer.body["categories"].as_array().unwrap();
    let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
    list.iter().map(name).collect()
}

/// A team with one person in it.
pub(crate) async fn team_of(app: &TestApp, name: &str, person: &Person) {
    let (id, stay) = (
        Id::new(&app.clock, &app.random),
        Id::<Person>::new(&app.clock, &app.random),
    );
    let (name, account, now) = (GroupName::parse(name).unwrap(), person.id, app.clock.now());
    let made = app.db.write(async move |tx: &mut hanok_db::Tx| {
        team::insert(tx, id, &name, None, now).await?;
        team::join(tx, id, &[(stay.uuid(), account)], now).await?;
        Ok::<_, DbError>(())
    });
    made.await.unwrap();
}

/// A department below another one, with one person in it; its id.
async fn department_of(app: &TestApp, name: &str, parent: Option<Uuid>, person: &Person) -> Uuid {
    let id = Id::new(&app.clock, &app.random);
    let stay = Id::new(&app.clock, &app.random);
    let (name, account, now) = (GroupName::parse(name).unwrap(), person.id, app.clock.now());
    let parent = parent.map(Id::from_uuid);
    let made = app.db.write(async move |tx: &mut hanok_db::Tx| {
        department::insert(tx, id, parent, &name, None, now).await?;
        department::place(tx, account, Some(id), stay, now).await?;
        Ok::<_, DbError>(())
    });
    made.await.unwrap();
    id.uuid()
}

/// What is found of a post that may not be read: nothing, wherever one looks.
async fn finds_nothing(client: &Client, post: i64, category: &str) {
    for path in ["", "/revisions", "/readers"] {
        let answer = client.get(&format!("/api/v1/posts/{post}{path}")).await;
        answer.assert_problem(404, "not_found");
    }
    for path in ["recommendation", "bookmark", "pin", "must-read"] {
        let answer = client.put(&format!("/api/v1/posts/{post}/{path}")).await;
        answer.assert_problem(404, "not_found");
    }
    client
        .delete(&format!("/api/v1/posts/{post}"))
        .await
        .assert_problem(404, "not_found");
    client
        .post(&format!("/api/v1/posts/{post}/restore"))
        .await
        .assert_problem(404, "not_found");
    let edit = json!({ "title": "t", "content": "c", "rev": 1 });
    client
        .put(&format!("/api/v1/posts/{post}"))
        .json(edit)
        .await
        .assert_problem(404, "not_found");
    let draft = json!({ "post_id": post, "title": "t", "content": "c" });
    client
        .put("/api/v1/me/draft")
        .json(draft)
        .await
        .assert_problem(404, "not_found");
    let of_category = format!("/api/v1/posts?category={category}");
    client
        .get(&of_category)
        .await
        .assert_problem(404, "not_found");
    let numbered = client.get("/api/v1/posts?page=1").await.assert_status(200);
    assert!(!numbered.text.contains("비밀"), "{}", numbered.text);
    for list in [
        "/api/v1/posts",
        "/api/v1/posts?sort=commented",
        "/api/v1/posts?sort=recommended",
        "/api/v1/me/must-read",
        "/api/v1/me/deleted-posts",
        "/api/v1/me/bookmarks",
        CATEGORIES,
    ] {
        let answer = client.get(list).await.assert_status(200);
        assert!(!answer.text.contains("비밀"), "{list}: {}", answer.text);
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn the_first_categories_are_there_when_somebody_looks(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let both = tokio::join!(client.get(CATEGORIES), client.get(CATEGORIES));
        assert_eq!(both.0.assert_status(200).body, both.1.assert_status(200).body);
        assert_eq!(names(&client).await, ["공지", "자유 게시판"]);
        let list = client.get(CATEGORIES).await.body;
        let writes = |n: usize| list["categories"][n]["may_write"].as_bool().unwrap();
        assert_eq!((writes(0), writes(1)), (false, true), "notices are the admins'");
        let made = app.audit_of("ADMIN_ACTION").await;
        assert_eq!(made.len(), 2);
        let told = events(&app, "category.created").await;
        let of = |event: &Value| (event["category_id"].clone(), event["actor_id"].clone());
        let told: Vec<(Value, Value)> = told.iter().map(of).collect();
        let id = |n: usize| list["categories"][n]["id"].clone();
        assert_eq!(told, [(id(0), Value::Null), (id(1), Value::Null)], "nobody made them");
        app.finish().await;
    }

    async fn categories_are_managed_by_moderators_alone(db: Db) {
        let app = app(db).await;
        let (haneul, boss) = (app.person("haneul").await, app.person("boss").roles(&["admin"]).await);
        let new = json!({ "name": " 사내  소식 ", "description": "알림", "kind": "notice" });
        let client = app.client().of(&haneul);
        client.post(CATEGORIES).json(new.clone()).await.assert_problem(403, "forbidden");
        let boss = app.client().of(&boss);
        let made = boss.post(CATEGORIES).json(new.clone()).await.assert_status(201).body;
        assert_eq!((&made["name"], &made["kind"]), (&json!("사내 소식"), &json!("notice")));
        boss.post(CATEGORIES).json(new).await.assert_field("/name", "board_name_taken");
        let wrong = json!({ "name": "", "kind": "mixed", "description": "가".repeat(301) });
        let refused = boss.post(CATEGORIES).json(wrong).await.assert_problem(400, "invalid_request");
        assert_eq!(refused.fields().len(), 3);
        let nobody = json!({ "name": "팀", "readers": { "teams": ["없는 팀"] }, "writers": { "roles": ["none"] } });
        let refused = boss.post(CATEGORIES).json(nobody).await.assert_problem(400, "invalid_request");
        assert_eq!(refused.fields(), [("/readers/teams".to_owned(), "board_nobody".to_owned()),
            ("/writers/roles".to_owned(), "board_nobody".to_owned())]);

        let path = format!("{CATEGORIES}/{}", made["id"].as_str().unwrap());
        client.get(&path).await.assert_problem(403, "forbidden");
        let moved = boss.patch(&path).json(json!({ "position": 1, "description": "" })).await.assert_status(200).body;
        assert_eq!(moved["position"], 1);
        assert_eq!(names(&client).await, ["사내 소식", "공지", "자유 게시판"]);
        boss.post(&format!("{path}/close")).await.assert_status(200);
        assert_eq!(names(&client).await, ["공지", "자유 게시판"]);
        assert_eq!(names(&boss).await, ["공지", "자유 게시판", "사내 소식"]);
        boss.post(&format!("{path}/reopen")).await.assert_status(200);
        assert_eq!(names(&client).await.len(), 3);
        boss.get(&format!("{CATEGORIES}/none")).await.assert_problem(404, "not_found");
        app.finish().await;
    }

    async fn whoever_may_not_read_a_category_finds_nothing_of_it(db: Db) {
        let app = app(db).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let (insider, outsider) = (app.person("insider").await, app.person("outsider").await);
        team_of(&app, "비밀 팀", &insider).await;
        let (boss, insider, outsider) = (
            app.client().of(&boss), app.client().of(&insider), app.client().of(&outsider));
        let category = make_category(&boss, "비밀", json!({ "teams": ["비밀 팀"] }), json!({})).await;
        assert!(names(&insider).await.contains(&"비밀".to_owned()));
        let body = json!({ "title": "비밀 글", "content": "비밀 내용", "category_id": category });
        let made = insider.post("/api/v1/posts").json(body.clone()).await.assert_status(201).body;
        let post = made["id"].as_i64().unwrap();
        boss.put(&format!("/api/v1/posts/{post}/pin")).await.assert_status(204);
        boss.put(&format!("/api/v1/posts/{post}/must-read")).await.assert_status(204);
        let (before, after) = (
            write_post(&outsider, "열린 글 1", "내용").await, write_post(&outsider, "열린 글 2", "내용").await);
        finds_nothing(&outsider, post, &category).await;
        outsider.post("/api/v1/posts").json(body).await.assert_field("/category_id", "board_category");
        let shown = outsider.get(&format!("/api/v1/posts/{after}")).await.assert_status(200).body;
        assert_eq!(shown["previous"]["id"], before);
        let numbered = outsider.get("/api/v1/posts?page=1").await.assert_status(200).body;
        assert_eq!(numbered["total"], 2);
        assert_eq!(insider.get("/api/v1/posts?page=1").await.body["total"], 3);
        let page = signed_in(&app, "outsider").await;
        assert_eq!(page.get(&format!("/post/{post}")).await.status, 404);
        assert!(!page.get("/posts").await.text.contains("비밀"));
        insider.get(&format!("/api/v1/posts/{post}")).await.assert_status(200);
        app.finish().await;
    }

    async fn a_right_is_given_by_role_and_by_department_with_those_below(db: Db) {
        let app = app(db).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let (chief, clerk) = (app.person("chief").await, app.person("clerk").await);
        let (auditor, other) = (app.person("auditor").roles(&["auditor"]).await, app.person("other").await);
        let top = department_of(&app, "본부", None, &chief).await;
        department_of(&app, "연구소", Some(top), &clerk).await;
        let boss = app.client().of(&boss);
        let readers = json!({ "departments": ["본부"], "roles": ["auditor"] });
        let id = make_category(&boss, "본부 소식", readers, json!({ "departments": [top.to_string()] })).await;
        for (person, reads, writes) in [
            (&chief, true, true), (&clerk, true, true), (&auditor, true, false), (&other, false, false)] {
            let client = app.client().of(person);
            assert_eq!(names(&client).await.contains(&"본부 소식".to_owned()), reads, "{}", person.username);
            let body = json!({ "title": "글", "content": "내용", "category_id": id });
            let sent = client.post("/api/v1/posts").json(body).await;
            assert_eq!(sent.status == 201, writes, "{}: {}", person.username, sent.text);
        }
        let shown = boss.get(&format!("{CATEGORIES}/{id}")).await.assert_status(200).body;
        assert_eq!(shown["readers"], json!({ "roles": ["auditor"], "teams": [], "departments": [top] }));
        let opened = json!({ "readers": {}, "writers": { "roles": ["user"] } });
        let opened = boss.patch(&format!("{CATEGORIES}/{id}")).json(opened).await.assert_status(200).body;
        assert_eq!(opened["writers"]["roles"], json!([]), "the role of everybody is everybody");
        assert!(names(&app.client().of(&other)).await.contains(&"본부 소식".to_owned()));
        app.finish().await;
    }

    async fn the_pages_make_change_move_and_close_a_category(db: Db) {
        let app = app(db).await;
        app.person("boss").roles(&["admin"]).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "boss").await;
        let form = [("name", "<b>소식</b>"), ("description", "알림"), ("kind", "notice"), ("write_roles", "admin\r\n\r\nmanager")];
        assert_leads(&browser.post("/admin/categories", &form).await, "/admin/categories");
        let list = browser.get("/admin/categories").await.assert_status(200);
        assert!(list.text.contains("&lt;b&gt;소식") || list.text.contains("&#60;b&#62;소식"), "{}", list.text);
        let id = list.text.split("/admin/categories/").filter_map(|rest| rest.get(..36))
            .filter(|id| id.parse::<Uuid>().is_ok()).last().unwrap().to_owned();
        let path = format!("/admin/categories/{id}");
        let shown = browser.get(&path).await.assert_status(200);
        assert!(shown.text.contains("admin\nmanager"), "{}", shown.text);
        let wrong = [("name", ""), ("kind", "free"), ("read_teams", "없는 팀")];
        assert_leads(&browser.post(&path, &wrong).await, &path);
        let again = browser.get(&path).await.assert_status(200);
        assert!(again.text.contains("없는 팀") && again.text.contains("is-invalid"));
        assert_leads(&browser.post(&format!("{path}/move"), &[("position", "1")]).await, "/admin/categories");
        assert_leads(&browser.post(&format!("{path}/close"), &[]).await, "/admin/categories");
        assert!(browser.get("/admin/categories").await.text.contains("닫힘"));
        assert_leads(&browser.post(&format!("{path}/reopen"), &[]).await, "/admin/categories");
        let other = signed_in(&app, "haneul").await;
        assert_eq!(other.get("/admin/categories").await.status, 403);
        app.finish().await;
    }
}
