//! What a post said before its edits: for its author and for moderators.

use hanok_base::Timestamp;
use hanok_db::{Conn, params, record};

use super::{Opened, store};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;

/// The most revisions that are shown.
const MOST: i64 = 100;

record! {
    /// A text that stood there until it was edited.
    #[derive(Clone, Debug)]
    pub(super) struct RevisionRow {
        pub(super) rev: i64,
        pub(super) title: String,
        pub(super) body: String,
        /// Until when it stood there.
        pub(super) at: Timestamp,
    }
}

impl Board {
    /// A post and what it said before, the newest first.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for a post of somebody else's.
    pub(super) async fn revisions(
        &self,
        viewer: Viewer,
        serial: i64,
    ) -> Result<(Opened, Vec<RevisionRow>), Fault> {
        const SQL: &str = const_format::concatcp!(
            "SELECT ",
            RevisionRow::COLUMNS,
            " FROM board_post_revision WHERE post = $1 ORDER BY rev DESC LIMIT $2"
        );
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let post = store::open(conn, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            if !post.is_of(viewer) && !viewer.is_moderator {
                return Err(Fault::forbidden());
            }
            let rows = conn.all(SQL, params![serial, MOST]).await?;
            Ok((post, rows))
        });
        read.await
    }
}
