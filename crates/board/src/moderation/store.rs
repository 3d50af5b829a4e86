//! The rows of `board_report`, and what moderation notes at a post.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::{Id, Timestamp};
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError, Tx, params, record};

use uuid::Uuid;

use super::rules::{Outcome, ReportState};
use crate::category::CategoryId;
use crate::event::About;
use crate::post::PostId;

/// Marks the id of a report.
pub enum Report {}

/// The id of a report.
pub type ReportId = Id<Report>;

record! {
    /// A report, with what it is about as that is now.
    #[derive(Clone, Debug)]
    pub(super) struct ReportRow from "r" {
        pub(super) id: ReportId,
        pub(super) post: i64,
        pub(super) comment: Option<i64>,
        pub(super) title: String = "p.title",
        /// The first of its text.
        pub(super) text: String = "SUBSTR(CASE WHEN r.comment IS NULL THEN p.body ELSE m.body END, 1, 300)",
        pub(super) author_id: AccountId = "w.id",
        pub(super) author: Option<String> = "CASE WHEN wl.erased_at IS NULL THEN w.name END",
        pub(super) author_username: String = "w.username",
        pub(super) reporter_id: AccountId,
        pub(super) reporter: Option<String> = "CASE WHEN bl.erased_at IS NULL THEN b.name END",
        pub(super) reason: String,
        pub(super) created_at: Timestamp,
        pub(super) hidden_at: Option<Timestamp> = "CASE WHEN r.comment IS NULL THEN p.hidden_at ELSE m.hidden_at END",
        pub(super) deleted_at: Option<Timestamp> = "COALESCE(p.deleted_at, m.deleted_at)",
        pub(super) locked_at: Option<Timestamp> = "p.locked_at",
        pub(super) closed_at: Option<Timestamp>,
        /// Nobody's where the account is erased.
        pub(super) closed_by: Option<String> = "CASE WHEN dl.erased_at IS NULL THEN d.name END",
        pub(super) outcome: Option<Outcome>,
    }
}

const FROM: &str = " FROM board_report r JOIN board_post p ON p.serial = r.post \
    LEFT JOIN board_comment m ON m.serial = r.comment \
    JOIN account w ON w.id = CASE WHEN r.comment IS NULL THEN p.author_id ELSE m.author_id END \
    LEFT JOIN account_closing wl ON wl.account_id = w.id \
    JOIN account b ON b.id = r.reporter_id LEFT JOIN account_closing bl ON bl.account_id = b.id \
    LEFT JOIN account d ON d.id = r.closed_by LEFT JOIN account_closing dl ON dl.account_id = d.id";

/// A page of the open ones, the oldest first: who waits longest is heard first.
pub(super) const OPEN: &str = concatcp!(
    "SELECT ",
    ReportRow::COLUMNS,
    FROM,
    " WHERE r.closed_at IS NULL ORDER BY r.created_at, r.id LIMIT $1 OFFSET $2"
);

/// A page of the closed ones, the newest first.
pub(super) const CLOSED: &str = concatcp!(
    "SELECT ",
    ReportRow::COLUMNS,
    FROM,
    " WHERE r.closed_at IS NOT NULL ORDER BY r.closed_at DESC, r.id DESC LIMIT $1 OFFSET $2"
);

/// How many reports are in this state.
pub(super) async fn count(conn: &mut Conn, state: ReportState) -> Result<i64, DbError> {
    const OPEN: &str = "SELECT COUNT(*) FROM board_report WHERE closed_at IS NULL";
    const CLOSED: &str = "SELECT COUNT(*) FROM board_report WHERE closed_at IS NOT NULL";
    let sql = match state {
        ReportState::Open => OPEN,
        ReportState::Closed => CLOSED,
    };
    conn.one(sql, params![]).await
}

/// A page of reports.
pub(super) async fn rows(
    conn: &mut Conn,
    state: ReportState,
    page: NumberedPage,
) -> Result<Vec<ReportRow>, DbError> {
    let sql = match state {
        ReportState::Open => OPEN,
        ReportState::Closed => CLOSED,
    };
    conn.all(sql, params![page.limit(), page.offset()]).await
}

/// One report.
pub(super) async fn find(conn: &mut Conn, id: ReportId) -> Result<Option<ReportRow>, DbError> {
    const SQL: &str = concatcp!("SELECT ", ReportRow::COLUMNS, FROM, " WHERE r.id = $1");
    conn.optional(SQL, params![id]).await
}

/// What events say of a report, whatever has become of what it is about.
pub(super) async fn about(
    conn: &mut Conn,
    report: &ReportRow,
    by: AccountId,
) -> Result<About, DbError> {
    const SQL: &str = "SELECT p.id, p.category_id, p.author_id, m.id FROM board_post p \
        LEFT JOIN board_comment m ON m.serial = $2 WHERE p.serial = $1";
    let (uuid, category_id, author_id, comment_uuid): (
        PostId,
        CategoryId,
        AccountId,
        Option<Uuid>,
    ) = conn.one(SQL, params![report.post, report.comment]).await?;
    Ok(About {
        post_id: report.post,
        uuid,
        category_id,
        author_id,
        actor_id: Some(by),
        comment_id: report.comment,
        comment_uuid,
        parent_author_id: None,
        mentioned: Vec::new(),
        attachment_id: None,
        subject_id: Some(report.author_id),
    })
}

/// A report that is to be kept.
pub(super) struct New<'a> {
    pub(super) id: ReportId,
    pub(super) post: i64,
    pub(super) comment: Option<i64>,
    pub(super) reporter: AccountId,
    pub(super) reason: &'a str,
    pub(super) now: Timestamp,
}

/// Keeps a report; `false` where this person's about the same is still open.
pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO board_report (id, post, comment, reporter_id, reason, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = params![
        new.id,
        new.post,
        new.comment,
        new.reporter,
        new.reason,
        new.now
    ];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Closes a report; `false` where somebody was first.
pub(super) async fn dismiss(
    tx: &mut Tx,
    id: ReportId,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_report SET closed_at = $2, closed_by = $3, outcome = $4 \
        WHERE id = $1 AND closed_at IS NULL";
    let values = params![id, now, by, Outcome::Dismissed];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Closes every open report of what has been hidden.
pub(super) async fn close_of(
    tx: &mut Tx,
    (post, comment): (i64, Option<i64>),
    by: AccountId,
    now: Timestamp,
) -> Result<(), DbError> {
    const OF_POST: &str = "UPDATE board_report SET closed_at = $2, closed_by = $3, outcome = $4 \
        WHERE post = $1 AND comment IS NULL AND closed_at IS NULL";
    const OF_COMMENT: &str = "UPDATE board_report SET closed_at = $2, closed_by = $3, outcome = $4 \
        WHERE comment = $1 AND closed_at IS NULL";
    let (sql, serial) = comment.map_or((OF_POST, post), |comment| (OF_COMMENT, comment));
    let values = params![serial, now, by, Outcome::Hidden];
    tx.execute(sql, values).await.map(|_| ())
}

/// Hides a post that is held; `false` where it was hidden.
pub(super) async fn hide_post(
    tx: &mut Tx,
    serial: i64,
    by: AccountId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_post SET hidden_at = $2, hidden_by = $3, hidden_reason = $4 \
        WHERE serial = $1 AND hidden_at IS NULL AND deleted_at IS NULL";
    Ok(tx.execute(SQL, params![serial, now, by, reason]).await? == 1)
}

/// Shows a hidden post again; `false` where it was not hidden.
pub(super) async fn show_post(tx: &mut Tx, serial: i64) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_post SET hidden_at = NULL, hidden_by = NULL, hidden_reason = NULL \
        WHERE serial = $1 AND hidden_at IS NOT NULL AND deleted_at IS NULL";
    Ok(tx.execute(SQL, params![serial]).await? == 1)
}

/// Locks a post that is held, or opens it; `false` where it was so.
pub(super) async fn lock_post(
    tx: &mut Tx,
    serial: i64,
    at: Option<Timestamp>,
) -> Result<bool, DbError> {
    const LOCK: &str =
        "UPDATE board_post SET locked_at = $2 WHERE serial = $1 AND locked_at IS NULL";
    const OPEN: &str =
        "UPDATE board_post SET locked_at = NULL WHERE serial = $1 AND locked_at IS NOT NULL";
    let changed = match at {
        Some(at) => tx.execute(LOCK, params![serial, at]).await?,
        None => tx.execute(OPEN, params![serial]).await?,
    };
    Ok(changed == 1)
}

/// Hides a comment; `false` where it was hidden or is deleted.
pub(super) async fn hide_comment(
    tx: &mut Tx,
    serial: i64,
    by: AccountId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_comment SET hidden_at = $2, hidden_by = $3, hidden_reason = $4 \
        WHERE serial = $1 AND hidden_at IS NULL AND deleted_at IS NULL";
    Ok(tx.execute(SQL, params![serial, now, by, reason]).await? == 1)
}

/// Shows a hidden comment again; `false` where it was not hidden.
pub(super) async fn show_comment(tx: &mut Tx, serial: i64) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_comment SET hidden_at = NULL, hidden_by = NULL, \
        hidden_reason = NULL WHERE serial = $1 AND hidden_at IS NOT NULL AND deleted_at IS NULL";
    Ok(tx.execute(SQL, params![serial]).await? == 1)
}
