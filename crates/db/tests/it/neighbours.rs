//! Other processes on the same database, and a server that goes away.

use futures_util::FutureExt;
use hanok_db::testing::{on_postgres, on_sqlite};
use hanok_db::{Db, DbError, params};

use crate::schema::{ADD_COUNTER, COUNTERS, SETS};

async fn add(db: &Db, name: &'static str) -> Result<u64, DbError> {
    db.write(async move |tx| tx.execute(ADD_COUNTER, params![name, 0_i64]).await)
        .await
}

async fn counters(db: &Db) -> Result<i64, DbError> {
    db.read(async |c| c.one(COUNTERS, &[]).await).await
}

#[test]
fn another_process_that_writes_for_long_makes_units_busy_and_leaves_reads_alone() {
    on_sqlite(SETS, async |db| {
        let mut path = None;
        let db = db
            .reopen(|config| {
                config.sqlite_busy_timeout_ms = 20;
                path = Some(config.sqlite_path.clone());
            })
            .await?;
        let other = path
            .map(rusqlite::Connection::open)
            .expect("a path")
            .expect("a connection");
        other
            .execute_batch("BEGIN IMMEDIATE; INSERT INTO counter VALUES ('other', 0)")
            .expect("a lock");
        let (one, two) = tokio::join!(add(&db, "one"), add(&db, "two"));
        assert_eq!((one, two), (Err(DbError::Busy), Err(DbError::Busy)));
        assert_eq!(counters(&db).await, Ok(0));
        other.execute_batch("COMMIT").expect("a commit");
        assert_eq!(add(&db, "three").await, Ok(1));
        assert_eq!(counters(&db).await, Ok(2));
        db.close().await;
        Ok(())
    });
}

#[test]
fn a_connection_that_is_lost_is_said_and_replaced() {
    on_postgres(SETS, async |db| {
        let lost = db
            .write(async |tx| {
                tx.execute(ADD_COUNTER, params!["lost", 0_i64]).await?;
                tx.one::<bool>("SELECT pg_terminate_backend(pg_backend_pid())", &[])
                    .await
            })
            .await;
        assert!(matches!(lost, Err(DbError::Unavailable(_))), "{lost:?}");
        assert_eq!(add(&db, "next").await, Ok(1));
        assert_eq!(counters(&db).await, Ok(1));
        Ok(())
    });
}

#[test]
fn a_server_that_is_not_there_is_unavailable() {
    on_postgres(&[], async |db| {
        let refused = db.reopen(|config| {
            config.postgres_url = Some("postgres://nobody@127.0.0.1:1/none".to_owned().into());
        });
        let refused = refused.await.err();
        assert!(
            matches!(refused, Some(DbError::Unavailable(_))),
            "{refused:?}"
        );
        Ok(())
    });
}

#[test]
fn a_statement_left_half_way_is_never_committed() {
    on_postgres(SETS, async |db| {
        let left = db
            .write(async |tx| {
                assert!(
                    tx.execute(ADD_COUNTER, params!["left", 0_i64])
                        .now_or_never()
                        .is_none()
                );
                Ok::<_, DbError>(())
            })
            .await;
        assert_eq!(
            left,
            Err(DbError::Other(
                "the unit left a statement half way".to_owned()
            ))
        );
        assert_eq!(add(&db, "next").await, Ok(1));
        assert_eq!(counters(&db).await, Ok(1));
        Ok(())
    });
}

#[test]
fn a_statement_that_takes_too_long_is_cancelled_and_a_lock_given_up() {
    on_postgres(SETS, async |db| {
        add(&db, "held").await?;
        let db = db
            .reopen(|config| {
                config.postgres_statement_timeout_ms = 50;
                config.postgres_lock_timeout_ms = 20;
            })
            .await?;
        let slow = db
            .report(async |c| {
                c.one::<i64>("SELECT 1 FROM (SELECT pg_sleep(60)) AS s", &[])
                    .await
            })
            .await;
        assert_eq!(slow, Err(DbError::Busy));
        let (held, waiting) = tokio::join!(hold(&db), hold(&db));
        assert!(
            held == Err(DbError::Busy) || waiting == Err(DbError::Busy),
            "{held:?} {waiting:?}"
        );
        db.close().await;
        Ok(())
    });
}

/// Takes the row and keeps it until its statement is cancelled.
async fn hold(db: &Db) -> Result<i64, DbError> {
    db.write(async |tx| {
        tx.execute("UPDATE counter SET count = 1 WHERE name = 'held'", &[])
            .await?;
        tx.one(
            "SELECT CAST(1 AS BIGINT) FROM (SELECT pg_sleep(60)) AS s",
            &[],
        )
        .await
    })
    .await
}

/// Returns once another transaction has come here too.
const MEET: &str = "
    CREATE FUNCTION meet(mine BIGINT, theirs BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(mine);
        WHILE NOT EXISTS (
            SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE locktype = 'advisory' AND granted AND objid = theirs AND datname = current_database()
        ) LOOP
            PERFORM pg_sleep(0.005);
        END LOOP;
        RETURN mine;
    END $$";

/// Tells `scripts/with-postgres`, which fails for any deadlock in the server's log, to expect one in this database.
const ANNOUNCE: &str = "DO $$ BEGIN RAISE LOG 'deadlock announced'; END $$";

/// Takes one row, meets the other unit, and wants the row that it has taken.
async fn cross(
    db: &Db,
    mine: (&'static str, i64),
    theirs: (&'static str, i64),
) -> Result<u64, DbError> {
    const TAKE: &str = "UPDATE counter SET count = count + 1 WHERE name = $1";
    db.write(async move |tx| {
        tx.execute(TAKE, params![mine.0]).await?;
        tx.one::<i64>("SELECT meet($1, $2)", params![mine.1, theirs.1])
            .await?;
        tx.execute(TAKE, params![theirs.0]).await
    })
    .await
}

#[test]
fn of_two_units_in_a_deadlock_one_is_busy_and_one_is_kept() {
    on_postgres(SETS, async |db| {
        add(&db, "a").await?;
        add(&db, "b").await?;
        db.hand_written(MEET).await.map_err(DbError::Other)?;
        db.hand_written(ANNOUNCE).await.map_err(DbError::Other)?;
        let (a, b) = (("a", 1), ("b", 2));
        let (one, two) = tokio::join!(cross(&db, a, b), cross(&db, b, a));
        let kept = [&one, &two]
            .into_iter()
            .filter(|answer| **answer == Ok(1))
            .count();
        let busy = [&one, &two]
            .into_iter()
            .filter(|answer| **answer == Err(DbError::Busy))
            .count();
        assert_eq!((kept, busy), (1, 1), "{one:?} {two:?}");
        let sum = "SELECT CAST(SUM(count) AS BIGINT) FROM counter";
        assert_eq!(db.read(async |c| c.one::<i64>(sum, &[]).await).await, Ok(2));
        Ok(())
    });
}
