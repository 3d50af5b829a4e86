//! A person's notifications: reading the list, and marking what was read.

use hanok_accounts::AccountId;
use hanok_accounts::authority::still_holds;
use hanok_db::paging::{DEFAULT_LIMIT, Key, NumberedPage, Page, PageRequest};
use hanok_db::{Conn, DbError, Tx};
use hanok_web::live::event::Ready;
use hanok_web::{Caller, Ctx};

use crate::context::Notifications;
use crate::fault::Fault;
use crate::held;
use crate::reading::{self, Counter};
use crate::shown::{Row, Seen, Shown};
use crate::store::{self, NotificationId};

/// Which part of the list is wanted.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    /// A page by its number.
    Numbered(NumberedPage),
    /// A page by its neighbour.
    Beside(PageRequest),
}

impl Wanted {
    /// How many rows, where that is not what lists have.
    pub(crate) fn limit(&self) -> Option<u32> {
        let rows = match self {
            Self::Numbered(page) => page.limit(),
            Self::Beside(request) => request.limit(),
        };
        (rows != DEFAULT_LIMIT).then_some(rows)
    }
}

/// A page of a person's notifications.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// The newest first.
    pub(crate) shown: Vec<Shown>,
    pub(crate) counter: Counter,
    /// How many the list has, at least.
    pub(crate) total: u64,
    /// The cursors of the pages beside it.
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

/// What was read of the store.
struct Found {
    counter: Counter,
    total: i64,
    page: Page<Row>,
    seen: Seen,
}

impl Notifications {
    /// A page of the caller's notifications, of those alone that are unread where that is wanted: two statements, and
    /// those of the subjects. Unread ones that lead to what the caller may not see any more are withdrawn, so that the
    /// count is right.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn history(
        &self,
        account: AccountId,
        is_unread: bool,
        wanted: Wanted,
    ) -> Result<History, Fault> {
        let mut found = self.read_page(account, is_unread, wanted).await?;
        let unseen = found.seen.unseen.iter();
        let unread = unseen.filter(|row| row.read_at.is_none());
        let unread: Vec<NotificationId> = unread.map(|row| row.id).collect();
        if !unread.is_empty() {
            let gone = self.withdraw_unseen(account, unread).await?;
            found.counter.unread = (found.counter.unread - gone).max(0);
            found.total -= gone;
        }
        Ok(History {
            shown: found.seen.shown,
            counter: found.counter,
            total: u64::try_from(found.total).unwrap_or_default(),
            previous: found.page.previous,
            next: found.page.next,
        })
    }

    async fn read_page(
        &self,
        account: AccountId,
        is_unread: bool,
        wanted: Wanted,
    ) -> Result<Found, DbError> {
        let notifications = self.clone();
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let (counter, all) = reading::counted(conn, account).await?;
            let total = if is_unread { counter.unread } else { all };
            let mut page = match wanted {
                Wanted::Numbered(page) => {
                    let rows = reading::page(conn, account, is_unread, page).await?;
                    numbered(page, rows)
                }
                Wanted::Beside(request) => {
                    let rows = reading::page_beside(conn, account, is_unread, &request).await?;
                    Page::new(&request, rows, place)
                }
            };
            let rows = std::mem::take(&mut page.items);
            let seen = notifications.see(conn, account, rows).await?;
            Ok::<_, DbError>(Found {
                counter,
                total,
                page,
                seen,
            })
        });
        read.await
    }

    /// Withdraws those of a person's unread notifications; how many that were.
    async fn withdraw_unseen(
        &self,
        account: AccountId,
        ids: Vec<NotificationId>,
    ) -> Result<i64, DbError> {
        let notifications = self.clone();
        let unit = async move |tx: &mut Tx| {
            let held = held::hold_unread(tx, account, &ids).await?;
            let count = i64::try_from(held.len()).unwrap_or(i64::MAX);
            notifications.withdraw_held(tx, held).await?;
            Ok::<_, DbError>(count)
        };
        self.accounts.db.write(unit).await
    }

    /// Marks one of the caller's notifications as read; one that is read, or that was withdrawn meanwhile, stays as it
    /// is.
    ///
    /// # Errors
    /// Not found where the caller has none of that id.
    pub(crate) async fn read(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        id: NotificationId,
    ) -> Result<(), Fault> {
        let (notifications, caller, now) = (self.clone(), caller.clone(), ctx.now);
        let unit = async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let account = caller.account;
            if reading::mark_read(tx, account, id, now).await? == 0 {
                let found = reading::find(tx, account, id).await?;
                return found.map(|_| ()).ok_or_else(Fault::not_found);
            }
            Ok(notifications.count_read(tx, account, 1).await?)
        };
        self.accounts.db.write(unit).await
    }

    /// Marks all of the caller's notifications as read whose number is not higher; every one where none is said.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn read_all(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        upto: Option<i64>,
    ) -> Result<(), Fault> {
        let (notifications, caller, now) = (self.clone(), caller.clone(), ctx.now);
        let upto = upto.unwrap_or(i64::MAX);
        let unit = async move |tx: &mut Tx| {
            still_holds(tx, &caller).await?;
            let account = caller.account;
            let count = reading::mark_all_read(tx, account, upto, now).await?;
            if count > 0 {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                notifications.count_read(tx, account, count).await?;
            }
            Ok::<_, Fault>(())
        };
        self.accounts.db.write(unit).await
    }

    /// Counts what was read and tells the other tabs.
    async fn count_read(&self, tx: &mut Tx, account: AccountId, count: i64) -> Result<(), DbError> {
        let (seq, unread) = store::take_numbers(tx, account, 0, -count).await?;
        let told = Ready {
            unread: u64::try_from(unread).unwrap_or_default(),
            seq: u64::try_from(seq).unwrap_or_default(),
        };
        self.show_unread(tx, account, told);
        Ok(())
    }

    /// Where one of the caller's notifications leads, where it still leads anywhere.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn leads_to(
        &self,
        account: AccountId,
        id: NotificationId,
    ) -> Result<Option<String>, Fault> {
        let notifications = self.clone();
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let row = reading::find(conn, account, id).await?;
            let rows = row.filter(|row| row.withdrawn_at.is_none());
            let rows = rows.into_iter().collect();
            let seen = notifications.see(conn, account, rows).await?;
            Ok::<_, DbError>(seen.shown.into_iter().next().map(|shown| shown.path))
        });
        Ok(read.await?)
    }
}

fn place(row: &Row) -> (Key, uuid::Uuid) {
    (Key::Number(row.updated_at.micros()), row.id.uuid())
}

/// A page by its number, of which one more row was read than it has.
fn numbered(page: NumberedPage, mut rows: Vec<Row>) -> Page<Row> {
    let most = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let goes_on = rows.len() > most;
    rows.truncate(most);
    let cursor = |row: &Row, backwards| {
        let (key, id) = place(row);
        hanok_db::paging::Cursor { backwards, key, id }.encode()
    };
    Page {
        next: rows
            .last()
            .filter(|_| goes_on)
            .map(|row| cursor(row, false)),
        previous: rows
            .first()
            .filter(|_| page.number() > 1)
            .map(|row| cursor(row, true)),
        items: rows,
    }
}
