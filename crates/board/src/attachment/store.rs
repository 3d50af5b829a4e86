//! Attachments in the store.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::AttachmentId;
use super::blob::Sha256;
use crate::category::right::{READABLE, Viewer, WRITABLE};
use crate::post::DraftId;

record! {
    /// A file of a post or of a draft.
    #[derive(Clone, Debug)]
    pub(super) struct AttachmentRow from "a" {
        pub(super) id: AttachmentId,
        pub(super) post: Option<i64>,
        pub(super) draft: Option<DraftId>,
        pub(super) owner_id: AccountId,
        pub(super) sha256: Vec<u8>,
        pub(super) name: String,
        pub(super) media_type: String,
        /// Bytes.
        pub(super) size: i64,
        /// Pixels; of a picture that is shown.
        pub(super) width: Option<i64>,
        pub(super) height: Option<i64>,
        pub(super) created_at: Timestamp,
    }
}

/// An attachment that `viewer` may see: of a post that they may read, or of a draft of their own.
///
/// # Errors
/// The store's.
pub(super) async fn find(
    conn: &mut Conn,
    viewer: Viewer,
    id: AttachmentId,
) -> Result<Option<AttachmentRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        AttachmentRow::COLUMNS,
        " FROM board_attachment a LEFT JOIN board_post p ON p.serial = a.post WHERE a.id = $3 AND \
         ((a.post IS NULL AND a.owner_id = $1) OR (p.deleted_at IS NULL AND p.category_id IN (",
        READABLE,
        ") AND (p.hidden_at IS NULL OR p.author_id = $1 OR $2)))"
    );
    conn.optional(SQL, params![viewer.account, viewer.is_moderator, id])
        .await
}

/// The files of a post, in the order in which they came; who may read the post is asked before.
///
/// # Errors
/// The store's.
pub(super) async fn of_post(conn: &mut Conn, post: i64) -> Result<Vec<AttachmentRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        AttachmentRow::COLUMNS,
        " FROM board_attachment a WHERE a.post = $1 ORDER BY a.created_at, a.id"
    );
    conn.all(SQL, params![post]).await
}

/// The files of a draft, likewise.
///
/// # Errors
/// The store's.
pub(super) async fn of_draft(
    conn: &mut Conn,
    draft: DraftId,
) -> Result<Vec<AttachmentRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        AttachmentRow::COLUMNS,
        " FROM board_attachment a WHERE a.draft = $1 ORDER BY a.created_at, a.id"
    );
    conn.all(SQL, params![draft]).await
}

/// Holds an account until the unit ends, so that what its files take stays true; rows that name it are written meanwhile.
///
/// # Errors
/// The store's.
pub(super) async fn lock_owner(tx: &mut Tx, owner: AccountId) -> Result<(), DbError> {
    const SQL: &str = "SELECT id FROM account WHERE id = $1 /*for_no_key_update*/";
    let _: Option<AccountId> = tx.optional(SQL, params![owner]).await?;
    Ok(())
}

/// What somebody's files take, in bytes: each as often as it is attached, and those that nothing is attached to any more
/// but that are not swept yet, unless it is `coming` that is attached again.
///
/// # Errors
/// The store's.
pub(super) async fn used(
    conn: &mut Conn,
    owner: AccountId,
    coming: Option<&Sha256>,
) -> Result<i64, DbError> {
    const OWNED: &str =
        "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM board_attachment WHERE owner_id = $1";
    const LEFT: &str = "SELECT CAST(COALESCE(SUM(b.size), 0) AS BIGINT) FROM board_blob b \
        WHERE b.last_owner_id = $1 AND b.sha256 <> $2 \
        AND NOT EXISTS (SELECT 1 FROM board_attachment a WHERE a.sha256 = b.sha256)";
    let owned: i64 = conn.one(OWNED, params![owner]).await?;
    let coming: &[u8] = coming.map_or(&[], |sha256| sha256);
    let left: i64 = conn.one(LEFT, params![owner, coming]).await?;
    Ok(owned.saturating_add(left))
}

/// Whether a post stands where `viewer` may write.
///
/// # Errors
/// The store's.
pub(super) async fn is_writable(
    conn: &mut Conn,
    viewer: Viewer,
    post: i64,
) -> Result<bool, DbError> {
    const SQL: &str = concatcp!(
        "SELECT p.serial FROM board_post p WHERE p.serial = $3 AND p.category_id IN (",
        WRITABLE,
        ")"
    );
    let values = params![viewer.account, viewer.is_moderator, post];
    let found: Option<i64> = conn.optional(SQL, values).await?;
    Ok(found.is_some())
}

/// A draft of `owner`'s, and the post that it is an edit of; `None` where it is not theirs.
///
/// # Errors
/// The store's.
pub(super) async fn edited_by(
    conn: &mut Conn,
    draft: DraftId,
    owner: AccountId,
) -> Result<Option<(DraftId, Option<i64>)>, DbError> {
    const SQL: &str = "SELECT id, post FROM board_draft WHERE id = $1 AND author_id = $2";
    conn.optional(SQL, params![draft, owner]).await
}

/// Holds a draft until the unit ends, so that it becomes no post meanwhile.
///
/// # Errors
/// The store's.
pub(super) async fn lock_draft(tx: &mut Tx, draft: DraftId) -> Result<(), DbError> {
    const SQL: &str = "SELECT id FROM board_draft WHERE id = $1 /*for_update*/";
    let _: Option<DraftId> = tx.optional(SQL, params![draft]).await?;
    Ok(())
}

/// How many files a post has, and a draft beside it.
///
/// # Errors
/// The store's.
pub(super) async fn count(
    conn: &mut Conn,
    post: Option<i64>,
    draft: Option<DraftId>,
) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM board_attachment WHERE post = $1 OR draft = $2";
    conn.one(SQL, params![post, draft]).await
}

/// Names a file that is on the disk, or names it again; `false` where it is being taken away at this moment.
///
/// # Errors
/// The store's.
pub(super) async fn name_blob(
    tx: &mut Tx,
    sha256: &Sha256,
    size: i64,
    owner: AccountId,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO board_blob (sha256, size, last_owner_id) VALUES ($1, $2, $3) \
        ON CONFLICT (sha256) DO UPDATE SET last_owner_id = $3, orphaned_at = NULL \
        WHERE board_blob.doomed_at IS NULL";
    Ok(tx.execute(SQL, params![sha256, size, owner]).await? > 0)
}

/// Writes a row.
///
/// # Errors
/// The store's.
pub(super) async fn insert(tx: &mut Tx, row: &AttachmentRow) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO board_attachment (id, post, draft, owner_id, sha256, name, media_type, size, \
        width, height, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = params![
        row.id,
        row.post,
        row.draft,
        row.owner_id,
        row.sha256,
        row.name,
        row.media_type,
        row.size,
        row.width,
        row.height,
        row.created_at,
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Removes a row; the file goes when no other names it for 30 days.
///
/// # Errors
/// The store's.
pub(super) async fn remove(tx: &mut Tx, id: AttachmentId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM board_attachment WHERE id = $1";
    tx.execute(SQL, params![id]).await.map(|_| ())
}

/// The files of a draft become those of a post; which they are, in the order in which they came.
///
/// # Errors
/// The store's.
pub(super) async fn adopt(
    tx: &mut Tx,
    draft: DraftId,
    post: i64,
) -> Result<Vec<AttachmentId>, DbError> {
    const SQL: &str =
        "UPDATE board_attachment SET post = $2, draft = NULL WHERE draft = $1 RETURNING id";
    let mut adopted: Vec<AttachmentId> = tx.all(SQL, params![draft, post]).await?;
    adopted.sort_unstable_by_key(|id| id.uuid());
    Ok(adopted)
}
