//! The form routes of posts: a fixed contract, by form and by JSON.

use serde_json::json;

use crate::{app, assert_leads, signed_in, write_post};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_post_is_written_by_the_form_and_what_was_typed_comes_back(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        browser.get("/post/new").await.assert_status(200);
        let empty = browser.get("/posts").await.assert_status(200);
        assert!(empty.text.contains("아직 글이 없습니다"));
        let wrong = [("title", ""), ("content", "다 쓴 <내용>")];
        assert_leads(&browser.post("/post/new", &wrong).await, "/post/new");
        let form = browser.get("/post/new").await.assert_status(200);
        assert!(form.text.contains("is-invalid") && form.text.contains("다 쓴 "), "{}", form.text);
        assert!(!form.text.contains("<내용>"));
        let right = [("title", "안녕하세요 <b>"), ("content", "내용입니다")];
        assert_leads(&browser.post("/post/new", &right).await, "/posts");
        let list = browser.get("/posts").await.assert_status(200);
        assert!(list.text.contains("안녕하세요") && !list.text.contains("안녕하세요 <b>"));
        let sent = browser.client().post("/post/new").json(json!({ "title": "JSON", "content": "글" }))
            .header("sec-fetch-site", "same-origin");
        assert_leads(&browser.send(sent).await, "/posts");
        for page in ["0", "501", "x"] {
            assert_eq!(browser.get(&format!("/posts?page={page}")).await.status, 400);
        }
        assert!(browser.get("/posts?page=500").await.assert_status(200).text.contains("이 쪽에는 글이 없습니다"));
        assert_eq!(browser.get("/post/999").await.status, 404);
        assert_leads(&hanok_testkit::Browser::new(&app).get("/posts").await, "/login?next=%2Fposts");
        app.finish().await;
    }

    async fn a_stale_edit_shows_both_texts_and_loses_nothing(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let post = write_post(&client, "처음", "첫 내용").await;
        let browser = signed_in(&app, "haneul").await;
        let at = |part: &str| format!("/post/{post}{part}");
        assert!(browser.get(&at("/edit")).await.assert_status(200).text.contains("첫 내용"));
        let edit = json!({ "title": "다른 창", "content": "다른 창의 내용", "rev": 1 });
        client.put(&format!("/api/v1/posts/{post}")).json(edit).await.assert_status(200);
        let form = [("title", "이 창"), ("content", "이 창의 내용"), ("rev", "1")];
        assert_leads(&browser.post(&at("/edit"), &form).await, &at("/edit"));
        let both = browser.get(&at("/edit")).await.assert_status(200);
        assert!(both.text.contains("이 창의 내용") && both.text.contains("다른 창의 내용"), "{}", both.text);
        assert!(both.text.contains("name=\"rev\" value=\"2\""));
        let form = [("title", "합친 글"), ("content", "둘 다"), ("rev", "2")];
        assert_leads(&browser.post(&at("/edit"), &form).await, &at(""));
        assert!(browser.get(&at("")).await.text.contains("합친 글"));
        assert!(browser.get(&at("/history")).await.text.contains("다른 창의 내용"));
        app.person("other").await;
        let other = signed_in(&app, "other").await;
        assert_eq!(other.get(&at("/edit")).await.status, 403);
        assert_eq!(other.get(&at("/history")).await.status, 403);
        assert_eq!(other.post(&at("/edit"), &form).await.status, 403);
        assert_eq!(other.post(&at("/delete"), &[]).await.status, 403);
        app.finish().await;
    }

    async fn a_draft_is_kept_and_dropped_without_a_script(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let form = [("title", "쓰는 중"), ("content", ""), ("act", "draft")];
        assert_leads(&browser.post("/post/new", &form).await, "/post/new");
        let kept = browser.get("/post/new").await.assert_status(200);
        assert!(kept.text.contains("쓰는 중") && kept.text.contains("임시 저장한 글을 불러왔습니다"));
        assert_leads(&browser.post("/post/new", &[("act", "drop")]).await, "/post/new");
        assert!(!browser.get("/post/new").await.text.contains("쓰는 중"));
        app.finish().await;
    }

    async fn the_buttons_of_a_post_lead_back_to_it(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").await;
        let post = write_post(&app.client().of(&haneul), "글", "내용").await;
        let browser = signed_in(&app, "haneul").await;
        let at = |part: &str| format!("/post/{post}{part}");
        assert_leads(&browser.post(&at("/recommend"), &[("on", "yes")]).await, &at(""));
        assert_leads(&browser.post(&at("/bookmark"), &[("on", "yes")]).await, &at(""));
        assert!(browser.get(&at("")).await.text.contains("aria-pressed=\"true\""));
        assert!(browser.get("/posts/bookmarks").await.text.contains(&at("")));
        assert_leads(&browser.post(&at("/bookmark"), &[("on", "no")]).await, &at(""));
        assert!(browser.get("/posts/bookmarks").await.text.contains("북마크한 글이 없습니다"));
        assert!(browser.get("/posts/must-read").await.text.contains("모두 읽었습니다"));
        assert_leads(&browser.post(&at("/delete"), &[]).await, "/posts");
        assert_eq!(browser.get(&at("")).await.status, 404);
        assert!(browser.get("/posts/deleted").await.text.contains(&at("/restore")));
        assert_leads(&browser.post(&at("/restore"), &[]).await, &at(""));
        browser.get(&at("")).await.assert_status(200);
        app.finish().await;
    }
}
