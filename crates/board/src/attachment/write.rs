//! Files are attached and removed.

use hanok_base::Id;
use hanok_db::{Conn, DbError, Tx};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::AttachmentId;
use super::blob::{Sha256, Written};
use super::name::fault;
use super::place::{Owner, held, lock, place_of};
use super::receive::{Received, blocking, refused, system};
use super::store::{self, AttachmentRow};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::event::{About, PostAttached, PostDetached};
use crate::fault::Fault;
use crate::moderation::must_be_free;
use crate::post;

impl Board {
    /// Refuses whoever may not attach anything, before anything is read of what they send.
    ///
    /// # Errors
    /// `NotFound` for what the caller does not see; `Forbidden` for another's; `Conflict` where they may not write; a
    /// field error where they have no room left; `TooOften`.
    pub(super) async fn may_attach(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        owner: Owner,
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        self.has_place(ctx, caller, Some(owner), (1, None)).await
    }

    /// The same of the form of a post, before anything is read of what it sends: the draft may not be begun yet.
    ///
    /// # Errors
    /// As [`may_attach`](Self::may_attach).
    pub(super) async fn may_attach_in_form(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        post: Option<i64>,
    ) -> Result<(), Fault> {
        self.count_write(ctx, caller).await?;
        let draft = self.draft(Viewer::of(caller), post).await?;
        let draft = draft.map(|draft| Owner::Draft(draft.id));
        let owner = draft.or(post.map(Owner::Post));
        self.has_place(ctx, caller, owner, (1, None)).await
    }

    /// Refuses a file of so many bytes that could not be attached at this moment; what it is called by where that is
    /// known.
    async fn has_place(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        owner: Option<Owner>,
        (bytes, sha256): (i64, Option<Sha256>),
    ) -> Result<(), Fault> {
        let (board, now, viewer) = (self.clone(), ctx.now, Viewer::of(caller));
        let asked = self.accounts.db.read(async move |conn: &mut Conn| {
            must_be_free(conn, viewer.account, now).await?;
            if let Some(owner) = owner {
                held(conn, viewer, owner).await?;
            }
            let coming = sha256.as_ref();
            board.has_room(conn, viewer, (bytes, coming)).await
        });
        asked.await
    }

    /// Attaches a file that came. It takes a name on the disk only where there is a place for it, and what was refused
    /// all the same is gone at once: else whoever has no room could fill the disk.
    ///
    /// # Errors
    /// As [`may_attach`](Self::may_attach); `Busy` where the same file is being taken away at this moment.
    pub(super) async fn attach(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        owner: Owner,
        received: Received,
    ) -> Result<AttachmentRow, Fault> {
        let row = self.row(ctx, caller, owner, &received)?;
        let sha256 = received.written.sha256;
        let coming = (row.size, Some(sha256));
        self.has_place(ctx, caller, Some(owner), coming).await?;
        self.keep(received.written).await?;
        let named = self.name(ctx, caller, owner, sha256, row).await;
        if named.is_err() {
            self.let_go(ctx.now, sha256).await;
        }
        named
    }

    pub(super) async fn keep(&self, written: Written) -> Result<(), Fault> {
        let board = self.clone();
        let kept = move || board.files.blobs.keep(written);
        blocking("a file cannot be kept", kept).await
    }

    /// Writes the row of a file that was kept.
    pub(super) async fn name(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        owner: Owner,
        sha256: Sha256,
        row: AttachmentRow,
    ) -> Result<AttachmentRow, Fault> {
        let (board, ctx, caller) = (self.clone(), ctx.clone(), caller.clone());
        let written = self.accounts.db.write(async move |tx: &mut Tx| {
            board.put(tx, &ctx, &caller, owner, &sha256, &row).await?;
            Ok::<_, Fault>(row)
        });
        written.await
    }

    fn row(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        owner: Owner,
        received: &Received,
    ) -> Result<AttachmentRow, Fault> {
        let size = i64::try_from(received.written.size);
        Ok(AttachmentRow {
            id: Id::new(&self.accounts.clock, &self.accounts.random),
            post: owner.post(),
            draft: owner.draft(),
            owner_id: caller.account,
            sha256: received.written.sha256.to_vec(),
            name: received.name.clone(),
            media_type: received.media_type.to_owned(),
            size: size.map_err(|_| refused("file_broken"))?,
            width: received.pixels.map(|(width, _)| width.into()),
            height: received.pixels.map(|(_, height)| height.into()),
            created_at: ctx.now,
        })
    }

    async fn put(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        caller: &Caller,
        owner: Owner,
        sha256: &Sha256,
        row: &AttachmentRow,
    ) -> Result<(), Fault> {
        let viewer = Viewer::of(caller);
        lock(tx, viewer, owner).await?;
        must_be_free(tx, viewer.account, ctx.now).await?;
        let place = held(tx, viewer, owner).await?;
        self.has_room(tx, viewer, (row.size, Some(sha256))).await?;
        let is_named = store::name_blob(tx, sha256, row.size, row.owner_id).await?;
        // The sweep may have taken it before it was named; from here on it takes only what is doomed.
        if !(is_named && self.is_kept(sha256)?) {
            return Err(Fault::Accounts(hanok_accounts::Fault::Busy));
        }
        store::insert(tx, row).await?;
        let what = json!({ "act": "attached", "attachment": row.id, "number": row.post });
        self.record(tx, ctx, place.target, what).await?;
        if let Some(post) = place.post {
            self.publish_attached(tx, &About::of(&post, ctx), &[row.id])
                .await?;
        }
        Ok(())
    }

    /// Publishes that files stand with a post from here on.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn publish_attached(
        &self,
        tx: &mut Tx,
        post: &About,
        files: &[AttachmentId],
    ) -> Result<(), DbError> {
        for id in files {
            self.publish(tx, PostAttached(post.with_file(*id))).await?;
        }
        Ok(())
    }

    fn is_kept(&self, sha256: &Sha256) -> Result<bool, Fault> {
        let kept = self.files.blobs.is_kept(sha256);
        kept.map_err(|error| system("a file cannot be looked for", &error))
    }

    /// Refuses where so many bytes more would be beyond what a person may have. What they removed counts until it is
    /// swept: else one person could fill the disk.
    async fn has_room(
        &self,
        conn: &mut Conn,
        viewer: Viewer,
        (more, coming): (i64, Option<&Sha256>),
    ) -> Result<(), Fault> {
        let mib = self.config.attachment_quota_mib;
        if mib == 0 {
            return Ok(());
        }
        let used = store::used(conn, viewer.account, coming).await?;
        if used.saturating_add(more) <= i64::from(mib) * 1024 * 1024 {
            return Ok(());
        }
        let fault = fault("file_quota").arg("days", self.config.attachment_orphan_days);
        let fault = fault.arg("mib", mib);
        Err(Fault::fields(vec![fault]))
    }

    /// Removes a file of one's own; of a post, moderators may too.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for another's; `Conflict` where the caller may not write.
    pub(super) async fn remove_attachment(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: AttachmentId,
    ) -> Result<(), Fault> {
        let (board, ctx, viewer) = (self.clone(), ctx.clone(), Viewer::of(caller));
        let removed = self.accounts.db.write(async move |tx: &mut Tx| {
            let row = store::find(tx, viewer, id).await?;
            let row = row.ok_or_else(Fault::not_found)?;
            let is_own = row.owner_id == viewer.account;
            if !is_own && !viewer.is_moderator {
                return Err(Fault::forbidden());
            }
            if let Some(serial) = row.post {
                post::lock(tx, serial).await?;
            }
            if is_own {
                must_be_free(tx, viewer.account, ctx.now).await?;
            }
            let place = place_of(tx, viewer, &row).await?;
            store::remove(tx, id).await?;
            let what = json!({ "act": "detached", "attachment": id, "number": row.post });
            if is_own {
                board.record(tx, &ctx, place.target, what).await?;
            } else {
                board
                    .record_moderation(tx, &ctx, place.target, what)
                    .await?;
            }
            if let Some(post) = place.post {
                let about = About::of(&post, &ctx).with_file(id);
                board.publish(tx, PostDetached(about)).await?;
            }
            Ok(())
        });
        removed.await
    }
}
