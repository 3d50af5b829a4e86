//! A post's comments as somebody sees them.

use std::collections::HashMap;

use hanok_accounts::AccountId;
use hanok_db::Conn;
use hanok_db::DbError;

use super::mention::Named;
use super::people;
use super::rules::{Place, Start};
use super::store::{self, CommentRow};
use crate::category::right::Viewer;
use crate::context::Board;
use crate::fault::Fault;

/// A comment as one reader sees it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) row: CommentRow,
    /// Who is named in it, by what they sign in with: nobody where its text may not be read.
    pub(crate) named: Named,
    /// Whether the reader wrote it.
    pub(crate) is_own: bool,
    /// Whether the reader may read the text: not of one that is deleted, nor of another's that is hidden.
    pub(crate) is_readable: bool,
}

/// Comments in their order, and what lies on both sides of them.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "a page of comments has comments")]
pub(crate) struct Comments {
    pub(crate) comments: Vec<Seen>,
    /// Those before them.
    pub(crate) previous: Option<Start>,
    /// Those behind them.
    pub(crate) next: Option<Start>,
}

impl Seen {
    fn of(row: CommentRow, viewer: Viewer, named: Named) -> Self {
        let is_own = row.author_id == viewer.account;
        let may = row.hidden_at.is_none() || is_own || viewer.is_moderator;
        let is_readable = may && row.deleted_at.is_none();
        Self {
            is_own,
            is_readable,
            named: if is_readable { named } else { Named::new() },
            row,
        }
    }
}

impl Board {
    /// The comments of a post that the viewer sees, at most `most`: three statements.
    ///
    /// # Errors
    /// `NotFound`; the store's.
    pub(crate) async fn comments(
        &self,
        viewer: Viewer,
        post: i64,
        start: Start,
        most: u32,
    ) -> Result<Comments, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            must_see(conn, viewer, post).await?;
            Ok::<_, Fault>(page(conn, viewer, post, start, most).await?)
        });
        read.await
    }

    /// One comment, as the viewer sees it; where it answers one, or is answered, also once it is deleted.
    ///
    /// # Errors
    /// `NotFound`; the store's.
    pub(crate) async fn comment(&self, viewer: Viewer, serial: i64) -> Result<Seen, Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let row = store::find(conn, viewer, serial).await?;
            let row = row.ok_or_else(Fault::not_found)?;
            let mut seen = seen(conn, viewer, vec![row]).await?;
            seen.pop().ok_or_else(Fault::not_found)
        });
        read.await
    }

    /// Refuses whoever does not see a post.
    ///
    /// # Errors
    /// `NotFound`; the store's.
    pub(crate) async fn must_see_post(&self, viewer: Viewer, post: i64) -> Result<(), Fault> {
        let read = self
            .accounts
            .db
            .read(async move |conn| must_see(conn, viewer, post).await.map(|_| ()));
        read.await
    }

    /// The caller's own comment.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for somebody else's; the store's.
    pub(super) async fn own_comment(
        &self,
        viewer: Viewer,
        serial: i64,
    ) -> Result<CommentRow, Fault> {
        let row = self.comment(viewer, serial).await?.row;
        let is_own = row.author_id == viewer.account;
        is_own.then_some(row).ok_or_else(Fault::forbidden)
    }

    /// Those comments of a post that were written after one; and whether more may be written, and how many there are:
    /// three statements.
    ///
    /// # Errors
    /// `NotFound` for a post that the viewer does not see; the store's.
    pub(super) async fn comments_since(
        &self,
        viewer: Viewer,
        post: i64,
        after: i64,
        most: u32,
    ) -> Result<((bool, i64), Vec<Seen>), Fault> {
        let read = self.accounts.db.read(async move |conn| {
            let standing = must_see(conn, viewer, post).await?;
            let rows = store::since(conn, post, after, most).await?;
            Ok::<_, Fault>((standing, seen(conn, viewer, rows).await?))
        });
        read.await
    }
}

/// Comments of a post on one side of a place: two statements.
pub(crate) async fn page(
    conn: &mut Conn,
    viewer: Viewer,
    post: i64,
    start: Start,
    most: u32,
) -> Result<Comments, DbError> {
    let mut rows = store::page(conn, post, start, most + 1).await?;
    let goes_on = rows.len() > usize::try_from(most).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let (is_back, begins) = match start {
        Start::Before(_) => (true, false),
        Start::After(place) => (false, place == Place::FIRST),
    };
    if is_back {
        rows.reverse();
    }
    let first = rows.first().map(|row| Start::Before(row.place()));
    let last = rows.last().map(|row| Start::After(row.place()));
    let (has_previous, has_next) = if is_back {
        (goes_on, true)
    } else {
        (!begins, goes_on)
    };
    Ok(Comments {
        comments: seen(conn, viewer, rows).await?,
        previous: first.filter(|_| has_previous),
        next: last.filter(|_| has_next),
    })
}

/// How a post stands, where the viewer sees it.
async fn must_see(conn: &mut Conn, viewer: Viewer, post: i64) -> Result<(bool, i64), Fault> {
    let standing = store::standing(conn, viewer, post).await?;
    standing.ok_or_else(Fault::not_found)
}

/// These comments with those who are named in them.
async fn seen(
    conn: &mut Conn,
    viewer: Viewer,
    rows: Vec<CommentRow>,
) -> Result<Vec<Seen>, DbError> {
    let may_name = |row: &&CommentRow| row.body.contains('@');
    let numbers = || rows.iter().filter(may_name).map(|row| row.serial);
    let mut named: HashMap<i64, Named> = HashMap::new();
    if let (Some(first), Some(last), Some(row)) = (numbers().min(), numbers().max(), rows.first()) {
        let all: Vec<(i64, AccountId, String, String)> =
            people::of_comments(conn, row.post, first, last).await?;
        for (comment, id, key, name) in all {
            named.entry(comment).or_default().insert(key, (id, name));
        }
    }
    let of = |row: CommentRow| {
        let named = named.remove(&row.serial).unwrap_or_default();
        Seen::of(row, viewer, named)
    };
    Ok(rows.into_iter().map(of).collect())
}
