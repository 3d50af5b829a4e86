//! How events flow: what waits on which topic, how each handler stands, and what is done about all that was given up.

use std::collections::BTreeMap;

use hanok_accounts::Fault;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::{
    Backlog, ConsumerState, DeadLetter, DeadLetterId, Discarded, Source, backlog, consumer_states,
    dead_letters, discard_seen,
};
use hanok_web::Ctx;
use serde_json::{Value, json};

use super::System;
use super::letters::{Moved, SHOWN};

/// The most dead letters that are put back in line at one press, each in a unit of its own.
const MOST_REPLAYED: u64 = 500;
/// How many are looked at at once.
const LOOKED_AT: u32 = 100;

/// How events flow.
pub(super) struct Flow {
    /// All that waits.
    pub(super) backlog: Backlog,
    /// How each handler stands.
    pub(super) consumers: Vec<ConsumerState>,
    /// A page of what was given up, the newest first.
    pub(super) letters: Vec<DeadLetter>,
    /// Where the page after begins.
    pub(super) older: Option<DeadLetterId>,
}

impl System {
    /// How events flow; dead letters from behind `before` on. Four statements.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn flow(
        &self,
        now: Timestamp,
        before: Option<DeadLetterId>,
    ) -> Result<Flow, Fault> {
        let read = self.accounts.db.report(async move |conn: &mut Conn| {
            let backlog = backlog(conn, now).await?;
            let consumers = consumer_states(conn).await?;
            let letters = dead_letters(conn, before, SHOWN + 1).await?;
            Ok::<_, DbError>((backlog, consumers, letters))
        });
        let (backlog, consumers, mut letters) = read.await?;
        let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
        let goes_on = letters.len() > shown;
        letters.truncate(shown);
        let last = letters.last().map(|letter| letter.id);
        Ok(Flow {
            backlog,
            consumers,
            older: last.filter(|_| goes_on),
            letters,
        })
    }

    /// Puts dead letters back in line, the newest first, 500 at most; answers how many. What is no event stays. Those
    /// that come back meanwhile are newer than where this has come.
    ///
    /// # Errors
    /// The store's; what was put back by then stays so.
    pub(super) async fn replay_letters(&self, ctx: &Ctx) -> Result<u64, Fault> {
        let (mut count, mut before) = (0, None);
        loop {
            let read = self.accounts.db.read(async move |conn: &mut Conn| {
                let letters = dead_letters(conn, before, LOOKED_AT).await?;
                Ok::<_, Fault>(letters)
            });
            let found = read.await?;
            let Some(last) = found.last() else {
                return Ok(count);
            };
            before = Some(last.id);
            for letter in found.iter().filter(|it| it.source != Source::Kafka) {
                if count == MOST_REPLAYED {
                    return Ok(count);
                }
                let moved = self.replay_letter(ctx, letter.id).await?;
                count += u64::from(moved == Moved::Done);
            }
        }
    }

    /// Throws the oldest 1,000 dead letters of a source away, none of them newer than the newest that was seen; answers
    /// how many there were.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn discard_letters(
        &self,
        ctx: &Ctx,
        source: Source,
        newest: DeadLetterId,
    ) -> Result<usize, Fault> {
        let (accounts, origin) = (self.accounts.clone(), Origin::from(ctx));
        let unit = self.accounts.db.write(async move |tx: &mut Tx| {
            let gone = discard_seen(tx, source, newest).await?;
            if !gone.is_empty() {
                let entry = Entry::new(Action::AdminAction).details(told(source, &gone));
                accounts.audit.record(tx, &origin, entry).await?;
            }
            Ok::<_, Fault>(gone.len())
        });
        unit.await
    }
}

/// What the trail keeps of letters that were thrown away at once: how many of which topic, or of which kind of job, from
/// which to which.
fn told(source: Source, gone: &[Discarded]) -> Value {
    let mut of: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, topic, kind) in gone {
        let name: &str = match topic {
            Some(topic) => topic.as_str(),
            None => kind,
        };
        *of.entry(name).or_default() += 1;
    }
    let id = |letter: Option<&Discarded>| letter.map(|(id, ..)| *id);
    json!({
        "discarded_of": source,
        "count": gone.len(),
        "of": of,
        "first": id(gone.first()),
        "last": id(gone.last()),
    })
}
