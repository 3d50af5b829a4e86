//! `hanok events list`.

use hanok_accounts::command::{Failure, Opened};
use hanok_base::{Timestamp, terminal};
use hanok_db::{Conn, DbError};
use hanok_events::{DeadLetter, Waiting, waiting};
use serde_json::{Map, json};

use super::letters;

/// What a list is to show.
pub(super) struct Wanted {
    /// What waits.
    pub(super) waiting: bool,
    /// Of it only what has failed.
    pub(super) failing: bool,
    /// Dead letters.
    pub(super) letters: bool,
    /// At most so many of either.
    pub(super) limit: u32,
}

impl Wanted {
    pub(super) async fn list(&self, opened: &Opened, json: bool) -> Result<(), Failure> {
        let health = opened.engine.health().await?;
        let waiting = self.waiting(opened).await?;
        let found = self.letters(opened).await?;
        if json {
            let mut all = Map::new();
            all.insert("backlog".to_owned(), json!(health.backlog));
            all.insert("lag_seconds".to_owned(), json!(health.lag_seconds));
            all.extend(waiting.map(|it| ("waiting".to_owned(), json!(it))));
            all.extend(found.map(|it| ("dead_letters".to_owned(), json!(it))));
            terminal::json(&all);
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
        show_waiting(&waiting.unwrap_or_default());
        show_letters(&found.unwrap_or_default());
        Ok(())
    }

    async fn waiting(&self, opened: &Opened) -> Result<Option<Vec<Waiting>>, DbError> {
        if !self.waiting {
            return Ok(None);
        }
        let (failing, limit) = (self.failing, self.limit);
        let look = async move |conn: &mut Conn| waiting(conn, failing, limit).await;
        opened.accounts.db.report(look).await.map(Some)
    }

    async fn letters(&self, opened: &Opened) -> Result<Option<Vec<DeadLetter>>, DbError> {
        if !self.letters {
            return Ok(None);
        }
        letters(opened, None, self.limit).await.map(Some)
    }
}

fn show_waiting(found: &[Waiting]) {
    let row = |it: &Waiting| {
        [
            it.item.to_string(),
            it.id.to_string(),
            it.kind.clone(),
            it.consumer.clone().unwrap_or_default(),
            it.key.clone(),
            it.tries.to_string(),
            moment(it.next_at),
            moment(it.since),
            it.last_error.clone().unwrap_or_default(),
        ]
    };
    if !found.is_empty() {
        terminal::table(
            [
                "waits as",
                "id",
                "kind",
                "for",
                "key",
                "tries",
                "next try",
                "since",
                "last error",
            ],
            &found.iter().map(row).collect::<Vec<_>>(),
        );
    }
}

fn show_letters(found: &[DeadLetter]) {
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
            moment(*failed_at),
            item_type.clone(),
            consumer.clone(),
            item_key.clone(),
            attempts.to_string(),
            error.clone(),
        ]
    };
    if !found.is_empty() {
        terminal::table(
            [
                "dead letter",
                "given up",
                "type",
                "by",
                "key",
                "tries",
                "error",
            ],
            &found.iter().map(row).collect::<Vec<_>>(),
        );
    }
}

/// To the second: what is waited for is no matter of microseconds.
fn moment(at: Timestamp) -> String {
    Timestamp::from_seconds(at.micros().div_euclid(1_000_000)).to_rfc3339()
}
