//! The words of deleted comments go after as many days as deleted posts are kept: somebody may still have to decide on
//! a report of them.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::{Tx, params};
use hanok_events::Schedule;
use serde_json::json;

use crate::context::Board;
use crate::fault::Fault;

/// As the audit trail names it.
const JOB: &str = "board.forget_comments";
/// How many go in one unit.
const BATCH: u32 = 500;

/// Forgets the words of deleted comments; a duty of every day.
pub(crate) fn schedule(board: &Board) -> Schedule {
    let board = board.clone();
    Schedule {
        name: JOB,
        every: Duration::from_hours(24),
        run: Arc::new(move |now| {
            let board = board.clone();
            Box::pin(async move {
                let done = board.forget_comments(now).await;
                done.map_err(|fault| fault.to_string())
            })
        }),
    }
}

impl Board {
    async fn forget_comments(&self, now: Timestamp) -> Result<(), Fault> {
        const SQL: &str = "UPDATE board_comment SET body = '' WHERE serial IN (\
            SELECT serial FROM board_comment WHERE deleted_at < $1 AND body <> '' \
            ORDER BY deleted_at LIMIT $2)";
        let before = now.minus(self.config.kept_deleted());
        loop {
            let board = self.clone();
            let unit = self.accounts.db.write(async move |tx: &mut Tx| {
                let gone = tx.execute(SQL, params![before, BATCH]).await?;
                if gone > 0 {
                    let entry = Entry::new(Action::BoardChange)
                        .details(json!({ "forgotten": "comments", "count": gone }));
                    let origin = Origin::system(JOB);
                    board.accounts.audit.record(tx, &origin, entry).await?;
                }
                Ok::<_, Fault>(gone)
            });
            if unit.await? < u64::from(BATCH) {
                return Ok(());
            }
        }
    }
}
