//! What people are told of the board: who is told what, who is not, and what is taken back.

mod audience;
mod comments;
mod many;
mod moderation;
mod rights;

use std::sync::Arc;

use hanok_accounts::{Accounts, App};
use hanok_board::{Board, BoardApp, BoardParts};
use hanok_db::{Db, DbError, Tx};
use hanok_notifications::NotificationsApp;
use hanok_testkit::{Client, Kit, TestApp};
use serde_json::{Value, json};

use crate::{blobs, notifications};

/// The board beside the notifications.
async fn app(db: Db) -> TestApp {
    let folder = blobs();
    let both = |accounts: &Accounts, kit: &Kit| {
        let notifications = notifications(accounts);
        let board = Board::new(BoardParts {
            accounts: accounts.clone(),
            notifications: notifications.clone(),
            config: kit.section("board"),
            blobs: folder.clone(),
        });
        vec![
            Arc::new(NotificationsApp(notifications)) as Arc<dyn App>,
            Arc::new(BoardApp(board)),
        ]
    };
    TestApp::builder(db).apps(both).start().await
}

/// A page of what whoever calls was told, once everything is handled.
async fn history(app: &TestApp, client: &Client) -> Value {
    app.settle().await;
    let page = client.get("/api/v1/notifications").await;
    page.assert_status(200).body
}

/// What whoever calls was told, the newest first, and that as many are unread as say so.
async fn told(app: &TestApp, client: &Client) -> Vec<Value> {
    let page = history(app, client).await;
    let list = page["notifications"].as_array().unwrap().clone();
    let unread = list.iter().filter(|one| one["read"] == false).count();
    assert_eq!(page["unread"], unread, "{page}");
    list
}

/// The types of what whoever calls was told, in alphabetical order.
async fn types(app: &TestApp, client: &Client) -> Vec<String> {
    let told = told(app, client).await;
    let kind = |one: &Value| one["type"].as_str().unwrap().to_owned();
    let mut types: Vec<String> = told.iter().map(kind).collect();
    types.sort();
    types
}

/// That whoever calls was told nothing.
async fn assert_nothing(app: &TestApp, client: &Client) {
    assert_eq!(told(app, client).await, Vec::<Value>::new());
}

/// Marks as read whatever somebody was told.
async fn read_all(app: &TestApp, client: &Client) {
    app.settle().await;
    let read = client
        .post("/api/v1/notifications/read-all")
        .json(json!({}));
    read.await.assert_status(204);
}

/// Hands every event of the board to its handlers once more, as if none of them had been.
async fn hear_again(app: &TestApp) {
    const FORGET: &str =
        "DELETE FROM processed WHERE consumer IN ('board.notices', 'board.decisions')";
    const AGAIN: &str = "UPDATE outbox SET sent_at = NULL WHERE topic = 'domain_events'";
    app.settle().await;
    let unit = app.db.write::<_, DbError, _>(async |tx: &mut Tx| {
        let forgotten = tx.execute(FORGET, &[]).await?;
        tx.execute(AGAIN, &[]).await?;
        Ok(forgotten)
    });
    assert!(unit.await.unwrap() > 0, "nothing was handled");
    app.settle().await;
}
