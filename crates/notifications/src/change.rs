//! What a unit changes of people's notifications: collected first, then written in one go, with the counters taken
//! last and by ascending account, so that no two units wait for each other.

use std::collections::BTreeMap;

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_events::Event;

use crate::context::Notifications;
use crate::event::{About, Told, Withdrawn};
use crate::held::Held;
use crate::live::Numbers;
use crate::store::{self, NewRow, Newest, NotificationId, Receiver, SourceRow};
use crate::subject::Subject;
use crate::telling::{NotificationType, Telling};

/// The kind of subjects whose ids are posts' numbers.
pub(crate) const POST: &str = "post";

/// A change of one notification.
pub(crate) struct Change {
    pub(crate) id: NotificationId,
    pub(crate) account: AccountId,
    pub(crate) username: String,
    pub(crate) kind: NotificationType,
    pub(crate) subject_kind: String,
    pub(crate) subject_id: String,
    pub(crate) what: What,
}

/// What happens to it.
pub(crate) enum What {
    /// It is told for the first time.
    New(Subject, Part),
    /// It grows by a part; the newest of it all from now on.
    Grown(Part, Newest),
    /// It lost a part; the newest of what is left.
    Shrunk(Newest),
    /// There is nothing to be told any more.
    Withdrawn,
}

/// What makes a notification, or is part of it.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) source: String,
    pub(crate) actor: Option<AccountId>,
    pub(crate) anchor: Option<String>,
    pub(crate) at: Timestamp,
}

impl Change {
    /// A notification that was not there before.
    pub(crate) fn new(
        id: NotificationId,
        receiver: Receiver,
        kind: NotificationType,
        subject: Subject,
        part: Part,
    ) -> Self {
        Self {
            id,
            account: receiver.id,
            username: receiver.username,
            kind,
            subject_kind: subject.kind.to_owned(),
            subject_id: subject.id.clone(),
            what: What::New(subject, part),
        }
    }

    /// Something that happens to one that is there.
    pub(crate) fn of(held: Held, what: What) -> Self {
        Self {
            id: held.id,
            account: held.account,
            username: held.username,
            kind: held.kind,
            subject_kind: held.subject_kind,
            subject_id: held.subject_id,
            what,
        }
    }

    /// Whether it is by this source, in this type.
    pub(crate) fn tells(&self, telling: &Telling<'_>) -> bool {
        match &self.what {
            What::New(_, part) | What::Grown(part, _) => {
                self.kind == telling.kind && part.source == telling.source
            }
            What::Shrunk(_) | What::Withdrawn => false,
        }
    }

    /// By how many unread ones its person has more.
    const fn unread(&self) -> i64 {
        match self.what {
            What::New(..) => 1,
            What::Grown(..) | What::Shrunk(_) => 0,
            What::Withdrawn => -1,
        }
    }

    /// Whether there is more to be told than before.
    pub(crate) const fn tells_more(&self) -> bool {
        matches!(self.what, What::New(..) | What::Grown(..))
    }

    /// Whether the change leaves nothing.
    const fn withdraws(&self) -> bool {
        matches!(self.what, What::Withdrawn)
    }
}

impl Notifications {
    /// Writes changes with their numbers and their events, and has them shown once the unit has committed. The last
    /// thing that a unit does.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn write(&self, tx: &mut Tx, changes: Vec<Change>) -> Result<(), DbError> {
        let numbered = number(tx, changes).await?;
        let now = self.accounts.clock.now();
        keep_new(tx, &numbered).await?;
        for (change, seq) in &numbered {
            match &change.what {
                What::New(..) => {}
                What::Grown(_, newest) | What::Shrunk(newest) => {
                    store::renew(tx, change.id, *seq, newest).await?;
                }
                What::Withdrawn => store::withdraw(tx, change.id, *seq, now).await?,
            }
        }
        self.ask_for_letters(tx, &numbered, now).await?;
        let mut shown = Numbers::new();
        for (change, seq) in &numbered {
            self.publish(tx, change, *seq, now).await?;
            shown
                .entry(change.account)
                .or_default()
                .push((*seq, change.id));
        }
        if !shown.is_empty() {
            self.show(tx, shown);
        }
        Ok(())
    }

    async fn publish(
        &self,
        tx: &mut Tx,
        change: &Change,
        seq: i64,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let at = match &change.what {
            What::New(_, part) => part.at,
            What::Grown(_, newest) | What::Shrunk(newest) => newest.at,
            What::Withdrawn => now,
        };
        let post = (change.subject_kind == POST).then(|| change.subject_id.parse().ok());
        let about = About {
            id: change.id,
            seq,
            kind: change.kind,
            post_id: post.flatten(),
            receiver: change.username.clone(),
            timestamp: at.to_rfc3339_in(&self.accounts.organisation.get().zone),
            account: change.account,
        };
        if change.withdraws() {
            self.send(tx, &Withdrawn(about)).await
        } else {
            self.send(tx, &Told(about)).await
        }
    }

    async fn send<E: Event>(&self, tx: &mut Tx, event: &E) -> Result<(), DbError> {
        self.accounts.outbox.publish(tx, event).await.map(|_| ())
    }
}

/// Gives each change its person's next number.
async fn number(tx: &mut Tx, changes: Vec<Change>) -> Result<Vec<(Change, i64)>, DbError> {
    let mut of_accounts: BTreeMap<AccountId, Vec<Change>> = BTreeMap::new();
    for change in changes {
        of_accounts.entry(change.account).or_default().push(change);
    }
    let mut numbered = Vec::new();
    for (account, changes) in of_accounts {
        let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let unread = changes.iter().map(Change::unread).sum();
        let (last, _) = store::take_numbers(tx, account, count, unread).await?;
        numbered.extend(changes.into_iter().zip(last - count + 1..));
    }
    Ok(numbered)
}

/// Keeps what is new, and every part that came.
async fn keep_new(tx: &mut Tx, numbered: &[(Change, i64)]) -> Result<(), DbError> {
    let mut rows = Vec::new();
    let mut parts = Vec::new();
    for (change, seq) in numbered {
        let part = match &change.what {
            What::New(subject, part) => {
                rows.push(NewRow {
                    id: change.id,
                    account: change.account,
                    seq: *seq,
                    kind: change.kind,
                    subject,
                    anchor: part.anchor.as_deref(),
                    at: part.at,
                });
                part
            }
            What::Grown(part, _) => part,
            What::Shrunk(_) | What::Withdrawn => continue,
        };
        parts.push(SourceRow {
            notification: change.id,
            account: change.account,
            kind: change.kind,
            source: &part.source,
            actor: part.actor,
            anchor: part.anchor.as_deref(),
            at: part.at,
            seq: *seq,
        });
    }
    store::insert(tx, &rows).await?;
    store::insert_sources(tx, &parts).await
}
