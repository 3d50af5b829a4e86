//! Notifications as their reader sees them now: title, place and name are read anew each time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
                Some(subject) => seen.shown.push(self.shown(row, subject)),
                None => seen.unseen.push(row),
            }
        }
        Ok(seen)
    }

    /// What each of these readers may see now of what is theirs: what several of them have in common is asked about
    /// once.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn see_each(
        &self,
        conn: &mut Conn,
        rows: Vec<(AccountId, Row)>,
    ) -> Result<Vec<(AccountId, Shown)>, DbError> {
        let mut of_subjects: BTreeMap<_, Vec<(AccountId, Row)>> = BTreeMap::new();
        for (viewer, row) in rows {
            let subject = (row.subject_kind.clone(), row.subject_id.clone());
            of_subjects.entry(subject).or_default().push((viewer, row));
        }
        let mut shown = Vec::new();
        let mut apart: BTreeMap<AccountId, Vec<Row>> = BTreeMap::new();
        for ((kind, id), rows) in of_subjects {
            let viewers: BTreeSet<AccountId> = rows.iter().map(|(viewer, _)| *viewer).collect();
            if viewers.len() == 1 {
                for (viewer, row) in rows {
                    apart.entry(viewer).or_default().push(row);
                }
            } else if let Some(subjects) = self.known.of(&kind) {
                let viewers: Vec<AccountId> = viewers.into_iter().collect();
                let described = subjects.describe_to(conn, &id, &viewers).await?;
                let seen = rows.into_iter().filter_map(|(viewer, row)| {
                    Some((viewer, self.shown(row, described.get(&viewer)?)))
                });
                shown.extend(seen);
            }
        }
        for (viewer, rows) in apart {
            let seen = self.see(conn, viewer, rows).await?;
            shown.extend(seen.shown.into_iter().map(|one| (viewer, one)));
        }
        Ok(shown)
    }

    fn shown(&self, row: Row, subject: &Described) -> Shown {
        Shown {
            title: subject.title.clone(),
            path: self.path(&row, subject),
            row,
        }
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
