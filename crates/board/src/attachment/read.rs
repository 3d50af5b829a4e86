//! Which files there are.

use hanok_db::Conn;

use super::AttachmentId;
use super::name::in_path;
use super::store::{self, AttachmentRow};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;
use crate::post::{self, DraftId};

/// Where a file is served: under its post, or under `new` while it is a draft's, which stays an address of it.
pub(super) fn address(row: &AttachmentRow) -> String {
    let post = row
        .post
        .map_or_else(|| "new".to_owned(), |it| it.to_string());
    format!("/post/{post}/file/{}/{}", row.id, in_path(&row.name))
}

impl Board {
    /// The files of a post.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn attachments(
        &self,
        viewer: Viewer,
        serial: i64,
    ) -> Result<Vec<AttachmentRow>, Fault> {
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let post = post::open(conn, viewer, serial).await?;
            post.ok_or_else(Fault::not_found)?;
            Ok::<_, Fault>(store::of_post(conn, serial).await?)
        });
        read.await
    }

    /// The files of a post that the viewer was found to see, and of a draft of theirs.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn attached(
        &self,
        post: Option<i64>,
        draft: Option<DraftId>,
    ) -> Result<Vec<AttachmentRow>, Fault> {
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let mut rows = match post {
                Some(serial) => store::of_post(conn, serial).await?,
                None => Vec::new(),
            };
            if let Some(draft) = draft {
                rows.extend(store::of_draft(conn, draft).await?);
            }
            Ok::<_, Fault>(rows)
        });
        read.await
    }

    /// A file.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn attachment(
        &self,
        viewer: Viewer,
        id: AttachmentId,
    ) -> Result<AttachmentRow, Fault> {
        let find = async move |conn: &mut Conn| store::find(conn, viewer, id).await;
        let found = self.accounts.db.read(find).await?;
        found.ok_or_else(Fault::not_found)
    }
}
