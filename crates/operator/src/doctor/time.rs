//! This machine's clock, against the database server's and against what was written before.

use std::time::Duration;

use hanok_accounts::audit;
use hanok_base::{Clock, Timestamp};
use hanok_db::{Db, DbError};

use super::finding::Finding;

pub(super) const CHECK: &str = "clock";

/// Between machines that keep time by NTP there is less.
const MOST: Duration = Duration::from_secs(1);
/// Leases, codes and a phone's signature stop working as they should beyond this.
const TOO_MUCH: Duration = Duration::from_secs(10);

const REMEDY: &str = "let both machines keep time by NTP (timedatectl set-ntp true): leases, codes and signatures \
                      are judged by their clocks";

/// Compares the clock with the store's; `tables` says whether there are tables to look into.
pub(super) async fn look(db: &Db, clock: &Clock, tables: bool) -> Finding {
    let asked = clock.now();
    let server = db.server_time().await;
    let answered = clock.now();
    let newest = if tables {
        audit::newest(db).await
    } else {
        Ok(None)
    };
    match (server, newest) {
        (Ok(server), Ok(newest)) => judge(&Seen {
            asked,
            answered,
            server,
            newest,
        }),
        (Err(error), _) | (_, Err(error)) => unanswered(&error),
    }
}

fn unanswered(error: &DbError) -> Finding {
    Finding::failed(CHECK, error, "see the finding of the store")
}

/// What the clocks said.
struct Seen {
    asked: Timestamp,
    answered: Timestamp,
    /// The database server's clock, in between.
    server: Option<Timestamp>,
    /// When the newest row of the audit trail was written.
    newest: Option<Timestamp>,
}

fn judge(seen: &Seen) -> Finding {
    let ahead = seen.newest.map(|newest| newest.since(seen.answered));
    if let Some(ahead) = ahead.filter(|ahead| *ahead > MOST) {
        return Finding::failed(
            CHECK,
            format!(
                "the newest row of the audit trail was written {} from now: this clock was set back, or another \
                 process's is fast",
                seconds(ahead)
            ),
            REMEDY,
        );
    }
    let Some(server) = seen.server else {
        return Finding::ok(
            CHECK,
            "the store has no clock of its own; nothing in it is yet to come",
        );
    };
    // What lies between asking and answering is the way, not a difference.
    let off = server.since(seen.answered).max(seen.asked.since(server));
    let found = if off.is_zero() {
        "this clock and the database server's agree".to_owned()
    } else {
        format!(
            "this clock and the database server's are {} apart",
            seconds(off)
        )
    };
    if off > TOO_MUCH {
        Finding::failed(CHECK, found, REMEDY)
    } else if off > MOST {
        Finding::warning(CHECK, found, REMEDY)
    } else {
        Finding::ok(CHECK, found)
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    fn seen(server: Option<i64>, newest: Option<i64>) -> Finding {
        let at = |millis: i64| Timestamp::from_micros(1_795_239_000_000_000 + millis * 1_000);
        judge(&Seen {
            asked: at(0),
            answered: at(20),
            server: server.map(at),
            newest: newest.map(at),
        })
    }

    #[test]
    fn clocks_that_run_apart_are_told_of_and_then_fail() {
        assert_eq!(seen(Some(10), None).state, State::Ok);
        assert_eq!(seen(Some(1_020), None).state, State::Ok);
        assert_eq!(seen(Some(1_100), None).state, State::Warning);
        assert_eq!(seen(Some(-1_100), None).state, State::Warning);
        let far = seen(Some(-30_000), None);
        assert_eq!(far.state, State::Failed);
        assert!(far.found.contains("30.0 s apart"), "{}", far.found);
        assert!(far.remedy.unwrap().contains("NTP"));
    }

    #[test]
    fn a_clock_that_was_set_back_is_found_on_both_engines() {
        assert_eq!(seen(None, None).state, State::Ok);
        assert_eq!(seen(None, Some(-5_000)).state, State::Ok);
        for server in [None, Some(10)] {
            let back = seen(server, Some(3_600_000));
            assert_eq!(back.state, State::Failed);
            assert!(back.found.contains("3600.0 s from now"), "{}", back.found);
        }
    }
}
