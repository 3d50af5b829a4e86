//! Backpressure: a full queue answers, it does not grow.

use std::sync::mpsc;

use futures_util::future::join_all;
use hanok_db::{DbError, both_engines, params};

use crate::schema::{ADD_COUNTER, COUNTERS, SETS};

both_engines! {
    sets(SETS);

    async fn a_full_queue_answers_busy_and_recovers(db: Db) {
        let db = db.reopen(|config| {
            config.queue_length = 2;
            config.postgres_pool_size = 1;
        }).await?;
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let holding = db.clone();
        // This unit stands still on its thread, as one in a long statement would.
        let holder = tokio::spawn(async move {
            holding.write(async move |tx| {
                let _ = started.send(());
                let _ = released.recv();
                tx.execute(ADD_COUNTER, params!["holder", 1_i64]).await
            }).await
        });
        assert!(has_started.await.is_ok());
        let waiting = join_all((0..5_i64).map(|i| {
            let db = &db;
            async move {
                let name = format!("n{i}");
                let answer = db.write(async move |tx| tx.execute(ADD_COUNTER, params![name, i]).await).await;
                if answer == Err(DbError::Busy) { 1 } else { answer.map_or(100, |_| 0) }
            }
        }));
        let releasing = async {
            // The others are polled before this: two wait, three were turned away.
            drop(release);
        };
        let (busy, ()) = tokio::join!(waiting, releasing);
        assert_eq!(busy.iter().sum::<i32>(), 3, "{busy:?}");
        assert!(matches!(holder.await, Ok(Ok(1))));
        assert_eq!(db.read(async |c| c.one::<i64>(COUNTERS, &[]).await).await?, 3);
        db.write(async |tx| tx.execute(ADD_COUNTER, params!["next", 1_i64]).await).await?;
        db.close().await;
    }

    async fn a_hundred_units_at_once_are_all_kept(db: Db) {
        let all = join_all((0..300_i64).map(|i| {
            let name = format!("n{i}");
            db.write(async move |tx| tx.execute(ADD_COUNTER, params![name, i]).await)
        })).await;
        assert!(all.iter().all(|kept| *kept == Ok(1)), "{all:?}");
        assert_eq!(db.read(async |c| c.one::<i64>(COUNTERS, &[]).await).await?, 300);
    }
}
