//! Files: attached, shown, kept from whoever may not read, and swept when nobody owns them any more.

mod at_once;
mod events;
mod form;
mod limits;
mod sweep;

use std::fs;
use std::path::Path;

use hanok_testkit::{Answer, Client, TestApp};
use serde_json::{Value, json};

use crate::{app, app_with, blobs, make_category, write_post};

const KIND: &str = "multipart/form-data; boundary=b1";
const MIB: usize = 1024 * 1024;

/// The body of a form with fields and a file.
pub(crate) fn form(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        let part =
            format!("--b1\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let head = format!(
        "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    body.extend(head.as_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--b1--\r\n");
    body
}

fn path(post: i64) -> String {
    format!("/api/v1/posts/{post}/attachments")
}

async fn attach(client: &Client, post: i64, name: &str, bytes: &[u8]) -> Answer {
    let body = form(&[], name, bytes);
    client.post(&path(post)).bytes(KIND, body).await
}

async fn attached(client: &Client, post: i64, name: &str, bytes: &[u8]) -> Value {
    let made = attach(client, post, name, bytes).await;
    made.assert_status(201).body
}

async fn two(app: &TestApp) -> (Client, Client) {
    let (haneul, bada) = (app.person("haneul").await, app.person("bada").await);
    (app.client().of(&haneul), app.client().of(&bada))
}

fn url(made: &Value) -> &str {
    made["url"].as_str().unwrap()
}

/// What lies in the folder under a name of its own.
pub(crate) fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |entries| {
        entries
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .count()
    })
}

/// A picture of one red pixel, with words in it that tell where it was taken.
pub(crate) const PICTURE: &[u8] = include_bytes!("attachments/red.png");

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_file_is_attached_listed_and_given_to_readers_as_it_was(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = two(&app).await;
        let post = write_post(&haneul, "회의", "록").await;
        let bytes = b"%PDF-1.7\n\r\n--b\r\n--c1x\0\xff".repeat(100_000);
        let made = attached(&haneul, post, "회의 \"록\".pdf", &bytes[..2 * MIB]).await;
        assert_eq!((made["media_type"].as_str(), made["size"].as_i64()), (Some("application/pdf"), Some(2_097_152)));
        let list = bada.get(&path(post)).await.assert_status(200).body;
        assert_eq!(list["attachments"], json!([made]));
        let file = bada.get(url(&made)).await.assert_status(200);
        assert_eq!(file.header("content-type"), "application/pdf");
        assert_eq!(file.header("content-length"), (2 * MIB).to_string());
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
        assert!(file.header("content-disposition").starts_with("attachment; "), "{}", file.header("content-disposition"));
        assert!(file.header("content-disposition").contains("filename*=UTF-8''%ED%9A%8C"));
        let again = bada.get(url(&made)).header("if-none-match", file.header("etag")).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
        let rows = app.audit_of("BOARD_CHANGE").await;
        assert_eq!(rows.len(), 2);
        app.finish().await;
    }

    async fn a_picture_is_shown_without_what_it_told(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (haneul, bada) = two(&app).await;
        let post = write_post(&haneul, "사진", "가을").await;
        let made = attached(&haneul, post, "가을.png", PICTURE).await;
        assert_eq!((&made["width"], &made["height"], &made["media_type"]), (&json!(2), &json!(1), &json!("image/png")));
        let shown = bada.get(url(&made)).await.assert_status(200);
        assert_eq!(shown.header("content-type"), "image/png");
        assert!(shown.header("content-disposition").starts_with("inline; "));
        assert!(!shown.text.contains("GPS") && shown.text.contains("IHDR"));
        let kept = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for file in kept.filter(|path| path.is_file()) {
            let bytes = fs::read(file).unwrap();
            assert!(!bytes.windows(3).any(|window| window == b"GPS"));
        }
        assert_eq!((files(&folder), files(&folder.join("incoming"))), (1, 0));
        app.finish().await;
    }

    async fn pages_and_drawings_are_downloaded_and_never_opened(db: Db) {
        let app = app(db).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "페이지", "본문").await;
        for (name, bytes) in [
            ("a.svg", &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"[..]),
            ("a.html", b"<!doctype html><script>alert(1)</script>"),
            ("\"><script>alert(1)</script>.txt", b"<script>alert(1)</script>"),
        ] {
            let made = attached(&haneul, post, &name.replace('"', "%22"), bytes).await;
            let file = haneul.get(url(&made)).await.assert_status(200);
            assert_eq!(file.header("content-type"), "application/octet-stream", "{name}");
            assert!(file.header("content-disposition").starts_with("attachment; "), "{name}");
            assert!(file.header("content-security-policy").contains("sandbox"), "{name}");
        }
        app.finish().await;
    }

    async fn what_is_wrong_with_a_file_is_told_and_nothing_of_it_stays(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |config| config.attachment_mib = 1).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        for (name, bytes, code) in [
            ("a.png", &b"<script>alert(1)</script>"[..], "file_misnamed"),
            ("a.jpg", PICTURE, "file_misnamed"),
            ("a.txt", b"MZ\x90\0\x03\0\0\0", "file_program"),
            ("a.exe", b"hello", "file_program"),
            ("a.png", &PICTURE[..40], "file_broken"),
            ("a.txt", b"", "file_empty"),
        ] {
            let refused = attach(&haneul, post, name, bytes).await.assert_status(400);
            assert_eq!(refused.body["errors"][0]["pointer"], "/file", "{name} {code}");
        }
        let empty = haneul.post(&path(post)).bytes(KIND, b"--b1--\r\n".to_vec()).await;
        empty.assert_status(400);
        haneul.post(&path(post)).json(json!({})).await.assert_status(415);
        // Beyond the file's own bound, and beyond that of the whole body.
        for length in [MIB + 1, 2 * MIB + 1] {
            let refused = attach(&haneul, post, "a.txt", &vec![b'a'; length]).await.assert_status(413);
            assert_eq!(refused.body["code"], "body_too_large");
        }
        attached(&haneul, post, "a.txt", &vec![b'a'; MIB]).await;
        assert_eq!((files(&folder), files(&folder.join("incoming"))), (1, 0));
        app.finish().await;
    }

    async fn only_the_author_attaches_and_only_readers_find(db: Db) {
        let app = app(db).await;
        let (haneul, bada) = two(&app).await;
        let admin = app.person("admin").roles(&["admin"]).await;
        let admin = app.client().of(&admin);
        let only = json!({ "roles": ["admin"], "teams": [], "departments": [] });
        let category = make_category(&admin, "임원", only.clone(), only).await;
        let body = json!({ "title": "비밀", "content": "본문", "category_id": category });
        let secret = admin.post("/api/v1/posts").json(body).await.assert_status(201).body["id"].as_i64().unwrap();
        let hidden = attached(&admin, secret, "a.txt", b"secret").await;
        let post = write_post(&haneul, "글", "본문").await;
        let made = attached(&haneul, post, "a.txt", b"open").await;
        // Another's post; a post that is not theirs to see; none at all.
        attach(&bada, post, "a.txt", b"x").await.assert_status(403);
        attach(&bada, secret, "a.txt", b"x").await.assert_status(404);
        attach(&bada, 999, "a.txt", b"x").await.assert_status(404);
        bada.get(&path(secret)).await.assert_status(404);
        bada.get(url(&hidden)).await.assert_status(404);
        // An address of a post that one may read leads to no file of another post.
        let id = hidden["id"].as_str().unwrap();
        for post in [post.to_string(), "new".to_owned()] {
            bada.get(&format!("/post/{post}/file/{id}/a.txt")).await.assert_status(404);
        }
        haneul.get(url(&made)).as_nobody().header("accept", "application/json").await.assert_status(401);
        let own = |made: &Value| format!("/api/v1/attachments/{}", made["id"].as_str().unwrap());
        bada.delete(&own(&hidden)).await.assert_status(404);
        bada.delete(&own(&made)).await.assert_status(403);
        bada.delete("/api/v1/attachments/x").await.assert_status(404);
        haneul.delete(&own(&made)).await.assert_status(204);
        haneul.get(url(&made)).await.assert_status(404);
        // With the post goes what is attached to it.
        let made = attached(&haneul, post, "a.txt", b"open").await;
        haneul.delete(&format!("/api/v1/posts/{post}")).await;
        bada.get(url(&made)).await.assert_status(404);
        app.finish().await;
    }

    async fn a_person_has_so_much_room_and_no_more(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |config| config.attachment_quota_mib = 1).await;
        let (haneul, bada) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        let first = attached(&haneul, post, "a.txt", &vec![b'a'; 700_000]).await;
        // The same bytes count again: each row is somebody's.
        attach(&haneul, post, "b.txt", &vec![b'a'; 700_000]).await.assert_status(400);
        // Nothing of what is refused stays on the disk, where it would take room all the same.
        attach(&haneul, post, "b.txt", &vec![b'c'; 700_000]).await.assert_status(400);
        assert_eq!((files(&folder), files(&folder.join("incoming"))), (1, 0));
        let others = write_post(&bada, "글", "본문").await;
        attached(&bada, others, "a.txt", &vec![b'a'; 700_000]).await;
        let own = format!("/api/v1/attachments/{}", first["id"].as_str().unwrap());
        haneul.delete(&own).await.assert_status(204);
        attached(&haneul, post, "b.txt", &vec![b'b'; 700_000]).await;
        app.finish().await;
    }

    async fn many_files_at_once_stay_within_the_room(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |config| config.attachment_quota_mib = 1).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        let sent = (0..6_u8).map(|number| {
            let haneul = haneul.clone();
            async move { attach(&haneul, post, "a.txt", &vec![b'a' + number; 400_000]).await.status.as_u16() }
        });
        let mut answers = futures_util::future::join_all(sent).await;
        answers.sort_unstable();
        assert_eq!(answers, [201, 201, 400, 400, 400, 400]);
        assert_eq!((files(&folder), files(&folder.join("incoming"))), (2, 0));
        app.finish().await;
    }
}
