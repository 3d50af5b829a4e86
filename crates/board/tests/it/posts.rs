//! Posts: written, read, edited, deleted and restored, over the interface.

use std::time::Duration;

use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use crate::{app, app_of, write_post};

const POSTS: &str = "/api/v1/posts";

async fn two(app: &TestApp) -> (Client, Client) {
    let (haneul, other) = (
        app.person("haneul").name("김하늘").await,
        app.person("other").name("이바다").await,
    );
    (app.client().of(&haneul), app.client().of(&other))
}

fn path(post: i64) -> String {
    format!("{POSTS}/{post}")
}

fn ids(answer: &Value) -> Vec<i64> {
    let list = answer["posts"].as_array().unwrap();
    list.iter()
        .map(|post| post["id"].as_i64().unwrap())
        .collect()
}

const DRAFT: &str = "/api/v1/me/draft";

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_post_is_written_and_read_with_its_event_and_its_audit_row(db: Db) {
        let app = app(db).await;
        let (haneul, other) = two(&app).await;
        let body = json!({ "title": "  휴가 \n 신청 ", "content": "첫 줄\r\n<script>둘째</script>  " });
        let made = haneul.post(POSTS).json(body).await.assert_status(201).body;
        let post = made["id"].as_i64().unwrap();
        assert_eq!(made["title"], "휴가 신청");
        assert_eq!(made["content"], "첫 줄\n<script>둘째</script>");
        assert!(!made["html"].as_str().unwrap().contains("<script"), "{made}");
        assert_eq!((&made["rev"], &made["views"], &made["author"]["name"]), (&json!(1), &json!(0), &json!("김하늘")));
        assert_eq!(made["category"]["name"], "자유 게시판");
        let read = other.get(&path(post)).await.assert_status(200).body;
        assert_eq!((&read["views"], &read["uuid"]), (&json!(1), &made["uuid"]));
        let rows = app.audit_of("BOARD_CHANGE").await;
        assert_eq!(rows.len(), 1);
        app.settle().await;
        let told: Vec<(String, String)> = app.db.read(async |conn: &mut hanok_db::Conn| conn.all(
            "SELECT event_key, payload FROM outbox WHERE event_type = 'post.written'", &[]).await).await?;
        let (key, payload) = &told[0];
        assert_eq!((told.len(), key.as_str()), (1, format!("post:{post}").as_str()));
        let payload: Value = serde_json::from_str(payload).unwrap();
        assert_eq!((&payload["post_id"], &payload["uuid"]), (&json!(post), &made["uuid"]));
        assert_eq!(payload["author_id"], payload["actor_id"]);
        app.finish().await;
    }

    async fn what_is_wrong_with_a_post_is_told_for_each_field(db: Db) {
        let app = app(db).await;
        let (haneul, _) = two(&app).await;
        let wrong = |title: String, content: String| json!({ "title": title, "content": content });
        let refused = haneul.post(POSTS).json(wrong(" ".to_owned(), "\n".to_owned())).await;
        assert_eq!(refused.assert_problem(400, "invalid_request").fields().len(), 2);
        let long = haneul.post(POSTS).json(wrong("가".repeat(201), "가".repeat(50_000))).await;
        long.assert_field("/title", "board_too_long");
        let long = haneul.post(POSTS).json(wrong("가".repeat(200), "가".repeat(50_001))).await;
        long.assert_field("/content", "board_too_long");
        haneul.post(POSTS).json(wrong("가".repeat(200), "가".repeat(50_000))).await.assert_status(201);
        let nowhere = json!({ "title": "t", "content": "c", "category_id": "none" });
        haneul.post(POSTS).json(nowhere).await.assert_field("/category_id", "board_category");
        for id in ["0", "-1", "99999999999999999999", "new", "1.5"] {
            haneul.get(&format!("{POSTS}/{id}")).await.assert_problem(404, "not_found");
        }
        app.client().get(POSTS).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn somebody_writes_as_often_as_the_limit_allows(db: Db) {
        let limited = TestApp::builder(db).config(|it| it.limits.board_write_per_minute = 2);
        let app = app_of(limited).await;
        let (haneul, other) = two(&app).await;
        write_post(&haneul, "하나", "글").await;
        write_post(&haneul, "둘", "글").await;
        let body = json!({ "title": "셋", "content": "글" });
        haneul.post(POSTS).json(body.clone()).await.assert_problem(429, "rate_limited");
        other.post(POSTS).json(body.clone()).await.assert_status(201);
        app.clock.advance(Duration::from_mins(2));
        haneul.post(POSTS).json(body).await.assert_status(201);
        app.finish().await;
    }

    async fn an_edit_keeps_what_stood_there_and_loses_nobodys_words(db: Db) {
        let app = app(db).await;
        let (haneul, other) = two(&app).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let boss = app.client().of(&boss);
        let post = write_post(&haneul, "처음", "첫 내용").await;
        let edit = |title: &str, rev: i64| json!({ "title": title, "content": "새 내용", "rev": rev });
        other.put(&path(post)).json(edit("남의 것", 1)).await.assert_problem(403, "forbidden");
        boss.put(&path(post)).json(edit("남의 것", 1)).await.assert_problem(403, "forbidden");
        let edited = haneul.put(&path(post)).json(edit("둘째", 1)).await.assert_status(200).body;
        assert_eq!((&edited["rev"], &edited["title"]), (&json!(2), &json!("둘째")));
        assert!(edited["edited_at"].is_string());
        haneul.put(&path(post)).json(edit("셋째", 1)).await.assert_problem(409, "stale");
        let same = haneul.put(&path(post)).json(edit("둘째", 2)).await.assert_status(200).body;
        assert_eq!(same["rev"], 2, "nothing became another");
        let history = haneul.get(&format!("{}/revisions", path(post))).await.assert_status(200).body;
        assert_eq!(history["revisions"].as_array().unwrap().len(), 1);
        assert_eq!((&history["revisions"][0]["title"], &history["revisions"][0]["content"]), (&json!("처음"), &json!("첫 내용")));
        other.get(&format!("{}/revisions", path(post))).await.assert_problem(403, "forbidden");
        boss.get(&format!("{}/revisions", path(post))).await.assert_status(200);
        app.finish().await;
    }

    async fn of_two_edits_at_once_one_wins_and_the_other_is_told(db: Db) {
        let app = app(db).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "처음", "첫 내용").await;
        let edit = |n: i32| {
            let body = json!({ "title": format!("{n}"), "content": "내용", "rev": 1 });
            haneul.put(&path(post)).json(body)
        };
        let (one, two, three) = tokio::join!(edit(1), edit(2), edit(3));
        let mut told = [one.status.as_u16(), two.status.as_u16(), three.status.as_u16()];
        told.sort_unstable();
        assert_eq!(told, [200, 409, 409]);
        assert_eq!(haneul.get(&path(post)).await.body["rev"], 2);
        app.finish().await;
    }

    async fn a_deleted_post_is_gone_and_can_be_restored_for_thirty_days(db: Db) {
        let app = app(db).await;
        let (haneul, other) = two(&app).await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let boss = app.client().of(&boss);
        let (post, second) = (write_post(&haneul, "하나", "글").await, write_post(&haneul, "둘", "글").await);
        other.delete(&path(post)).await.assert_problem(403, "forbidden");
        haneul.delete(&path(post)).await.assert_status(204);
        haneul.get(&path(post)).await.assert_problem(404, "not_found");
        assert_eq!(haneul.get("/api/v1/posts?page=1").await.body["total"], 1);
        assert_eq!(ids(&haneul.get(POSTS).await.body), [second]);
        assert_eq!(ids(&haneul.get("/api/v1/me/deleted-posts").await.body), [post]);
        assert_eq!(ids(&other.get("/api/v1/me/deleted-posts").await.body), Vec::<i64>::new());
        other.post(&format!("{}/restore", path(post))).await.assert_problem(404, "not_found");
        haneul.post(&format!("{}/restore", path(post))).await.assert_status(200);
        assert_eq!(haneul.get("/api/v1/posts?page=1").await.body["total"], 2);
        boss.delete(&path(post)).await.assert_status(204);
        haneul.post(&format!("{}/restore", path(post))).await.assert_problem(404, "not_found");
        boss.post(&format!("{}/restore", path(post))).await.assert_status(200);
        haneul.delete(&path(post)).await.assert_status(204);
        app.settle().await;
        app.clock.advance(Duration::from_hours(24 * 30));
        app.run_schedules().await;
        let left: i64 = app.db.read(async move |conn: &mut hanok_db::Conn| conn.one(
            "SELECT COUNT(*) FROM board_post", &[]).await).await?;
        assert_eq!(left, 1, "forgotten");
        app.finish().await;
    }

    async fn a_person_counts_once_a_day_and_what_is_new_to_them_is_marked(db: Db) {
        let app = app(db).await;
        let (haneul, other) = two(&app).await;
        let post = write_post(&haneul, "하나", "글").await;
        let unread = |list: Value| list["posts"][0]["is_unread"].as_bool().unwrap();
        assert!(!unread(haneul.get(POSTS).await.body));
        assert!(unread(other.get(POSTS).await.body));
        for _ in 0..3 {
            other.get(&path(post)).await.assert_status(200);
        }
        let shown = haneul.get(&path(post)).await.body;
        assert_eq!(shown["views"], 1, "its author has read it as it was written");
        assert!(!unread(other.get(POSTS).await.body));
        app.finish().await;
    }

    async fn posts_are_recommended_and_bookmarked_once_and_taken_back(db: Db) {
        let app = app(db).await;
        let (haneul, other) = two(&app).await;
        let (one, post) = (write_post(&haneul, "하나", "글").await, write_post(&haneul, "둘", "글").await);
        let like = format!("{}/recommendation", path(one));
        assert_eq!(other.put(&like).await.assert_status(200).body["recommendations"], 1);
        assert_eq!(other.put(&like).await.assert_status(200).body["recommendations"], 1);
        assert_eq!(haneul.put(&like).await.assert_status(200).body["recommendations"], 2);
        assert_eq!(ids(&other.get("/api/v1/posts?sort=recommended").await.body), [one, post]);
        assert_eq!(haneul.delete(&like).await.assert_status(200).body["recommendations"], 1);
        assert_eq!(haneul.delete(&like).await.assert_status(200).body["recommendations"], 1);
        assert_eq!(other.get(&path(one)).await.body["is_recommended"], true);
        let mark = format!("{}/bookmark", path(one));
        other.put(&mark).await.assert_status(204);
        other.put(&mark).await.assert_status(204);
        assert_eq!(ids(&other.get("/api/v1/me/bookmarks").await.body), [one]);
        assert_eq!(ids(&haneul.get("/api/v1/me/bookmarks").await.body), Vec::<i64>::new());
        other.delete(&mark).await.assert_status(204);
        assert_eq!(other.get("/api/v1/me/bookmarks").await.body["total"], 0);
        app.finish().await;
    }

    async fn the_list_is_leafed_through_by_number_and_by_cursor(db: Db) {
        let app = app(db).await;
        let (haneul, _) = two(&app).await;
        let mut all = Vec::new();
        for number in 0..25 {
            all.push(write_post(&haneul, &format!("{number}"), "글").await);
        }
        all.reverse();
        let first = haneul.get("/api/v1/posts?page=1").await.assert_status(200).body;
        assert_eq!((ids(&first), &first["total"]), (all[..20].to_vec(), &json!(25)));
        assert_eq!(ids(&haneul.get("/api/v1/posts?page=2").await.body), all[20..]);
        assert_eq!(ids(&haneul.get("/api/v1/posts?page=500").await.assert_status(200).body), Vec::<i64>::new());
        for page in ["0", "501", "-1", "x"] {
            haneul.get(&format!("{POSTS}?page={page}")).await.assert_problem(400, "invalid_request");
        }
        haneul.get("/api/v1/posts?sort=oldest").await.assert_field("/sort", "board_sort");
        haneul.get("/api/v1/posts?cursor=none").await.assert_field("/cursor", "board_cursor");
        for sort in ["new", "commented", "recommended"] {
            let page = haneul.get(&format!("{POSTS}?limit=10&sort={sort}")).await.assert_status(200).body;
            let next = page["next"].as_str().unwrap();
            let more = haneul.get(&format!("{POSTS}?limit=10&sort={sort}&cursor={next}")).await.assert_status(200).body;
            assert_eq!((ids(&page), ids(&more)), (all[..10].to_vec(), all[10..20].to_vec()), "{sort}");
            let back = more["previous"].as_str().unwrap();
            let back = haneul.get(&format!("{POSTS}?limit=10&sort={sort}&cursor={back}")).await.assert_status(200).body;
            assert_eq!(ids(&back), all[..10], "{sort}");
        }
        app.finish().await;
    }

    async fn a_draft_is_kept_while_it_is_written(db: Db) {
        let app = app(db).await;
        let (haneul, other) = two(&app).await;
        haneul.get(DRAFT).await.assert_problem(404, "not_found");
        haneul.put(DRAFT).json(json!({ "title": "쓰는", "content": "" })).await.assert_status(200);
        let kept = haneul.put(DRAFT).json(json!({ "title": "쓰는 중", "content": "한 줄" })).await.assert_status(200).body;
        assert_eq!(haneul.get(DRAFT).await.body["title"], "쓰는 중");
        other.get(DRAFT).await.assert_problem(404, "not_found");
        let body = json!({ "title": "쓴 글", "content": "내용", "draft_id": kept["id"] });
        let post = haneul.post(POSTS).json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        haneul.get(DRAFT).await.assert_problem(404, "not_found");
        let of_post = json!({ "post_id": post, "title": "고치는 중", "content": "" });
        other.put(DRAFT).json(of_post.clone()).await.assert_problem(404, "not_found");
        haneul.put(DRAFT).json(of_post).await.assert_status(200);
        let of_edit = format!("{DRAFT}?post_id={post}");
        assert_eq!(haneul.get(&of_edit).await.body["title"], "고치는 중");
        let edit = json!({ "title": "고친 글", "content": "내용", "rev": 1 });
        haneul.put(&path(post)).json(edit).await.assert_status(200);
        haneul.get(&of_edit).await.assert_problem(404, "not_found");
        haneul.put(DRAFT).json(json!({ "title": "버릴 것" })).await.assert_status(200);
        haneul.delete(DRAFT).await.assert_status(204);
        haneul.get(DRAFT).await.assert_problem(404, "not_found");
        app.finish().await;
    }
}
