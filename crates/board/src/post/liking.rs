//! Posts are recommended and bookmarked; each once by a person, and taken back.

use hanok_db::{Tx, params};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::store;
use crate::audit::Target;
use crate::context::{Board, acting};
use crate::event::{About, PostRecommended, PostUnrecommended};
use crate::fault::Fault;

impl Board {
    /// Recommends a post, or takes the recommendation back; answers how many there are.
    ///
    /// # Errors
    /// `NotFound`; `TooOften`.
    pub(super) async fn recommend(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
        on: bool,
    ) -> Result<i64, Fault> {
        const ADD: &str = "INSERT INTO board_recommendation (post, account_id, at) VALUES ($1, $2, $3) \
            ON CONFLICT DO NOTHING";
        const REMOVE: &str = "DELETE FROM board_recommendation WHERE post = $1 AND account_id = $2";
        const COUNT: &str = "UPDATE board_post SET recommend_count = recommend_count + $2 \
            WHERE serial = $1";
        self.count_light(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            store::lock(tx, serial).await?;
            let post = store::open(tx, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            let changed = if on {
                tx.execute(ADD, params![serial, viewer.account, ctx.now])
                    .await?
            } else {
                tx.execute(REMOVE, params![serial, viewer.account]).await?
            };
            if changed == 0 {
                return Ok(post.recommend_count);
            }
            let by: i64 = if on { 1 } else { -1 };
            tx.execute(COUNT, params![serial, by]).await?;
            let act = if on {
                "recommended"
            } else {
                "recommendation_taken_back"
            };
            let what = json!({ "act": act, "number": serial });
            let target = Target::Post(post.id.uuid());
            board.record(tx, &ctx, target, what).await?;
            let about = About::of(&post, &ctx);
            if on {
                board.publish(tx, PostRecommended(about)).await?;
            } else {
                board.publish(tx, PostUnrecommended(about)).await?;
            }
            Ok::<_, Fault>(post.recommend_count + by)
        });
        done.await
    }

    /// Bookmarks a post, or takes the bookmark away. It is seen by nobody else.
    ///
    /// # Errors
    /// `NotFound`; `TooOften`.
    pub(super) async fn bookmark(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
        on: bool,
    ) -> Result<(), Fault> {
        const ADD: &str = "INSERT INTO board_bookmark (account_id, post, at) VALUES ($1, $2, $3) \
            ON CONFLICT DO NOTHING";
        const REMOVE: &str = "DELETE FROM board_bookmark WHERE account_id = $1 AND post = $2";
        self.count_light(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            let post = store::open(tx, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            let changed = if on {
                tx.execute(ADD, params![viewer.account, serial, ctx.now])
                    .await?
            } else {
                tx.execute(REMOVE, params![viewer.account, serial]).await?
            };
            if changed == 1 {
                let act = if on { "bookmarked" } else { "bookmark_removed" };
                let what = json!({ "act": act, "number": serial });
                let target = Target::Post(post.id.uuid());
                board.record(tx, &ctx, target, what).await?;
            }
            Ok::<_, Fault>(())
        });
        done.await
    }
}
