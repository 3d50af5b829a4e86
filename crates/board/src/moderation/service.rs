//! Reporting, and what those who run the board do about it: hiding and locking.

use std::fmt;

use hanok_accounts::AccountId;
use hanok_accounts::authority::still_holds;
use hanok_base::Id;
use hanok_db::Tx;
use hanok_web::{Caller, Ctx};
use serde_json::json;
use uuid::Uuid;

use super::rules::Reason;
use super::store::{self, New};
use crate::audit::Target;
use crate::category::right::Viewer;
use crate::comment::store as comments;
use crate::comment::store::PostHeld;
use crate::context::Board;
use crate::event::{
    About, CommentHidden, CommentShown, ModerationLocked, ModerationReported, ModerationUnlocked,
    PostHidden, PostShown,
};
use crate::fault::Fault;
use crate::post::{address, count_in_list};
use crate::search::index;

/// What is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    /// The post of this number.
    Post(i64),
    /// The comment of this number.
    Comment(i64),
}

impl fmt::Display for Thing {
    /// Where it is read, and under which its forms send: `/post/12` or `/comment/34`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Post(serial) => f.write_str(&address(*serial)),
            Self::Comment(serial) => write!(f, "/comment/{serial}"),
        }
    }
}

/// The post that a thing is or belongs to, and the comment where it is one.
struct Held {
    post: PostHeld,
    comment: Option<comments::CommentRow>,
}

impl Held {
    fn target(&self) -> Target {
        self.comment.as_ref().map_or_else(
            || Target::Post(self.post.id.uuid()),
            |row| Target::Comment(row.id.uuid()),
        )
    }

    /// Who wrote it.
    fn author(&self) -> AccountId {
        let row = self.comment.as_ref();
        row.map_or(self.post.author_id, |row| row.author_id)
    }

    /// What events say of it, and whose words they are.
    fn about(&self, by: AccountId) -> About {
        About {
            subject_id: Some(self.author()),
            ..self.post.about(by, self.comment())
        }
    }

    fn comment(&self) -> Option<(i64, Uuid)> {
        let row = self.comment.as_ref();
        row.map(|row| (row.serial, row.id.uuid()))
    }
}

impl Board {
    /// Reports a post or a comment of somebody else.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for one's own, and where one has done so; `TooOften`.
    pub(super) async fn report(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        thing: Thing,
        reason: Reason,
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let reported = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let held = held(tx, Viewer::of(&caller), thing).await?;
            let row = held.comment.as_ref();
            let is_own = held.author() == caller.account;
            (!is_own)
                .then_some(())
                .ok_or(Fault::Conflict("report_own"))?;
            let new = New {
                id: Id::new(&board.accounts.clock, &board.accounts.random),
                post: held.post.serial,
                comment: row.map(|row| row.serial),
                reporter: caller.account,
                reason: reason.as_str(),
                now: ctx.now,
            };
            let is_new = store::insert(tx, &new).await?;
            is_new.then_some(()).ok_or(Fault::Conflict("reported"))?;
            let what = json!({ "act": "reported", "report": new.id });
            board.record(tx, &ctx, held.target(), what).await?;
            let about = held.about(caller.account);
            board.publish(tx, ModerationReported(about)).await?;
            Ok(())
        });
        reported.await
    }

    /// Hides a post or a comment, with all that waits to be decided on it.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where it is hidden.
    pub(super) async fn hide(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        thing: Thing,
        reason: Reason,
    ) -> Result<(), Fault> {
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let hidden = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let held = held(tx, Viewer::of(&caller), thing).await?;
            let (post, by) = (held.post.serial, caller.account);
            let done = match thing {
                Thing::Post(_) => store::hide_post(tx, post, by, reason.as_str(), ctx.now).await?,
                Thing::Comment(it) => {
                    store::hide_comment(tx, it, by, reason.as_str(), ctx.now).await?
                }
            };
            done.then_some(())
                .ok_or(Fault::Conflict("hidden_already"))?;
            match thing {
                Thing::Post(_) => {
                    count_in_list(tx, held.post.category_id, -1).await?;
                    index::remove_post(tx, post).await?;
                    board.judge_room(tx, post);
                }
                Thing::Comment(it) => index::remove_comment(tx, it).await?,
            }
            let about = (post, held.comment().map(|(serial, _)| serial));
            store::close_of(tx, about, by, ctx.now).await?;
            // The reason is kept beside what is hidden, and not here: the trail forgets nothing.
            let what =
                json!({ "act": "hidden", "reason_characters": reason.as_str().chars().count() });
            board
                .record_moderation(tx, &ctx, held.target(), what)
                .await?;
            let about = held.about(by);
            match thing {
                Thing::Post(_) => board.publish(tx, PostHidden(about)).await?,
                Thing::Comment(_) => board.publish(tx, CommentHidden(about)).await?,
            }
            board.tell_room(tx, &held);
            Ok::<_, Fault>(())
        });
        hidden.await
    }

    /// Shows what was hidden again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where it is not hidden.
    pub(super) async fn show(&self, ctx: &Ctx, caller: &Caller, thing: Thing) -> Result<(), Fault> {
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let shown = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let held = held(tx, Viewer::of(&caller), thing).await?;
            let post = held.post.serial;
            let done = match thing {
                Thing::Post(_) => store::show_post(tx, post).await?,
                Thing::Comment(it) => store::show_comment(tx, it).await?,
            };
            done.then_some(()).ok_or(Fault::Conflict("not_hidden"))?;
            if let Some(row) = &held.comment {
                index::comment(tx, row.serial, &row.body).await?;
            } else {
                count_in_list(tx, held.post.category_id, 1).await?;
                index::restore_post(tx, post).await?;
            }
            let what = json!({ "act": "shown" });
            board
                .record_moderation(tx, &ctx, held.target(), what)
                .await?;
            let about = held.about(caller.account);
            match thing {
                Thing::Post(_) => board.publish(tx, PostShown(about)).await?,
                Thing::Comment(_) => board.publish(tx, CommentShown(about)).await?,
            }
            board.tell_room(tx, &held);
            Ok::<_, Fault>(())
        });
        shown.await
    }

    /// Locks a post, so that nobody comments on it any more, or opens it again; says whether it was otherwise.
    ///
    /// # Errors
    /// `NotFound`.
    pub(super) async fn lock(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        post: i64,
        is_locked: bool,
    ) -> Result<bool, Fault> {
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let locked = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let held = held(tx, Viewer::of(&caller), Thing::Post(post)).await?;
            let at = is_locked.then_some(ctx.now);
            if !store::lock_post(tx, post, at).await? {
                return Ok(false);
            }
            let word = if is_locked { "locked" } else { "unlocked" };
            let what = json!({ "act": word });
            board
                .record_moderation(tx, &ctx, held.target(), what)
                .await?;
            let about = held.post.about(caller.account, None);
            if is_locked {
                board.publish(tx, ModerationLocked(about)).await?;
            } else {
                board.publish(tx, ModerationUnlocked(about)).await?;
            }
            Ok::<_, Fault>(true)
        });
        locked.await
    }

    fn tell_room(&self, tx: &mut Tx, held: &Held) {
        if let Some(row) = &held.comment {
            let post = &held.post;
            self.show_comment(tx, post.serial, row.serial, post.comment_count);
        }
    }
}

/// What is acted on, held.
async fn held(tx: &mut Tx, viewer: Viewer, thing: Thing) -> Result<Held, Fault> {
    let comment = match thing {
        Thing::Post(_) => None,
        Thing::Comment(serial) => {
            let row = comments::find(tx, viewer, serial).await?;
            Some(row.ok_or_else(Fault::not_found)?)
        }
    };
    let post = match (&comment, thing) {
        (Some(row), _) => row.post,
        (None, Thing::Post(serial) | Thing::Comment(serial)) => serial,
    };
    let held = comments::hold_post(tx, viewer, post).await?;
    Ok(Held {
        post: held.ok_or_else(Fault::not_found)?,
        comment,
    })
}
