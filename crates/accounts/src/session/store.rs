//! The rows of `session`, `refresh_token` and `revocation`.

mod places;

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record, text_enum};

use crate::AccountId;
use crate::account::AccountStatus;

pub use places::PlaceRow;
pub(in crate::session) use places::end_of;
pub(crate) use places::of_account;

/// Marks the id of a session.
pub enum Session {}

/// The id of a session; its refresh tokens are one family.
pub type SessionId = Id<Session>;

text_enum! {
    /// What carries a session.
    pub enum SessionKind {
        /// Access and refresh tokens.
        Api = "api",
        /// A browser's cookie.
        Browser = "browser",
    }
}

record! {
    /// A session with what its account says now.
    #[derive(Clone, Debug)]
    pub struct LiveRow {
        pub account_id: AccountId,
        pub kind: SessionKind,
        pub created_at: Timestamp,
        pub last_seen_at: Timestamp,
        pub expires_at: Timestamp,
        pub password_confirmed_at: Option<Timestamp>,
        pub version: i64,
        pub status: AccountStatus,
        pub locale: Option<String>,
        pub theme: Option<String>,
        pub name: String,
    }
}

/// A session to be opened.
pub(super) struct NewSession<'a> {
    pub id: SessionId,
    pub account: AccountId,
    pub kind: SessionKind,
    pub now: Timestamp,
    pub expires_at: Timestamp,
    pub password_confirmed_at: Option<Timestamp>,
    pub address: &'a str,
    pub agent: &'a str,
    /// The SHA-256 of a browser's cookie.
    pub token_hash: Option<[u8; 32]>,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewSession<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO session (id, account_id, kind, created_at, last_seen_at, expires_at, \
        password_confirmed_at, address, agent, token_hash) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9)";
    let values = params![
        new.id,
        new.account,
        new.kind,
        new.now,
        new.expires_at,
        new.password_confirmed_at,
        new.address,
        new.agent,
        new.token_hash
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// A session that has not ended, with its account.
pub(super) async fn live(conn: &mut Conn, id: SessionId) -> Result<Option<LiveRow>, DbError> {
    const SQL: &str = "SELECT s.account_id, s.kind, s.created_at, s.last_seen_at, s.expires_at, \
        s.password_confirmed_at, a.version, a.status, a.locale, a.theme, a.name FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = $1 AND s.ended_at IS NULL";
    conn.optional(SQL, params![id]).await
}

/// The session of a cookie, whether it has ended or not.
pub(super) async fn by_token(
    conn: &mut Conn,
    token_hash: &[u8; 32],
) -> Result<Option<SessionId>, DbError> {
    const SQL: &str = "SELECT id FROM session WHERE token_hash = $1";
    let row: Option<(SessionId,)> = conn.optional(SQL, params![token_hash]).await?;
    Ok(row.map(|(id,)| id))
}

/// Moves the end of a session that lives and was last seen before `seen_before`.
pub(super) async fn move_end(
    tx: &mut Tx,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
    seen_before: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE session SET last_seen_at = $2, expires_at = $3 \
        WHERE id = $1 AND ended_at IS NULL AND expires_at > $2 AND last_seen_at <= $4";
    let moved = tx
        .execute(SQL, params![id, now, expires_at, seen_before])
        .await?;
    Ok(moved == 1)
}

/// Ends a session; says whether it had not ended yet.
pub(super) async fn end(tx: &mut Tx, id: SessionId, now: Timestamp) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}

/// Ends every session of an account but one.
pub(super) async fn end_all(
    tx: &mut Tx,
    account: AccountId,
    but: Option<SessionId>,
    now: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str =
        "UPDATE session SET ended_at = $3 WHERE account_id = $1 AND ended_at IS NULL AND id <> $2";
    let but = but.unwrap_or(SessionId::from_uuid(uuid::Uuid::nil()));
    tx.execute(SQL, params![account, but, now]).await
}

/// Ends the sessions beyond the newest `most`.
pub(super) async fn end_oldest(
    tx: &mut Tx,
    account: AccountId,
    most: u32,
    now: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE session SET ended_at = $3 WHERE id IN (SELECT id FROM session \
        WHERE account_id = $1 AND ended_at IS NULL ORDER BY last_seen_at DESC, id DESC LIMIT 1000 OFFSET $2)";
    tx.execute(SQL, params![account, i64::from(most), now])
        .await
}

/// Notes that the password was given again; `false` where the session has ended.
pub(crate) async fn confirm_password(
    tx: &mut Tx,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str =
        "UPDATE session SET password_confirmed_at = $2 WHERE id = $1 AND ended_at IS NULL";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}

/// When a session last proved the password, read inside a unit: `None` where it has ended.
pub(crate) async fn confirmed_at(
    conn: &mut Conn,
    id: SessionId,
    account: AccountId,
) -> Result<Option<Option<Timestamp>>, DbError> {
    const SQL: &str = "SELECT password_confirmed_at FROM session \
        WHERE id = $1 AND account_id = $2 AND ended_at IS NULL";
    let row: Option<(Option<Timestamp>,)> = conn.optional(SQL, params![id, account]).await?;
    Ok(row.map(|(at,)| at))
}

record! {
    /// A refresh token's row.
    pub struct RefreshRow from "refresh_token" {
        pub session_id: SessionId,
        pub expires_at: Timestamp,
        pub used_at: Option<Timestamp>,
    }
}

pub(super) async fn insert_refresh(
    tx: &mut Tx,
    hash: &[u8; 32],
    session: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO refresh_token (hash, session_id, created_at, expires_at) \
        VALUES ($1, $2, $3, $4)";
    tx.execute(SQL, params![hash, session, now, expires_at])
        .await
        .map(|_| ())
}

/// Marks a token as used, once.
pub(super) async fn use_refresh(
    tx: &mut Tx,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<SessionId>, DbError> {
    const SQL: &str = "UPDATE refresh_token SET used_at = $2 \
        WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING session_id";
    let row: Option<(SessionId,)> = tx.optional(SQL, params![hash, now]).await?;
    Ok(row.map(|(session,)| session))
}

pub(super) async fn refresh(
    conn: &mut Conn,
    hash: &[u8; 32],
) -> Result<Option<RefreshRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        RefreshRow::COLUMNS,
        " FROM refresh_token WHERE hash = $1"
    );
    conn.optional(SQL, params![hash]).await
}

/// Moves a session's end and notes when it was last seen.
pub(super) async fn extend(
    tx: &mut Tx,
    id: SessionId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE session SET last_seen_at = $2, expires_at = $3 WHERE id = $1";
    tx.execute(SQL, params![id, now, expires_at])
        .await
        .map(|_| ())
}

/// Tells every process to forget what it knows of a session, or of an account's.
pub(super) async fn revoke(
    tx: &mut Tx,
    id: Id<()>,
    account: AccountId,
    session: Option<SessionId>,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str =
        "INSERT INTO revocation (id, at, account_id, session_id) VALUES ($1, $2, $3, $4)";
    tx.execute(SQL, params![id, now, account, session])
        .await
        .map(|_| ())
}

record! {
    /// A session (or all of an account's) that every process is to forget.
    pub(super) struct Revoked {
        pub(super) id: Id<()>,
        pub(super) account_id: AccountId,
        pub(super) session_id: Option<SessionId>,
    }
}

/// What was revoked since.
pub(super) async fn revoked_since(
    conn: &mut Conn,
    since: Timestamp,
) -> Result<Vec<Revoked>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Revoked::COLUMNS,
        " FROM revocation WHERE at >= $1"
    );
    conn.all(SQL, params![since]).await
}

/// Drops what no process needs any more, whatever its clock says within minutes.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    let long = now.minus(std::time::Duration::from_mins(5));
    tx.execute("DELETE FROM revocation WHERE at < $1", params![long])
        .await?;
    let month = now.minus(std::time::Duration::from_hours(30 * 24));
    tx.execute("DELETE FROM session WHERE expires_at < $1", params![month])
        .await?;
    Ok(())
}

/// Forgets refresh tokens that expired a month ago: a session that lives on leaves one with every use.
pub(crate) async fn sweep_refresh(tx: &mut Tx, now: Timestamp, most: u32) -> Result<u64, DbError> {
    const SQL: &str = "DELETE FROM refresh_token WHERE hash IN \
        (SELECT hash FROM refresh_token WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    let month = now.minus(std::time::Duration::from_hours(30 * 24));
    tx.execute(SQL, params![month, i64::from(most)]).await
}
