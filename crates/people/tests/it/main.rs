//! What people promises, on both engines.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod activity;
mod alerts;
mod audit;
mod leaving;
mod live;
mod organisation;
mod people;
mod roles;
mod users;

use std::sync::Arc;

use hanok_accounts::{AccountsApp, App};
use hanok_db::Db;
use hanok_people::{People, PeopleApp, PeopleParts};
use hanok_testkit::{Answer, Browser, Builder, PASSWORD, TestApp};

/// The people beside the accounts.
pub(crate) async fn app(db: Db) -> TestApp {
    app_of(TestApp::builder(db)).await
}

/// The same, put together otherwise.
pub(crate) async fn app_of(builder: Builder<'_>) -> TestApp {
    let people = |accounts: &hanok_accounts::Accounts, _: &_| -> Vec<Arc<dyn App>> {
        vec![people_of(accounts)]
    };
    builder.apps(people).start().await
}

/// The people of these accounts.
pub(crate) fn people_of(accounts: &hanok_accounts::Accounts) -> Arc<dyn App> {
    let parts = PeopleParts {
        accounts: accounts.clone(),
        answered_people: None,
        approved_requests: None,
        owned_providers: None,
        key_warn_days: 90,
        detections: AccountsApp(accounts.clone()).detections(),
    };
    Arc::new(PeopleApp(People::new(parts)))
}

/// Every table that people works with.
pub(crate) fn sets() -> Vec<hanok_db::MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.extend(hanok_people::migrations());
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
