//! A post as it is found, and the count of those that a category's list shows.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::PostId;
use super::input::Written;
use crate::category::right::{READABLE, Viewer};
use crate::category::{CategoryId, Kind};

record! {
    /// A post with what its page shows of it.
    #[derive(Clone, Debug)]
    pub(crate) struct Opened from "p" {
        /// The number that people see.
        pub(crate) serial: i64,
        pub(crate) id: PostId,
        pub(crate) category_id: CategoryId,
        pub(crate) category: String = "k.name",
        pub(crate) category_kind: Kind = "k.kind",
        pub(crate) author_id: AccountId,
        /// Nobody's where the account is erased.
        pub(crate) author: Option<String> = "CASE WHEN l.erased_at IS NULL THEN a.name END",
        pub(crate) title: String,
        pub(crate) body: String,
        pub(crate) created_at: Timestamp,
        pub(crate) edited_at: Option<Timestamp>,
        pub(crate) rev: i64,
        pub(crate) comment_count: i64,
        pub(crate) recommend_count: i64,
        pub(crate) view_count: i64,
        pub(crate) pinned_at: Option<Timestamp>,
        pub(crate) must_read_at: Option<Timestamp>,
        pub(crate) reminded_at: Option<Timestamp>,
        pub(crate) locked_at: Option<Timestamp>,
        pub(crate) hidden_at: Option<Timestamp>,
        pub(crate) hidden_reason: Option<String>,
        pub(crate) deleted_at: Option<Timestamp>,
        pub(crate) deleted_by: Option<AccountId>,
    }
}

/// What [`Opened`] is read from.
pub(super) const FROM: &str = " FROM board_post p JOIN board_category k ON k.id = p.category_id \
    JOIN account a ON a.id = p.author_id LEFT JOIN account_closing l ON l.account_id = a.id";

/// What `$1` may see of the posts in their categories: the hidden ones are their author's and the moderators' (`$2`).
const SEEN: &str = concatcp!(
    "p.category_id IN (",
    READABLE,
    ") AND (p.hidden_at IS NULL OR p.author_id = $1 OR $2)"
);

impl Opened {
    /// Whether `viewer` wrote it.
    pub(crate) fn is_of(&self, viewer: Viewer) -> bool {
        self.author_id == viewer.account
    }
}

/// A post that `viewer` may read and that is not deleted. In a unit, ask [`lock`] first.
///
/// # Errors
/// The store's.
pub(crate) async fn open(
    conn: &mut Conn,
    viewer: Viewer,
    serial: i64,
) -> Result<Option<Opened>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Opened::COLUMNS,
        FROM,
        " WHERE p.serial = $3 AND p.deleted_at IS NULL AND ",
        SEEN
    );
    let values = params![viewer.account, viewer.is_moderator, serial];
    conn.optional(SQL, values).await
}

/// Holds a post until the unit ends, so that what is read of it stays true.
///
/// # Errors
/// The store's.
pub(crate) async fn lock(tx: &mut Tx, serial: i64) -> Result<(), DbError> {
    const SQL: &str = "SELECT serial FROM board_post WHERE serial = $1 /*for_update*/";
    let _: Option<i64> = tx.optional(SQL, params![serial]).await?;
    Ok(())
}

/// A post comes into the list of its category (`1`) or leaves it (`-1`), as when it is hidden.
///
/// # Errors
/// The store's.
pub(crate) async fn count_in_list(
    tx: &mut Tx,
    category: CategoryId,
    by: i64,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_category SET post_count = post_count + $2 WHERE id = $1";
    tx.execute(SQL, params![category, by]).await.map(|_| ())
}

/// Writes a post down and answers its number; nothing where there is one of this id.
pub(super) async fn insert(
    tx: &mut Tx,
    id: PostId,
    category: CategoryId,
    author: Viewer,
    written: &Written,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    const SQL: &str = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING RETURNING serial";
    let (title, body) = (&written.title, &written.body);
    let values = params![id, category, author.account, title, body, now];
    tx.optional(SQL, values).await
}

/// The number, the title and the text of the post that somebody has written under this id.
pub(super) async fn written_as(
    conn: &mut Conn,
    id: PostId,
    author: AccountId,
) -> Result<Option<(i64, String, String)>, DbError> {
    const SQL: &str = "SELECT serial, title, body FROM board_post WHERE id = $1 AND author_id = $2";
    conn.optional(SQL, params![id, author]).await
}

/// Keeps the text that stands there now.
pub(super) async fn keep_revision(
    tx: &mut Tx,
    post: &Opened,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO board_post_revision (post, rev, title, body, editor_id, at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let (title, body) = (&post.title, &post.body);
    let values = params![post.serial, post.rev, title, body, post.author_id, now];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Puts another text in the place of what `post` was read with; `false` where that is not there any more.
pub(super) async fn update(
    tx: &mut Tx,
    post: &Opened,
    category: CategoryId,
    written: &Written,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_post SET title = $3, body = $4, category_id = $5, edited_at = $6, \
        rev = rev + 1 WHERE serial = $1 AND rev = $2";
    let (title, body) = (&written.title, &written.body);
    let values = params![post.serial, post.rev, title, body, category, now];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// A post that was deleted after a moment, and that `viewer` could read if it were not.
pub(super) async fn find_deleted(
    conn: &mut Conn,
    viewer: Viewer,
    serial: i64,
    after: Timestamp,
) -> Result<Option<Opened>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Opened::COLUMNS,
        FROM,
        " WHERE p.serial = $3 AND p.deleted_at > $4 AND ",
        SEEN
    );
    let values = params![viewer.account, viewer.is_moderator, serial, after];
    conn.optional(SQL, values).await
}

/// Marks a post as deleted, or takes the mark away.
pub(super) async fn set_deleted(
    tx: &mut Tx,
    serial: i64,
    mark: Option<(AccountId, Timestamp)>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_post SET deleted_at = $2, deleted_by = $3 WHERE serial = $1";
    let (by, at) = mark.unzip();
    tx.execute(SQL, params![serial, at, by]).await.map(|_| ())
}

/// A post's number and title: the way to a neighbour.
pub(crate) type Neighbour = (i64, String);

const NEIGHBOUR: &str = concatcp!(
    "SELECT p.serial, p.title FROM board_post p WHERE p.deleted_at IS NULL AND p.hidden_at IS NULL \
     AND p.category_id = $3 AND p.category_id IN (",
    READABLE,
    ")"
);
pub(super) const OLDER: &str = concatcp!(
    NEIGHBOUR,
    " AND p.serial < $4 ORDER BY p.serial DESC LIMIT 1"
);
pub(super) const NEWER: &str = concatcp!(NEIGHBOUR, " AND p.serial > $4 ORDER BY p.serial LIMIT 1");

/// The posts beside this one in its category: the older, the newer.
pub(super) async fn neighbours(
    conn: &mut Conn,
    viewer: Viewer,
    post: &Opened,
) -> Result<(Option<Neighbour>, Option<Neighbour>), DbError> {
    let values = params![
        viewer.account,
        viewer.is_moderator,
        post.category_id,
        post.serial
    ];
    let older = conn.optional(OLDER, values).await?;
    Ok((older, conn.optional(NEWER, values).await?))
}

/// Writes a post of the demo down and answers its number.
///
/// # Errors
/// The store's.
pub(crate) async fn fill(
    tx: &mut Tx,
    (id, category, author): (PostId, CategoryId, AccountId),
    (title, body): (&str, &str),
    at: Timestamp,
) -> Result<i64, DbError> {
    let author = Viewer {
        account: author,
        is_moderator: false,
    };
    let written = Written {
        title: title.to_owned(),
        body: body.to_owned(),
        category: Some(category),
        draft: None,
        id: Some(id),
    };
    let made = insert(tx, id, category, author, &written, at).await?;
    let serial = made.ok_or(DbError::NotFound)?;
    count_in_list(tx, category, 1).await?;
    Ok(serial)
}
