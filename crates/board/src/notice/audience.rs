//! Everybody whom a category is meant for is told that they must read a post.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_notifications::{NotificationType, Telling};

use super::subjects;
use super::work::{Announcement, PORTION};
use crate::category::CategoryId;
use crate::category::right::AUDIENCE;
use crate::context::Board;

/// Those whom category `$1` is meant for, but for who wrote post `$2`, by their ids after `$3`; `$4`: also those who
/// have read it.
const PEOPLE: &str = concatcp!(
    "SELECT a.id FROM board_post p CROSS JOIN account a WHERE p.serial = $2 AND a.id <> p.author_id \
     AND (CAST($3 AS UUID) IS NULL OR a.id > $3) AND ($4 OR NOT EXISTS (SELECT 1 FROM board_reading s \
     WHERE s.post = $2 AND s.account_id = a.id)) AND ",
    AUDIENCE,
    " ORDER BY a.id LIMIT $5"
);

impl Board {
    /// Tells them, a portion in each unit.
    pub(super) async fn tell_audience(&self, announcement: Announcement) -> Result<(), DbError> {
        let mut after = None;
        loop {
            let (board, announcement) = (self.clone(), announcement.clone());
            let unit = async move |tx: &mut Tx| board.announce_some(tx, &announcement, after).await;
            after = self.accounts.db.write(unit).await?;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Tells those after an account; answers the last of them, where there may be more.
    async fn announce_some(
        &self,
        tx: &mut Tx,
        announcement: &Announcement,
        after: Option<AccountId>,
    ) -> Result<Option<AccountId>, DbError> {
        let post = announcement.post_id;
        let Some(category) = demanding(tx, post).await? else {
            return Ok(None);
        };
        let everybody = !announcement.is_reminder;
        let most = i64::try_from(PORTION).unwrap_or(i64::MAX);
        let values = params![category, post, after, everybody, most];
        let people: Vec<AccountId> = tx.all(PEOPLE, values).await?;
        let telling = Telling {
            to: &people,
            kind: NotificationType::MustRead,
            subject: subjects::post(post),
            source: announcement.source.clone(),
            anchor: None,
            actor: announcement.actor_id,
            at: announcement.at,
        };
        self.notifications.tell(tx, &telling).await?;
        Ok(people.last().copied().filter(|_| people.len() == PORTION))
    }
}

/// The category of a post that must be read and is there to be read.
async fn demanding(conn: &mut Conn, post: i64) -> Result<Option<CategoryId>, DbError> {
    const SQL: &str = "SELECT p.category_id FROM board_post p JOIN board_category k ON k.id = p.category_id \
        WHERE p.serial = $1 AND p.must_read_at IS NOT NULL AND p.deleted_at IS NULL \
        AND p.hidden_at IS NULL AND k.closed_at IS NULL";
    conn.optional(SQL, params![post]).await
}
