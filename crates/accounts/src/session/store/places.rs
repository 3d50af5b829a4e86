//! The rows of `session` as their owner sees them.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::{SessionId, SessionKind};
use crate::AccountId;

record! {
    /// A place where somebody is signed in, as its owner sees it.
    #[derive(Clone, Debug)]
    pub struct PlaceRow from "session" {
        /// The session.
        pub id: SessionId,
        /// What carries it.
        pub kind: SessionKind,
        /// When it was opened.
        pub created_at: Timestamp,
        /// When it was last seen, to the minute.
        pub last_seen_at: Timestamp,
        /// When it ends by itself.
        pub expires_at: Timestamp,
        /// The address it was opened from.
        pub address: String,
        /// The browser or program that opened it.
        pub agent: String,
    }
}

/// The places where an account is signed in, the last seen first.
pub(crate) async fn of_account(
    conn: &mut Conn,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<PlaceRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        PlaceRow::COLUMNS,
        " FROM session WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 \
        ORDER BY last_seen_at DESC, id DESC"
    );
    conn.all(SQL, params![account, now]).await
}

/// Ends one session of an account; says whether there was such a one.
pub(in crate::session) async fn end_of(
    tx: &mut Tx,
    id: SessionId,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE session SET ended_at = $3 \
        WHERE id = $1 AND account_id = $2 AND ended_at IS NULL AND expires_at > $3";
    Ok(tx.execute(SQL, params![id, account, now]).await? == 1)
}
