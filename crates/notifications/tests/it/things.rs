//! Things, which these tests make up: what they are called, and from whom they are hidden.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock};

use futures_util::future::BoxFuture;
use hanok_accounts::leaving::PersonalData;
use hanok_accounts::{AccountId, App};
use hanok_db::{Conn, DbError, Tx};
use hanok_notifications::{
    Described, Notifications, NotificationsApp, NotificationsParts, Subject, Subjects, Telling,
};
use hanok_testkit::{Builder, TestApp};

/// What things are called among subjects.
pub(crate) const KIND: &str = "thing";

/// The program, its notifications, and the things that it knows.
pub(crate) struct House {
    pub(crate) app: TestApp,
    notifications: Notifications,
    things: Things,
}

impl Deref for House {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

/// Each thing is called as it is named, unless it was renamed.
#[derive(Clone, Default)]
pub(crate) struct Things(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    names: HashMap<String, String>,
    hidden: HashSet<(AccountId, String)>,
}

impl Subjects for Things {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn describe<'a>(
        &'a self,
        _: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>> {
        let known = self.0.lock().unwrap();
        let seen = ids
            .iter()
            .filter(|id| !known.hidden.contains(&(viewer, (*id).clone())));
        let described = seen.map(|id| {
            let title = known.names.get(id).unwrap_or(id).clone();
            let path = format!("/things/{id}");
            (id.clone(), Described { title, path })
        });
        let described = described.collect();
        Box::pin(std::future::ready(Ok(described)))
    }
}

impl House {
    /// Put together so.
    pub(crate) async fn of(builder: Builder<'_>) -> Self {
        let (made, things) = (OnceLock::new(), Things::default());
        let apps = |accounts: &hanok_accounts::Accounts, _: &hanok_testkit::Kit| {
            let notifications = Notifications::new(NotificationsParts {
                accounts: accounts.clone(),
            });
            notifications.know(Arc::new(things.clone()));
            made.get_or_init(|| notifications.clone());
            vec![Arc::new(NotificationsApp(notifications)) as Arc<dyn App>]
        };
        let app = builder.apps(apps).start().await;
        let notifications = made.get().unwrap().clone();
        Self {
            app,
            notifications,
            things,
        }
    }

    /// Gives a thing another name.
    pub(crate) fn rename(&self, thing: &str, name: &str) {
        let mut known = self.things.0.lock().unwrap();
        known.names.insert(thing.to_owned(), name.to_owned());
    }

    /// Hides a thing from somebody.
    pub(crate) fn hide(&self, thing: &str, from: AccountId) {
        let mut known = self.things.0.lock().unwrap();
        known.hidden.insert((from, thing.to_owned()));
    }

    /// Tells in a unit of its own.
    pub(crate) async fn tell(&self, telling: &Telling<'_>) {
        self.tell_all(std::slice::from_ref(telling)).await;
    }

    /// Tells several things in one unit.
    pub(crate) async fn tell_all(&self, tellings: &[Telling<'_>]) {
        self.try_tell(tellings).await.unwrap();
    }

    /// The same, which may fail.
    pub(crate) async fn try_tell(&self, tellings: &[Telling<'_>]) -> Result<(), DbError> {
        let notifications = self.notifications.clone();
        let to: Vec<Vec<AccountId>> = tellings.iter().map(|it| it.to.to_vec()).collect();
        let parts: Vec<_> = tellings
            .iter()
            .map(|it| {
                (
                    it.kind,
                    it.subject.clone(),
                    it.source.clone(),
                    it.anchor.clone(),
                    it.actor,
                    it.at,
                )
            })
            .collect();
        let unit = async move |tx: &mut Tx| {
            let tellings: Vec<Telling<'_>> = to
                .iter()
                .zip(parts)
                .map(|(to, (kind, subject, source, anchor, actor, at))| Telling {
                    to,
                    kind,
                    subject,
                    source,
                    anchor,
                    actor,
                    at,
                })
                .collect();
            notifications.tell_all(tx, &tellings).await
        };
        self.app.db.write(unit).await
    }

    /// What the program lets people take along.
    pub(crate) fn personal_data(&self) -> Vec<PersonalData> {
        NotificationsApp(self.notifications.clone()).personal_data()
    }

    /// Takes back what a source told.
    pub(crate) async fn withdraw(&self, source: &str) {
        self.try_withdraw(source).await.unwrap();
    }

    /// The same, which may fail.
    pub(crate) async fn try_withdraw(&self, source: &str) -> Result<(), DbError> {
        let (notifications, source) = (self.notifications.clone(), source.to_owned());
        let unit = async move |tx: &mut Tx| notifications.withdraw(tx, &source).await;
        self.app.db.write(unit).await
    }

    /// Takes back what was told about something, but to these.
    pub(crate) async fn withdraw_subject(&self, subject: Subject, keep: Option<Vec<AccountId>>) {
        let notifications = self.notifications.clone();
        let unit = async move |tx: &mut Tx| {
            notifications
                .withdraw_subject(tx, &subject, keep.as_deref())
                .await
        };
        self.app.db.write(unit).await.unwrap();
    }

    /// Ends the test.
    pub(crate) async fn finish(self) {
        self.app.settle().await;
        self.app.finish().await;
    }
}
