//! Notifications as their reader sees them now: title, place and name are read anew each time.

use std::collections::{BTreeSet, HashMap};

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, record};

use crate::change::POST;
use crate::context::Notifications;
use crate::store::NotificationId;
use crate::subject::Described;
use crate::telling::NotificationType;

record! {
    /// A notification and who made it.
    #[derive(Clone, Debug)]
    pub(crate) struct Row from "n" {
        pub(crate) id: NotificationId,
        pub(crate) seq: i64,
        pub(crate) kind: NotificationType = "n.type",
        pub(crate) subject_kind: String,
        pub(crate) subject_id: String,
        pub(crate) anchor: Option<String>,
        pub(crate) updated_at: Timestamp,
        pub(crate) read_at: Option<Timestamp>,
        pub(crate) withdrawn_at: Option<Timestamp>,
        /// The name of the newest of those who made it; nobody's where the account is erased.
        pub(crate) actor: Option<String> = "(SELECT CASE WHEN l.erased_at IS NULL THEN a.name END \
            FROM notification_source s JOIN account a ON a.id = s.actor_id \
            LEFT JOIN account_closing l ON l.account_id = a.id \
            WHERE s.notification_id = n.id ORDER BY s.at DESC, s.source DESC LIMIT 1)",
        /// How many people made it.
        pub(crate) actors: i64 = "(SELECT COUNT(DISTINCT s.actor_id) FROM notification_source s \
            WHERE s.notification_id = n.id)",
    }
}

/// A notification that its reader may see.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) row: Row,
    /// What it is about, as it is called now.
    pub(crate) title: String,
    /// Where it leads, to the very place within the subject.
    pub(crate) path: String,
}

impl Shown {
    /// The number of the post that it is about.
    pub(crate) fn post(&self) -> Option<i64> {
        let is_post = self.row.subject_kind == POST;
        is_post.then(|| self.row.subject_id.parse().ok()).flatten()
    }

    /// The number of the comment that it leads to.
    pub(crate) fn comment(&self) -> Option<i64> {
        let anchor = self.row.anchor.as_deref()?;
        anchor.strip_prefix("comment-")?.parse().ok()
    }

    /// How many people made it beside the one who is named.
    pub(crate) fn others(&self) -> i64 {
        (self.row.actors - 1).max(0)
    }
}

/// Of notifications what their reader may see, and which they may not.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// In the order in which they were given.
    pub(crate) shown: Vec<Shown>,
    /// What is not there for them any more.
    pub(crate) unseen: Vec<Row>,
}

impl Notifications {
    /// What `viewer` may see of these now: two statements at most for each kind of subject among them.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn see(
        &self,
        conn: &mut Conn,
        viewer: AccountId,
        rows: Vec<Row>,
    ) -> Result<Seen, DbError> {
        let described = self.describe(conn, viewer, &rows).await?;
        let mut seen = Seen::default();
        for row in rows {
            let of_kind = described.get(&row.subject_kind);
            match of_kind.and_then(|known| known.get(&row.subject_id)) {
                Some(subject) => {
                    seen.shown.push(Shown {
                        title: subject.title.clone(),
                        path: self.path(&row, subject),
                        row,
                    });
                }
                None => seen.unseen.push(row),
            }
        }
        Ok(seen)
    }

    /// Where a notification leads, to the very place within what it is about.
    fn path(&self, row: &Row, subject: &Described) -> String {
        match (&row.anchor, self.known.of(&row.subject_kind)) {
            (Some(anchor), Some(subjects)) => subjects.place(&subject.path, anchor),
            _ => subject.path.clone(),
        }
    }

    /// The subjects of these by kind and id, as far as `viewer` may see them.
    async fn describe(
        &self,
        conn: &mut Conn,
        viewer: AccountId,
        rows: &[Row],
    ) -> Result<HashMap<String, HashMap<String, Described>>, DbError> {
        let kinds: BTreeSet<&str> = rows.iter().map(|row| row.subject_kind.as_str()).collect();
        let mut described = HashMap::new();
        for kind in kinds {
            let Some(subjects) = self.known.of(kind) else {
                continue;
            };
            let of_kind = rows.iter().filter(|row| row.subject_kind == kind);
            let ids: BTreeSet<String> = of_kind.map(|row| row.subject_id.clone()).collect();
            let ids: Vec<String> = ids.into_iter().collect();
            let known = subjects.describe(conn, viewer, &ids).await?;
            described.insert(kind.to_owned(), known);
        }
        Ok(described)
    }
}
