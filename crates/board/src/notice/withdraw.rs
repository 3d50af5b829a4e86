//! What people were told of a post is taken back from those who may not read it any more, or need not.

use std::collections::HashSet;

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, Value, params};
use hanok_notifications::NotificationType;

use super::reader::{places, readers};
use super::subjects;
use super::work::PORTION;
use crate::category::CategoryId;
use crate::context::Board;

/// From whom it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// Those who may not read the post.
    Strangers,
    /// Everybody who was to read it, while nobody must.
    Readers,
}

impl Board {
    /// Takes back what is told of a post from those who may not read it any more.
    pub(super) async fn judge_told(&self, post: i64) -> Result<(), DbError> {
        self.take_back(post, From::Strangers).await
    }

    /// Takes back that a post must be read.
    pub(super) async fn release_readers(&self, post: i64) -> Result<(), DbError> {
        self.take_back(post, From::Readers).await
    }

    /// The same as [`judge_told`](Self::judge_told) for every post of a category that somebody was told of.
    pub(super) async fn judge_told_of(&self, category: CategoryId) -> Result<(), DbError> {
        let mut after = String::new();
        loop {
            let (board, from) = (self.clone(), after.clone());
            let read = self.accounts.db.report(async move |conn: &mut Conn| {
                let told = board
                    .notifications
                    .told_subjects(conn, subjects::KIND, &from, PORTION);
                let told = told.await?;
                Ok::<_, DbError>((in_category(conn, category, &told).await?, told))
            });
            let (posts, told) = read.await?;
            for post in posts {
                self.judge_told(post).await?;
            }
            match told.into_iter().nth(PORTION - 1) {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }

    async fn take_back(&self, post: i64, from: From) -> Result<(), DbError> {
        let mut after = None;
        loop {
            let board = self.clone();
            let unit = async move |tx: &mut Tx| board.take_some_back(tx, (post, from), after).await;
            after = self.accounts.db.write(unit).await?;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Takes it from those after an account; answers the last who was asked about, where there may be more.
    async fn take_some_back(
        &self,
        tx: &mut Tx,
        (post, from): (i64, From),
        after: Option<AccountId>,
    ) -> Result<Option<AccountId>, DbError> {
        let subject = subjects::post(post);
        let kind = match from {
            From::Strangers => None,
            From::Readers if is_demanded(tx, post).await? => return Ok(None),
            From::Readers => Some(NotificationType::MustRead),
        };
        let notifications = &self.notifications;
        let mut told = notifications
            .told_about(tx, &subject, after, PORTION)
            .await?;
        let last = told.last().copied().filter(|_| told.len() == PORTION);
        if from == From::Strangers {
            let readers = readers(tx, post, None, &told).await?;
            let readers: HashSet<AccountId> = readers.into_iter().collect();
            told.retain(|account| !readers.contains(account));
        }
        notifications
            .withdraw_from(tx, &subject, kind, &told)
            .await?;
        Ok(last)
    }
}

/// Whether a post must be read.
async fn is_demanded(conn: &mut Conn, post: i64) -> Result<bool, DbError> {
    const SQL: &str =
        "SELECT serial FROM board_post WHERE serial = $1 AND must_read_at IS NOT NULL";
    let found: Option<i64> = conn.optional(SQL, params![post]).await?;
    Ok(found.is_some())
}

/// Those of these posts that stand in a category.
async fn in_category(
    conn: &mut Conn,
    category: CategoryId,
    posts: &[String],
) -> Result<Vec<i64>, DbError> {
    let numbers: Vec<i64> = posts.iter().filter_map(|post| post.parse().ok()).collect();
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT serial FROM board_post WHERE category_id = $1 AND serial IN ({})",
        places(2, numbers.len())
    );
    let mut values = params![category].to_vec();
    values.extend(numbers.into_iter().map(Value::I64));
    conn.all(&sql, &values).await
}
