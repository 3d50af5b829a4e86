//! The search through HTTP: what is written is found at once, marked, and only by those who may read it.

use std::collections::HashSet;
use std::sync::Mutex;

use hanok_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::{app, make_category, signed_in, write_post};

const SEARCH: &str = "/api/v1/search";

async fn search(client: &Client, q: &str) -> Answer {
    let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
    client.get(&format!("{SEARCH}?q={q}")).await
}

/// What is known of the posts while they are written.
#[derive(Clone, Default)]
struct Board {
    there: HashSet<i64>,
    gone: HashSet<i64>,
    is_over: bool,
}

/// The numbers of the posts and of the comments that are found.
async fn found(client: &Client, q: &str) -> (Vec<i64>, Vec<i64>) {
    let answer = search(client, q).await.assert_status(200);
    let ids = |list: &str| {
        let list = answer.body[list].as_array().unwrap();
        list.iter().map(|hit| hit["id"].as_i64().unwrap()).collect()
    };
    (ids("posts"), ids("comments"))
}

async fn comment(client: &Client, post: i64, content: &str) -> i64 {
    let path = format!("/api/v1/posts/{post}/comments");
    let made = client.post(&path).json(json!({ "content": content })).await;
    made.assert_status(201).body["id"].as_i64().unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn what_is_written_edited_and_deleted_is_found_as_it_is(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let first = write_post(&client, "주간 회의", "회의실은 3층").await;
        let second = write_post(&client, "점심", "**회의** 뒤에 먹습니다").await;
        assert_eq!(found(&client, "회의").await, (vec![second, first], vec![]));
        let remark = comment(&client, second, "회의록은 어디에 있나요").await;
        assert_eq!(found(&client, "회의록").await, (vec![], vec![remark]));
        let edited = json!({ "title": "저녁", "content": "그냥 먹습니다", "rev": 1 });
        client.put(&format!("/api/v1/posts/{second}")).json(edited).await.assert_status(200);
        assert_eq!(found(&client, "회의").await, (vec![first], vec![remark]));
        let edited = json!({ "content": "서류는 어디에", "rev": 1 });
        client.put(&format!("/api/v1/comments/{remark}")).json(edited).await.assert_status(200);
        assert_eq!(found(&client, "서류").await, (vec![], vec![remark]));
        client.delete(&format!("/api/v1/comments/{remark}")).await.assert_status(204);
        client.delete(&format!("/api/v1/posts/{first}")).await.assert_status(204);
        for q in ["회의", "회의록", "서류"] {
            assert_eq!(found(&client, q).await, (vec![], vec![]), "{q}");
        }
        client.post(&format!("/api/v1/posts/{first}/restore")).await.assert_status(200);
        assert_eq!(found(&client, "회의").await, (vec![first], vec![]));
        app.finish().await;
    }

    async fn nothing_of_a_category_that_one_may_not_read_is_found(db: Db) {
        let app = app(db).await;
        let admin = app.person("nuri").roles(&["admin"]).await;
        let haneul = app.person("haneul").await;
        let (moderator, reader) = (app.client().of(&admin), app.client().of(&haneul));
        let only = json!({ "roles": ["admin"], "teams": [], "departments": [] });
        let category = make_category(&moderator, "임원", only.clone(), only).await;
        let body = json!({ "title": "비밀 회의", "content": "매각", "category_id": category });
        let made = moderator.post("/api/v1/posts").json(body).await.assert_status(201);
        let post = made.body["id"].as_i64().unwrap();
        let remark = comment(&moderator, post, "매각 비밀").await;
        assert_eq!(found(&moderator, "비밀").await, (vec![post], vec![remark]));
        for q in ["비밀", "매각", "회의", "nuri"] {
            assert_eq!(found(&reader, q).await, (vec![], vec![]), "{q}");
        }
        app.finish().await;
    }

    async fn a_search_has_words_and_bounds(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let long = "가".repeat(101);
        for (query, field) in [
            ("", "/q"), ("?q=+", "/q"), (&*format!("?q={long}"), "/q"), ("?q=a&sort=old", "/sort"),
            ("?q=a&cursor=x", "/cursor"), ("?q=a&limit=0", "/limit"), ("?q=a&limit=51", "/limit"),
        ] {
            let refused = client.get(&format!("{SEARCH}{query}")).await;
            let refused = refused.assert_problem(400, "invalid_request");
            assert_eq!(refused.body["errors"][0]["pointer"], field, "{query}");
        }
        let nothing = json!({ "posts": [], "comments": [], "next": null });
        assert_eq!(search(&client, "?!").await.assert_status(200).body, nothing);
        app.client().get(&format!("{SEARCH}?q=a")).await.assert_problem(401, "unauthorized");
        app.finish().await;
    }

    async fn a_list_goes_on_where_its_cursor_says(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let mut written = Vec::new();
        for at in 0..5 {
            let post = write_post(&client, &format!("회의 {at}"), "본문").await;
            comment(&client, post, "회의에 갑니다").await;
            written.insert(0, post);
        }
        let (mut seen, mut comments, mut cursor) = (Vec::new(), 0, String::new());
        for _ in 0..3 {
            let answer = client.get(&format!("{SEARCH}?q=%ED%9A%8C%EC%9D%98&limit=2{cursor}")).await.assert_status(200);
            let posts = answer.body["posts"].as_array().unwrap().clone();
            seen.extend(posts.iter().map(|post| post["id"].as_i64().unwrap()));
            comments += answer.body["comments"].as_array().unwrap().len();
            cursor = match &answer.body["next"] {
                Value::String(next) => format!("&cursor={next}"),
                _ => "end".to_owned(),
            };
        }
        assert_eq!((seen, comments, cursor.as_str()), (written, 5, "end"));
        app.finish().await;
    }

    async fn hits_are_marked_and_nothing_that_people_write_is_markup(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let title = "<img src=x onerror=alert(1)> 회의";
        let post = write_post(&client, title, "<script>회의</script> & **뒤**").await;
        let answer = search(&client, "회의").await.assert_status(200);
        let hit = &answer.body["posts"][0];
        assert_eq!(hit["title"], title);
        assert_eq!(hit["title_html"], "&lt;img src=x onerror=alert(1)&gt; <mark>회의</mark>");
        assert_eq!(hit["excerpt_html"], "&lt;script&gt;<mark>회의</mark>&lt;/script&gt; &amp; **뒤**");
        let browser = signed_in(&app, "haneul").await;
        let page = browser.get("/search?q=%ED%9A%8C%EC%9D%98").await.assert_status(200);
        assert!(page.text.contains(&format!("href=\"/post/{post}\"")));
        assert!(page.text.contains("&gt; <mark>회의</mark></a>"), "{}", page.text);
        assert!(!page.text.contains("<img src=x") && !page.text.contains("<script>회의"));
        app.finish().await;
    }

    async fn the_page_says_what_to_do_and_what_was_not_found(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let empty = browser.get("/search").await.assert_status(200);
        assert!(empty.text.contains("무엇을 찾으시나요?"));
        let none = browser.get("/search?q=%3Cb%3E&sort=title").await.assert_status(200);
        assert!(none.text.contains("“&#60;b&#62;”에 맞는 글이 없습니다.") || none.text.contains("“&lt;b&gt;”에 맞는 글이 없습니다."), "{}", none.text);
        let no_words = browser.get("/search?q=%3F").await.assert_status(200);
        assert!(no_words.text.contains("글자나 숫자를 넣어 주세요."));
        // The top bar of other pages leads here.
        let other = browser.get("/posts").await.assert_status(200);
        assert!(other.text.contains("action=\"/search\""), "{}", other.text);
        app.finish().await;
    }

    async fn people_are_found_by_their_name_and_not_once_they_are_gone(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let bada = app.person("bada").await;
        let client = app.client().of(&haneul);
        let post = write_post(&app.client().of(&bada), "점심", "국밥").await;
        let rename = "UPDATE account SET name = '김바다' WHERE username_key = 'bada'";
        app.db.write::<_, hanok_db::DbError, _>(async move |tx| tx.execute(rename, &[]).await).await?;
        assert_eq!(found(&client, "바다").await, (vec![post], vec![]));
        assert_eq!(found(&client, "김바다").await, (vec![post], vec![]));
        assert_eq!(found(&client, "바닥").await, (vec![], vec![]));
        app.finish().await;
    }

    async fn searches_beside_writers_are_neither_stale_nor_forbidden(db: Db) {
        let app = app(db).await;
        let admin = app.person("nuri").roles(&["admin"]).await;
        let haneul = app.person("haneul").await;
        let (moderator, reader) = (app.client().of(&admin), app.client().of(&haneul));
        let only = json!({ "roles": ["admin"], "teams": [], "departments": [] });
        let closed = make_category(&moderator, "임원", only.clone(), only).await;
        let board = Mutex::new(Board::default());
        let write = async {
            for at in 0..30 {
                let secret = json!({ "title": "회의 비밀", "content": "비밀", "category_id": closed });
                moderator.post("/api/v1/posts").json(secret).await.assert_status(201);
                let post = write_post(&reader, &format!("회의 {at}"), "본문").await;
                if at % 2 == 0 {
                    reader.delete(&format!("/api/v1/posts/{post}")).await.assert_status(204);
                    board.lock().unwrap().gone.insert(post);
                } else {
                    board.lock().unwrap().there.insert(post);
                }
            }
            board.lock().unwrap().is_over = true;
        };
        let look = async || {
            let mut looks = 0;
            loop {
                let before = board.lock().unwrap().clone();
                let answer = reader.get(&format!("{SEARCH}?q=%ED%9A%8C%EC%9D%98&limit=50")).await.assert_status(200);
                let posts = answer.body["posts"].as_array().unwrap();
                assert!(posts.iter().all(|post| post["title"] != "회의 비밀"), "forbidden: {posts:?}");
                let found: HashSet<i64> = posts.iter().map(|post| post["id"].as_i64().unwrap()).collect();
                assert!(before.gone.is_disjoint(&found), "stale: {found:?}");
                assert!(before.there.is_subset(&found), "lost: {found:?}");
                looks += 1;
                if before.is_over {
                    return looks;
                }
            }
        };
        let looks = [look(), look(), look(), look(), look(), look(), look(), look()];
        let ((), looks) = tokio::join!(write, futures_util::future::join_all(looks));
        assert!(looks.iter().sum::<u32>() > 8, "{looks:?}");
        assert_eq!(board.lock().unwrap().there.len(), 15);
        app.finish().await;
    }
}
