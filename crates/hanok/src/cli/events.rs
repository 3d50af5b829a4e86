//! `hanok events`.

use clap::Subcommand;
use hanok::Program;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_db::{Conn, DbError, Tx};
use hanok_events::{DeadLetter, DeadLetterId, dead_letters, replay};
use serde_json::json;

use super::failure::Failure;
use super::given::{Given, ctx};
use super::say;

/// What waits, and what was given up
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  hanok events list
  hanok events list --json | jq -r '.dead_letters[].id'
  hanok events replay 0193a0c5-6f2e-7c5b-b7a1-0c9f4f1d2e3a
  hanok events replay --all")]
pub(super) enum Events {
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
        /// All of them
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

impl Events {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let program = given.open().await?;
        match self {
            Self::List { limit, json } => list(&program, limit, json).await,
            Self::Replay { id: Some(id), .. } => {
                replay_one(&program, id).await?;
                say::line("It is due now; a running server takes it up within a second.");
                Ok(())
            }
            Self::Replay { id: None, .. } => replay_all(&program).await,
        }
    }
}

async fn letters(program: &Program, limit: u32) -> Result<Vec<DeadLetter>, DbError> {
    program
        .db()
        .read(async move |conn: &mut Conn| dead_letters(conn, None, limit).await)
        .await
}

async fn list(program: &Program, limit: u32, json: bool) -> Result<(), Failure> {
    let health = program.engine().health().await?;
    let found = letters(program, limit).await?;
    if json {
        say::json(
            &json!({ "backlog": health.backlog, "lag_seconds": health.lag_seconds, "dead_letters": found }),
        );
        return Ok(());
    }
    let backlog = &health.backlog;
    say::line(format_args!(
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
        say::table(
            ["id", "given up", "type", "by", "key", "tries", "error"],
            &found.iter().map(row).collect::<Vec<_>>(),
        );
    }
    Ok(())
}

async fn replay_all(program: &Program) -> Result<(), Failure> {
    let mut count = 0;
    loop {
        let found = letters(program, 100).await?;
        if found.is_empty() {
            say::line(format_args!("{count} dead letters are due now."));
            return Ok(());
        }
        for letter in found {
            replay_one(program, letter.id).await?;
            count += 1;
        }
    }
}

async fn replay_one(program: &Program, id: DeadLetterId) -> Result<(), Failure> {
    let ctx = ctx(program, "events replay");
    let audit = program.accounts().audit.clone();
    let done = program.db().write(async move |tx: &mut Tx| {
        let letter = replay(tx, id, ctx.now).await?;
        let entry = Entry::new(Action::AdminAction).target("dead_letter", id.uuid());
        let entry = entry.details(json!({ "replayed": letter.item_type }));
        audit.record(tx, &Origin::from(&ctx), entry).await
    });
    match done.await {
        Ok(_) => Ok(()),
        Err(DbError::NotFound) => Err(Failure::failed(format!(
            "there is no dead letter {id}: `hanok events list` shows them"
        ))),
        Err(error) => Err(error.into()),
    }
}
