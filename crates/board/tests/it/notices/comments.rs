//! Comments, answers, names and recommendations.

use serde_json::json;

use super::{app, assert_nothing, hear_again, read_all, told, types};
use crate::comments::{comment, reply};
use crate::write_post;

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_comment_is_told_once_to_each_whom_it_concerns(db: Db) {
        let app = app(db).await;
        let [haneul, bada, soo] = [("haneul", "김하늘"), ("bada", "이바다"), ("soo", "박수")]
            .map(|(username, name)| app.person(username).name(name));
        let [haneul, bada, soo] = [haneul.await, bada.await, soo.await].map(|one| app.client().of(&one));
        let post = write_post(&haneul, "회식 장소", "어디가 좋을까요?").await;
        let first = comment(&bada, post, "고깃집이요").await;
        let list = told(&app, &haneul).await;
        assert_eq!(list.len(), 1, "{list:?}");
        let one = &list[0];
        assert_eq!((&one["type"], &one["post_id"], &one["post_title"]), (&json!("comment"), &json!(post), &json!("회식 장소")));
        assert_eq!((&one["comment_id"], &one["commenter"], &one["others"]), (&json!(first), &json!("이바다"), &json!(0)));
        assert_eq!((&one["receiver"], &one["read"]), (&json!("haneul"), &json!(false)));
        assert_eq!(one["path"], format!("/post/{post}?comment={first}#comment-{first}"), "to the page that shows it");
        assert_nothing(&app, &bada).await;
        reply(&soo, post, first, "@haneul 님, 저도 @soo").await;
        assert_eq!(types(&app, &haneul).await, ["comment", "mention"], "named before that it is their post");
        assert_eq!(types(&app, &bada).await, ["reply"]);
        reply(&bada, post, first, "@bada 나에게").await;
        assert_eq!(types(&app, &bada).await, ["reply"], "nobody of their own act");
        assert_nothing(&app, &soo).await;
        hear_again(&app).await;
        assert_eq!((types(&app, &haneul).await.len(), types(&app, &bada).await.len()), (2, 1), "heard twice, told once");
        app.finish().await;
    }

    async fn who_wrote_the_post_and_is_answered_is_told_of_the_answer(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = (app.client().of(&app.person("haneul").await), app.client().of(&app.person("bada").await));
        let post = write_post(&haneul, "글", "글").await;
        let own = comment(&haneul, post, "덧붙입니다").await;
        assert_nothing(&app, &haneul).await;
        reply(&bada, post, own, "네").await;
        assert_eq!(types(&app, &haneul).await, ["reply"]);
        app.finish().await;
    }

    async fn who_is_named_by_an_edit_is_told_and_whoever_knew_is_not(db: Db) {
        let app = app(db).await;
        let (haneul, bada, soo) = (app.person("haneul").await, app.person("bada").await, app.person("soo").await);
        let [haneul, bada, soo] = [haneul, bada, soo].map(|one| app.client().of(&one));
        let post = write_post(&haneul, "글", "글").await;
        let id = comment(&bada, post, "처음").await;
        assert_eq!(types(&app, &haneul).await, ["comment"]);
        let path = format!("/api/v1/comments/{id}");
        let edit = json!({ "rev": 1, "content": "@haneul @soo 고침" });
        bada.put(&path).json(edit).await.assert_status(200);
        assert_eq!(types(&app, &haneul).await, ["comment"], "of one comment once");
        assert_eq!(types(&app, &soo).await, ["mention"]);
        bada.put(&path).json(json!({ "rev": 2, "content": "@soo 또 고침" })).await.assert_status(200);
        assert_eq!(types(&app, &soo).await, ["mention"]);
        hear_again(&app).await;
        assert_eq!((types(&app, &haneul).await, types(&app, &soo).await), (vec!["comment".to_owned()], vec!["mention".to_owned()]));
        app.finish().await;
    }

    async fn a_post_names_people_as_it_is_written_and_edited(db: Db) {
        let app = app(db).await;
        let (haneul, bada, soo) = (app.person("haneul").await, app.person("bada").await, app.person("soo").await);
        let [haneul, bada, soo] = [haneul, bada, soo].map(|one| app.client().of(&one));
        let post = write_post(&haneul, "글", "@bada 님 @haneul").await;
        let list = told(&app, &bada).await;
        assert_eq!((list.len(), &list[0]["type"], &list[0]["path"]), (1, &json!("mention"), &json!(format!("/post/{post}"))));
        let edit = json!({ "title": "글", "content": "@bada 님과 @soo 님", "rev": 1 });
        haneul.put(&format!("/api/v1/posts/{post}")).json(edit).await.assert_status(200);
        assert_eq!((types(&app, &bada).await.len(), types(&app, &soo).await.len()), (1, 1));
        assert_nothing(&app, &haneul).await;
        app.finish().await;
    }

    async fn a_deleted_comment_is_told_no_more(db: Db) {
        let app = app(db).await;
        let (haneul, bada, soo) = (app.person("haneul").await, app.person("bada").name("이바다").await, app.person("soo").await);
        let [haneul, bada, soo] = [haneul, bada, soo].map(|one| app.client().of(&one));
        let post = write_post(&haneul, "글", "글").await;
        let kept = comment(&bada, post, "남을 말").await;
        let gone = comment(&soo, post, "지울 말 @bada").await;
        let list = told(&app, &haneul).await;
        assert_eq!((list.len(), &list[0]["others"], &list[0]["comment_id"]), (1, &json!(1), &json!(gone)), "a burst");
        assert_eq!(types(&app, &bada).await, ["mention"]);
        soo.delete(&format!("/api/v1/comments/{gone}")).await.assert_status(204);
        let list = told(&app, &haneul).await;
        assert_eq!((list.len(), &list[0]["others"], &list[0]["comment_id"]), (1, &json!(0), &json!(kept)));
        assert_eq!(list[0]["commenter"], "이바다");
        assert_nothing(&app, &bada).await;
        bada.delete(&format!("/api/v1/comments/{kept}")).await.assert_status(204);
        assert_nothing(&app, &haneul).await;
        // Written and deleted before anybody was told.
        let id = comment(&bada, post, "곧 지울 말").await;
        bada.delete(&format!("/api/v1/comments/{id}")).await.assert_status(204);
        assert_nothing(&app, &haneul).await;
        hear_again(&app).await;
        assert_nothing(&app, &haneul).await;
        app.finish().await;
    }

    async fn a_recommendation_is_told_and_taken_back(db: Db) {
        let app = app(db).await;
        let (haneul, bada, soo) = (app.person("haneul").await, app.person("bada").await, app.person("soo").await);
        let [haneul, bada, soo] = [haneul, bada, soo].map(|one| app.client().of(&one));
        let post = write_post(&haneul, "글", "글").await;
        let path = format!("/api/v1/posts/{post}/recommendation");
        for person in [&haneul, &bada, &soo] {
            person.put(&path).await.assert_status(200);
        }
        let list = told(&app, &haneul).await;
        assert_eq!((list.len(), &list[0]["type"], &list[0]["others"]), (1, &json!("recommend"), &json!(1)), "not of their own");
        bada.delete(&path).await.assert_status(200);
        assert_eq!(told(&app, &haneul).await[0]["others"], 0);
        soo.delete(&path).await.assert_status(200);
        assert_nothing(&app, &haneul).await;
        bada.put(&path).await.assert_status(200);
        read_all(&app, &haneul).await;
        bada.delete(&path).await.assert_status(200);
        bada.put(&path).await.assert_status(200);
        let list = told(&app, &haneul).await;
        assert_eq!((list.len(), &list[0]["read"]), (1, &json!(true)), "what was read is not told again");
        app.finish().await;
    }
}
