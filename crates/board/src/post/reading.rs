//! Who has read what: a person counts once for each day of the organisation, and what they have not read is marked.

use hanok_accounts::{AccountId, Accounts};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::store::Neighbour;
use super::{Opened, store};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;

record! {
    /// What a post is to its reader.
    #[derive(Clone, Debug, Default)]
    pub(super) struct Mine {
        /// The day on which they were here last.
        pub(super) last_day: Option<String> = "(SELECT last_day FROM board_reading WHERE post = $1 AND account_id = $2)",
        pub(super) comments_seen: Option<i64> = "(SELECT comments_seen FROM board_reading WHERE post = $1 AND account_id = $2)",
        pub(super) is_recommended: bool = "EXISTS (SELECT 1 FROM board_recommendation WHERE post = $1 AND account_id = $2)",
        pub(super) is_bookmarked: bool = "EXISTS (SELECT 1 FROM board_bookmark WHERE post = $1 AND account_id = $2)",
    }
}

/// A post as its page shows it.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) post: Opened,
    pub(super) mine: Mine,
    pub(super) older: Option<Neighbour>,
    pub(super) newer: Option<Neighbour>,
}

impl Board {
    /// Opens a post and notes that `viewer` has read it: four statements, and a unit where something is to be noted.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn read_post(
        &self,
        viewer: Viewer,
        serial: i64,
        now: Timestamp,
    ) -> Result<Read, Fault> {
        let mut read = self.look_at_post(viewer, serial).await?;
        let today = day(&self.accounts, now);
        let known = read.mine.last_day.as_deref() == Some(today.as_str());
        if known && read.mine.comments_seen == Some(read.post.comment_count) {
            return Ok(read);
        }
        let account = viewer.account;
        let seen = read.post.comment_count;
        let noted = self
            .accounts
            .db
            .write(async move |tx: &mut Tx| note(tx, serial, account, (&today, now), seen).await);
        if noted.await? {
            read.post.view_count += 1;
        }
        Ok(read)
    }

    /// The same without noting anything.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn look_at_post(&self, viewer: Viewer, serial: i64) -> Result<Read, Fault> {
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let post = store::open(conn, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            let (older, newer) = store::neighbours(conn, viewer, &post).await?;
            Ok::<_, Fault>(Read {
                mine: mine(conn, serial, viewer.account).await?,
                older,
                newer,
                post,
            })
        });
        read.await
    }
}

/// The day that it is for the organisation, as it is kept.
pub(super) fn day(accounts: &Accounts, now: Timestamp) -> String {
    accounts.today(now).to_string()
}

async fn mine(conn: &mut Conn, serial: i64, account: AccountId) -> Result<Mine, DbError> {
    const SQL: &str = const_format::concatcp!("SELECT ", Mine::COLUMNS);
    conn.one(SQL, params![serial, account]).await
}

/// The author of a post has read it as it is written.
///
/// # Errors
/// The store's.
pub(crate) async fn begin(
    tx: &mut Tx,
    serial: i64,
    account: AccountId,
    today: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO board_reading \
        (post, account_id, first_read_at, last_read_at, last_day, comments_seen) \
        VALUES ($1, $2, $3, $3, $4, 0) ON CONFLICT DO NOTHING";
    let values = params![serial, account, now, today];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Notes a reading; says whether it counts as a view, which is once a day.
async fn note(
    tx: &mut Tx,
    serial: i64,
    account: AccountId,
    (today, now): (&str, Timestamp),
    comments_seen: i64,
) -> Result<bool, DbError> {
    const ANOTHER_DAY: &str = "UPDATE board_reading SET last_day = $3 \
        WHERE post = $1 AND account_id = $2 AND last_day <> $3";
    const AGAIN: &str = "UPDATE board_reading SET last_read_at = $3, comments_seen = $4 \
        WHERE post = $1 AND account_id = $2";
    const VIEWED: &str = "UPDATE board_post SET view_count = view_count + 1 WHERE serial = $1";
    let is_first = begin(tx, serial, account, today, now).await?;
    let values = params![serial, account, today];
    let counts = is_first || tx.execute(ANOTHER_DAY, values).await? == 1;
    let values = params![serial, account, now, comments_seen];
    tx.execute(AGAIN, values).await?;
    if counts {
        tx.execute(VIEWED, params![serial]).await?;
    }
    Ok(counts)
}
