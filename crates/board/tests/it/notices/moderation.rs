//! What moderators decide, as those hear of it whom it concerns.

use hanok_testkit::{Client, TestApp};
use serde_json::{Value, json};

use super::{app, assert_nothing, hear_again, told, types};
use crate::comments::comment;
use crate::{signed_in, write_post};

/// The titles of what whoever calls was told, the newest first.
async fn titles(app: &TestApp, client: &Client) -> Vec<String> {
    let told = told(app, client).await;
    let title = |one: &Value| one["title"].as_str().unwrap().to_owned();
    told.iter().map(title).collect()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn who_wrote_what_is_hidden_and_shown_is_told_and_others_lose_it(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let bada = app.client().of(&app.person("bada").name("이바다").await);
        let boss = app.client().of(&app.person("boss").name("박대표").roles(&["admin"]).await);
        let post = write_post(&haneul, "회식", "글").await;
        let id = comment(&bada, post, "험한 말 @boss").await;
        assert_eq!((types(&app, &haneul).await, types(&app, &boss).await.len()), (vec!["comment".to_owned()], 1));
        let path = format!("/api/v1/comments/{id}/hidden");
        boss.put(&path).json(json!({ "reason": "욕설" })).await.assert_status(204);
        assert_nothing(&app, &haneul).await;
        assert_nothing(&app, &boss).await;
        let list = told(&app, &bada).await;
        assert_eq!((&list[0]["type"], &list[0]["commenter"]), (&json!("moderation"), &Value::Null), "nobody says who did it");
        assert_eq!(list[0]["title"], "운영자가 내 댓글을 숨겼습니다: 회식");
        assert_eq!(list[0]["path"], format!("/post/{post}?comment={id}#comment-{id}"));
        app.clock.advance(std::time::Duration::from_secs(1));
        boss.delete(&path).await.assert_status(204);
        assert_eq!(titles(&app, &bada).await[0], "숨겨졌던 내 댓글이 다시 보입니다: 회식");
        assert_nothing(&app, &haneul).await;
        hear_again(&app).await;
        assert_eq!(titles(&app, &bada).await.len(), 2);
        app.finish().await;
    }

    async fn a_hidden_post_is_its_author_s_and_a_deleted_one_leads_to_the_board(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let bada = app.client().of(&app.person("bada").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "광고", "@bada 글").await;
        comment(&bada, post, "댓글").await;
        assert_eq!((types(&app, &haneul).await.len(), types(&app, &bada).await.len()), (1, 1));
        let path = format!("/api/v1/posts/{post}");
        boss.put(&format!("{path}/hidden")).json(json!({ "reason": "광고" })).await.assert_status(204);
        assert_nothing(&app, &bada).await;
        assert_eq!(types(&app, &haneul).await, ["comment", "moderation"], "who wrote it still reads it");
        boss.delete(&format!("{path}/hidden")).await.assert_status(204);
        assert_nothing(&app, &bada).await;
        app.clock.advance(std::time::Duration::from_secs(1));
        boss.delete(&path).await.assert_status(204);
        let list = told(&app, &haneul).await;
        assert_eq!(list.len(), 3, "the comment is gone with the post: {list:?}");
        assert_eq!((&list[0]["title"], &list[0]["path"]), (&json!("운영자가 내 글을 삭제했습니다: 광고"), &json!("/posts")));
        boss.post(&format!("{path}/restore")).await.assert_status(200);
        assert_eq!((told(&app, &haneul).await.len(), told(&app, &bada).await.len()), (3, 0), "restoring tells nobody again");
        app.finish().await;
    }

    async fn nobody_is_told_of_deleting_their_own_post(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let (post, own) = (write_post(&haneul, "글", "글").await, write_post(&boss, "글", "글").await);
        comment(&boss, post, "댓글").await;
        assert_eq!(types(&app, &haneul).await, ["comment"]);
        haneul.delete(&format!("/api/v1/posts/{post}")).await.assert_status(204);
        assert_nothing(&app, &haneul).await;
        boss.put(&format!("/api/v1/posts/{own}/hidden")).json(json!({ "reason": "?" })).await.assert_status(204);
        assert_nothing(&app, &boss).await;
        app.finish().await;
    }

    async fn who_reported_is_told_that_it_stays_and_who_is_restricted_that_they_are(db: Db) {
        let app = app(db).await;
        let person = app.person("bada").await;
        let (haneul, bada) = (app.client().of(&app.person("haneul").await), app.client().of(&person));
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let post = write_post(&haneul, "회식", "글").await;
        let why = json!({ "reason": "광고" });
        bada.post(&format!("/api/v1/posts/{post}/reports")).json(why.clone()).await.assert_status(204);
        assert_nothing(&app, &haneul).await;
        let open = boss.get("/api/v1/moderation/reports").await.assert_status(200).body;
        let report = open["reports"][0]["id"].as_str().unwrap();
        boss.post(&format!("/api/v1/moderation/reports/{report}/dismiss")).await.assert_status(200);
        assert_eq!(titles(&app, &bada).await, ["신고한 글을 운영자가 확인하고 그대로 두었습니다: 회식"]);
        assert_nothing(&app, &haneul).await;
        app.clock.advance(std::time::Duration::from_secs(1));
        let path = format!("/api/v1/moderation/restrictions/{}", person.id);
        boss.put(&path).json(json!({ "reason": "도배", "days": 7 })).await.assert_status(204);
        app.clock.advance(std::time::Duration::from_secs(1));
        boss.delete(&path).await.assert_status(204);
        let titles = titles(&app, &bada).await;
        assert_eq!(titles[..2], ["글쓰기 제한이 풀렸습니다", "운영자가 글쓰기를 제한했습니다"]);
        app.finish().await;
    }

    async fn what_was_decided_is_told_in_the_language_of_its_reader(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let browser = signed_in(&app, "haneul").await;
        assert_eq!(browser.post("/preferences", &[("language", "en")]).await.status, 302);
        let post = write_post(&haneul, "Lunch", "글").await;
        boss.put(&format!("/api/v1/posts/{post}/hidden")).json(json!({ "reason": "?" })).await.assert_status(204);
        assert_eq!(titles(&app, &haneul).await, ["A moderator has hidden my post: Lunch"]);
        app.finish().await;
    }
}
