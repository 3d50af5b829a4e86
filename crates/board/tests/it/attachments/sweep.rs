//! Files that nobody owns any more, and what a killed process leaves behind.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use hanok_db::Conn;
use hanok_testkit::{Client, TestApp};
use serde_json::Value;

use super::form::{ready, upload};
use super::{attach, attached, files, two, url};
use crate::moderation::again;
use crate::{app_with, assert_leads, blobs, write_post};

const DAY: Duration = Duration::from_hours(24);

async fn detach(client: &Client, made: &Value) {
    let path = format!("/api/v1/attachments/{}", made["id"].as_str().unwrap());
    client.delete(&path).await.assert_status(204);
}

async fn blobs_named(app: &TestApp) -> i64 {
    let count = async |conn: &mut Conn| conn.one("SELECT COUNT(*) FROM board_blob", &[]).await;
    app.db.read(count).await.unwrap()
}

/// As if it had been written long before the clock of the test.
fn make_old(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + DAY).unwrap();
}

/// Every part of the files is looked at, an hour each.
async fn sweep_all(app: &TestApp) {
    for _ in 0..23 {
        app.run_schedules().await;
        app.clock.advance(Duration::from_hours(1));
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_file_goes_thirty_days_after_its_last_owner(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (haneul, bada) = two(&app).await;
        let (one, other) = (write_post(&haneul, "글", "본문").await, write_post(&bada, "글", "본문").await);
        let first = attached(&haneul, one, "a.txt", b"the same").await;
        let second = attached(&bada, other, "b.txt", b"the same").await;
        assert_eq!(files(&folder), 1);
        detach(&haneul, &first).await;
        app.settle().await;
        app.clock.advance(31 * DAY);
        sweep_all(&app).await;
        app.settle().await;
        app.clock.advance(31 * DAY);
        sweep_all(&app).await;
        assert_ne!(second["id"], first["id"]);
        assert_eq!((files(&folder), blobs_named(&app).await), (1, 1));
        app.db.write(async |tx: &mut hanok_db::Tx| tx.execute("DELETE FROM board_attachment", &[]).await).await?;
        // Looked at once a day, it is noted within one, and its time begins then.
        sweep_all(&app).await;
        app.settle().await;
        app.clock.advance(29 * DAY);
        app.run_schedules().await;
        assert_eq!((files(&folder), blobs_named(&app).await), (1, 1));
        app.settle().await;
        app.clock.advance(2 * DAY);
        app.run_schedules().await;
        assert_eq!((files(&folder), blobs_named(&app).await), (0, 0));
        app.finish().await;
    }

    async fn what_somebody_removed_takes_their_room_until_it_is_gone(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |config| config.attachment_quota_mib = 1).await;
        let (person, other) = (app.person("haneul").await, app.person("bada").await);
        let (haneul, bada) = (app.client().of(&person), app.client().of(&other));
        let (post, others) = (write_post(&haneul, "글", "본문").await, write_post(&bada, "글", "본문").await);
        let bytes = |letter: u8| vec![letter; 700_000];
        let first = attached(&haneul, post, "a.txt", &bytes(b'a')).await;
        detach(&haneul, &first).await;
        let refused = attach(&haneul, post, "b.txt", &bytes(b'b')).await;
        let refused = refused.assert_status(400);
        assert!(refused.text.contains("30일 뒤에 비워집니다"), "{}", refused.text);
        assert_eq!(files(&folder), 1);
        // It is nobody else's.
        attached(&bada, others, "b.txt", &bytes(b'b')).await;
        // What is attached again takes the room that it has.
        let second = attached(&haneul, post, "a.txt", &bytes(b'a')).await;
        attach(&haneul, post, "a.txt", &bytes(b'a')).await.assert_status(400);
        detach(&haneul, &second).await;
        sweep_all(&app).await;
        app.settle().await;
        app.clock.advance(31 * DAY);
        app.run_schedules().await;
        assert_eq!((files(&folder), blobs_named(&app).await), (1, 1));
        let haneul = again(&app, &person).await;
        attached(&haneul, post, "c.txt", &bytes(b'c')).await;
        app.finish().await;
    }

    async fn a_draft_that_is_thrown_away_frees_no_room_at_once(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |config| config.attachment_quota_mib = 1).await;
        let (haneul, _) = ready(&app).await;
        let typed = [("title", "제목"), ("content", "본문")];
        for letter in *b"abc" {
            assert_leads(&upload(&haneul, "/post/new/file", &typed, "a.txt", &vec![letter; 700_000]).await, "/post/new");
            assert_leads(&haneul.post("/post/new", &[("act", "drop")]).await, "/post/new");
        }
        assert_eq!((files(&folder), blobs_named(&app).await), (1, 1));
        app.finish().await;
    }

    async fn a_file_that_is_attached_again_stays(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        let made = attached(&haneul, post, "a.txt", b"words").await;
        detach(&haneul, &made).await;
        // A sweep has noted it.
        let note = "UPDATE board_blob SET orphaned_at = 1";
        app.db.write(async move |tx: &mut hanok_db::Tx| tx.execute(note, &[]).await).await?;
        let again = attached(&haneul, post, "a.txt", b"words").await;
        app.settle().await;
        app.clock.advance(40 * DAY);
        app.run_schedules().await;
        assert_eq!((files(&folder), blobs_named(&app).await), (1, 1));
        assert!(!url(&again).is_empty());
        app.finish().await;
    }

    async fn what_a_killed_process_left_is_swept_and_never_served(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        let made = attached(&haneul, post, "a.txt", b"words").await;
        // Half a file; and one that was whole, whose row was never written.
        let half = folder.join("incoming").join("left");
        fs::write(&half, b"half").unwrap();
        let unnamed = folder.join("ab".repeat(32));
        fs::write(&unnamed, b"whole").unwrap();
        let young = folder.join("cd".repeat(32));
        fs::write(&young, b"just kept").unwrap();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path != young {
                make_old(&path);
            }
        }
        make_old(&half);
        haneul.get(url(&made)).await.assert_status(200);
        sweep_all(&app).await;
        assert!(!half.exists() && !unnamed.exists());
        assert!(young.exists());
        assert_eq!((files(&folder), blobs_named(&app).await), (2, 1));
        app.finish().await;
    }

    async fn a_file_that_is_being_taken_away_is_named_by_nobody(db: Db) {
        let folder = blobs();
        let app = app_with(TestApp::builder(db), &folder, |_| ()).await;
        let (haneul, _) = two(&app).await;
        let post = write_post(&haneul, "글", "본문").await;
        let made = attached(&haneul, post, "a.txt", b"words").await;
        detach(&haneul, &made).await;
        // A sweep that was killed between its two units.
        let doom = "UPDATE board_blob SET orphaned_at = 1, doomed_at = 1";
        app.db.write(async move |tx: &mut hanok_db::Tx| tx.execute(doom, &[]).await).await?;
        let refused = attach(&haneul, post, "a.txt", b"words").await.assert_status(503);
        assert_eq!(refused.body["code"], "busy");
        app.run_schedules().await;
        assert_eq!((files(&folder), blobs_named(&app).await), (0, 0));
        let again = attached(&haneul, post, "a.txt", b"words").await;
        haneul.get(url(&again)).await.assert_status(200);
        app.finish().await;
    }
}
