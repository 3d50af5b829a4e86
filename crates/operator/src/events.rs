//! `hanok events`.

mod list;

use clap::Parser;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::command::{Failure, Host, Opened, Run};
use hanok_base::terminal;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::{
    DeadLetter, DeadLetterId, Source, count_of, dead_letters, discard, discard_of, replay,
};
use serde_json::json;

use list::Wanted;

/// What waits, and what was given up
#[derive(Parser)]
#[command(
    name = "events",
    after_help = "\
Examples:
  hanok events list
  hanok events list --failing                   what is tried again, and why
  hanok events list --json | jq -r '.dead_letters[].id'
  hanok events replay 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a
  hanok events replay --all
  hanok events discard 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a
  hanok events discard --all --source kafka --yes"
)]
pub(crate) enum Events {
    /// List what waits and what fails, the oldest first, and the newest dead letters
    List {
        /// At most so many of either
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Of what waits only what has failed and is tried again; no dead letters
        #[arg(long, conflicts_with = "dead")]
        failing: bool,
        /// Only dead letters
        #[arg(long)]
        dead: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Put dead letters back in line, with all their tries before them
    Replay {
        /// The dead letter
        #[arg(required_unless_present = "all")]
        id: Option<DeadLetterId>,
        /// All of them but what is no event
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Throw dead letters away
    Discard {
        /// The dead letter
        #[arg(required_unless_present = "all")]
        id: Option<DeadLetterId>,
        /// All of one source
        #[arg(long, conflicts_with = "id", requires = "source")]
        all: bool,
        /// event, job, or kafka for messages that are no events
        #[arg(long, requires = "all")]
        source: Option<Source>,
        /// They cannot be had back: yes
        #[arg(long, requires = "all")]
        yes: bool,
    },
}

impl Run for Events {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let opened = host.open().await?;
        match self {
            Self::List {
                limit,
                failing,
                dead,
                json,
            } => {
                let wanted = Wanted {
                    waiting: !dead,
                    letters: !failing,
                    failing,
                    limit,
                };
                wanted.list(&opened, json).await
            }
            Self::Replay { id: Some(id), .. } => {
                replay_one(&opened, id).await?;
                terminal::line("It is due now; a running server takes it up within a second.");
                Ok(())
            }
            Self::Replay { id: None, .. } => replay_all(&opened).await,
            Self::Discard { id: Some(id), .. } => discard_one(&opened, id).await,
            Self::Discard { source, yes, .. } => match source {
                Some(source) => discard_all(&opened, source, yes).await,
                None => Err(Failure::wrong("name the --source")),
            },
        }
    }
}

async fn letters(
    opened: &Opened,
    before: Option<DeadLetterId>,
    limit: u32,
) -> Result<Vec<DeadLetter>, DbError> {
    opened
        .accounts
        .db
        .read(async move |conn: &mut Conn| dead_letters(conn, before, limit).await)
        .await
}

/// Those that come back meanwhile are newer than where this has come.
async fn replay_all(opened: &Opened) -> Result<(), Failure> {
    let (mut count, mut left, mut before) = (0, 0, None);
    loop {
        let found = letters(opened, before, 100).await?;
        let Some(last) = found.last() else {
            break;
        };
        before = Some(last.id);
        for letter in found {
            if letter.source == Source::Kafka {
                left += 1;
            } else {
                replay_one(opened, letter.id).await?;
                count += 1;
            }
        }
    }
    terminal::line(format_args!("{count} dead letters are due now."));
    if left > 0 {
        terminal::line(format_args!(
            "{left} are left: messages that are no events. `hanok events discard --all --source kafka --yes` throws them away."
        ));
    }
    Ok(())
}

async fn replay_one(opened: &Opened, id: DeadLetterId) -> Result<(), Failure> {
    let ctx = opened.ctx("events replay");
    let audit = opened.accounts.audit.clone();
    let done = opened.accounts.db.write(async move |tx: &mut Tx| {
        let letter = replay(tx, id, ctx.now).await?;
        let entry = Entry::new(Action::AdminAction).target("dead_letter", id.uuid());
        let entry = entry.details(json!({ "replayed": letter.item_type }));
        audit.record(tx, &Origin::from(&ctx), entry).await
    });
    told(id, done.await.map(|_| ()))
}

async fn discard_one(opened: &Opened, id: DeadLetterId) -> Result<(), Failure> {
    let ctx = opened.ctx("events discard");
    let audit = opened.accounts.audit.clone();
    let done = opened.accounts.db.write(async move |tx: &mut Tx| {
        let letter = discard(tx, id).await?;
        let entry = Entry::new(Action::AdminAction).target("dead_letter", id.uuid());
        let entry = entry.details(json!({ "discarded": letter.item_type }));
        audit.record(tx, &Origin::from(&ctx), entry).await
    });
    told(id, done.await.map(|_| ()))?;
    terminal::line("It is gone.");
    Ok(())
}

/// Throws all of one source away, a thousand in a unit.
async fn discard_all(opened: &Opened, source: Source, yes: bool) -> Result<(), Failure> {
    let db = &opened.accounts.db;
    if !yes {
        let count = async move |conn: &mut Conn| count_of(conn, source).await;
        let count = db.report::<_, DbError, _>(count).await?;
        return Err(Failure::wrong(format!(
            "this throws {count} dead letters away for good: say --yes to do it"
        )));
    }
    let mut gone = 0;
    loop {
        let (audit, ctx) = (opened.accounts.audit.clone(), opened.ctx("events discard"));
        let unit = async move |tx: &mut Tx| {
            let count = discard_of(tx, source).await?;
            if count > 0 {
                let details = json!({ "discarded_of": source, "count": count });
                let entry = Entry::new(Action::AdminAction).details(details);
                audit.record(tx, &Origin::from(&ctx), entry).await?;
            }
            Ok(count)
        };
        let count: u64 = db.write::<_, DbError, _>(unit).await?;
        if count == 0 {
            break;
        }
        gone += count;
    }
    terminal::line(format_args!("{gone} dead letters are gone."));
    Ok(())
}

fn told(id: DeadLetterId, done: Result<(), DbError>) -> Result<(), Failure> {
    match done {
        Ok(()) => Ok(()),
        Err(DbError::NotFound) => Err(Failure::failed(format!(
            "there is no dead letter {id}: `hanok events list` shows them"
        ))),
        Err(DbError::Refused(reason)) => Err(Failure::failed(format!(
            "{reason}; `hanok events discard {id}` throws it away"
        ))),
        Err(error) => Err(error.into()),
    }
}
