//! Drafts: what somebody is writing, kept while they write: one for a new post, and one for each post they edit.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};
use hanok_web::{Caller, Ctx};
use serde_json::json;

use super::{DraftId, PostId, store};
use crate::audit::Target;
use crate::category::CategoryId;
use crate::category::right::Viewer;
use crate::context::{Board, acting};
use crate::fault::Fault;
use crate::moderation::must_be_free;
use crate::words::{LONGEST_BODY, LONGEST_TITLE};

record! {
    /// What somebody is writing.
    #[derive(Clone, Debug)]
    pub(crate) struct DraftRow {
        pub(crate) id: DraftId,
        /// The post that it is an edit of.
        pub(crate) post: Option<i64>,
        /// Which text of the post it was begun from.
        pub(crate) rev: Option<i64>,
        pub(crate) category_id: Option<CategoryId>,
        pub(crate) title: String,
        pub(crate) body: String,
        pub(crate) updated_at: Timestamp,
    }
}

/// What is to be kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) post: Option<i64>,
    /// Which text of the post it is made of; the one that stands there now where nothing is said.
    pub(crate) rev: Option<i64>,
    /// The id under which the post is to be written.
    pub(crate) request: Option<PostId>,
    /// Whether it is kept by itself while somebody types: that may arrive once the form has been sent.
    pub(crate) in_passing: bool,
    pub(crate) category: Option<CategoryId>,
    pub(crate) title: String,
    pub(crate) body: String,
}

impl Kept {
    /// As much of it as a post may have: a draft is kept whatever it is.
    fn shortened(mut self) -> Self {
        let shown = |c: &char| *c != '\0';
        self.title = self
            .title
            .chars()
            .filter(shown)
            .take(LONGEST_TITLE)
            .collect();
        let body = self.body.replace("\r\n", "\n");
        self.body = body.chars().filter(shown).take(LONGEST_BODY).collect();
        self
    }
}

impl Board {
    /// Keeps what the caller is writing, in place of what was kept of it before.
    ///
    /// # Errors
    /// `NotFound` for a post that is not the caller's to edit; `Conflict` for what is published by now, and where the
    /// caller may not write; `Stale` for what is kept in passing while a newer text is being edited; `TooOften`.
    pub(crate) async fn keep_draft(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        kept: Kept,
    ) -> Result<DraftRow, Fault> {
        self.count_light(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let kept = kept.shortened();
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            must_be_free(tx, viewer.account, ctx.now).await?;
            let (kept, now_at) = begun(tx, viewer, kept).await?;
            let new: DraftId = Id::new(&board.accounts.clock, &board.accounts.random);
            let id = put(tx, new, viewer.account, (&kept, now_at), ctx.now).await?;
            if id == new {
                // The first keeping only: what is typed on is no act of its own.
                let what = json!({ "act": "draft_begun", "number": kept.post });
                let target = Target::Post(id.uuid());
                board.record(tx, &ctx, target, what).await?;
            }
            let after = find(tx, viewer.account, kept.post).await?;
            after.ok_or_else(Fault::not_found)
        });
        done.await
    }

    /// What the caller is writing.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn draft(
        &self,
        viewer: Viewer,
        post: Option<i64>,
    ) -> Result<Option<DraftRow>, DbError> {
        let read = self
            .accounts
            .db
            .read(async move |conn: &mut Conn| find(conn, viewer.account, post).await);
        read.await
    }

    /// Throws away what the caller was writing.
    ///
    /// # Errors
    /// `TooOften`; the store's.
    pub(super) async fn drop_draft(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        post: Option<i64>,
    ) -> Result<(), Fault> {
        self.count_light(ctx, caller).await?;
        let (board, ctx) = (self.clone(), ctx.clone());
        let done = self.accounts.db.write(async move |tx: &mut Tx| {
            let viewer = acting(tx, &ctx).await?;
            if let Some(draft) = find(tx, viewer.account, post).await? {
                remove(tx, draft.id).await?;
                let what = json!({ "act": "draft_dropped", "number": post });
                let target = Target::Post(draft.id.uuid());
                board.record(tx, &ctx, target, what).await?;
            }
            Ok::<_, Fault>(())
        });
        done.await
    }
}

const SELECT: &str = concatcp!(
    "SELECT ",
    DraftRow::COLUMNS,
    " FROM board_draft WHERE author_id = $1 AND "
);

async fn find(
    conn: &mut Conn,
    author: AccountId,
    post: Option<i64>,
) -> Result<Option<DraftRow>, DbError> {
    const NEW: &str = concatcp!(SELECT, "post IS NULL");
    const EDIT: &str = concatcp!(SELECT, "post = $2");
    match post {
        None => conn.optional(NEW, params![author]).await,
        Some(post) => conn.optional(EDIT, params![author, post]).await,
    }
}

/// The draft of a new post: the author's, where it is the one that is named or none is.
pub(super) async fn of_author(
    conn: &mut Conn,
    author: AccountId,
    named: Option<DraftId>,
) -> Result<Option<DraftId>, DbError> {
    let draft = find(conn, author, None).await?.map(|draft| draft.id);
    Ok(draft.filter(|id| named.is_some_and(|named| named == *id)))
}

/// The draft of an edit.
pub(super) async fn of_edit(
    conn: &mut Conn,
    author: AccountId,
    post: i64,
) -> Result<Option<DraftId>, DbError> {
    let draft = find(conn, author, Some(post)).await?;
    Ok(draft.map(|draft| draft.id))
}

/// What is kept, with the `rev` of the text that stands there now. What is published is no draft any more: it may arrive late, when
/// the form has been sent already.
async fn begun(tx: &mut Tx, viewer: Viewer, kept: Kept) -> Result<(Kept, Option<i64>), Fault> {
    let published = || Fault::Conflict("published_already");
    let Some(serial) = kept.post else {
        let Some(request) = kept.request else {
            return Ok((kept, None));
        };
        let written = store::written_as(tx, request, viewer.account).await?;
        return written.map_or(Ok((kept, None)), |_| Err(published()));
    };
    let post = store::open(tx, viewer, serial).await?;
    let post = post.filter(|post| post.is_of(viewer));
    let post = post.ok_or_else(Fault::not_found)?;
    if kept.in_passing && kept.title == post.title && kept.body.trim_end() == post.body {
        return Err(published());
    }
    // A page that was left open types on in an older text than the one that is being edited elsewhere.
    if let Some(made_of) = kept.rev.filter(|_| kept.in_passing) {
        let there = find(tx, viewer.account, Some(serial)).await?;
        if there.and_then(|draft| draft.rev) > Some(made_of) {
            return Err(Fault::Stale);
        }
    }
    Ok((kept, Some(post.rev)))
}

/// Keeps a draft in place of the one before; answers the id of the one that is there now.
async fn put(
    tx: &mut Tx,
    id: DraftId,
    author: AccountId,
    (kept, now_at): (&Kept, Option<i64>),
    now: Timestamp,
) -> Result<DraftId, DbError> {
    const INTO: &str = "INSERT INTO board_draft (id, author_id, post, rev, category_id, title, body, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ";
    const SET: &str = " DO UPDATE SET rev = COALESCE($9, board_draft.rev), category_id = $5, title = $6, body = $7, updated_at = $8 RETURNING id";
    const NEW: &str = concatcp!(INTO, "(author_id) WHERE post IS NULL", SET);
    const EDIT: &str = concatcp!(INTO, "(author_id, post) WHERE post IS NOT NULL", SET);
    let made_of = kept.rev.or(now_at);
    let values = params![
        id,
        author,
        kept.post,
        made_of,
        kept.category,
        kept.title,
        kept.body,
        now,
        kept.rev
    ];
    tx.one(if kept.post.is_some() { EDIT } else { NEW }, values)
        .await
}

/// Removes a draft.
pub(super) async fn remove(tx: &mut Tx, id: DraftId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM board_draft WHERE id = $1";
    tx.execute(SQL, params![id]).await.map(|_| ())
}
