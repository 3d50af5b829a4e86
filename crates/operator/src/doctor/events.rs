//! What waits to be told, and what was given up.

use std::time::Duration;

use hanok_base::Timestamp;
use hanok_db::{Conn, Db};
use hanok_events::{Backlog, backlog};

use super::finding::Finding;

pub(super) const CHECK: &str = "events";

/// A running server hands an event on within a second.
const LATE: Duration = Duration::from_mins(1);

/// Looks at outbox, jobs and dead letters.
pub(super) async fn look(db: &Db, now: Timestamp) -> Finding {
    let counted = db.report(async move |conn: &mut Conn| backlog(conn, now).await);
    match counted.await {
        Ok(backlog) => judge(&backlog, now),
        Err(error) => Finding::failed(CHECK, error, "see the finding of the store"),
    }
}

fn judge(backlog: &Backlog, now: Timestamp) -> Finding {
    let found = format!(
        "{} events and {} jobs wait, {} dead letters",
        backlog.waiting(),
        backlog.jobs_due,
        backlog.dead_letters
    );
    if backlog.dead_letters > 0 {
        let remedy = "`hanok events list` says why they were given up, `hanok events replay` tries them again";
        return Finding::warning(CHECK, found, remedy);
    }
    let late = backlog.oldest_at().map(|oldest| now.since(oldest));
    match late.filter(|late| *late > LATE) {
        Some(late) => Finding::warning(
            CHECK,
            format!("{found}; the oldest for {} s", late.as_secs()),
            "a running server hands events on within a second: start it, or look into its log (application.*.log)",
        ),
        None => Finding::ok(CHECK, found),
    }
}

#[cfg(test)]
mod tests {
    use hanok_events::{Topic, TopicBacklog};

    use super::super::finding::State;
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    fn waiting_for(seconds: u64, dead_letters: i64) -> Finding {
        let oldest = TopicBacklog {
            topic: Topic::DomainEvents,
            waiting: 3,
            oldest_at: NOW.minus(Duration::from_secs(seconds)),
        };
        let backlog = Backlog {
            outbox: vec![oldest],
            retries: 0,
            jobs_due: 1,
            jobs_later: 0,
            dead_letters,
        };
        judge(&backlog, NOW)
    }

    #[test]
    fn what_waits_for_long_or_was_given_up_is_told_of() {
        let well = waiting_for(60, 0);
        assert_eq!(well.state, State::Ok);
        assert_eq!(well.found, "3 events and 1 jobs wait, 0 dead letters");
        assert!(waiting_for(61, 0).found.ends_with("the oldest for 61 s"));
        assert_eq!(waiting_for(61, 0).state, State::Warning);
        assert!(
            waiting_for(0, 1)
                .remedy
                .unwrap()
                .contains("hanok events replay")
        );
    }
}
