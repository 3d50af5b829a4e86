//! Comments are written, edited and deleted.

use hanok_accounts::AccountId;
use hanok_accounts::authority::still_holds;
use hanok_base::Id;
use hanok_db::Tx;
use hanok_web::{Caller, Ctx};
use serde_json::json;
use uuid::Uuid;

use super::people;
use super::rules::CommentText;
use super::store::{self, CommentId, CommentRow, New, PostHeld};
use crate::audit::Target;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::event::{About, CommentDeleted, CommentEdited, PostCommented};
use crate::fault::Fault;
use crate::moderation::must_be_free;
use crate::search::index;

impl PostHeld {
    /// What events say of the post and a comment of it.
    pub(crate) fn about(&self, by: AccountId, comment: Option<(i64, Uuid)>) -> About {
        About {
            post_id: self.serial,
            uuid: self.id,
            category_id: self.category_id,
            author_id: self.author_id,
            actor_id: Some(by),
            comment_id: comment.map(|(serial, _)| serial),
            comment_uuid: comment.map(|(_, id)| id),
            parent_author_id: None,
            mentioned: Vec::new(),
            attachment_id: None,
            subject_id: None,
        }
    }
}

impl Board {
    /// Writes a comment to a post, or a reply to a comment of it, and answers its number; a reply to a reply stands in
    /// the same thread. Where the caller has sent the same under the same id before, that one's number.
    ///
    /// # Errors
    /// `NotFound` for a post that the caller does not see; `Conflict` where it is locked or the caller may not write; a
    /// field error for what is answered; `TooOften`.
    pub(super) async fn write_comment(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        post: i64,
        (parent, request): (Option<i64>, Option<CommentId>),
        text: CommentText,
    ) -> Result<i64, Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let written = self.accounts.db.write(async move |tx: &mut Tx| {
            board.may_write(tx, &ctx, &caller).await?;
            let held = open(tx, Viewer::of(&caller), post).await?;
            let made = || Id::new(&board.accounts.clock, &board.accounts.random);
            let mut id = request.unwrap_or_else(made);
            match store::written_as(tx, (post, id), caller.account).await? {
                Some((before, body)) if body == text.as_str() => return Ok(before),
                // Other words under the same id are no second sending: none of them is lost.
                Some(_) => id = made(),
                None => {}
            }
            let answered = answered(tx, post, parent).await?;
            let count = store::count_up(tx, post, ctx.now).await?;
            let row = insert(tx, &ctx, &caller, (&held, id), answered, &text).await?;
            index::comment(tx, row.serial, text.as_str()).await?;
            board.tell_written(tx, &ctx, &held, &row, answered).await?;
            board.show_comment(tx, post, row.serial, count);
            Ok::<_, Fault>(row.serial)
        });
        written.await
    }

    async fn tell_written(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        held: &PostHeld,
        row: &CommentRow,
        answered: Option<(i64, AccountId)>,
    ) -> Result<(), Fault> {
        let viewer = Viewer {
            account: row.author_id,
            is_moderator: is_moderator(ctx),
        };
        let named = people::named_in(tx, viewer, held.category_id, &row.body).await?;
        if !named.is_empty() {
            people::note(tx, row.post, Some(row.serial), &named).await?;
        }
        let what = json!({ "act": "commented", "comment": row.serial, "post": row.post });
        let target = Target::Comment(row.id.uuid());
        self.record(tx, ctx, target, what).await?;
        let about = About {
            parent_author_id: answered.map(|(_, author)| author),
            mentioned: named,
            ..held.about(row.author_id, Some((row.serial, row.id.uuid())))
        };
        Ok(self.publish(tx, PostCommented(about)).await?)
    }

    /// Makes the text of the caller's own comment another. `rev` is which text the edit was made of; where it is left
    /// out, the one that stands there.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for somebody else's; `Stale`; `Conflict` where the post is locked, the comment hidden or
    /// the caller may not write; `TooOften`.
    pub(super) async fn edit_comment(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
        rev: Option<i64>,
        text: CommentText,
    ) -> Result<CommentRow, Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let edited = self.accounts.db.write(async move |tx: &mut Tx| {
            board.may_write(tx, &ctx, &caller).await?;
            let row = own(tx, &caller, serial).await?;
            if row.hidden_at.is_some() {
                return Err(Fault::Conflict("comment_hidden"));
            }
            let held = open(tx, Viewer::of(&caller), row.post).await?;
            let rev = rev.unwrap_or(row.rev);
            if rev == row.rev && row.body == text.as_str() {
                return Ok(row);
            }
            let done = store::edit(tx, serial, rev, text.as_str(), ctx.now).await?;
            done.then_some(()).ok_or(Fault::Stale)?;
            let row = CommentRow {
                body: text.as_str().to_owned(),
                rev: rev + 1,
                edited_at: Some(ctx.now),
                ..row
            };
            index::comment(tx, serial, &row.body).await?;
            board.tell_edited(tx, &ctx, &held, &row).await?;
            board.show_comment(tx, row.post, serial, held.comment_count);
            Ok(row)
        });
        edited.await
    }

    /// Of those who are named, the event tells who was not before.
    async fn tell_edited(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        held: &PostHeld,
        row: &CommentRow,
    ) -> Result<(), Fault> {
        let viewer = Viewer {
            account: row.author_id,
            is_moderator: is_moderator(ctx),
        };
        let named = people::named_in(tx, viewer, held.category_id, &row.body).await?;
        let mentioned = people::note(tx, row.post, Some(row.serial), &named).await?;
        let what = json!({ "act": "edited", "comment": row.serial, "rev": row.rev });
        let target = Target::Comment(row.id.uuid());
        self.record(tx, ctx, target, what).await?;
        let about = About {
            mentioned,
            ..held.about(row.author_id, Some((row.serial, row.id.uuid())))
        };
        Ok(self.publish(tx, CommentEdited(about)).await?)
    }

    /// Deletes the caller's own comment; where somebody has answered it, its place stays.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for somebody else's.
    pub(super) async fn delete_comment(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
    ) -> Result<CommentRow, Fault> {
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let deleted = self.accounts.db.write(async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let row = own(tx, &caller, serial).await?;
            let held = store::hold_post(tx, Viewer::of(&caller), row.post).await?;
            let held = held.ok_or_else(Fault::not_found)?;
            let done = store::delete(tx, serial, caller.account, ctx.now).await?;
            done.then_some(()).ok_or_else(Fault::not_found)?;
            let count = store::count_down(tx, row.post).await?;
            people::note(tx, row.post, Some(serial), &[]).await?;
            index::remove_comment(tx, serial).await?;
            let what = json!({ "act": "deleted", "comment": serial });
            let target = Target::Comment(row.id.uuid());
            board.record(tx, &ctx, target, what).await?;
            let about = held.about(caller.account, Some((serial, row.id.uuid())));
            board.publish(tx, CommentDeleted(about)).await?;
            board.show_comment(tx, row.post, serial, count);
            Ok::<_, Fault>(row)
        });
        deleted.await
    }

    /// Whether the caller may write anything at the moment.
    async fn may_write(&self, tx: &mut Tx, ctx: &Ctx, caller: &Caller) -> Result<(), Fault> {
        still_holds(tx, caller).await?;
        must_be_free(tx, caller.account, ctx.now).await
    }
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    caller: &Caller,
    (held, id): (&PostHeld, CommentId),
    answered: Option<(i64, AccountId)>,
    text: &CommentText,
) -> Result<CommentRow, Fault> {
    let new = New {
        id,
        post: held.serial,
        parent: answered.map(|(thread, _)| thread),
        author: caller.account,
        body: text.as_str(),
        now: ctx.now,
    };
    let serial = store::insert(tx, &new).await?;
    Ok(CommentRow {
        serial: serial.ok_or(Fault::Conflict("id_taken"))?,
        id: new.id,
        post: new.post,
        parent: new.parent,
        author_id: new.author,
        author: Some(caller.name.to_string()),
        body: new.body.to_owned(),
        created_at: new.now,
        edited_at: None,
        rev: 1,
        hidden_at: None,
        hidden_reason: None,
        deleted_at: None,
    })
}

fn is_moderator(ctx: &Ctx) -> bool {
    let caller = ctx.principal.caller();
    caller.is_some_and(|caller| Viewer::of(caller).is_moderator)
}

/// The caller's own comment.
async fn own(tx: &mut Tx, caller: &Caller, serial: i64) -> Result<CommentRow, Fault> {
    let row = store::find(tx, Viewer::of(caller), serial).await?;
    let row = row.ok_or_else(Fault::not_found)?;
    let is_own = row.author_id == caller.account;
    is_own.then_some(row).ok_or_else(Fault::forbidden)
}

/// The post, held, where comments may be written to it.
async fn open(tx: &mut Tx, viewer: Viewer, post: i64) -> Result<PostHeld, Fault> {
    let held = store::hold_post(tx, viewer, post).await?;
    let held = held.ok_or_else(Fault::not_found)?;
    if held.is_closed {
        return Err(Fault::Conflict("category_closed"));
    }
    match held.locked_at {
        None => Ok(held),
        Some(_) => Err(Fault::Conflict("post_locked")),
    }
}

/// The thread that a reply stands in, and whom it answers.
async fn answered(
    tx: &mut Tx,
    post: i64,
    parent: Option<i64>,
) -> Result<Option<(i64, AccountId)>, Fault> {
    let Some(parent) = parent else {
        return Ok(None);
    };
    let found = store::answered(tx, post, parent).await?;
    let gone = || Fault::field("/parent", "comment_unknown");
    found.map(Some).ok_or_else(gone)
}
