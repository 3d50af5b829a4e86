//! Units: all or nothing, alone, whatever happens to their neighbours.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use hanok_db::{Db, DbError, both_engines, params};

use crate::schema::{ADD_COUNTER, COUNT, COUNTERS, SETS};

async fn add(db: &Db, name: String) -> Result<u64, DbError> {
    db.write(async move |tx| tx.execute(ADD_COUNTER, params![name, 0_i64]).await)
        .await
}

async fn counters(db: &Db) -> Result<i64, DbError> {
    db.read(async |c| c.one(COUNTERS, &[]).await).await
}

/// A hundred units beside `other`, all of which must be kept.
async fn beside_a_hundred<T>(db: &Db, other: impl Future<Output = T>) -> Result<T, DbError> {
    let before = join_all((0..50).map(|i| add(db, format!("before {i}"))));
    let after = join_all((0..50).map(|i| add(db, format!("after {i}"))));
    let (before, outcome, after) = tokio::join!(before, other, after);
    for kept in before.into_iter().chain(after) {
        assert_eq!(kept?, 1);
    }
    assert_eq!(counters(db).await?, 100);
    Ok(outcome)
}

both_engines! {
    sets(SETS);

    async fn a_unit_that_fails_is_rolled_back_alone(db: Db) {
        let failed = beside_a_hundred(&db, db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await?;
            Err::<(), _>(DbError::Refused("no".to_owned()))
        })).await?;
        assert_eq!(failed, Err(DbError::Refused("no".to_owned())));
    }

    async fn a_unit_whose_statement_fails_is_rolled_back_alone(db: Db) {
        let failed = beside_a_hundred(&db, db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await?;
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await
        })).await?;
        assert_eq!(failed, Err(DbError::Unique { constraint: "counter_pkey".to_owned() }));
    }

    async fn a_unit_that_goes_on_after_a_failed_statement_is_not_kept(db: Db) {
        let failed = beside_a_hundred(&db, db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await?;
            let twice = tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await;
            let next = tx.execute(ADD_COUNTER, params!["next", 1_i64]).await;
            assert!(twice.is_err());
            assert_eq!(twice, next);
            Ok::<_, DbError>(())
        })).await?;
        assert_eq!(failed, Err(DbError::Unique { constraint: "counter_pkey".to_owned() }));
    }

    async fn a_unit_that_panics_is_rolled_back_alone(db: Db) {
        let failed: Result<(), DbError> = beside_a_hundred(&db, db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await?;
            panic!("expected by the {}", "test")
        })).await?;
        assert_eq!(failed, Err(DbError::Panicked("expected by the test".to_owned())));
    }

    async fn a_unit_that_panics_while_it_reads_rows_is_rolled_back_alone(db: Db) {
        let failed: Result<(), DbError> = beside_a_hundred(&db, db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await?;
            tx.each("SELECT name FROM counter", &[], |_: String| panic!("expected by the test")).await
        })).await?;
        assert_eq!(failed, Err(DbError::Panicked("expected by the test".to_owned())));
    }

    async fn a_unit_that_waits_is_rolled_back_alone(db: Db) {
        let failed: Result<(), DbError> = beside_a_hundred(&db, db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["spoilt", 1_i64]).await?;
            tokio::time::sleep(Duration::from_mins(1)).await;
            Ok(())
        })).await?;
        assert_eq!(failed, Err(DbError::Waited));
        assert!(DbError::Waited.to_string().contains("nothing but its connection"));
    }

    async fn a_unit_that_nests_is_rolled_back_alone_and_so_is_the_nested_one(db: Db) {
        let nesting = db.clone();
        let failed: Result<(), DbError> = beside_a_hundred(&db, db.write(async move |tx| {
            tx.execute(ADD_COUNTER, params!["outer", 1_i64]).await?;
            // Even where the answer is ignored.
            let nested = nesting.write(async |tx| tx.execute(ADD_COUNTER, params!["inner", 1_i64]).await).await;
            assert_eq!(nested, Err(DbError::Waited));
            Ok(())
        })).await?;
        assert_eq!(failed, Err(DbError::Waited));
    }

    async fn a_unit_that_reads_the_store_beside_itself_is_rolled_back(db: Db) {
        let reading = db.clone();
        let failed: Result<i64, DbError> = db.write(async move |tx| {
            tx.execute(ADD_COUNTER, params!["outer", 1_i64]).await?;
            reading.read(async |c| c.one(COUNTERS, &[]).await).await
        }).await;
        assert_eq!(failed, Err(DbError::Waited));
        assert_eq!(counters(&db).await?, 0);
    }

    async fn a_caller_that_goes_away_loses_the_answer_not_the_work(db: Db) {
        let left = db.write(async |tx| tx.execute(ADD_COUNTER, params!["left", 1_i64]).await);
        // Polled once, so that it is on its way, and dropped. Another thread may have done it all by then.
        drop(left.now_or_never());
        join_all((0..100).map(|i| add(&db, i.to_string()))).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        while counters(&db).await? < 101 {
            tokio::task::yield_now().await;
        }
    }

    async fn hooks_run_after_the_commit_and_only_then(db: Db) {
        let ran = Arc::new(AtomicUsize::new(0));
        let (kept, failed, panicked) = (Arc::clone(&ran), Arc::clone(&ran), Arc::clone(&ran));
        let reading = db.clone();
        db.write(async move |tx| {
            tx.execute(ADD_COUNTER, params!["kept", 1_i64]).await?;
            let seen = reading.clone();
            tx.after_commit(|| panic!("expected by the test"));
            tx.after_commit(move || { kept.fetch_add(1, Ordering::SeqCst); drop(seen); });
            Ok::<_, DbError>(())
        }).await?;
        assert_eq!(ran.load(Ordering::SeqCst), 1);
        let refused = db.write(async move |tx| {
            tx.after_commit(move || { failed.fetch_add(1, Ordering::SeqCst); });
            Err::<(), _>(DbError::NotFound)
        }).await;
        assert_eq!(refused, Err(DbError::NotFound));
        let refused: Result<(), DbError> = db.write(async move |tx| {
            tx.after_commit(move || { panicked.fetch_add(1, Ordering::SeqCst); });
            panic!("expected by the test")
        }).await;
        assert!(matches!(refused, Err(DbError::Panicked(_))));
        add(&db, "next".to_owned()).await?;
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    }

    async fn a_unit_reads_its_own_writes(db: Db) {
        let (found, returned, missing) = db.write(async |tx| {
            let returned: i64 = tx.one("INSERT INTO counter (name, count) VALUES ($1, $2) RETURNING count + 1", params!["own", 1_i64]).await?;
            let found: i64 = tx.one(COUNT, params!["own"]).await?;
            let missing = tx.one::<i64>(COUNT, params!["other"]).await;
            tx.execute("DELETE FROM counter WHERE name = $1", params!["other"]).await?;
            Ok::<_, DbError>((found, returned, missing))
        }).await?;
        assert_eq!((found, returned, missing), (1, 2, Err(DbError::NotFound)));
        assert_eq!(counters(&db).await?, 1);
    }

    async fn what_a_caller_drops_in_panic_does_not_end_the_writer(db: Db) {
        #[derive(Debug)]
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                assert!(std::thread::panicking(), "expected by the test");
            }
        }
        let left = db.write(async |tx| {
            tx.execute(ADD_COUNTER, params!["left", 1_i64]).await?;
            Ok::<_, DbError>(Bomb)
        });
        // Where the answer is there already, the bomb is this test's to keep.
        std::mem::forget(left.now_or_never());
        while counters(&db).await? < 1 {
            tokio::task::yield_now().await;
        }
        add(&db, "next".to_owned()).await?;
        assert_eq!(counters(&db).await?, 2);
    }
}
