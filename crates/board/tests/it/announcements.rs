//! Posts that are pinned and posts that must be read, from both sides.

use std::time::Duration;

use serde_json::json;

use crate::{app, assert_leads, make_category, signed_in, write_post};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_pinned_post_stands_above_the_list(db: Db) {
        let app = app(db).await;
        let (haneul, boss) = (app.person("haneul").await, app.person("boss").roles(&["admin"]).await);
        let (client, boss) = (app.client().of(&haneul), app.client().of(&boss));
        let post = write_post(&client, "고정할 글", "글").await;
        for n in 0..20 {
            write_post(&client, &format!("{n}"), "글").await;
        }
        let pin = format!("/api/v1/posts/{post}/pin");
        client.put(&pin).await.assert_problem(403, "forbidden");
        let browser = signed_in(&app, "haneul").await;
        assert!(!browser.get("/posts").await.text.contains("고정할 글"));
        boss.put(&pin).await.assert_status(204);
        assert!(browser.get("/posts").await.text.contains("고정할 글"));
        assert!(browser.get("/posts?page=2").await.text.contains("고정할 글"), "in its own place too");
        boss.delete(&pin).await.assert_status(204);
        assert!(!browser.get("/posts").await.text.contains("고정할 글"));
        app.finish().await;
    }

    async fn the_dashboard_names_what_must_be_read_until_it_is(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let hidden = make_category(&boss, "운영", json!({ "roles": ["admin"] }), json!({})).await;
        let body = json!({ "title": "운영만 읽을 글", "content": "글", "category_id": hidden });
        let secret = boss.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].clone();
        let post = write_post(&boss, "<b>보안</b> 교육", "꼭 읽어 주세요").await;
        for post in [post.to_string(), secret.to_string()] {
            boss.put(&format!("/api/v1/posts/{post}/must-read")).await.assert_status(204);
        }
        let browser = signed_in(&app, "haneul").await;
        let page = browser.get("/dashboard").await.assert_status(200).text;
        assert!(page.contains(&format!("href=\"/post/{post}\"")) && page.contains("&#60;b&#62;보안"), "{page}");
        assert!(page.contains("href=\"/posts/must-read\"") && !page.contains("운영만 읽을 글"), "{page}");
        haneul.get(&format!("/api/v1/posts/{post}")).await.assert_status(200);
        let page = browser.get("/dashboard").await.assert_status(200).text;
        assert!(!page.contains("href=\"/posts/must-read\""), "no empty box is left: {page}");
        app.finish().await;
    }

    async fn who_must_read_a_post_is_told_and_who_asked_sees_who_has(db: Db) {
        let app = app(db).await;
        let (haneul, other) = (app.person("haneul").name("김하늘").await, app.person("other").name("이바다").await);
        let mut chief = app.person("boss").name("박대표").roles(&["admin"]).await;
        let (reader, lazy, boss) = (app.client().of(&haneul), app.client().of(&other), app.client().of(&chief));
        let category = make_category(&boss, "안내", json!({}), json!({ "roles": ["admin"] })).await;
        boss.patch(&format!("/api/v1/categories/{category}")).json(json!({ "kind": "notice" })).await.assert_status(200);
        let body = json!({ "title": "보안 교육", "content": "꼭 읽어 주세요", "category_id": category });
        let post = boss.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        let path = format!("/api/v1/posts/{post}");
        boss.post(&format!("{path}/remind")).await.assert_problem(409, "conflict");
        reader.put(&format!("{path}/must-read")).await.assert_problem(403, "forbidden");
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        for person in [&reader, &lazy] {
            let list = person.get("/api/v1/me/must-read").await.assert_status(200).body;
            assert_eq!(list["posts"][0]["id"], post);
        }
        let browser = signed_in(&app, "haneul").await;
        assert!(browser.get("/posts").await.text.contains("/posts/must-read"));
        reader.get(&path).await.assert_status(200);
        assert_eq!(reader.get("/api/v1/me/must-read").await.body["posts"], json!([]));
        reader.get(&format!("{path}/readers")).await.assert_problem(403, "forbidden");
        let read = boss.get(&format!("{path}/readers")).await.assert_status(200).body;
        assert_eq!((&read["audience"], &read["read"], &read["people"][0]["name"]), (&json!(2), &json!(1), &json!("김하늘")));
        let left = boss.get(&format!("{path}/readers?read=no")).await.assert_status(200).body;
        assert_eq!((left["people"].as_array().unwrap().len(), &left["people"][0]["name"]), (1, &json!("이바다")));
        assert_eq!(boss.post(&format!("{path}/remind")).await.assert_status(200).body["people"], 1);
        boss.post(&format!("{path}/remind")).await.assert_problem(409, "conflict");
        boss.delete(&format!("{path}/must-read")).await.assert_status(204);
        assert_eq!(lazy.get("/api/v1/me/must-read").await.body["posts"], json!([]));
        boss.put(&format!("{path}/must-read")).await.assert_status(204);
        boss.post(&format!("{path}/remind")).await.assert_problem(409, "conflict");
        app.clock.advance(Duration::from_mins(61));
        app.sign_in_again(&mut chief).await;
        let boss = app.client().of(&chief);
        boss.post(&format!("{path}/remind")).await.assert_status(200);
        app.finish().await;
    }

    async fn the_page_of_readers_reminds_those_who_have_not_read(db: Db) {
        let app = app(db).await;
        app.person("haneul").name("김하늘").await;
        let boss = app.person("boss").roles(&["admin"]).await;
        let post = write_post(&app.client().of(&boss), "보안 교육", "글").await;
        let browser = signed_in(&app, "boss").await;
        let at = |part: &str| format!("/post/{post}{part}");
        assert_leads(&browser.post(&at("/must-read"), &[("on", "yes")]).await, &at(""));
        let page = browser.get(&at("/readers?read=no")).await.assert_status(200);
        assert!(page.text.contains("김하늘"));
        let back = at("/readers?read=no");
        assert_leads(&browser.post(&at("/remind"), &[]).await, &back);
        assert!(browser.get(&back).await.text.contains("1명에게 알렸습니다"));
        assert_leads(&browser.post(&at("/remind"), &[]).await, &back);
        assert!(browser.get(&back).await.text.contains("조금 전에 알렸습니다"));
        app.finish().await;
    }
}
