//! Posts are pinned, and made ones that everybody must read: who has read them, who has not, and the reminder.

mod store;

pub(super) use store::ReaderRow;

use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, Tx};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::{Opened, store as posts};
use crate::audit::Target;
use crate::category::right::Viewer;
use crate::category::{Kind, is_writable};
use crate::context::{Board, acting};
use crate::event::{
    About, PostMustRead, PostMustReadReleased, PostPinned, PostReminded, PostUnpinned,
};
use crate::fault::Fault;

/// Who has read a post that must be read, or has not yet.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    pub(super) post: Opened,
    /// How many it is meant for.
    pub(super) audience: u64,
    /// How many of them have read it.
    pub(super) read: u64,
    /// A page of those who have, or of those who have not.
    pub(super) people: Vec<ReaderRow>,
    pub(super) page: u32,
    pub(super) pages: u32,
}

/// How a post is announced.
#[derive(Clone, Copy, Debug)]
pub(super) enum Announcement {
    /// It stands above its lists.
    Pinned,
    /// Everybody whom its category is meant for must read it.
    MustRead,
}

impl Announcement {
    const fn is_made_of(self, post: &Opened) -> bool {
        match self {
            Self::Pinned => post.pinned_at.is_some(),
            Self::MustRead => post.must_read_at.is_some(),
        }
    }

    /// As the audit trail calls it.
    const fn act(self, on: bool) -> &'static str {
        match (self, on) {
            (Self::Pinned, true) => "pinned",
            (Self::Pinned, false) => "unpinned",
            (Self::MustRead, true) => "must_read",
            (Self::MustRead, false) => "must_read_no_more",
        }
    }
}

impl Opened {
    /// Whether `viewer` may pin it and make it one that must be read: moderators, and the author of a notice.
    pub(super) fn may_be_announced_by(&self, viewer: Viewer) -> bool {
        viewer.is_moderator || (self.category_kind == Kind::Notice && self.is_of(viewer))
    }
}

impl Board {
    /// Announces a post, or no longer.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden`; `TooOften`.
    pub(super) async fn announce(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
        (how, on): (Announcement, bool),
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            let post = hold(tx, viewer, serial).await?;
            if how.is_made_of(&post) == on {
                return Ok(());
            }
            let at = on.then_some(ctx.now);
            match how {
                Announcement::Pinned => store::set_pinned(tx, serial, at).await?,
                Announcement::MustRead => store::set_must_read(tx, serial, at).await?,
            }
            let what = json!({ "act": how.act(on), "number": serial });
            let target = Target::Post(post.id.uuid());
            board.record_moderation(tx, &ctx, target, what).await?;
            let about = About::of(&post, &ctx);
            match (how, on) {
                (Announcement::Pinned, true) => board.publish(tx, PostPinned(about)).await?,
                (Announcement::Pinned, false) => board.publish(tx, PostUnpinned(about)).await?,
                (Announcement::MustRead, true) => board.publish(tx, PostMustRead(about)).await?,
                (Announcement::MustRead, false) => {
                    board.publish(tx, PostMustReadReleased(about)).await?;
                }
            }
            Ok(())
        });
        done.await
    }

    /// Reminds those who have not read it, once in `board.remind_minutes`; answers how many they are.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden`; `Conflict("not_must_read")`; `Conflict("reminded_already")`; `TooOften`.
    pub(super) async fn remind(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
    ) -> Result<u64, Fault> {
        self.count_write(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let since = ctx.now.minus(self.config.between_reminders());
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            let post = hold(tx, viewer, serial).await?;
            if post.must_read_at.is_none() {
                return Err(Fault::Conflict("not_must_read"));
            }
            if post.reminded_at.is_some_and(|at| at > since) {
                return Err(Fault::Conflict("reminded_already"));
            }
            let (audience, read) = store::count(tx, &post).await?;
            let left = audience.saturating_sub(read);
            store::set_reminded(tx, serial, ctx.now).await?;
            let what = json!({ "act": "reminded", "number": serial, "people": left });
            let target = Target::Post(post.id.uuid());
            board.record_moderation(tx, &ctx, target, what).await?;
            board
                .publish(tx, PostReminded(About::of(&post, &ctx)))
                .await?;
            Ok(left)
        });
        done.await
    }

    /// Who has read a post that must be read, or who has not: for whoever may announce it. Looking is on the record.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden`; `Conflict("not_must_read")`.
    pub(super) async fn readers(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        serial: i64,
        has_read: bool,
        page: NumberedPage,
    ) -> Result<Readers, Fault> {
        let viewer = Viewer::of(caller);
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let post = posts::open(conn, viewer, serial).await?;
            let post = post.ok_or_else(Fault::not_found)?;
            must_announce(conn, viewer, &post).await?;
            if post.must_read_at.is_none() {
                return Err(Fault::Conflict("not_must_read"));
            }
            let (audience, read) = store::count(conn, &post).await?;
            let listed = if has_read {
                read
            } else {
                audience.saturating_sub(read)
            };
            Ok(Readers {
                people: store::people(conn, &post, has_read, page).await?,
                page: page.number(),
                pages: page.pages(listed),
                audience,
                read,
                post,
            })
        });
        let readers = read.await?;
        self.note_look(ctx, &readers, has_read).await?;
        Ok(readers)
    }

    /// Nobody is shown who has read what without it being known who looked. What they may was asked when they read it.
    async fn note_look(&self, ctx: &Ctx, readers: &Readers, has_read: bool) -> Result<(), Fault> {
        let (board, ctx) = (self.clone(), ctx.clone());
        let target = Target::Post(readers.post.id.uuid());
        let what = json!({ "act": "looked_at_readers", "number": readers.post.serial,
            "have_read": has_read, "page": readers.page });
        let noted = self
            .accounts
            .db
            .write(async move |tx: &mut Tx| board.record_moderation(tx, &ctx, target, what).await);
        Ok(noted.await?)
    }
}

/// A post that the viewer may announce, held until the unit ends.
async fn hold(tx: &mut Tx, viewer: Viewer, serial: i64) -> Result<Opened, Fault> {
    posts::lock(tx, serial).await?;
    let post = posts::open(tx, viewer, serial).await?;
    let post = post.ok_or_else(Fault::not_found)?;
    must_announce(tx, viewer, &post).await?;
    Ok(post)
}

/// Refuses whoever may not announce a post: its author needs the right to write where it stands, as they did when they
/// wrote it.
async fn must_announce(conn: &mut Conn, viewer: Viewer, post: &Opened) -> Result<(), Fault> {
    let may = post.may_be_announced_by(viewer)
        && (viewer.is_moderator || is_writable(conn, viewer, post.category_id).await?);
    may.then_some(()).ok_or_else(Fault::forbidden)
}
