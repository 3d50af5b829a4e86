//! RSS by a personal key: what it opens, and for how long.

use serde_json::json;

use crate::comments::events;
use crate::{app, make_category, signed_in, write_post};

const KEY: &str = "/api/v1/me/rss-key";

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_key_opens_what_its_person_may_read_and_nothing_else(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").name("김하늘").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        write_post(&haneul, "휴가 & <신청>", "**7월**에 갑니다").await;
        let admins = json!({ "roles": ["admin"] });
        let category = make_category(&boss, "운영진", admins.clone(), admins).await;
        let secret = json!({ "title": "비밀 글", "content": "글", "category_id": category });
        boss.post("/api/v1/posts").json(secret).await.assert_status(201);
        let made = haneul.post(KEY).await.assert_status(201);
        assert_eq!(made.header("cache-control"), "no-store");
        let key = made.body["key"].as_str().unwrap().to_owned();
        let urls: Vec<&str> = made.body["feeds"].as_array().unwrap().iter().map(|it| it["url"].as_str().unwrap()).collect();
        assert!(urls.iter().all(|url| url.ends_with(&key) && !url.contains(&category)), "{urls:?}");
        let nobody = app.client();
        let feed = nobody.get(&format!("/feed?key={key}")).await.assert_status(200);
        assert_eq!(feed.header("content-type"), "application/rss+xml; charset=utf-8");
        assert!(feed.text.contains("<title>휴가 &amp; &lt;신청&gt;</title>") && feed.text.contains("김하늘"), "{}", feed.text);
        assert!(!feed.text.contains("비밀 글"), "{}", feed.text);
        let tag = feed.header("etag").to_owned();
        nobody.get(&format!("/feed?key={key}")).header("if-none-match", &tag).await.assert_status(304);
        nobody.get(&format!("/feed/{category}?key={key}")).await.assert_status(404);
        let theirs = boss.post(KEY).await.assert_status(201).body["key"].as_str().unwrap().to_owned();
        let feed = nobody.get(&format!("/feed/{category}?key={theirs}")).await.assert_status(200).text;
        assert!(feed.contains("비밀 글") && !feed.contains("휴가"), "{feed}");
        app.settle().await;
        app.finish().await;
    }

    async fn an_xml_reader_finds_titles_and_names_as_they_were_written(db: Db) {
        let app = app(db).await;
        let haneul = app.client().of(&app.person("haneul").name("김 & <하늘>").await);
        let boss = app.client().of(&app.person("boss").roles(&["admin"]).await);
        let everyone = json!({ "roles": [] });
        let category = make_category(&boss, "질문 & <답>", everyone.clone(), everyone).await;
        let titles = [
            "휴가 & <신청>",
            "<b>굵게</b> &amp; &lt;끝&gt;",
            "]]> <![CDATA[\"따옴표\" 'n\"",
            "**별표** <script>alert(1)</script> &#60;",
        ];
        for title in titles {
            let body = json!({ "title": title, "content": "<i>글</i> & *말*", "category_id": category });
            haneul.post("/api/v1/posts").json(body).await.assert_status(201);
        }
        let key = haneul.post(KEY).await.assert_status(201).body["key"].as_str().unwrap().to_owned();
        let feed = app.client().get(&format!("/feed/{category}?key={key}")).await.assert_status(200);
        let read = rss::Channel::read_from(feed.text.as_bytes()).unwrap();
        assert!(read.title().starts_with("질문 & <답> · "), "{}", read.title());
        let told: Vec<&str> = read.items().iter().rev().filter_map(|item| item.title()).collect();
        assert_eq!(told, titles, "plain text, every character of it and none besides");
        for item in read.items() {
            // Readers show this one as HTML.
            assert_eq!(item.description(), Some("&lt;i&gt;글&lt;/i&gt; &amp; 말"));
            assert_eq!(item.categories()[0].name(), "질문 & <답>");
            let authors = item.dublin_core_ext().unwrap().creators();
            assert_eq!(authors, ["김 & <하늘>"]);
        }
        app.settle().await;
        app.finish().await;
    }

    async fn a_key_ends_with_the_next_one_and_with_its_person(db: Db) {
        let app = app(db).await;
        let person = app.person("haneul").await;
        let haneul = app.client().of(&person);
        let key = async || haneul.post(KEY).await.assert_status(201).body["key"].as_str().unwrap().to_owned();
        let opens = async |key: &str| app.client().get(&format!("/feed?key={key}")).await.status.as_u16();
        let (first, second) = (key().await, key().await);
        let id = person.id;
        assert_eq!((opens(&first).await, opens(&second).await), (401, 200));
        assert_eq!((opens("").await, opens("rss_x").await), (401, 401));
        haneul.delete(KEY).await.assert_status(204);
        assert_eq!(opens(&second).await, 401);
        haneul.delete(KEY).await.assert_status(204);
        let third = key().await;
        app.db.write::<_, hanok_db::DbError, _>(async move |tx: &mut hanok_db::Tx| {
            tx.execute("UPDATE account SET status = 'disabled' WHERE id = $1", hanok_db::params![id]).await
        }).await?;
        assert_eq!(opens(&third).await, 401, "whoever is switched off reads nothing");
        let found = app.scan_for(&[&third]).await;
        assert!(found.is_empty(), "a key is kept nowhere: {found:?}");
        app.client().post(KEY).await.assert_status(401);
        assert_eq!(app.audit_of("SECRET_ROTATION").await.len(), 4);
        let (made, ended) = (events(&app, "feed.key_made").await, events(&app, "feed.key_ended").await);
        assert_eq!((made.len(), ended.len()), (3, 1));
        for told in made.iter().chain(&ended) {
            let about = json!({ "account_id": id, "actor_id": id, "until": null });
            assert_eq!(told, &about, "who, and nothing of the key");
        }
        app.settle().await;
        app.finish().await;
    }

    async fn the_page_shows_the_addresses_once(db: Db) {
        let app = app(db).await;
        app.person("haneul").await;
        let browser = signed_in(&app, "haneul").await;
        let page = browser.get("/posts/feeds").await.assert_status(200).text;
        assert!(page.contains("키 만들기") && !page.contains("rss_"), "{page}");
        let made = browser.post("/posts/feeds", &[]).await.assert_status(200).text;
        let key = made.split("?key=").nth(1).unwrap().split('<').next().unwrap().to_owned();
        app.client().get(&format!("/feed?key={key}")).await.assert_status(200);
        let page = browser.get("/posts/feeds").await.assert_status(200).text;
        assert!(page.contains("키 새로 만들기") && !page.contains("rss_"), "{page}");
        crate::assert_leads(&browser.post("/posts/feeds/end", &[]).await, "/posts/feeds");
        app.client().get(&format!("/feed?key={key}")).await.assert_status(401);
        app.settle().await;
        app.finish().await;
    }
}
