//! What notifications are about, in the words of those who know it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError};

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Of what kind it is, as `post`: [`Subjects::kind`].
    pub kind: &'static str,
    /// Which one of its kind, as the app names it.
    pub id: String,
}

/// A subject as its reader sees it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What it is called.
    pub title: String,
    /// Where it is: `/post/12`.
    pub path: String,
}

/// Knows the subjects of one kind. It must not keep alive what keeps the [`Notifications`](crate::Notifications) that
/// know it.
pub trait Subjects: Send + Sync {
    /// Of what kind they are; never changed.
    fn kind(&self) -> &'static str;

    /// Where the place `anchor` of a subject is that is read at `path`.
    fn place(&self, path: &str, anchor: &str) -> String {
        format!("{path}#{anchor}")
    }

    /// Of these, what `viewer` may see now, in two statements at most. What is missing is not shown.
    fn describe<'a>(
        &'a self,
        conn: &'a mut Conn,
        viewer: AccountId,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<HashMap<String, Described>, DbError>>;

    /// Those of `viewers` who may see one subject now, and what each of them sees: for what is told to many at once.
    /// Unless a kind knows better, each of them is asked about.
    fn describe_to<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: &'a str,
        viewers: &'a [AccountId],
    ) -> BoxFuture<'a, Result<HashMap<AccountId, Described>, DbError>> {
        self.describe_to_each(conn, id, viewers)
    }

    /// Asks about each of `viewers`.
    fn describe_to_each<'a>(
        &'a self,
        conn: &'a mut Conn,
        id: &'a str,
        viewers: &'a [AccountId],
    ) -> BoxFuture<'a, Result<HashMap<AccountId, Described>, DbError>> {
        Box::pin(async move {
            let ids = [id.to_owned()];
            let mut found = HashMap::new();
            for viewer in viewers {
                let described = self.describe(conn, *viewer, &ids).await?;
                found.extend(described.into_values().map(|one| (*viewer, one)));
            }
            Ok(found)
        })
    }
}

/// Who knows which kind.
#[derive(Default)]
pub(crate) struct Known(RwLock<Vec<Arc<dyn Subjects>>>);

impl Known {
    /// Has `subjects` speak for their kind; the first one does.
    pub(crate) fn add(&self, subjects: Arc<dyn Subjects>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.iter().any(|known| known.kind() == subjects.kind()) {
            tracing::error!(kind = subjects.kind(), "two know subjects of one kind");
        } else {
            all.push(subjects);
        }
    }

    /// Who speaks for a kind; nobody where its app is switched off.
    pub(crate) fn of(&self, kind: &str) -> Option<Arc<dyn Subjects>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|known| known.kind() == kind).cloned()
    }
}
