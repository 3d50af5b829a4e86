//! The end of the audit trail. `hanok audit verify` walks all of it.

use std::time::Duration;

use hanok_accounts::audit::{HeadState, TrailEnd, inspect};
use hanok_accounts::command::Settings;
use hanok_base::{KeyRing, Timestamp};
use hanok_db::Db;

use super::finding::Finding;

pub(super) const CHECK: &str = "audit";

/// A running server links a row within a second.
const LATE: Duration = Duration::from_mins(1);

/// Looks at head, last link, last checkpoint, its file, and what waits.
pub(super) async fn look(db: &Db, ring: &KeyRing, settings: &Settings, now: Timestamp) -> Finding {
    let file = settings.audit.checkpoint_path(&settings.server.data_dir);
    match inspect(db, ring, &file).await {
        Ok(end) => judge(&end, &file.display().to_string(), now),
        Err(error) => Finding::failed(
            CHECK,
            error,
            "give the user that runs hanok the right to read and append to the file (audit.checkpoint_file)",
        ),
    }
}

const VERIFY: &str =
    "run `hanok audit verify`, which names the first row that is not as it was written";

fn judge(end: &TrailEnd, file: &str, now: Timestamp) -> Finding {
    let last = end.last_link;
    match end.head {
        HeadState::Blank if last == 0 => return blank(end),
        HeadState::Blank | HeadState::Gone => {
            let found = format!("{last} links, and somebody removed the signed head");
            return Finding::failed(CHECK, found, VERIFY);
        }
        HeadState::Beyond { seq } => {
            let found = format!(
                "the signed head names link {seq}, and the last there is is {last}: links were cut off"
            );
            return Finding::failed(CHECK, found, VERIFY);
        }
        HeadState::Foreign => {
            let remedy = "this is the database of another key ring (put the right one back), or somebody changed the \
                          head: `hanok audit verify` tells";
            return Finding::failed(
                CHECK,
                "the head is not signed by a key of this ring",
                remedy,
            );
        }
        HeadState::Whole => {}
    }
    checkpoints(end, file)
        .or_else(|| waiting(end, now))
        .unwrap_or_else(|| {
            Finding::ok(
                CHECK,
                format!("{last} links, the head is signed by this key ring"),
            )
        })
}

fn blank(end: &TrailEnd) -> Finding {
    let (waiting, _) = end.waiting;
    Finding::ok(CHECK, format!("nothing is linked yet, {waiting} rows wait"))
}

/// What is wrong with the checkpoints.
fn checkpoints(end: &TrailEnd, file: &str) -> Option<Finding> {
    let (newest, signed) = end.checkpoint?;
    if !signed {
        let found = format!("checkpoint {newest} is not signed by a key of this ring");
        return Some(Finding::failed(CHECK, found, VERIFY));
    }
    match end.in_file {
        None => Some(Finding::warning(
            CHECK,
            format!("there is no checkpoint file at {file}"),
            "a running server writes it anew within a minute; if there was one, somebody removed it: look for it in a \
             backup and run `hanok audit verify`",
        )),
        Some(seq) if seq > newest.max(end.last_link) => Some(Finding::failed(
            CHECK,
            format!(
                "the checkpoint file knows link {seq}, and the last there is is {}: links were cut off",
                end.last_link
            ),
            VERIFY,
        )),
        Some(_) => None,
    }
}

/// Rows that should have been linked long ago.
fn waiting(end: &TrailEnd, now: Timestamp) -> Option<Finding> {
    let (count, oldest) = end.waiting;
    let late = now.since(oldest?);
    (late > LATE).then(|| {
        Finding::warning(
            CHECK,
            format!("{count} rows wait for their link, the oldest for {} s", late.as_secs()),
            "a running server links them within a second: start it, or look into its log (application.*.log)",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    fn whole() -> TrailEnd {
        TrailEnd {
            head: HeadState::Whole,
            last_link: 40,
            checkpoint: Some((32, true)),
            in_file: Some(32),
            waiting: (0, None),
        }
    }

    fn state(end: &TrailEnd) -> State {
        judge(end, "audit-checkpoints.jsonl", NOW).state
    }

    #[test]
    fn a_trail_that_ends_as_it_was_signed_is_well() {
        assert_eq!(state(&whole()), State::Ok);
        let empty = TrailEnd {
            head: HeadState::Blank,
            last_link: 0,
            checkpoint: None,
            in_file: None,
            ..whole()
        };
        assert_eq!(state(&empty), State::Ok);
    }

    #[test]
    fn each_thing_that_was_done_to_its_end_is_found() {
        let heads = [
            HeadState::Blank,
            HeadState::Gone,
            HeadState::Foreign,
            HeadState::Beyond { seq: 41 },
        ];
        for head in heads {
            assert_eq!(
                state(&TrailEnd { head, ..whole() }),
                State::Failed,
                "{head:?}"
            );
        }
        let cut = TrailEnd {
            in_file: Some(41),
            ..whole()
        };
        assert_eq!(state(&cut), State::Failed);
        let forged = TrailEnd {
            checkpoint: Some((32, false)),
            ..whole()
        };
        assert_eq!(state(&forged), State::Failed);
        let removed = TrailEnd {
            in_file: None,
            ..whole()
        };
        assert_eq!(state(&removed), State::Warning);
    }

    #[test]
    fn rows_that_nobody_links_are_told_of() {
        let since = |seconds| TrailEnd {
            waiting: (3, Some(NOW.minus(Duration::from_secs(seconds)))),
            ..whole()
        };
        assert_eq!(state(&since(60)), State::Ok);
        assert_eq!(state(&since(61)), State::Warning);
    }
}
