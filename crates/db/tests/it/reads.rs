//! Reading: one, optional, all, each, reports.

use std::time::Duration;

use hanok_db::{DbError, both_engines, params};

use crate::schema::{ADD_COUNTER, COUNT, SETS};

const NAMES: &str = "SELECT name FROM counter ORDER BY count";

async fn three(db: &hanok_db::Db) -> Result<(), DbError> {
    db.write(async |tx| {
        for (name, count) in [("a", 1_i64), ("b", 2), ("c", 3)] {
            tx.execute(ADD_COUNTER, params![name, count]).await?;
        }
        Ok(())
    })
    .await
}

both_engines! {
    sets(SETS);

    async fn one_and_optional_say_what_is_missing_and_what_is_too_much(db: Db) {
        three(&db).await?;
        db.read(async |c| {
            assert_eq!(c.one::<i64>(COUNT, params!["b"]).await, Ok(2));
            assert_eq!(c.one::<i64>(COUNT, params!["z"]).await, Err(DbError::NotFound));
            assert_eq!(c.optional::<i64>(COUNT, params!["z"]).await, Ok(None));
            assert!(matches!(c.optional::<String>(NAMES, &[]).await, Err(DbError::Other(_))));
            assert_eq!(c.all::<String>(NAMES, &[]).await?, ["a", "b", "c"]);
            Ok::<_, DbError>(())
        }).await?;
    }

    async fn each_hands_over_rows_in_order_and_stops_when_told(db: Db) {
        const NUMBERS: &str = "
            WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            SELECT i FROM n";
        let (sum, seen, stopped) = db.report(async |c| {
            let mut sum = 0;
            c.each(NUMBERS, &[], |i: i64| { sum += i; Ok(()) }).await?;
            let mut seen = 0;
            let stopped = c.each(NUMBERS, &[], |_: i64| {
                seen += 1;
                if seen < 10 { Ok(()) } else { Err(DbError::Refused("enough".to_owned())) }
            }).await;
            assert_eq!(c.one::<i64>("SELECT CAST(1 AS BIGINT)", &[]).await?, 1);
            Ok::<_, DbError>((sum, seen, stopped))
        }).await?;
        assert_eq!((sum, seen), (200_010_000, 10));
        assert_eq!(stopped, Err(DbError::Refused("enough".to_owned())));
    }

    async fn a_read_cannot_change_anything(db: Db) {
        let tried = db.read(async |c| {
            c.one::<i64>("INSERT INTO counter (name, count) VALUES ('x', 1) RETURNING count", &[]).await
        }).await;
        assert!(matches!(tried, Err(DbError::Other(_))), "{tried:?}");
        let count: i64 = db.read(async |c| c.one(crate::schema::COUNTERS, &[]).await).await?;
        assert_eq!(count, 0);
    }

    async fn a_unit_that_was_answered_is_seen_by_the_next_read(db: Db) {
        for count in 0..50_i64 {
            let name = format!("n{count}");
            let written = name.clone();
            db.write(async move |tx| tx.execute(ADD_COUNTER, params![written, count]).await).await?;
            let read: i64 = db.read(async |c| c.one(COUNT, params![name]).await).await?;
            assert_eq!(read, count);
        }
    }

    async fn a_report_may_wait_while_reads_go_on(db: Db) {
        three(&db).await?;
        let (send, mut receive) = tokio::sync::mpsc::channel(1);
        let reporting = db.clone();
        let report = tokio::spawn(async move {
            reporting.report(async move |c| {
                for name in c.all::<String>(NAMES, &[]).await? {
                    assert!(send.send(name).await.is_ok());
                }
                Ok::<_, DbError>(())
            }).await
        });
        let mut names = Vec::new();
        while let Some(name) = receive.recv().await {
            let read: i64 = db.read(async |c| c.one(COUNT, params![name]).await).await?;
            names.push((name, read));
        }
        assert_eq!(names, [("a".to_owned(), 1), ("b".to_owned(), 2), ("c".to_owned(), 3)]);
        assert!(matches!(report.await, Ok(Ok(()))));
    }

    async fn a_read_that_waits_for_something_else_is_refused(db: Db) {
        let waited: Result<(), DbError> = db.read(async |c| {
            c.one::<i64>("SELECT CAST(1 AS BIGINT)", &[]).await?;
            tokio::time::sleep(Duration::from_mins(1)).await;
            Ok(())
        }).await;
        assert_eq!(waited, Err(DbError::Waited));
        let other = db.clone();
        let nested: Result<i64, DbError> =
            db.read(async |_| other.read(async |c| c.one("SELECT CAST(1 AS BIGINT)", &[]).await).await).await;
        assert_eq!(nested, Err(DbError::Waited));
    }

    async fn a_panic_in_a_read_leaves_the_store_in_order(db: Db) {
        let reading = db.clone();
        let panicked = tokio::spawn(async move {
            reading.read(async |c| {
                c.one::<i64>("SELECT CAST(1 AS BIGINT)", &[]).await?;
                let found = c.optional::<i64>(COUNT, params!["none"]).await?;
                assert!(found.is_some(), "expected by the test");
                Ok::<_, DbError>(())
            }).await
        }).await;
        assert!(panicked.is_err());
        assert_eq!(db.read(async |c| c.one::<i64>("SELECT CAST(1 AS BIGINT)", &[]).await).await, Ok(1));
    }

    async fn a_closed_store_says_so(db: Db) {
        let closed = db.reopen(|_| ()).await?;
        closed.close().await;
        let read = closed.read(async |c| c.one::<i64>("SELECT CAST(1 AS BIGINT)", &[]).await).await;
        let report = closed.report(async |c| c.one::<i64>("SELECT CAST(1 AS BIGINT)", &[]).await).await;
        let write = closed.write(async |tx| tx.execute(ADD_COUNTER, params!["x", 1_i64]).await).await;
        assert!(matches!(read, Err(DbError::Unavailable(_))), "{read:?}");
        assert!(matches!(report, Err(DbError::Unavailable(_))), "{report:?}");
        assert!(matches!(write, Err(DbError::Unavailable(_))), "{write:?}");
    }
}
