//! Posts are deleted, restored, and in the end forgotten.

use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, params};
use hanok_events::Schedule;
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::store;
use crate::audit::Target;
use crate::context::{Board, acting};
use crate::event::{About, PostDeleted, PostRestored};
use crate::fault::Fault;
use crate::search::index;

/// As the audit trail names it.
const JOB: &str = "board.forget_posts";
/// How many posts go in one unit.
const BATCH: i64 = 50;
/// How many comments go in one unit.
const COMMENTS_AT_ONCE: i64 = 500;

impl Board {
    /// Deletes a post: its author does, or a moderator. It can be restored for `board.deleted_days`.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden`; `TooOften`.
    pub(super) async fn delete_post(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let deleted = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            store::lock(tx, serial).await?;
            let post = store::open(tx, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            let is_own = post.is_of(viewer);
            if !is_own && !viewer.is_moderator {
                return Err(Fault::forbidden());
            }
            store::set_deleted(tx, serial, Some((viewer.account, ctx.now))).await?;
            if post.hidden_at.is_none() {
                store::count_in_list(tx, post.category_id, -1).await?;
            }
            index::remove_post(tx, serial).await?;
            let (what, target) = (
                json!({ "act": "deleted", "number": serial }),
                Target::Post(post.id.uuid()),
            );
            if is_own {
                board.record(tx, &ctx, target, what).await?;
            } else {
                board.record_moderation(tx, &ctx, target, what).await?;
            }
            board
                .publish(tx, PostDeleted(About::of(&post, &ctx)))
                .await?;
            Ok(())
        });
        deleted.await
    }

    /// Restores a deleted post: a moderator does, or its author who deleted it.
    ///
    /// # Errors
    /// `NotFound`, also once its time is over; `TooOften`.
    pub(super) async fn restore_post(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let after = ctx.now.minus(self.config.kept_deleted());
        let restored = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            store::lock(tx, serial).await?;
            let post = store::find_deleted(tx, viewer, serial, after).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            let by_author = post.is_of(viewer) && post.deleted_by == Some(viewer.account);
            if !by_author && !viewer.is_moderator {
                return Err(Fault::not_found());
            }
            store::set_deleted(tx, serial, None).await?;
            if post.hidden_at.is_none() {
                store::count_in_list(tx, post.category_id, 1).await?;
                index::restore_post(tx, serial).await?;
            }
            let what = json!({ "act": "restored", "number": serial });
            let target = Target::Post(post.id.uuid());
            board.record(tx, &ctx, target, what).await?;
            board
                .publish(tx, PostRestored(About::of(&post, &ctx)))
                .await?;
            Ok(())
        });
        restored.await
    }

    /// Forgets posts whose time to be restored is over, and all that belongs to them, a piece in each unit.
    ///
    /// # Errors
    /// The store's.
    async fn forget_posts(&self, now: Timestamp) -> Result<(), Fault> {
        let before = now.minus(self.config.kept_deleted());
        loop {
            let board = self.clone();
            let unit = self.accounts.db.write(async move |tx: &mut Tx| {
                let Some((what, count)) = forget_some(tx, before).await? else {
                    return Ok(false);
                };
                let entry = Entry::new(Action::AdminAction)
                    .details(json!({ "forgotten": what, "count": count }));
                let origin = Origin::system(JOB);
                board.accounts.audit.record(tx, &origin, entry).await?;
                Ok::<_, Fault>(true)
            });
            if !unit.await? {
                return Ok(());
            }
        }
    }
}

/// Forgets some of the comments of a post that is due, the last first, so that a reply goes before what it answers;
/// else posts that have none. Says what and how many.
async fn forget_some(
    tx: &mut Tx,
    before: Timestamp,
) -> Result<Option<(&'static str, u64)>, DbError> {
    const TALKED_OF: &str = "SELECT p.serial FROM board_post p WHERE p.deleted_at <= $1 \
        AND EXISTS (SELECT 1 FROM board_comment m WHERE m.post = p.serial) \
        ORDER BY p.deleted_at LIMIT 1 /*skip_locked*/";
    const COMMENTS: &str = "DELETE FROM board_comment WHERE serial IN (\
        SELECT serial FROM board_comment WHERE post = $1 ORDER BY serial DESC LIMIT $2)";
    const DUE: &str = "SELECT serial FROM board_post WHERE deleted_at <= $1 \
        ORDER BY deleted_at LIMIT $2 /*skip_locked*/";
    const FORGET: &str = "DELETE FROM board_post WHERE serial = $1";
    let post: Option<i64> = tx.optional(TALKED_OF, params![before]).await?;
    if let Some(post) = post {
        index::forget_comments(tx, post, COMMENTS_AT_ONCE).await?;
        let gone = tx
            .execute(COMMENTS, params![post, COMMENTS_AT_ONCE])
            .await?;
        return Ok(Some(("comments", gone)));
    }
    let due: Vec<i64> = tx.all(DUE, params![before, BATCH]).await?;
    let mut gone = 0;
    for serial in due {
        index::remove_post(tx, serial).await?;
        gone += tx.execute(FORGET, params![serial]).await?;
    }
    Ok((gone > 0).then_some(("posts", gone)))
}

/// Forgets what is due; a duty of every hour.
pub(crate) fn schedule(board: &Board) -> Schedule {
    let board = board.clone();
    Schedule {
        name: JOB,
        every: Duration::from_hours(1),
        run: Arc::new(move |now| {
            let board = board.clone();
            Box::pin(async move {
                let done = board.forget_posts(now).await;
                done.map_err(|fault| fault.to_string())
            })
        }),
    }
}
