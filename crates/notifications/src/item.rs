//! A notification as the socket and the interface tell it.

use std::collections::BTreeSet;

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::Notifications;
use crate::reading::{self, Counter};
use crate::shown::{Row, Shown};
use crate::store::NotificationId;
use crate::telling::NotificationType;

/// A notification.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemOut {
    /// Its id.
    #[schema(value_type = String)]
    id: NotificationId,
    /// My number of its last change; a later change has a higher one.
    seq: i64,
    /// `comment`, `reply`, `mention`, `recommend`, `must_read`, `moderation`, `identity_request`, `sign_in` or `account`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: NotificationType,
    /// The post's number, where it is about a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<i64>,
    /// The post's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    post_title: Option<String>,
    /// What it is about, as it is called now.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The number of the comment that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<i64>,
    /// The name of the newest of those who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    commenter: Option<String>,
    /// How many people made it beside that one.
    others: i64,
    /// What its person signs in with.
    receiver: String,
    /// When the newest of what it tells happened, in the organisation's time zone.
    #[schema(format = DateTime)]
    timestamp: String,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Whether I have read it.
    read: bool,
    /// That there is nothing to be told any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    withdrawn: bool,
    /// That I want it quiet now: it is listed and counted, and nothing pops up. Over the socket alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    quiet: bool,
    /// How many I have not read, where it is sent over the socket.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<i64>,
}

impl Notifications {
    /// These of a person's notifications as the socket tells them, with how many they have not read, and whether they
    /// want it quiet now.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn told_live(
        &self,
        conn: &mut Conn,
        account: AccountId,
        counter: &Counter,
        rows: Vec<Row>,
    ) -> Result<Vec<ItemOut>, DbError> {
        let mut items = self.told(conn, account, &counter.username, rows).await?;
        for item in &mut items {
            self.make_live(item, counter);
        }
        Ok(items)
    }

    /// The same for several people at once; of each their own in the order of their numbers.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn told_live_to(
        &self,
        conn: &mut Conn,
        rows: Vec<(AccountId, Row)>,
    ) -> Result<Vec<(AccountId, ItemOut)>, DbError> {
        let people: BTreeSet<AccountId> = rows.iter().map(|(account, _)| *account).collect();
        let people: Vec<AccountId> = people.into_iter().collect();
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let counters = reading::counters(conn, &people).await?;
        let (gone, there): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, row)| is_gone(row));
        let shown = self.see_each(conn, there).await?;
        let shown = shown.into_iter().filter_map(|(account, one)| {
            let counter = counters.get(&account)?;
            Some((account, counter, self.item(&counter.username, one)))
        });
        let gone = gone.into_iter().filter_map(|(account, row)| {
            let counter = counters.get(&account)?;
            Some((account, counter, self.bare(&counter.username, &row)))
        });
        let mut items: Vec<(AccountId, ItemOut)> = shown
            .chain(gone)
            .map(|(account, counter, mut item)| {
                self.make_live(&mut item, counter);
                (account, item)
            })
            .collect();
        items.sort_unstable_by_key(|(account, item)| (*account, item.seq));
        Ok(items)
    }

    /// Adds what the socket alone tells.
    fn make_live(&self, item: &mut ItemOut, counter: &Counter) {
        let (now, organisation) = (self.accounts.clock.now(), self.accounts.organisation.get());
        let quiet = counter.quiet();
        item.quiet = quiet.is_some_and(|quiet| quiet.hold_at(now, &organisation.zone));
        item.unread = Some(counter.unread);
    }

    /// These of a person's notifications as they are told: what is withdrawn bare, what they may not see not at all.
    ///
    /// # Errors
    /// The store's.
    async fn told(
        &self,
        conn: &mut Conn,
        account: AccountId,
        receiver: &str,
        rows: Vec<Row>,
    ) -> Result<Vec<ItemOut>, DbError> {
        let (gone, there): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_gone);
        let seen = self.see(conn, account, there).await?;
        let shown = seen.shown.into_iter();
        let mut items: Vec<ItemOut> = shown.map(|one| self.item(receiver, one)).collect();
        items.extend(gone.iter().map(|row| self.bare(receiver, row)));
        items.sort_unstable_by_key(|item| item.seq);
        Ok(items)
    }

    /// A notification of this person as it is told.
    pub(crate) fn item(&self, receiver: &str, shown: Shown) -> ItemOut {
        let (post_id, comment_id, others) = (shown.post(), shown.comment(), shown.others());
        let bare = self.bare(receiver, &shown.row);
        ItemOut {
            post_id,
            post_title: post_id.map(|_| shown.title.clone()),
            title: Some(shown.title),
            comment_id,
            commenter: shown.row.actor,
            others,
            path: Some(shown.path),
            ..bare
        }
    }

    /// What is told of one that there is nothing to be told of any more.
    pub(crate) fn bare(&self, receiver: &str, row: &Row) -> ItemOut {
        let zone = &self.accounts.organisation.get().zone;
        ItemOut {
            id: row.id,
            seq: row.seq,
            kind: row.kind,
            post_id: None,
            post_title: None,
            title: None,
            comment_id: None,
            commenter: None,
            others: 0,
            receiver: receiver.to_owned(),
            timestamp: row.updated_at.to_rfc3339_in(zone),
            path: None,
            read: row.read_at.is_some(),
            withdrawn: row.withdrawn_at.is_some(),
            quiet: false,
            unread: None,
        }
    }
}

const fn is_gone(row: &Row) -> bool {
    row.withdrawn_at.is_some()
}
