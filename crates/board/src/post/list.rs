//! The list of posts: of all that one may read, of one category, and those that one has marked.

#[cfg(test)]
mod plans;
mod rules;
mod store;

pub(super) use rules::{PostsIn, Sort};
pub(super) use store::Line;

use hanok_base::Timestamp;
use hanok_db::paging::{Cursor, Key, NumberedPage, Page, PageRequest};
use hanok_db::{Conn, DbError};
use uuid::Uuid;

use crate::category::right::Viewer;
use crate::category::{self, CategoryId, Listed};
use crate::context::Board;
use crate::fault::Fault;

/// A page of the list.
#[derive(Clone, Debug)]
pub(super) struct Posts {
    /// The categories that the viewer may read, in their order.
    pub(super) categories: Vec<Listed>,
    /// What stands above the first page.
    pub(super) pinned: Vec<Line>,
    pub(super) lines: Vec<Line>,
    /// What must be read and is not yet.
    pub(super) must_read: Vec<Line>,
    pub(super) page: u32,
    pub(super) pages: u32,
    pub(super) total: u64,
    /// Whether it was asked for by its number.
    pub(super) is_numbered: bool,
    /// The cursors of the pages beside it.
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// What is wanted of the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) category: Option<CategoryId>,
    pub(super) sort: Sort,
}

impl Board {
    /// A page of the list, as its page shows it: four statements.
    ///
    /// # Errors
    /// `NotFound` for a category that `viewer` may not read.
    pub(super) async fn posts(
        &self,
        viewer: Viewer,
        wanted: Wanted,
        page: NumberedPage,
        now: Timestamp,
    ) -> Result<Posts, Fault> {
        self.first_categories().await?;
        let since = now.minus(self.config.marked_unread());
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let categories = category::readable(conn, viewer).await?;
            let total = total(&categories, wanted.category)?;
            let pinned = match page.number() {
                1 => store::pinned(conn, viewer, wanted, since).await?,
                _ => Vec::new(),
            };
            let lines = store::page(conn, viewer, wanted, page, since).await?;
            let last = u64::from(page.number()) * u64::from(page.limit());
            let at = |line: &Line, backwards| cursor(line, wanted.sort, backwards);
            Ok::<_, Fault>(Posts {
                previous: lines
                    .first()
                    .filter(|_| page.number() > 1)
                    .map(|it| at(it, true)),
                next: lines
                    .last()
                    .filter(|_| last < total)
                    .map(|it| at(it, false)),
                is_numbered: true,
                lines,
                must_read: store::must_read(conn, viewer, since).await?,
                page: page.number(),
                pages: page.pages(total),
                categories,
                pinned,
                total,
            })
        });
        read.await
    }

    /// A page of the list by keyset: three statements.
    ///
    /// # Errors
    /// `NotFound` for a category that `viewer` may not read; a field error for a cursor of another list.
    pub(super) async fn posts_from(
        &self,
        viewer: Viewer,
        wanted: Wanted,
        page: PageRequest,
        now: Timestamp,
    ) -> Result<Posts, Fault> {
        let since = now.minus(self.config.marked_unread());
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let categories = category::readable(conn, viewer).await?;
            let total = total(&categories, wanted.category)?;
            let from = page.cursor().map(|it| place(it, wanted.sort)).transpose()?;
            let back = page.is_backwards();
            let rows = store::from(conn, viewer, wanted, (from, back, page.rows()), since).await?;
            let page = Page::new(&page, rows, |line| keyset(line, wanted.sort));
            Ok::<_, Fault>(Posts {
                must_read: store::must_read(conn, viewer, since).await?,
                pinned: Vec::new(),
                lines: page.items,
                previous: page.previous,
                next: page.next,
                is_numbered: false,
                page: 1,
                pages: 1,
                categories,
                total,
            })
        });
        read.await
    }

    /// What `viewer` has bookmarked, the newest bookmark first.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn bookmarks(
        &self,
        viewer: Viewer,
        page: NumberedPage,
        now: Timestamp,
    ) -> Result<(Vec<Line>, u64), DbError> {
        let since = now.minus(self.config.marked_unread());
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let total = store::count_bookmarks(conn, viewer).await?;
            Ok((store::bookmarks(conn, viewer, page, since).await?, total))
        });
        read.await
    }

    /// What `viewer` must read and has not yet, the oldest first; at most 50.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn must_read(
        &self,
        viewer: Viewer,
        now: Timestamp,
    ) -> Result<Vec<Line>, DbError> {
        let since = now.minus(self.config.marked_unread());
        let read = self
            .accounts
            .db
            .read(async move |conn: &mut Conn| store::must_read(conn, viewer, since).await);
        read.await
    }

    /// What can still be restored: the viewer's own, to moderators all; the last deleted first.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn deleted(
        &self,
        viewer: Viewer,
        now: Timestamp,
    ) -> Result<Vec<Line>, DbError> {
        let after = now.minus(self.config.kept_deleted());
        let read = self
            .accounts
            .db
            .read(async move |conn: &mut Conn| store::deleted(conn, viewer, after).await);
        read.await
    }
}

/// How many posts the list has: what the categories count.
fn total(categories: &[Listed], only: Option<CategoryId>) -> Result<u64, Fault> {
    let wanted = categories
        .iter()
        .filter(|it| only.is_none_or(|id| it.id == id));
    let counts: Vec<i64> = wanted.map(|it| it.post_count).collect();
    if only.is_some() && counts.is_empty() {
        return Err(Fault::not_found());
    }
    Ok(u64::try_from(counts.iter().sum::<i64>()).unwrap_or_default())
}

/// The keyset of a row: the order and what it is sorted by in it, and its number where the id of others stands.
fn keyset(line: &Line, sort: Sort) -> (Key, Uuid) {
    let key = match sort {
        Sort::New => line.serial,
        Sort::Commented => line.last_comment_at.micros(),
        Sort::Recommended => line.recommend_count,
    };
    let number = u128::try_from(line.serial).unwrap_or_default();
    let key = Key::Text(format!("{}.{key}", sort.as_str()));
    (key, Uuid::from_u128(number))
}

/// Where the list goes on behind a row, or before it.
fn cursor(line: &Line, sort: Sort, backwards: bool) -> String {
    let (key, id) = keyset(line, sort);
    Cursor { backwards, key, id }.encode()
}

/// The place that a cursor names; one of another order names none.
fn place(cursor: &Cursor, sort: Sort) -> Result<(i64, i64), Fault> {
    let serial = i64::try_from(cursor.id.as_u128()).ok();
    let key = match &cursor.key {
        Key::Text(text) => text.split_once('.').filter(|(of, _)| *of == sort.as_str()),
        Key::Number(_) => None,
    };
    let key = key.and_then(|(_, key)| key.parse().ok());
    let place = key.zip(serial);
    place.ok_or_else(|| Fault::field("/cursor", "board_cursor"))
}
