//! What waits, what was given up, and what is done about it.

use hanok_accounts::Fault;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_events::{Backlog, DeadLetter, DeadLetterId, backlog, dead_letters, discard, replay};
use hanok_web::Ctx;
use serde_json::json;

use super::System;

/// How many dead letters a page has.
pub(super) const SHOWN: u32 = 20;
/// The most log levels that are shown.
const MOST_LEVELS: i64 = 200;

/// A log level that an operator set: of which target, which, since when, until when.
pub(super) type SetLevel = (String, String, Timestamp, Option<Timestamp>);

/// How events, jobs and the log stand.
pub(super) struct Standing {
    /// All that waits.
    pub(super) backlog: Backlog,
    /// A page of what was given up, the newest first.
    pub(super) letters: Vec<DeadLetter>,
    /// Where the page after begins.
    pub(super) older: Option<DeadLetterId>,
    /// Levels that count before the configuration.
    pub(super) levels: Vec<SetLevel>,
}

/// What became of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// It was done.
    Done,
    /// It is gone already.
    Gone,
    /// It is no event: nobody could handle it.
    NoEvent,
}

impl System {
    /// How events, jobs and the log stand; dead letters from behind `before` on.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn standing(
        &self,
        now: Timestamp,
        before: Option<DeadLetterId>,
    ) -> Result<Standing, Fault> {
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let backlog = backlog(conn, now).await?;
            let letters = dead_letters(conn, before, SHOWN + 1).await?;
            let levels = levels(conn, now).await?;
            Ok::<_, DbError>((backlog, letters, levels))
        });
        let (backlog, mut letters, levels) = read.await?;
        let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
        let goes_on = letters.len() > shown;
        letters.truncate(shown);
        let last = letters.last().map(|letter| letter.id);
        Ok(Standing {
            backlog,
            older: last.filter(|_| goes_on),
            letters,
            levels,
        })
    }

    /// Puts a dead letter back in line.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn replay_letter(&self, ctx: &Ctx, id: DeadLetterId) -> Result<Moved, Fault> {
        let (accounts, origin, now) = (self.accounts.clone(), Origin::from(ctx), ctx.now);
        let unit = self.accounts.db.write(async move |tx: &mut Tx| {
            let letter = replay(tx, id, now).await?;
            let entry = Entry::new(Action::AdminAction).target("dead_letter", id.uuid());
            let entry = entry.details(json!({ "replayed": letter.item_type }));
            accounts.audit.record(tx, &origin, entry).await?;
            Ok::<_, DbError>(())
        });
        told(unit.await)
    }

    /// Throws a dead letter away.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn discard_letter(&self, ctx: &Ctx, id: DeadLetterId) -> Result<Moved, Fault> {
        let (accounts, origin) = (self.accounts.clone(), Origin::from(ctx));
        let unit = self.accounts.db.write(async move |tx: &mut Tx| {
            let letter = discard(tx, id).await?;
            let entry = Entry::new(Action::AdminAction).target("dead_letter", id.uuid());
            let entry = entry.details(json!({ "discarded": letter.item_type }));
            accounts.audit.record(tx, &origin, entry).await?;
            Ok::<_, DbError>(())
        });
        told(unit.await)
    }
}

fn told(done: Result<(), DbError>) -> Result<Moved, Fault> {
    match done {
        Ok(()) => Ok(Moved::Done),
        Err(DbError::NotFound) => Ok(Moved::Gone),
        Err(DbError::Refused(_)) => Ok(Moved::NoEvent),
        Err(error) => Err(error.into()),
    }
}

async fn levels(conn: &mut Conn, now: Timestamp) -> Result<Vec<SetLevel>, DbError> {
    const SQL: &str = "SELECT target, level, set_at, until_at FROM log_level \
        WHERE until_at IS NULL OR until_at > $1 ORDER BY target LIMIT $2";
    conn.all(SQL, params![now, MOST_LEVELS]).await
}
