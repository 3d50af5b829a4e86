//! Payloads that have run scripts on other sites, wherever somebody may write: in titles, texts, comments, names of
//! people, files and categories, reasons, drafts and searches. Every page and every feed that shows them is read as a
//! browser reads it.

mod html;

use hanok_db::{DbError, params};
use hanok_testkit::{Browser, Client, Person, TestApp};
use serde_json::{Value, json};

use self::html::Frame;
use crate::attachments::{PICTURE, form};
use crate::{app, signed_in};

/// One a line; `\n` stands for a line's end. No request with NUL is let in: what stands around it is one here.
const PAYLOADS: &str = include_str!("../../src/markdown/payloads.txt");
/// How many comments a post is given: a page of them.
const A_PAGE: usize = 50;

fn payloads() -> Vec<String> {
    let lines = PAYLOADS.lines();
    lines
        .map(|line| line.replace("\\n", "\n").replace("\\0", ""))
        .collect()
}

/// As a title may be: without what cannot be seen.
fn title(payload: &str) -> String {
    payload.replace('\u{202e}', "")
}

fn is_markup(payload: &str) -> bool {
    payload.contains('<') && payload.contains('>')
}

/// Who writes, who moderates, and what a page of ours is without them.
struct Scene<'a> {
    app: &'a TestApp,
    writer: Person,
    client: Client,
    boss: Client,
    browser: Browser,
    frame: Frame,
}

impl<'a> Scene<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let (boss, writer) = (
            app.person("boss").roles(&["admin"]).await,
            app.person("writer").await,
        );
        let browser = signed_in(app, "boss").await;
        let page = browser.get("/post/new").await.assert_status(200);
        let frame = Frame::of(&page.text);
        let list = browser.get("/posts").await.assert_status(200);
        assert_eq!(frame.danger(&list.text), None, "nobody has written");
        Self {
            client: app.client().of(&writer),
            boss: app.client().of(&boss),
            app,
            writer,
            browser,
            frame,
        }
    }

    /// Opens a page that has to be there, and reads it.
    async fn reads(&self, path: &str) -> String {
        self.reads_in(&self.browser, path).await
    }

    async fn reads_in(&self, browser: &Browser, path: &str) -> String {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        assert_eq!(self.frame.danger(&page.text), None, "{path}");
        page.text
    }

    /// Gives the writer another name, as an import or a provider might.
    async fn rename(&self, name: &str) {
        const SQL: &str = "UPDATE account SET name = $2 WHERE id = $1";
        let (id, name) = (self.writer.id, name.to_owned());
        let renamed = self
            .app
            .db
            .write::<_, DbError, _>(async move |tx| tx.execute(SQL, params![id, name]).await);
        renamed.await.unwrap();
    }

    /// A post with a payload in each place; its number.
    async fn post(&self, payload: &str) -> i64 {
        self.rename(payload).await;
        let body = json!({ "title": title(payload), "content": payload });
        let made = self
            .client
            .post("/api/v1/posts")
            .json(body)
            .await
            .assert_status(201)
            .body;
        let post = made["id"].as_i64().unwrap();
        reads_html(&made["html"]);
        let name = payload.replace('\n', " ").replace('"', "%22");
        let (kind, file) = (
            "multipart/form-data; boundary=b1",
            form(&[], &format!("{name}.png"), PICTURE),
        );
        let path = format!("/api/v1/posts/{post}/attachments");
        self.client
            .post(&path)
            .bytes(kind, file)
            .await
            .assert_status(201);
        let shown = self.reads(&format!("/post/{post}")).await;
        assert!(!is_markup(payload) || !shown.contains(payload), "{payload}");
        post
    }

    /// Comments with these payloads on a post.
    async fn comments(&self, post: i64, payloads: &[String]) {
        for payload in payloads {
            let path = format!("/api/v1/posts/{post}/comments");
            let sent = self.client.post(&path).json(json!({ "content": payload }));
            sent.await.assert_status(201);
        }
        self.reads(&format!("/post/{post}")).await;
        let part = self
            .browser
            .get(&format!("/post/{post}/comments?after=0"))
            .await
            .assert_status(200);
        assert_eq!(self.frame.danger(&part.text), None);
    }

    /// A category for each payload that may be a name; how many there are.
    async fn categories(&self, payloads: &[String]) -> usize {
        let mut made = 0;
        for payload in payloads {
            let body = json!({ "name": payload, "description": payload });
            let sent = self.boss.post("/api/v1/categories").json(body).await;
            assert!(
                sent.status == 201 || sent.status == 400,
                "{payload}: {}",
                sent.text
            );
            if sent.status != 201 {
                continue;
            }
            made += 1;
            let id = sent.body["id"].as_str().unwrap();
            if made % 10 == 0 {
                self.reads(&format!("/posts?category={id}")).await;
                self.reads(&format!("/admin/categories/{id}")).await;
            }
            // The list of all gets long otherwise.
            self.boss
                .post(&format!("/api/v1/categories/{id}/close"))
                .await
                .assert_status(200);
        }
        made
    }

    /// What a feed says, as the program of somebody who reads it shows it.
    async fn feed(&self) {
        let key = self
            .boss
            .post("/api/v1/me/rss-key")
            .await
            .assert_status(201);
        let path = format!("/feed?key={}", key.body["key"].as_str().unwrap());
        let feed = self.app.client().get(&path).await.assert_status(200).text;
        let channel = rss::Channel::read_from(feed.as_bytes()).unwrap();
        assert!(channel.items().len() > 20);
        for item in channel.items() {
            let text = [item.description(), item.content(), item.title()];
            for html in [text[0], text[1]].into_iter().flatten() {
                assert_eq!(Frame::default().danger(html), None, "{html}");
            }
            for link in [item.link(), item.guid().map(rss::Guid::value)]
                .into_iter()
                .flatten()
            {
                assert!(
                    link.starts_with("http://127.0.0.1:") || link.starts_with("urn:"),
                    "{link}"
                );
            }
        }
    }
}

fn reads_html(html: &Value) {
    let html = html.as_str().unwrap();
    assert_eq!(Frame::default().danger(html), None, "{html}");
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn no_payload_survives_in_what_is_shown_of_posts_and_people(db: Db) {
        let app = app(db).await;
        let scene = Scene::new(&app).await;
        let payloads = payloads();
        let mut posts = Vec::new();
        for payload in &payloads {
            posts.push(scene.post(payload).await);
        }
        for page in 1..=payloads.len().div_ceil(20) {
            scene.reads(&format!("/posts?page={page}")).await;
        }
        for (post, path) in posts.iter().zip(["pin", "must-read"].iter().cycle()).take(60) {
            scene.boss.put(&format!("/api/v1/posts/{post}/{path}")).await.assert_status(204);
            scene.boss.put(&format!("/api/v1/posts/{post}/bookmark")).await.assert_status(204);
        }
        for path in ["/posts", "/posts?sort=commented", "/posts?sort=recommended", "/posts/bookmarks", "/posts/must-read",
            "/posts/bookmarks?page=2"] {
            scene.reads(path).await;
        }
        scene.reads(&format!("/post/{}/readers", posts[1])).await;
        scene.feed().await;
        for post in &posts[..40] {
            scene.client.delete(&format!("/api/v1/posts/{post}")).await.assert_status(204);
        }
        scene.reads("/posts/deleted").await;
        app.finish().await;
    }

    async fn no_payload_survives_in_comments_searches_and_categories(db: Db) {
        let app = app(db).await;
        let scene = Scene::new(&app).await;
        let payloads = payloads();
        for some in payloads.chunks(A_PAGE) {
            let body = json!({ "title": title(&some[0]), "content": some[1] });
            let made = scene.client.post("/api/v1/posts").json(body).await.assert_status(201);
            scene.comments(made.body["id"].as_i64().unwrap(), some).await;
        }
        for payload in &payloads {
            let q: String = form_urlencoded::byte_serialize(payload.as_bytes()).collect();
            // One that is too long is answered with what is wrong, and shown again.
            let page = scene.browser.get(&format!("/search?q={q}")).await;
            assert!(page.status == 200 || payload.chars().count() > 100, "{payload}");
            assert_eq!(scene.frame.danger(&page.text), None, "{payload}");
        }
        let found = scene.client.get("/api/v1/search?q=alert&limit=50").await.assert_status(200).body;
        for (list, field) in [("posts", "title_html"), ("posts", "excerpt_html"), ("comments", "excerpt_html")] {
            let hits = found[list].as_array().unwrap();
            assert!(!hits.is_empty());
            hits.iter().for_each(|hit| reads_html(&hit[field]));
        }
        for path in ["/search?q=alert", "/search?q=script&sort=title", "/search?q=onerror"] {
            assert!(scene.reads(path).await.contains("<mark>"), "{path}");
        }
        assert!(scene.categories(&payloads).await > 60);
        scene.reads("/admin/categories").await;
        app.finish().await;
    }

    async fn no_payload_survives_in_forms_histories_and_reports(db: Db) {
        let app = app(db).await;
        let scene = Scene::new(&app).await;
        let writer = signed_in(&app, "writer").await;
        let body = json!({ "title": "글", "content": "글" });
        let made = scene.client.post("/api/v1/posts").json(body).await.assert_status(201);
        let post = made.body["id"].as_i64().unwrap();
        for (payload, rev) in payloads().iter().zip(1..) {
            let edit = json!({ "title": title(payload), "content": payload, "rev": rev });
            scene.client.put(&format!("/api/v1/posts/{post}")).json(edit).await.assert_status(200);
            let reason = json!({ "reason": payload.replace('\n', " ") });
            let sent = scene.boss.post(&format!("/api/v1/posts/{post}/reports")).json(reason).await;
            assert!(sent.status == 204 || sent.status == 409, "{}", sent.text);
            let draft = json!({ "title": title(payload), "content": payload });
            scene.client.put("/api/v1/me/draft").json(draft).await.assert_status(200);
            scene.reads_in(&writer, "/post/new").await;
            let title = title(payload);
            // What was typed comes back beside what stands there.
            let stale = [("title", title.as_str()), ("content", payload), ("rev", "1")];
            writer.post(&format!("/post/{post}/edit"), &stale).await.assert_status(302);
            scene.reads_in(&writer, &format!("/post/{post}/edit")).await;
            let preview = scene.client.post("/api/v1/posts/preview").json(json!({ "content": payload })).await;
            reads_html(&preview.assert_status(200).body["html"]);
        }
        scene.reads(&format!("/post/{post}/history")).await;
        scene.reads("/admin/moderation").await;
        app.finish().await;
    }
}
