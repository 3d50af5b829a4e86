//! Files in the form of a post, without any script.

use hanok_testkit::{Browser, TestApp};

use serde_json::json;

use super::{KIND, PICTURE, files, form};
use crate::{app, app_with, assert_leads, blobs, signed_in};

pub(super) async fn upload(
    browser: &Browser,
    path: &str,
    fields: &[(&str, &str)],
    name: &str,
    bytes: &[u8],
) -> hanok_testkit::Answer {
    let call = browser
        .client()
        .post(path)
        .bytes(KIND, form(fields, name, bytes));
    browser
        .send(call.header("sec-fetch-site", "same-origin"))
        .await
}

/// Where the page links to a file.
fn link(page: &str) -> String {
    let (_, tail) = page.split_once("href=\"/post/new/file/").unwrap();
    let (rest, _) = tail.split_once('"').unwrap();
    format!("/post/new/file/{rest}")
}

pub(super) async fn ready(app: &TestApp) -> (Browser, Browser) {
    app.person("haneul").await;
    app.person("bada").await;
    (signed_in(app, "haneul").await, signed_in(app, "bada").await)
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_file_is_uploaded_while_a_post_is_written_and_becomes_its_own(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = ready(&app).await;
        let typed = [("title", "가을 사진"), ("content", "첫 줄"), ("draft_id", "")];
        let sent = upload(&haneul, "/post/new/file", &typed, "가을.png", PICTURE).await;
        assert_leads(&sent, "/post/new");
        let page = haneul.get("/post/new").await.text;
        assert!(page.contains("value=\"가을 사진\"") && page.contains("첫 줄"), "{page}");
        let href = link(&page);
        assert!(page.contains(&format!("]({href})")), "{page}");
        // A draft's file is its author's alone.
        assert_eq!(haneul.get(&href).await.status, 200);
        assert_eq!(bada.get(&href).await.status, 404);
        let (_, tail) = page.split_once("name=\"draft_id\" value=\"").unwrap();
        let (draft, _) = tail.split_once('"').unwrap();
        let content = format!("첫 줄\n\n![가을.png]({href})");
        let fields = [("title", "가을 사진"), ("content", &content), ("draft_id", draft), ("act", "publish")];
        let published = haneul.post("/post/new", &fields).await;
        assert_leads(&published, "/posts");
        let read = bada.get("/post/1").await.text;
        assert!(read.contains(&format!("<img src=\"{href}\" alt=\"가을.png\"")), "{read}");
        assert!(read.contains("href=\"/post/1/file/"), "{read}");
        assert_eq!(bada.get(&href).await.status, 200);
        app.finish().await;
    }

    async fn what_is_wrong_with_a_file_keeps_what_was_typed(db: Db) {
        let app = app(db).await;
        let (haneul, _) = ready(&app).await;
        let typed = [("title", "제목"), ("content", "본문")];
        let sent = upload(&haneul, "/post/new/file", &typed, "a.png", b"no picture").await;
        assert_leads(&sent, "/post/new");
        let page = haneul.get("/post/new").await.text;
        assert!(page.contains("파일의 내용이 이름의 확장자와 다릅니다."), "{page}");
        assert!(page.contains("value=\"제목\"") && page.contains("본문"), "{page}");
        let sent = upload(&haneul, "/post/999/file", &typed, "a.png", PICTURE).await;
        assert_eq!(sent.status, 404);
        let sent = upload(&haneul, "/post/x/file", &typed, "a.png", PICTURE).await;
        assert_eq!(sent.status, 404);
        app.finish().await;
    }

    async fn a_file_is_removed_from_the_form(db: Db) {
        let app = app(db).await;
        let (haneul, _) = ready(&app).await;
        let typed = [("title", "제목"), ("content", "본문")];
        upload(&haneul, "/post/new/file", &typed, "a.txt", b"words").await;
        let href = link(&haneul.get("/post/new").await.text);
        let (file, _) = href.rsplit_once('/').unwrap();
        let removed = haneul.post(&format!("{file}/delete"), &[("title", "다른 제목"), ("content", "본문")]).await;
        assert_leads(&removed, "/post/new");
        let page = haneul.get("/post/new").await.text;
        assert!(page.contains("value=\"다른 제목\"") && !page.contains("/post/new/file/0"), "{page}");
        assert_eq!(haneul.get(&href).await.status, 404);
        app.finish().await;
    }

    async fn whoever_may_not_attach_has_no_work_done_for_them(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |config| config.attachment_quota_mib = 1).await;
        let person = app.person("haneul").await;
        let haneul = signed_in(&app, "haneul").await;
        let typed = [("title", "제목"), ("content", "본문")];
        upload(&haneul, "/post/new/file", &typed, "a.txt", &vec![b'a'; 1024 * 1024]).await;
        // Were it looked at, it would be told that it is no picture.
        let sent = upload(&haneul, "/post/new/file", &typed, "b.png", b"no picture").await;
        assert_leads(&sent, "/post/new");
        let page = haneul.get("/post/new").await.text;
        assert!(page.contains("올린 파일이 1MB를 넘을 수 없습니다") && !page.contains("확장자와 다릅니다"), "{page}");
        assert!(page.contains("value=\"제목\""), "{page}");
        let admin = app.person("admin").roles(&["admin"]).await;
        let restrict = json!({ "days": 7, "reason": "도배" });
        let whom = format!("/api/v1/moderation/restrictions/{}", person.id);
        app.client().of(&admin).put(&whom).json(restrict).await.assert_status(204);
        let sent = upload(&haneul, "/post/new/file", &typed, "b.png", b"no picture").await;
        assert_leads(&sent, "/post/new");
        let page = haneul.get("/post/new").await.text;
        assert!(page.contains("지금은 글을 쓸 수 없습니다") && !page.contains("확장자와 다릅니다"), "{page}");
        app.finish().await;
    }

    async fn a_form_brings_one_file(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (haneul, _) = ready(&app).await;
        let one = form(&[("title", "제목")], "a.png", PICTURE);
        let two = [&one[..one.len() - 8], &form(&[("content", "본문")], "b.png", b"no picture")].concat();
        let call = haneul.client().post("/post/new/file").bytes(KIND, two);
        let sent = haneul.send(call.header("sec-fetch-site", "same-origin")).await;
        assert_leads(&sent, "/post/new");
        let page = haneul.get("/post/new").await.text;
        assert!(page.contains("파일은 한 번에 하나씩 올려 주세요."), "{page}");
        assert!(page.contains("value=\"제목\"") && page.contains("본문"), "{page}");
        assert_eq!((files(&folder), files(&folder.join("incoming"))), (0, 0));
        app.finish().await;
    }
}
