//! Comments in a browser: the forms, what they show again, and what a page asks for by itself.

use serde_json::json;

use super::{comment, reply};
use crate::{app, assert_leads, signed_in, write_post};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_form_writes_edits_and_deletes_and_leads_to_the_post(db: Db) {
        let app = app(db).await;
        app.person("haneul").name("김하늘").await;
        let browser = signed_in(&app, "haneul").await;
        let client = app.client().of(&app.person("writer").await);
        let post = write_post(&client, "글", "글").await;
        let page = format!("/post/{post}");
        let sent = browser.post(&format!("{page}/comment"), &[("content", "안녕 <b>하세요</b>\n@writer")]).await;
        assert_leads(&sent, &page);
        let shown = browser.get(&page).await.assert_status(200).text;
        assert!(shown.contains("안녕 &lt;b&gt;하세요&lt;/b&gt;<br><strong class=\"mention\""), "{shown}");
        let id = shown.split("data-comment=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let sent = browser.post(&format!("/comment/{id}/edit"), &[("content", "고쳤습니다")]).await;
        assert_leads(&sent, &page);
        let shown = browser.get(&page).await.text;
        assert!(shown.contains("고쳤습니다") && shown.contains("수정됨"), "{shown}");
        assert_leads(&browser.get(&format!("/comment/{id}")).await, &format!("{page}?comment={id}#comment-{id}"));
        let as_json = browser.client().post(&format!("{page}/comment")).json(json!({ "content": "JSON으로", "parent": id.parse::<i64>().unwrap() }));
        assert_leads(&browser.send(as_json.header("sec-fetch-site", "same-origin")).await, &page);
        assert_leads(&browser.post(&format!("/comment/{id}/delete"), &[]).await, &page);
        let shown = browser.get(&page).await.text;
        assert!(shown.contains("삭제된 댓글입니다") && shown.contains("JSON으로"), "{shown}");
        app.settle().await;
        app.finish().await;
    }

    async fn what_was_typed_is_shown_again_where_it_was_typed(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let client = app.client().of(&app.person("writer").await);
        let post = write_post(&client, "글", "글").await;
        let page = format!("/post/{post}");
        let long = "긴".repeat(5_001);
        assert_leads(&browser.post(&format!("{page}/comment"), &[("content", &long)]).await, &page);
        let shown = browser.get(&page).await.text;
        assert!(shown.contains(&long) && shown.contains("5000"), "{}", shown.len());
        browser.post(&format!("{page}/comment"), &[("content", "내 댓글")]).await.assert_status(302);
        let shown = browser.get(&page).await.text;
        let id = shown.split("data-comment=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        browser.post(&format!("/comment/{id}/edit"), &[("content", "다른 창에서"), ("rev", "1")]).await.assert_status(302);
        let sent = browser.post(&format!("/comment/{id}/edit"), &[("content", "이 창에서"), ("rev", "1")]).await;
        assert_leads(&sent, &format!("{page}?comment={id}#comment-{id}"));
        let shown = browser.get(&format!("{page}?comment={id}")).await.text;
        assert!(shown.contains("다른 창에서") && shown.contains("이 창에서"), "both texts: {shown}");
        let theirs = comment(&client, post, "남의 댓글").await;
        browser.post(&format!("/comment/{theirs}/edit"), &[("content", "?")]).await.assert_status(403);
        browser.post(&format!("/comment/{theirs}/delete"), &[]).await.assert_status(403);
        browser.post("/post/999999/comment", &[("content", "?")]).await.assert_status(404);
        app.settle().await;
        app.finish().await;
    }

    async fn a_page_asks_for_what_is_new_and_for_what_became_of_one(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let client = app.client().of(&app.person("writer").name("이글").await);
        let post = write_post(&client, "글", "글").await;
        let first = comment(&client, post, "먼저").await;
        let second = comment(&client, post, "나중").await;
        let news = browser.get(&format!("/post/{post}/comments?after={first}")).await.assert_status(200).text;
        assert!(news.contains("나중") && !news.contains("먼저") && news.contains(&format!("data-newest=\"{second}\"")), "{news}");
        let none = browser.get(&format!("/post/{post}/comments?after={second}")).await.assert_status(200).text;
        assert!(none.contains(&format!("data-newest=\"{second}\"")) && !none.contains("comment-head"), "{none}");
        let one = browser.get(&format!("/post/{post}/comments?only={first}")).await.text;
        assert!(one.contains("먼저") && !one.contains("나중"), "{one}");
        client.delete(&format!("/api/v1/comments/{first}")).await.assert_status(204);
        let gone = browser.get(&format!("/post/{post}/comments?only={first}")).await.text;
        assert!(!gone.contains("먼저") && !gone.contains("나중"), "{gone}");
        browser.get("/post/999999/comments?after=0").await.assert_status(404);
        app.settle().await;
        app.finish().await;
    }

    async fn more_comments_than_a_page_shows_are_leafed_through(db: Db) {
        let app = app(db).await;
        let client = app.client().of(&app.person("haneul").await);
        let post = write_post(&client, "글", "글").await;
        for n in 1..=51 {
            comment(&client, post, &format!("{n}번째 말")).await;
        }
        let browser = signed_in(&app, "haneul").await;
        let page = browser.get(&format!("/post/{post}")).await.assert_status(200).text;
        assert!(page.contains("50번째 말") && !page.contains("51번째 말"), "{page}");
        // What stands on the next page is not new: the page asks for what comes behind the newest of all.
        let newest = |page: &str| page.split("data-newest=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let news = async |after: &str| browser.get(&format!("/post/{post}/comments?after={after}")).await.assert_status(200).text;
        let known = newest(&page);
        let none = news(&known).await;
        assert!(!none.contains("data-comment=") && none.contains("data-more=\"false\""), "{none}");
        let next = page.split("rel=\"next\" href=\"").filter_map(|part| part.split('"').next()).find(|href| href.contains("comments=")).unwrap().to_owned();
        let page = browser.get(next.split('#').next().unwrap()).await.assert_status(200).text;
        assert!(page.contains("51번째 말") && !page.contains("50번째 말"), "{page}");
        assert_eq!(newest(&page), known);
        // The newest may stand on a page before.
        let first: i64 = 1 + known.parse::<i64>().unwrap() - 51;
        let answer = reply(&client, post, first, "첫 말에 대한 답").await;
        let there = browser.get(&format!("/post/{post}?comment={known}")).await.assert_status(200).text;
        assert_eq!(newest(&there), answer.to_string());
        let told = news(&known).await;
        assert_eq!((told.matches("data-comment=").count(), newest(&told)), (1, answer.to_string()));
        // More than one answer holds are asked for until there are no more.
        let (mut after, mut seen) = ("0".to_owned(), 0);
        for n in 52..=120 {
            comment(&client, post, &format!("{n}번째 말")).await;
        }
        loop {
            let told = news(&after).await;
            seen += told.matches("data-comment=").count();
            after = newest(&told);
            if told.contains("data-more=\"false\"") {
                break;
            }
        }
        assert_eq!(seen, 121, "none twice and none skipped");
        app.settle().await;
        app.finish().await;
    }
}
