//! What a socket is greeted with and what it has missed, by a person's numbers.

use futures_util::future::BoxFuture;
use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError};
use hanok_web::error::Error;
use hanok_web::live::Notices;
use hanok_web::live::event::{Missed, Ready};
use serde_json::Value;

use crate::context::Notifications;
use crate::item::ItemOut;
use crate::reading::{self, Counter};

/// The most that is told at once; where more was missed, the list is read again.
const MOST: usize = 200;

/// What the socket asks of notifications.
pub(crate) struct OverSocket(pub(crate) Notifications);

impl Notices for OverSocket {
    fn ready(&self, account: AccountId) -> BoxFuture<'_, Result<Ready, Error>> {
        Box::pin(async move {
            let read = async move |conn: &mut Conn| reading::counter(conn, account).await;
            let counter = self.0.accounts.db.read::<_, DbError, _>(read).await?;
            Ok(counter.ready())
        })
    }

    fn missed(&self, account: AccountId, after: u64) -> BoxFuture<'_, Result<Missed, Error>> {
        Box::pin(async move {
            let notifications = self.0.clone();
            let read = async move |conn: &mut Conn| notifications.since(conn, account, after).await;
            let since = self.0.accounts.db.read::<_, DbError, _>(read).await?;
            match since {
                Since::TooMuch { unread } => Ok(Missed::Reset { unread }),
                Since::Items { items, upto } => {
                    let items: Result<Vec<Value>, _> =
                        items.iter().map(serde_json::to_value).collect();
                    Ok(Missed::Since {
                        items: items.map_err(Error::internal)?,
                        upto,
                        more: false,
                    })
                }
            }
        })
    }
}

/// What changed since a number.
enum Since {
    Items { items: Vec<ItemOut>, upto: u64 },
    TooMuch { unread: u64 },
}

impl Notifications {
    async fn since(
        &self,
        conn: &mut Conn,
        account: AccountId,
        after: u64,
    ) -> Result<Since, DbError> {
        let (counter, rows) = reading::since(conn, account, after, MOST + 1).await?;
        let Ready { unread, seq: upto } = counter.ready();
        if !counter.reaches(after) || rows.len() > MOST {
            return Ok(Since::TooMuch { unread });
        }
        let items = self.told_live(conn, account, &counter, rows).await?;
        Ok(Since::Items { items, upto })
    }
}

impl Counter {
    /// As the socket tells it.
    fn ready(&self) -> Ready {
        Ready {
            unread: u64::try_from(self.unread).unwrap_or_default(),
            seq: u64::try_from(self.seq).unwrap_or_default(),
        }
    }

    /// Whether all that came after a number is still there, and the number is not ahead of what there is.
    fn reaches(&self, after: u64) -> bool {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        (self.forgotten..=self.seq).contains(&after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_reached_between_what_is_forgotten_and_what_there_is() {
        let counter = Counter {
            seq: 9,
            forgotten: 4,
            ..Counter::default()
        };
        let reached = |after| counter.reaches(after);
        assert!(reached(4) && reached(9));
        assert!(!reached(3) && !reached(10) && !reached(u64::MAX));
        assert!(Counter::default().reaches(0));
    }
}
