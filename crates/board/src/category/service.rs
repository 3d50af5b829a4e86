//! Categories are read: those that somebody may read, and one of them with its rights for those who manage it.

use hanok_db::Conn;

use super::CategoryId;
use super::right::Viewer;
use super::store::{self, Listed};
use super::subjects::{self, Named, Rights};
use crate::context::Board;
use crate::fault::Fault;

/// A category, and whether the viewer may write there.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) listed: Listed,
    pub(super) may_write: bool,
}

/// A category with its rights, as those see it who manage it.
#[derive(Clone, Debug)]
pub(super) struct Managed {
    pub(super) listed: Listed,
    pub(super) rights: Rights,
    pub(super) readers: Named,
    pub(super) writers: Named,
}

impl Board {
    /// The categories that `viewer` may read, in their order.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn categories(&self, viewer: Viewer) -> Result<Vec<Seen>, Fault> {
        self.first_categories().await?;
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let readable = store::readable(conn, viewer).await?;
            let writable = store::writable(conn, viewer).await?;
            let seen = readable.into_iter().map(|listed| Seen {
                may_write: writable.iter().any(|one| one.id == listed.id),
                listed,
            });
            Ok::<_, Fault>(seen.collect())
        });
        read.await
    }

    /// The categories that `viewer` may write in; one to talk in stands first.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn writable_categories(&self, viewer: Viewer) -> Result<Vec<Listed>, Fault> {
        self.first_categories().await?;
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            Ok::<_, Fault>(store::writable(conn, viewer).await?)
        });
        read.await
    }

    /// Whether `viewer` may write in a category.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn may_write_in(&self, viewer: Viewer, id: CategoryId) -> Result<bool, Fault> {
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            Ok::<_, Fault>(store::is_writable(conn, viewer, id).await?)
        });
        read.await
    }

    /// One of them with its rights.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn managed_category(&self, id: CategoryId) -> Result<Managed, Fault> {
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let listed = store::find(conn, id).await?;
            let listed = listed.ok_or_else(Fault::not_found)?;
            let rights = store::rights(conn, id).await?;
            Ok::<_, Fault>(Managed {
                readers: subjects::names(conn, &rights.readers).await?,
                writers: subjects::names(conn, &rights.writers).await?,
                rights,
                listed,
            })
        });
        read.await
    }
}
