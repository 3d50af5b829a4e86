//! What notifications promise, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod accounts;
mod at_once;
mod bursts;
mod digest;
mod history;
mod leaving;
mod live;
mod mail;
mod pages;
mod preferences;
mod things;
mod topic;
mod withdrawal;

use hanok_accounts::AccountId;
use hanok_db::Db;
use hanok_notifications::{NotificationType, Subject, Telling};
use hanok_testkit::{Browser, PASSWORD, Person, TestApp};
use serde_json::Value;

pub(crate) use things::House;

/// Every table that notifications work with.
pub(crate) fn sets() -> Vec<hanok_db::MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(hanok_notifications::migrations());
    sets
}

/// The notifications beside the accounts, with things to tell of.
pub(crate) async fn house(db: Db) -> House {
    House::of(TestApp::builder(db)).await
}

/// A browser in which somebody has signed in.
pub(crate) async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = Browser::new(app);
    let form = [("user_id", username), ("password", PASSWORD)];
    let sent = browser.post("/login", &form).await;
    assert_eq!(sent.status, 302, "{}", sent.text);
    browser
}

/// Somebody comments on a thing of theirs: `to` is told.
pub(crate) async fn comment(house: &House, to: &Person, by: &Person, thing: &str, number: u32) {
    let to = [to.id];
    let telling = comment_of(house, &to, Some(by.id), thing, number);
    house.tell(&telling).await;
}

/// What is told of a comment.
pub(crate) fn comment_of<'a>(
    house: &House,
    to: &'a [AccountId],
    actor: Option<AccountId>,
    thing: &str,
    number: u32,
) -> Telling<'a> {
    Telling {
        to,
        kind: NotificationType::Comment,
        subject: thing_of(thing),
        source: format!("comment:{thing}:{number}"),
        anchor: Some(format!("comment-{number}")),
        actor,
        at: house.app.clock.now(),
    }
}

/// A thing, as it is named.
pub(crate) fn thing_of(thing: &str) -> Subject {
    Subject {
        kind: things::KIND,
        id: thing.to_owned(),
    }
}

/// What somebody was told, as the interface has it.
pub(crate) async fn told(house: &House, person: &Person) -> Value {
    let client = house.app.client().of(person);
    let answer = client.get("/api/v1/notifications").await;
    answer.assert_status(200).body
}
