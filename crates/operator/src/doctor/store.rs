//! The store: whether it opens, takes a row and gives it back, how fast, and whether its tables are those of
//! this program; then what can be asked of an open store only.

use std::time::{Duration, Instant};

use hanok_accounts::command::Settings;
use hanok_base::{Clock, KeyRing, Timestamp};
use hanok_db::{Conn, Db, DbError, Engine, Tx, params};

use super::finding::{Finding, State, within};
use super::{PATIENCE, events, time, trail};

const CHECK: &str = "store";
const MIGRATIONS: &str = "migrations";

/// How often is written and read, so that one slow moment decides nothing.
const TIMES: usize = 5;
/// A unit that takes longer than this makes people wait.
const SLOW_WRITE: Duration = Duration::from_millis(200);
/// And a point read.
const SLOW_READ: Duration = Duration::from_millis(50);

const WRITE: &str = "INSERT INTO doctor_probe (id, written_at) VALUES (1, $1) \
    ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at";
const READ: &str = "SELECT written_at FROM doctor_probe WHERE id = 1";

/// Looks at the store, its migrations, its clock and the audit trail.
pub(super) async fn look(
    settings: &Settings,
    clock: &Clock,
    ring: Option<&KeyRing>,
) -> Vec<Finding> {
    let opened = tokio::time::timeout(PATIENCE, open(settings)).await;
    let db = match opened {
        Ok(Ok(db)) => db,
        Ok(Err(failed)) => return without_store(failed),
        Err(_) => return without_store(unreachable(settings, &"no answer in time")),
    };
    let migrations = within(PATIENCE, MIGRATIONS, migrations(&db, settings)).await;
    let up_to_date = migrations.state == State::Ok;
    let mut findings = Vec::new();
    if up_to_date {
        findings.push(within(PATIENCE, CHECK, probe(&db, settings, clock)).await);
    } else {
        findings.push(Finding::ok(
            CHECK,
            format!(
                "{} opens; nothing was written, because its tables are not this program's",
                place(settings)
            ),
        ));
    }
    findings.push(migrations);
    findings.push(within(PATIENCE, time::CHECK, time::look(&db, clock, up_to_date)).await);
    let now = clock.now();
    findings.push(match (up_to_date, ring) {
        (true, Some(ring)) => {
            let look = trail::look(&db, ring, settings, now);
            within(PATIENCE, trail::CHECK, look).await
        }
        (false, _) => Finding::skipped(trail::CHECK, "migrations wait"),
        (true, None) => Finding::skipped(trail::CHECK, "there is no key ring to check it by"),
    });
    findings.push(if up_to_date {
        within(PATIENCE, events::CHECK, events::look(&db, now)).await
    } else {
        Finding::skipped(events::CHECK, "migrations wait")
    });
    db.close().await;
    findings
}

fn without_store(failed: Finding) -> Vec<Finding> {
    let rest = [MIGRATIONS, time::CHECK, trail::CHECK, events::CHECK];
    let skipped = rest.map(|check| Finding::skipped(check, "the store does not open"));
    [failed].into_iter().chain(skipped).collect()
}

async fn open(settings: &Settings) -> Result<Db, Finding> {
    let path = &settings.store.sqlite_path;
    if settings.store.engine == Engine::Sqlite && !path.exists() {
        return Err(Finding::failed(
            CHECK,
            format!("there is no database at {}", path.display()),
            "run `hanok migrate` for a new installation, or name the directory of an existing one with --data-dir",
        ));
    }
    Db::open(&settings.store)
        .await
        .map_err(|error| unreachable(settings, &error))
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

async fn migrations(db: &Db, settings: &Settings) -> Finding {
    match db.pending_migrations(&settings.migrations).await {
        Ok(waiting) if waiting.is_empty() => Finding::ok(MIGRATIONS, "the tables are up to date"),
        Ok(waiting) => Finding::failed(
            MIGRATIONS,
            format!("{} waiting: {}", waiting.len(), waiting.join(", ")),
            "run `hanok migrate` (a starting server does the same)",
        ),
        Err(error) => Finding::failed(
            MIGRATIONS,
            error,
            "run the release that made these tables, or one after it",
        ),
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
        db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            tx.execute(WRITE, params![now]).await.map(|_| ())
        })
        .await?;
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
