//! The store: whether it opens, takes a row and gives it back, how fast, and whether its tables are those of
//! this program; then what can be asked of an open store only.

use std::time::{Duration, Instant};

use hanok_accounts::command::Settings;
use hanok_base::{Clock, KeyRing, Timestamp};
use hanok_db::{Conn, Db, DbError, Engine};

use super::begun::{MADE_BY, is_begun};
use super::finding::{Finding, State, within};
use super::{PATIENCE, events, migrations, rights, time, trail};
use crate::readiness;

const CHECK: &str = "store";

/// How often is written and read, so that one slow moment decides nothing.
const TIMES: usize = 5;
/// A unit that takes longer than this makes people wait.
const SLOW_WRITE: Duration = Duration::from_millis(200);
/// And a point read.
const SLOW_READ: Duration = Duration::from_millis(50);

const READ: &str = "SELECT written_at FROM doctor_probe WHERE id = 1";

/// What is to be said of the store.
pub(super) struct Stored {
    pub(super) findings: Vec<Finding>,
    /// Whether it was written to before, as far as can be seen.
    pub(super) has_tables: bool,
}

/// Looks at the store, its migrations, its clock and the audit trail.
pub(super) async fn look(settings: &Settings, clock: &Clock, ring: Option<&KeyRing>) -> Stored {
    let path = &settings.store.sqlite_path;
    if settings.store.engine == Engine::Sqlite && !path.exists() {
        return not_there(settings);
    }
    let opened = tokio::time::timeout(PATIENCE, Db::open(&settings.store)).await;
    let db = match opened {
        Ok(Ok(db)) => db,
        Ok(Err(error)) => return without_store(unreachable(settings, &error)),
        Err(_) => return without_store(unreachable(settings, &"no answer in time")),
    };
    let stored = tables(&db, settings, clock, ring).await;
    db.close().await;
    stored
}

/// There is no file of a database.
fn not_there(settings: &Settings) -> Stored {
    let findings = if is_begun(settings) {
        let path = settings.store.sqlite_path.display();
        let remedy = "put the database back (`hanok restore`, or mount its disk), or name where it lies with --data-dir; \
                      where nobody has used this installation yet, `hanok serve` makes one";
        let found =
            format!("there is no database at {path}, and keys or checkpoints of one are there");
        rest_after(
            Finding::failed(CHECK, found, remedy),
            "the store does not open",
        )
    } else {
        rest_after(Finding::skipped(CHECK, MADE_BY), "nothing is here yet")
    };
    Stored {
        findings,
        has_tables: false,
    }
}

fn without_store(failed: Finding) -> Stored {
    Stored {
        findings: rest_after(failed, "the store does not open"),
        has_tables: false,
    }
}

/// This finding, and that nothing else could be looked at.
fn rest_after(first: Finding, why: &str) -> Vec<Finding> {
    let rest = [migrations::CHECK, time::CHECK, trail::CHECK, events::CHECK];
    let skipped = rest.map(|check| Finding::skipped(check, why));
    [first].into_iter().chain(skipped).collect()
}

/// Looks at an open store.
async fn tables(db: &Db, settings: &Settings, clock: &Clock, ring: Option<&KeyRing>) -> Stored {
    let rights = match db.rights().await {
        Ok(rights) => rights,
        Err(error) => return without_store(unreachable(settings, &error)),
    };
    let lacking = rights.as_ref().and_then(|it| rights::of_tables(CHECK, it));
    if let Some(lacking) = lacking {
        return Stored {
            findings: rest_after(lacking, "the role of the database lacks rights"),
            has_tables: true,
        };
    }
    let waiting = within(
        PATIENCE,
        migrations::CHECK,
        migrations::look(db, settings, rights),
    )
    .await;
    let has_tables = !migrations::is_empty(db, settings).await;
    let unready = match waiting.state {
        State::Ok => None,
        _ if has_tables => Some("migrations wait"),
        _ => Some("nothing is here yet"),
    };
    let now = clock.now();
    let mut findings = vec![match unready {
        None => within(PATIENCE, CHECK, probe(db, settings, clock)).await,
        Some(why) => Finding::ok(
            CHECK,
            format!("{} opens; nothing was written: {why}", place(settings)),
        ),
    }];
    findings.push(waiting);
    findings.push(
        within(
            PATIENCE,
            time::CHECK,
            time::look(db, clock, unready.is_none()),
        )
        .await,
    );
    findings.push(match (unready, ring) {
        (None, Some(ring)) => {
            let look = trail::look(db, ring, settings, now);
            within(PATIENCE, trail::CHECK, look).await
        }
        (Some(why), _) => Finding::skipped(trail::CHECK, why),
        (None, None) => Finding::skipped(trail::CHECK, "there is no key ring to check it by"),
    });
    findings.push(match unready {
        None => within(PATIENCE, events::CHECK, events::look(db, now)).await,
        Some(why) => Finding::skipped(events::CHECK, why),
    });
    Stored {
        findings,
        has_tables,
    }
}

fn unreachable(settings: &Settings, why: &dyn std::fmt::Display) -> Finding {
    let remedy = match settings.store.engine {
        Engine::Sqlite => {
            "check that the file is a database of hanok and this user may write it and its directory; a damaged \
             one is replaced from a backup"
        }
        Engine::Postgres => {
            "start PostgreSQL, or correct its address, name and password: `hanok config show` says where each \
             setting comes from (store.postgres_*, DATABASE_URL)"
        }
    };
    Finding::failed(CHECK, why, remedy)
}

fn place(settings: &Settings) -> String {
    match settings.store.engine {
        Engine::Sqlite => format!("SQLite, {}", settings.store.sqlite_path.display()),
        Engine::Postgres => "PostgreSQL".to_owned(),
    }
}

/// What writing and reading took.
struct Pace {
    write: Duration,
    read: Duration,
}

async fn probe(db: &Db, settings: &Settings, clock: &Clock) -> Finding {
    match measured(db, clock).await {
        Ok(pace) => judge(&place(settings), &pace),
        Err(error) => Finding::failed(
            CHECK,
            format!(
                "{} does not take a row and give it back: {error}",
                place(settings)
            ),
            remedy(&error),
        ),
    }
}

/// The usual time of a durable unit and of a point read.
async fn measured(db: &Db, clock: &Clock) -> Result<Pace, DbError> {
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let now = clock.now();
        let started = Instant::now();
        readiness::probe(db, now).await?;
        writes.push(started.elapsed());
        let started = Instant::now();
        let found: Timestamp = db
            .read(async |conn: &mut Conn| conn.one(READ, &[]).await)
            .await?;
        reads.push(started.elapsed());
        // Another doctor may have written since.
        if found < now {
            return Err(DbError::Other("what was written is not there".to_owned()));
        }
    }
    Ok(Pace {
        write: usual(writes),
        read: usual(reads),
    })
}

fn usual(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn judge(place: &str, pace: &Pace) -> Finding {
    let found = format!(
        "{place}: a durable write takes {}, a read {}",
        milliseconds(pace.write),
        milliseconds(pace.read)
    );
    if pace.write > SLOW_WRITE || pace.read > SLOW_READ {
        let remedy = "a disk that is slow to flush, or a database that is far away or overloaded: people wait for it \
                      at every request";
        return Finding::warning(CHECK, found, remedy);
    }
    Finding::ok(CHECK, found)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

fn remedy(error: &DbError) -> &'static str {
    match error {
        DbError::Busy => {
            "another program holds the database: end it (SQLite allows one writer), or raise the pool and its \
             time-outs (store.*)"
        }
        DbError::Full => "make room on the disk of the database",
        DbError::Unavailable(_) => {
            "look into the database's own log: it went away, or its disk does not take what is written"
        }
        _ => {
            "the tables were changed by hand, or the disk is broken: look into the database's log, or restore a backup"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_is_told_of_and_fails_nothing() {
        let with = |write, read| {
            let pace = Pace {
                write: Duration::from_millis(write),
                read: Duration::from_millis(read),
            };
            judge("SQLite, hanok.db", &pace)
        };
        assert_eq!(with(200, 50).state, State::Ok);
        assert_eq!(
            with(3, 1).found,
            "SQLite, hanok.db: a durable write takes 3.00 ms, a read 1.00 ms"
        );
        assert_eq!(with(201, 1).state, State::Warning);
        assert_eq!(with(1, 51).state, State::Warning);
    }

    #[test]
    fn one_slow_moment_decides_nothing() {
        let times = [1, 900, 3, 2, 4].map(Duration::from_millis);
        assert_eq!(usual(times.to_vec()), Duration::from_millis(3));
        assert_eq!(usual(Vec::new()), Duration::ZERO);
    }
}
