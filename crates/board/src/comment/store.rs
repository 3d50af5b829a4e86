//! The rows of `board_comment`, and what a comment changes of its post.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, Value, params, record};

use super::rules::{Place, Start};
use crate::category::CategoryId;
use crate::category::right::{READABLE, Viewer};
use crate::post::PostId;

/// Marks the id of a comment.
pub enum Comment {}

/// The id of a comment; people see its number, the serial.
pub type CommentId = Id<Comment>;

record! {
    /// A comment as its readers see it.
    #[derive(Clone, Debug)]
    pub(crate) struct CommentRow from "m" {
        pub(crate) serial: i64,
        pub(crate) id: CommentId,
        pub(crate) post: i64,
        pub(crate) parent: Option<i64>,
        pub(crate) author_id: AccountId,
        /// Nobody's where the account is erased.
        pub(crate) author: Option<String> = "CASE WHEN l.erased_at IS NULL THEN a.name END",
        pub(crate) body: String,
        pub(crate) created_at: Timestamp,
        pub(crate) edited_at: Option<Timestamp>,
        pub(crate) rev: i64,
        pub(crate) hidden_at: Option<Timestamp>,
        pub(crate) hidden_reason: Option<String>,
        pub(crate) deleted_at: Option<Timestamp>,
    }
}

record! {
    /// The post that a comment belongs to, as the unit holds it.
    #[derive(Clone, Debug)]
    pub(crate) struct PostHeld {
        pub(crate) serial: i64,
        pub(crate) id: PostId,
        pub(crate) category_id: CategoryId,
        pub(crate) author_id: AccountId,
        pub(crate) comment_count: i64,
        pub(crate) locked_at: Option<Timestamp>,
        /// Whether its category is closed: nobody writes there.
        pub(crate) is_closed: bool = "EXISTS (SELECT 1 FROM board_category k WHERE k.id = category_id AND k.closed_at IS NOT NULL)",
    }
}

impl CommentRow {
    /// Where it stands among the comments of its post.
    pub(crate) fn place(&self) -> Place {
        Place {
            thread: self.parent.unwrap_or(self.serial),
            serial: self.serial,
        }
    }
}

const FROM: &str = " FROM board_comment m JOIN account a ON a.id = m.author_id \
    LEFT JOIN account_closing l ON l.account_id = a.id";
const THREAD: &str = "COALESCE(m.parent, m.serial)";
/// A deleted comment stays where somebody has answered it.
const SHOWN: &str = "(m.deleted_at IS NULL OR EXISTS (SELECT 1 FROM board_comment r \
    WHERE r.parent = m.serial AND r.deleted_at IS NULL))";
/// A condition over posts `p`: those that `$1` may see; `$2`: they moderate.
pub(crate) const SEEN: &str = concatcp!(
    "p.deleted_at IS NULL AND (p.hidden_at IS NULL OR p.author_id = $1 OR $2) AND p.category_id IN (",
    READABLE,
    ")"
);

/// Comments of a post behind a place, to be [bounded]: `$1` the post, `$2` and `$3` the place.
pub(super) const AFTER: &str = concatcp!(
    "SELECT ",
    CommentRow::COLUMNS,
    FROM,
    " WHERE m.post = $1 AND ",
    THREAD,
    " >= $2 AND (",
    THREAD,
    " > $2 OR m.serial > $3) AND ",
    SHOWN,
    " ORDER BY ",
    THREAD,
    ", m.serial"
);

/// As [`AFTER`], the other way round.
pub(super) const BEFORE: &str = concatcp!(
    "SELECT ",
    CommentRow::COLUMNS,
    FROM,
    " WHERE m.post = $1 AND ",
    THREAD,
    " <= $2 AND (",
    THREAD,
    " < $2 OR m.serial < $3) AND ",
    SHOWN,
    " ORDER BY ",
    THREAD,
    " DESC, m.serial DESC"
);

/// Comments that were written since, to be [bounded]: `$1` the post, `$2` the number of the newest that is known.
pub(super) const SINCE: &str = concatcp!(
    "SELECT ",
    CommentRow::COLUMNS,
    FROM,
    " WHERE m.post = $1 AND m.serial > $2 AND ",
    SHOWN,
    " ORDER BY m.serial"
);

/// A statement of at most so many rows. The number stands in its words: of one that is a parameter PostgreSQL expects a
/// tenth of the table, and plans anew each time because of it.
pub(super) fn bounded(sql: &str, most: u32) -> String {
    format!("{sql} LIMIT {most}")
}

/// The comments of a post on one side of a place, in the order in which they were read: going back, the last first.
pub(super) async fn page(
    conn: &mut Conn,
    post: i64,
    start: Start,
    most: u32,
) -> Result<Vec<CommentRow>, DbError> {
    let (sql, place) = match start {
        Start::After(place) => (AFTER, place),
        Start::Before(place) => (BEFORE, place),
    };
    let values = params![post, place.thread, place.serial];
    conn.all(&bounded(sql, most), values).await
}

/// The comments of a post that were written after one, the oldest first.
pub(super) async fn since(
    conn: &mut Conn,
    post: i64,
    after: i64,
    most: u32,
) -> Result<Vec<CommentRow>, DbError> {
    conn.all(&bounded(SINCE, most), params![post, after]).await
}

/// The number of the newest comment of a post; 0 where there is none.
pub(super) async fn newest(conn: &mut Conn, post: i64) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COALESCE(MAX(serial), 0) FROM board_comment WHERE post = $1";
    conn.one(SQL, params![post]).await
}

/// A comment that is not deleted, of a post that is there for this viewer.
pub(crate) async fn find(
    conn: &mut Conn,
    viewer: Viewer,
    serial: i64,
) -> Result<Option<CommentRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        CommentRow::COLUMNS,
        FROM,
        " JOIN board_post p ON p.serial = m.post WHERE m.serial = $3 AND m.deleted_at IS NULL AND ",
        SEEN
    );
    conn.optional(SQL, params![viewer.account, viewer.is_moderator, serial])
        .await
}

/// Whether a post that is there for this viewer is open to comments, and how many it has; `None` where it is not there.
pub(super) async fn standing(
    conn: &mut Conn,
    viewer: Viewer,
    post: i64,
) -> Result<Option<(bool, i64)>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT p.locked_at IS NULL AND NOT EXISTS (SELECT 1 FROM board_category k \
         WHERE k.id = p.category_id AND k.closed_at IS NOT NULL), p.comment_count FROM board_post p WHERE p.serial = $3 AND ",
        SEEN
    );
    let values = params![viewer.account, viewer.is_moderator, post];
    conn.optional(SQL, values).await
}

/// Those of these posts that are there for this viewer.
pub(super) async fn seen_of(
    conn: &mut Conn,
    viewer: Viewer,
    posts: &[i64],
) -> Result<Vec<i64>, DbError> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (3..3 + posts.len()).map(|at| format!("${at}")).collect();
    let places = places.join(", ");
    let sql = format!("SELECT p.serial FROM board_post p WHERE p.serial IN ({places}) AND {SEEN}");
    let mut values = params![viewer.account, viewer.is_moderator].to_vec();
    values.extend(posts.iter().map(|post| Value::I64(*post)));
    conn.all(&sql, &values).await
}

/// The category of a post that is there for this viewer.
pub(super) async fn category_of(
    conn: &mut Conn,
    viewer: Viewer,
    post: i64,
) -> Result<Option<CategoryId>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT p.category_id FROM board_post p WHERE p.serial = $3 AND ",
        SEEN
    );
    conn.optional(SQL, params![viewer.account, viewer.is_moderator, post])
        .await
}

/// The thread that a comment of a post stands in.
pub(super) async fn thread_of(
    conn: &mut Conn,
    post: i64,
    serial: i64,
) -> Result<Option<i64>, DbError> {
    const SQL: &str =
        "SELECT COALESCE(parent, serial) FROM board_comment WHERE serial = $2 AND post = $1";
    conn.optional(SQL, params![post, serial]).await
}

/// Locks a post that is there for this viewer: from here on the changes of its comments are in an order.
pub(crate) async fn hold_post(
    tx: &mut Tx,
    viewer: Viewer,
    post: i64,
) -> Result<Option<PostHeld>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        PostHeld::COLUMNS,
        " FROM board_post p WHERE p.serial = $3 AND ",
        SEEN,
        " /*for_update*/"
    );
    tx.optional(SQL, params![viewer.account, viewer.is_moderator, post])
        .await
}

/// Counts one more comment of a post that is held; answers how many it has.
pub(super) async fn count_up(tx: &mut Tx, post: i64, now: Timestamp) -> Result<i64, DbError> {
    const SQL: &str = "UPDATE board_post SET comment_count = comment_count + 1, \
        last_comment_at = CASE WHEN last_comment_at < $2 THEN $2 ELSE last_comment_at END \
        WHERE serial = $1 RETURNING comment_count";
    tx.one(SQL, params![post, now]).await
}

/// Counts one comment less of a post that is held, once it is deleted; answers how many it has.
pub(super) async fn count_down(tx: &mut Tx, post: i64) -> Result<i64, DbError> {
    const SQL: &str = "UPDATE board_post SET comment_count = comment_count - 1, \
        last_comment_at = COALESCE((SELECT created_at FROM board_comment \
            WHERE post = $1 AND deleted_at IS NULL ORDER BY serial DESC LIMIT 1), 0) \
        WHERE serial = $1 RETURNING comment_count";
    tx.one(SQL, params![post]).await
}

/// A comment that is to be kept.
pub(super) struct New<'a> {
    pub(super) id: CommentId,
    pub(super) post: i64,
    pub(super) parent: Option<i64>,
    pub(super) author: AccountId,
    pub(super) body: &'a str,
    pub(super) now: Timestamp,
}

/// Keeps a comment; answers its number, or nothing where there is one of this id.
pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<Option<i64>, DbError> {
    const SQL: &str = "INSERT INTO board_comment (id, post, parent, author_id, body, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING serial";
    let values = params![new.id, new.post, new.parent, new.author, new.body, new.now];
    tx.optional(SQL, values).await
}

/// The number and the text of the comment that somebody has written to a post under this id.
pub(super) async fn written_as(
    conn: &mut Conn,
    (post, id): (i64, CommentId),
    author: AccountId,
) -> Result<Option<(i64, String)>, DbError> {
    const SQL: &str =
        "SELECT serial, body FROM board_comment WHERE id = $1 AND post = $2 AND author_id = $3";
    conn.optional(SQL, params![id, post, author]).await
}

/// What a reply answers: the comment's thread and its author, where it is there.
pub(super) async fn answered(
    conn: &mut Conn,
    post: i64,
    parent: i64,
) -> Result<Option<(i64, AccountId)>, DbError> {
    const SQL: &str = "SELECT COALESCE(parent, serial), author_id FROM board_comment \
        WHERE serial = $2 AND post = $1 AND deleted_at IS NULL AND hidden_at IS NULL";
    conn.optional(SQL, params![post, parent]).await
}

/// Makes a comment's text another, where it is still the one that the edit was made of.
pub(super) async fn edit(
    tx: &mut Tx,
    serial: i64,
    rev: i64,
    body: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_comment SET body = $3, edited_at = $4, rev = rev + 1 \
        WHERE serial = $1 AND rev = $2 AND deleted_at IS NULL AND hidden_at IS NULL";
    Ok(tx.execute(SQL, params![serial, rev, body, now]).await? == 1)
}

/// Notes that a comment is deleted; `false` where it was.
pub(super) async fn delete(
    tx: &mut Tx,
    serial: i64,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_comment SET deleted_at = $2, deleted_by = $3 \
        WHERE serial = $1 AND deleted_at IS NULL";
    Ok(tx.execute(SQL, params![serial, now, by]).await? == 1)
}

/// Keeps a comment of the demo; answers its number.
///
/// # Errors
/// The store's.
pub(crate) async fn fill(
    tx: &mut Tx,
    id: CommentId,
    post: i64,
    (author, body): (AccountId, &str),
    now: Timestamp,
) -> Result<i64, DbError> {
    count_up(tx, post, now).await?;
    let parent = None;
    let new = New {
        id,
        post,
        parent,
        author,
        body,
        now,
    };
    insert(tx, &new).await?.ok_or(DbError::NotFound)
}
