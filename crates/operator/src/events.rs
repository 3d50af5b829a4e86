//! `hanok events`.

use clap::Parser;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::command::{Failure, Host, Opened, Run};
use hanok_base::terminal;
use hanok_db::{Conn, DbError, Tx};
use hanok_events::{DeadLetter, DeadLetterId, Source, dead_letters, discard, replay};
use serde_json::json;

/// What waits, and what was given up
#[derive(Parser)]
#[command(
    name = "events",
    after_help = "\
Examples:
  hanok events list
  hanok events list --json | jq -r '.dead_letters[].id'
  hanok events replay 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a
  hanok events replay --all
  hanok events discard 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a"
)]
pub(crate) enum Events {
    /// List the newest dead letters, and how much waits
    List {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
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
    /// Throw a dead letter away
    Discard {
        /// The dead letter
        id: DeadLetterId,
    },
}

impl Run for Events {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let opened = host.open().await?;
        match self {
            Self::List { limit, json } => list(&opened, limit, json).await,
            Self::Replay { id: Some(id), .. } => {
                replay_one(&opened, id).await?;
                terminal::line("It is due now; a running server takes it up within a second.");
                Ok(())
            }
            Self::Replay { id: None, .. } => replay_all(&opened).await,
            Self::Discard { id } => discard_one(&opened, id).await,
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

async fn list(opened: &Opened, limit: u32, json: bool) -> Result<(), Failure> {
    let health = opened.engine.health().await?;
    let found = letters(opened, None, limit).await?;
    if json {
        terminal::json(
            &json!({ "backlog": health.backlog, "lag_seconds": health.lag_seconds, "dead_letters": found }),
        );
        return Ok(());
    }
    let backlog = &health.backlog;
    terminal::line(format_args!(
        "{} events and {} jobs wait, {} jobs are for later, {} events are set aside, {} dead letters.",
        backlog.waiting(),
        backlog.jobs_due,
        backlog.jobs_later,
        backlog.retries,
        backlog.dead_letters
    ));
    let row = |letter: &DeadLetter| {
        let DeadLetter {
            id,
            item_type,
            consumer,
            item_key,
            attempts,
            error,
            failed_at,
            ..
        } = letter;
        [
            id.to_string(),
            failed_at.to_rfc3339(),
            item_type.clone(),
            consumer.clone(),
            item_key.clone(),
            attempts.to_string(),
            error.clone(),
        ]
    };
    if !found.is_empty() {
        terminal::table(
            ["id", "given up", "type", "by", "key", "tries", "error"],
            &found.iter().map(row).collect::<Vec<_>>(),
        );
    }
    Ok(())
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
            "{left} are left: messages that are no events. `hanok events discard` throws one away."
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
