//! Whom a comment names, and who is offered to be named.

use serde_json::{Value, json};

use super::{comment, events};
use crate::{app, make_category, write_post};

fn names(answer: &Value) -> Vec<&str> {
    let people = answer["people"].as_array().unwrap();
    people
        .iter()
        .map(|one| one["username"].as_str().unwrap())
        .collect()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn who_is_named_is_told_of_it_once(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").name("김하늘").await;
        let bada = app.person("bada").name("이바다").await;
        let client = app.client().of(&haneul);
        let post = write_post(&client, "글", "글").await;
        let id = comment(&client, post, "@bada님, @haneul @nobody me@bada.kr 봐 주세요").await;
        let told = events(&app, "post.commented").await;
        assert_eq!(told[0]["mentioned"], json!([bada.id, haneul.id]));
        let path = format!("/api/v1/comments/{id}");
        let one = client.get(&path).await.body;
        assert_eq!(one["mentions"], json!([{ "id": haneul.id, "name": "김하늘" }, { "id": bada.id, "name": "이바다" }]));
        let edit = json!({ "rev": 1, "content": "@bada님만" });
        let edited = client.put(&path).json(edit).await.assert_status(200).body;
        assert_eq!(edited["mentions"], json!([{ "id": bada.id, "name": "이바다" }]));
        assert!(events(&app, "comment.edited").await[0]["mentioned"].is_null(), "nobody new");
        app.settle().await;
        app.finish().await;
    }

    async fn those_who_may_read_the_category_are_offered_and_nobody_else(db: Db) {
        let app = app(db).await;
        let haneul = app.person("haneul").name("김하늘").await;
        app.person("haram").name("박하람").await;
        app.person("bada").name("이바다").await;
        let lead = app.person("lead").name("정하나").roles(&["manager"]).await;
        let boss = app.person("boss").name("최대표").roles(&["admin"]).await;
        let (client, boss) = (app.client().of(&haneul), app.client().of(&boss));
        let post = write_post(&client, "글", "글").await;
        let offered = async |q: &str| {
            let answer = client.get(&format!("/api/v1/board/people?post={post}&q={q}")).await;
            answer.assert_status(200).body
        };
        assert_eq!(names(&offered("ha").await), ["haneul", "haram"]);
        assert_eq!(names(&offered("%EB%B0%94%EB%8B%A4").await), ["bada"]);
        assert!(names(&offered("%25").await).is_empty(), "a sign that LIKE reads is read as it is");
        // Whatever the case, on either engine, and however it is composed.
        app.person("arzt").name("Änne Ösel").await;
        app.person("herz").name("Herr Zett").await;
        for q in ["%C3%A4nne", "%C3%84NNE", "a%CC%88nn", "%C3%B6SEL", "%C3%A4"] {
            assert_eq!(names(&offered(q).await), ["arzt"], "{q}");
        }
        client.get("/api/v1/board/people?q=ha").await.assert_field("/category", "required");
        let leads = json!({ "roles": ["manager"] });
        let category = make_category(&boss, "팀장", leads.clone(), leads).await;
        let body = json!({ "title": "팀장 글", "content": "글", "category_id": category });
        let theirs = boss.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        let path = format!("/api/v1/board/people?category={category}&q=ha");
        assert!(names(&client.get(&path).await.assert_status(200).body).is_empty());
        let lead_client = app.client().of(&lead);
        let path = format!("/api/v1/board/people?post={theirs}&q=l");
        assert_eq!(names(&lead_client.get(&path).await.assert_status(200).body), ["lead"]);
        comment(&lead_client, theirs, "@haneul @lead").await;
        let told = events(&app, "post.commented").await;
        assert_eq!(told[0]["mentioned"], json!([lead.id]), "who may not read it is not named");
        app.settle().await;
        app.finish().await;
    }
}
