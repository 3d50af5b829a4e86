//! How many files a post has, and when it takes and loses none.

use hanok_db::Conn;
use hanok_testkit::TestApp;
use serde_json::json;

use super::form::{ready, upload};
use super::{PICTURE, attach, attached, files, path, two};
use crate::{app, app_with, assert_leads, blobs, write_post};

async fn rows(app: &TestApp) -> i64 {
    let count =
        async |conn: &mut Conn| conn.one("SELECT COUNT(*) FROM board_attachment", &[]).await;
    app.db.read(count).await.unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_post_has_thirty_files_those_of_its_draft_among_them(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (client, _) = two(&app).await;
        let post = write_post(&client, "글", "본문").await;
        for number in 0..30_u8 {
            attached(&client, post, "a.txt", &[b'a' + number]).await;
        }
        let refused = attach(&client, post, "a.txt", b"one more").await;
        refused.assert_problem(409, "conflict");
        assert_eq!((files(&folder), files(&folder.join("incoming"))), (30, 0));
        app.finish().await;
    }

    async fn a_draft_brings_no_more_files_than_a_post_may_have(db: Db) {
        let app = app(db).await;
        let (browser, _) = ready(&app).await;
        let typed = [("title", "제목"), ("content", "본문")];
        let published = browser.post("/post/new", &[typed[0], typed[1], ("act", "publish")]).await;
        assert_leads(&published, "/posts");
        // The last is one too many.
        for number in 0..31 {
            let bytes = number.to_string();
            let sent = upload(&browser, "/post/1/file", &typed, "a.txt", bytes.as_bytes()).await;
            assert_leads(&sent, "/post/1/edit");
        }
        assert_eq!(rows(&app).await, 30);
        // Even where more have come than may, the post does not take them.
        let more = "INSERT INTO board_attachment (id, post, draft, owner_id, sha256, name, media_type, size, created_at) \
            SELECT $1, 1, NULL, owner_id, sha256, name, media_type, size, created_at FROM board_attachment LIMIT 1";
        let id = uuid::Uuid::from_u128(7);
        app.db.write(async move |tx: &mut hanok_db::Tx| tx.execute(more, hanok_db::params![id]).await).await?;
        let saved = browser.post("/post/1/edit", &[typed[0], typed[1], ("rev", "1")]).await;
        let page = browser.get("/post/1/edit").await.text;
        assert!(page.contains("파일을 30개까지"), "{} {page}", saved.status);
        app.finish().await;
    }

    async fn a_locked_post_takes_and_loses_no_file(db: Db) {
        let app = app(db).await;
        let (haneul, _) = two(&app).await;
        let admin = app.person("admin").roles(&["admin"]).await;
        let admin = app.client().of(&admin);
        let post = write_post(&haneul, "글", "본문").await;
        let (first, second) =
            (attached(&haneul, post, "a.txt", b"a").await, attached(&haneul, post, "b.png", PICTURE).await);
        let own = |made: &serde_json::Value| format!("/api/v1/attachments/{}", made["id"].as_str().unwrap());
        admin.put(&format!("/api/v1/posts/{post}/lock")).await.assert_status(204);
        attach(&haneul, post, "c.txt", b"c").await.assert_problem(409, "conflict");
        haneul.delete(&own(&first)).await.assert_problem(409, "conflict");
        admin.delete(&own(&second)).await.assert_status(204);
        admin.delete(&format!("/api/v1/posts/{post}/lock")).await.assert_status(204);
        haneul.delete(&own(&first)).await.assert_status(204);
        assert_eq!(haneul.get(&path(post)).await.body["attachments"], json!([]));
        app.finish().await;
    }
}
