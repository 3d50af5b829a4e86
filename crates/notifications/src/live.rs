//! What is sent over the socket, once a unit has committed. A hint: what is lost is asked for (`sync`).

use std::collections::{BTreeMap, HashSet};

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx};
use hanok_web::live::event::Ready;
use hanok_web::live::{Audience, event};

use crate::context::Notifications;
use crate::item::ItemOut;
use crate::reading;
use crate::store::{MANY, NotificationId};

/// The most that one unit shows a person one by one, well below what a socket's queue holds. Of more the newest alone
/// are shown, and their numbers say that there is a hole: the rest is asked for at once.
const MOST: usize = 20;

/// The numbers of changes, and of what, by whose they are.
pub(crate) type Numbers = BTreeMap<AccountId, Vec<(i64, NotificationId)>>;

/// Whose change with which number of which notification is to be shown.
type Wanted = (AccountId, i64, NotificationId);

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
        let live = &self.accounts.live;
        let others_hear = self.accounts.fanout.reaches_others();
        let mut wanted: Vec<Wanted> = Vec::new();
        for (account, numbers) in changed {
            if others_hear || live.is_seated(account) {
                let newest = numbers.len().saturating_sub(MOST);
                let numbers = numbers.into_iter().skip(newest);
                wanted.extend(numbers.map(|(number, id)| (account, number, id)));
            }
        }
        for some in wanted.chunks(MANY) {
            match self.items(some.to_vec()).await {
                Ok(items) => {
                    for (account, item) in items {
                        live.emit_to(account, &Audience::All, event::NOTIFICATION, &item);
                    }
                }
                Err(error) => tracing::warn!(%error, "notifications were not shown at once"),
            }
        }
    }

    /// Those notifications whose last change has the number that is wanted: what has changed again since is shown by
    /// that change.
    async fn items(&self, wanted: Vec<Wanted>) -> Result<Vec<(AccountId, ItemOut)>, DbError> {
        let notifications = self.clone();
        let read = self.accounts.db.read(async move |conn: &mut Conn| {
            let ids: Vec<NotificationId> = wanted.iter().map(|(_, _, id)| *id).collect();
            let mut rows = reading::of_ids(conn, &ids).await?;
            let numbers: HashSet<(AccountId, i64)> = wanted
                .into_iter()
                .map(|(account, number, _)| (account, number))
                .collect();
            rows.retain(|(account, row)| numbers.contains(&(*account, row.seq)));
            notifications.told_live_to(conn, rows).await
        });
        read.await
    }
}
