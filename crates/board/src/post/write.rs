//! Posts are written and edited.

use hanok_base::{Id, Timestamp};
use hanok_db::{DbError, Tx};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::input::Written;
use super::reading::day;
use super::{DraftId, Opened, PostId, draft, reading, store};
use crate::attachment::AttachmentId;
use crate::audit::Target;
use crate::category::right::Viewer;
use crate::category::{self, CategoryId};
use crate::context::{Board, acting};
use crate::event::{About, PostEdited, PostMoved, PostWritten};
use crate::fault::Fault;
use crate::search::index;
use crate::{attachment, comment, moderation};

impl Board {
    /// Writes a post and answers its number; where the caller has sent the same under the same id before,
    /// that one's.
    ///
    /// # Errors
    /// `TooOften`; a field error for a category that the caller may not write in; `Conflict`.
    pub(super) async fn write_post(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        written: Written,
    ) -> Result<i64, Fault> {
        self.first_categories().await?;
        self.count_write(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let made = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            moderation::must_be_free(tx, viewer.account, ctx.now).await?;
            let category = place(tx, viewer, written.category).await?;
            let made = || Id::new(&board.accounts.clock, &board.accounts.random);
            let id: PostId = written.id.unwrap_or_else(&made);
            let new = insert(tx, (id, made), category, viewer, &written, ctx.now);
            let (id, serial) = match new.await? {
                New::Made(id, serial) => (id, serial),
                New::There(serial) => return Ok(serial),
            };
            store::count_in_list(tx, category, 1).await?;
            let today = day(&board.accounts, ctx.now);
            reading::begin(tx, serial, viewer.account, &today, ctx.now).await?;
            index::post(tx, serial, &written.title, &written.body).await?;
            let draft = draft::of_author(tx, viewer.account, written.draft).await?;
            let files = take_draft(tx, draft, serial).await?;
            let what = json!({ "act": "written", "number": serial });
            board
                .record(tx, &ctx, Target::Post(id.uuid()), what)
                .await?;
            let post = store::open(tx, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            let named = comment::named_in(tx, viewer, category, &written.body).await?;
            let about = About {
                mentioned: comment::note_named(tx, serial, None, &named).await?,
                ..About::of(&post, &ctx)
            };
            board.publish(tx, PostWritten(about.clone())).await?;
            board.publish_attached(tx, &about, &files).await?;
            Ok(serial)
        });
        made.await
    }

    /// Puts another text in the place of a post's own, which stays in its history.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another's, and where the caller may not write any more; `Stale` where `rev` is not the text's; field errors; `Conflict`.
    pub(super) async fn edit_post(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
        rev: i64,
        written: Written,
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let edited = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            moderation::must_be_free(tx, viewer.account, ctx.now).await?;
            let post = own(tx, viewer, serial).await?;
            if post.rev != rev {
                return Err(Fault::Stale);
            }
            let category = match written.category {
                Some(other) if other != post.category_id => place(tx, viewer, Some(other)).await?,
                _ => post.category_id,
            };
            let draft = draft::of_edit(tx, viewer.account, serial).await?;
            let files = take_draft(tx, draft, serial).await?;
            let same = post.title == written.title && post.body == written.body;
            if !same || category != post.category_id {
                let put = board.put_text(tx, (&ctx, viewer), &post, category, &written);
                put.await?;
            }
            let about = About {
                category_id: category,
                ..About::of(&post, &ctx)
            };
            Ok(board.publish_attached(tx, &about, &files).await?)
        });
        edited.await
    }

    async fn put_text(
        &self,
        tx: &mut Tx,
        (ctx, viewer): (&Ctx, Viewer),
        post: &Opened,
        category: CategoryId,
        written: &Written,
    ) -> Result<(), Fault> {
        store::keep_revision(tx, post, ctx.now).await?;
        let set = store::update(tx, post, category, written, ctx.now).await?;
        set.then_some(()).ok_or(Fault::Stale)?;
        if category != post.category_id {
            self.move_post(tx, post, category).await?;
        }
        if post.hidden_at.is_none() {
            index::post(tx, post.serial, &written.title, &written.body).await?;
        }
        let what = json!({ "act": "edited", "number": post.serial, "rev": post.rev + 1,
            "moved": category != post.category_id });
        let target = Target::Post(post.id.uuid());
        self.record(tx, ctx, target, what).await?;
        let named = comment::named_in(tx, viewer, category, &written.body).await?;
        let about = About {
            category_id: category,
            mentioned: comment::note_named(tx, post.serial, None, &named).await?,
            ..About::of(post, ctx)
        };
        if category != post.category_id {
            self.publish(tx, PostMoved(about.clone())).await?;
        }
        Ok(self.publish(tx, PostEdited(about)).await?)
    }

    /// A post stands in another category from here on: both count, and whoever may not read it there leaves its room.
    async fn move_post(&self, tx: &mut Tx, post: &Opened, into: CategoryId) -> Result<(), DbError> {
        self.judge_room(tx, post.serial);
        if post.hidden_at.is_some() {
            return Ok(());
        }
        let mut counted = [(post.category_id, -1), (into, 1)];
        // Two posts that are moved past each other count in the same order, so that neither waits for the other.
        counted.sort_by_key(|(category, _)| category.uuid());
        for (category, by) in counted {
            store::count_in_list(tx, category, by).await?;
        }
        Ok(())
    }
}

/// A post takes the files of the draft that it was written or edited from, which is none any more; which they are.
async fn take_draft(
    tx: &mut Tx,
    draft: Option<DraftId>,
    post: i64,
) -> Result<Vec<AttachmentId>, Fault> {
    let Some(draft) = draft else {
        return Ok(Vec::new());
    };
    let files = attachment::adopt(tx, draft, post).await?;
    draft::remove(tx, draft).await?;
    Ok(files)
}

/// What became of a post that was sent.
enum New {
    Made(PostId, i64),
    /// It had been sent before: its number.
    There(i64),
}

/// Writes a post down under the id that its sender has chosen. Where they have done so before and it says the same, the
/// form came twice; other words are another post, so that none are lost.
async fn insert(
    tx: &mut Tx,
    (id, other): (PostId, impl Fn() -> PostId),
    category: CategoryId,
    viewer: Viewer,
    written: &Written,
    now: Timestamp,
) -> Result<New, Fault> {
    if let Some(serial) = store::insert(tx, id, category, viewer, written, now).await? {
        return Ok(New::Made(id, serial));
    }
    let taken = || Fault::Conflict("id_taken");
    let before = store::written_as(tx, id, viewer.account).await?;
    let (serial, title, body) = before.ok_or_else(taken)?;
    if title == written.title && body == written.body {
        return Ok(New::There(serial));
    }
    let id = other();
    let made = store::insert(tx, id, category, viewer, written, now).await?;
    made.map(|serial| New::Made(id, serial)).ok_or_else(taken)
}

/// The category to write in: the one that is named, else the first that may be written in.
async fn place(
    tx: &mut Tx,
    viewer: Viewer,
    named: Option<CategoryId>,
) -> Result<CategoryId, Fault> {
    let unknown = || Fault::field("/category_id", "board_category");
    if let Some(id) = named {
        let may = category::is_writable(tx, viewer, id).await?;
        return may.then_some(id).ok_or_else(unknown);
    }
    let first = category::writable(tx, viewer).await?.into_iter().next();
    first.map(|it| it.id).ok_or_else(unknown)
}

/// A post of the viewer's own that stands where they may write, held until the unit ends.
async fn own(tx: &mut Tx, viewer: Viewer, serial: i64) -> Result<Opened, Fault> {
    store::lock(tx, serial).await?;
    let post = store::open(tx, viewer, serial).await?;
    let post = post.ok_or_else(Fault::not_found)?;
    let may = post.is_of(viewer) && category::is_writable(tx, viewer, post.category_id).await?;
    may.then_some(()).ok_or_else(Fault::forbidden)?;
    if post.locked_at.is_some() && !viewer.is_moderator {
        return Err(Fault::Conflict("post_locked"));
    }
    Ok(post)
}
