//! What the board promises, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod acts;
mod announcements;
mod attachments;
mod categories;
mod comments;
mod feed;
mod filling;
mod leaving;
mod lists;
mod moderation;
mod moving;
mod notices;
mod once;
mod pages;
mod payloads;
mod posts;
mod right_to_write;
mod rights;
mod search;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use hanok_accounts::App;
use hanok_board::{Board, BoardApp, BoardConfig, BoardParts};
use hanok_db::Db;
use hanok_notifications::{Notifications, NotificationsParts};
use hanok_testkit::{Answer, Browser, Builder, Client, PASSWORD, TestApp};
use serde_json::json;

/// The board beside the accounts.
pub(crate) async fn app(db: Db) -> TestApp {
    app_of(TestApp::builder(db)).await
}

/// The same, put together otherwise.
pub(crate) async fn app_of(builder: Builder<'_>) -> TestApp {
    app_with(builder, &blobs(), |_| ()).await
}

/// A folder for attached files, which nobody else uses.
pub(crate) fn blobs() -> PathBuf {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    folder.keep().join("blobs")
}

/// The same with its files in this folder and other settings.
pub(crate) async fn app_with(
    builder: Builder<'_>,
    blobs: &Path,
    change: impl Fn(&mut BoardConfig) + Send + Sync,
) -> TestApp {
    let board = |accounts: &hanok_accounts::Accounts, kit: &hanok_testkit::Kit| {
        let mut config: BoardConfig = kit.section("board");
        change(&mut config);
        let parts = BoardParts {
            accounts: accounts.clone(),
            notifications: notifications(accounts),
            config,
            blobs: blobs.to_owned(),
        };
        vec![Arc::new(BoardApp(Board::new(parts))) as Arc<dyn App>]
    };
    builder.apps(board).start().await
}

/// The board beside the accounts, and the board itself.
pub(crate) async fn app_and_board(db: Db) -> (TestApp, Board) {
    let (first, folder) = (OnceLock::new(), blobs());
    let board = |accounts: &hanok_accounts::Accounts, kit: &hanok_testkit::Kit| {
        let parts = BoardParts {
            accounts: accounts.clone(),
            notifications: notifications(accounts),
            config: kit.section("board"),
            blobs: folder.clone(),
        };
        let board = Board::new(parts);
        // Where there are two programs, each has one of its own.
        first.get_or_init(|| board.clone());
        vec![Arc::new(BoardApp(board)) as Arc<dyn App>]
    };
    let app = TestApp::builder(db).apps(board).start().await;
    let board = first.get().unwrap().clone();
    (app, board)
}

/// What people are told, beside these accounts.
pub(crate) fn notifications(accounts: &hanok_accounts::Accounts) -> Notifications {
    Notifications::new(NotificationsParts {
        accounts: accounts.clone(),
    })
}

/// Every table that the board works with.
pub(crate) fn sets() -> Vec<hanok_db::MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(hanok_notifications::migrations());
    sets.push(hanok_board::migrations());
    sets
}

/// A browser in which somebody has signed in.
pub(crate) async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = Browser::new(app);
    let form = [("user_id", username), ("password", PASSWORD)];
    let sent = browser.post("/login", &form).await;
    assert_eq!(sent.status, 302, "{}", sent.text);
    browser
}

/// Where an answer leads.
#[track_caller]
pub(crate) fn assert_leads(answer: &Answer, path: &str) {
    assert_eq!(answer.status, 302, "{}", answer.text);
    assert_eq!(answer.header("location"), path);
}

/// A post by whoever calls, in the category where people talk; its number.
pub(crate) async fn write_post(client: &Client, title: &str, content: &str) -> i64 {
    let body = json!({ "title": title, "content": content });
    let made = client.post("/api/v1/posts").json(body).await;
    made.assert_status(201).body["id"].as_i64().unwrap()
}

/// A category that these read and write (`{"roles":[],"teams":[],"departments":[]}`, empty: every member); its id.
pub(crate) async fn make_category(
    moderator: &Client,
    name: &str,
    readers: serde_json::Value,
    writers: serde_json::Value,
) -> String {
    let body = json!({ "name": name, "readers": readers, "writers": writers });
    let made = moderator.post("/api/v1/categories").json(body).await;
    let made = made.assert_status(201);
    made.body["id"].as_str().unwrap().to_owned()
}
