//! What is sent over the socket, once a unit has committed. A hint: what is lost is asked for (`sync`).

use std::collections::BTreeMap;

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx};
use hanok_web::live::event::Ready;
use hanok_web::live::{Audience, event};

use crate::context::Notifications;
use crate::item::ItemOut;
use crate::reading;

/// The most that one unit shows a person one by one, well below what a socket's queue holds. Of more the newest alone
/// are shown, and their numbers say that there is a hole: the rest is asked for at once.
const MOST: usize = 20;

/// The numbers of changes by whose they are.
pub(crate) type Numbers = BTreeMap<AccountId, Vec<i64>>;

impl Notifications {
    /// Shows changes to those on sockets once the unit has committed, as they are then and as each may see them.
    pub(crate) fn show(&self, tx: &mut Tx, changed: Numbers) {
        let notifications = self.clone();
        tx.after_commit(move || {
            let live = notifications.accounts.live.clone();
            live.spawn(async move { notifications.emit_all(changed).await });
        });
    }

    /// Tells the other tabs of a person how many are unread once the unit has committed.
    pub(crate) fn show_unread(&self, tx: &mut Tx, account: AccountId, told: Ready) {
        let live = self.accounts.live.clone();
        tx.after_commit(move || live.emit_to(account, &Audience::All, event::UNREAD, &told));
    }

    async fn emit_all(&self, changed: Numbers) {
        let others_hear = self.accounts.fanout.reaches_others();
        for (account, mut numbers) in changed {
            numbers.drain(..numbers.len().saturating_sub(MOST));
            if !others_hear && self.accounts.live.seats(account).is_empty() {
                continue;
            }
            match self.items(account, numbers).await {
                Ok(items) => {
                    for item in items {
                        let live = &self.accounts.live;
                        live.emit_to(account, &Audience::All, event::NOTIFICATION, &item);
                    }
                }
                Err(error) => tracing::warn!(%error, "a notification was not shown at once"),
            }
        }
    }

    /// Those of a person's notifications whose last change has one of these numbers: what has changed again since is
    /// shown by that change.
    async fn items(&self, account: AccountId, numbers: Vec<i64>) -> Result<Vec<ItemOut>, DbError> {
        let notifications = self.clone();
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let counter = reading::counter(conn, account).await?;
            let rows = reading::numbered_so(conn, account, &numbers).await?;
            notifications.told_live(conn, account, &counter, rows).await
        });
        read.await
    }
}
