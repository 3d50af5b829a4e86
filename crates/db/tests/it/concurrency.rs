//! Conditional updates decide, however many come at once.

use futures_util::future::join_all;
use hanok_db::{DbError, both_engines, params};

use crate::schema::{ADD_COUNTER, COUNT, COUNT_UP, SETS};

both_engines! {
    sets(SETS);

    async fn a_conditional_update_is_never_won_once_too_often(db: Db) {
        db.write(async |tx| tx.execute(ADD_COUNTER, params!["tries", 0_i64]).await).await?;
        let other = db.reopen(|_| ()).await?;
        let tries = join_all((0..60).map(|i| {
            let db = if i % 2 == 0 { db.clone() } else { other.clone() };
            tokio::spawn(async move {
                db.write(async |tx| tx.execute(COUNT_UP, params!["tries", 25_i64]).await).await
            })
        })).await;
        let mut won = 0;
        for attempt in tries {
            won += attempt.map_err(|failed| DbError::Other(failed.to_string()))??;
        }
        assert_eq!(won, 25);
        assert_eq!(db.read(async |c| c.one::<i64>(COUNT, params!["tries"]).await).await?, 25);
        other.close().await;
    }

    async fn claims_skip_what_another_holds(db: Db) {
        const CLAIM: &str = "
            UPDATE counter SET count = $1
            WHERE name IN (SELECT name FROM counter WHERE count = 0 ORDER BY name LIMIT $2 /*skip_locked*/)
            RETURNING name";
        db.write(async |tx| {
            for i in 0..40 {
                tx.execute(ADD_COUNTER, params![format!("job {i:02}"), 0_i64]).await?;
            }
            Ok::<_, DbError>(())
        }).await?;
        let claims = join_all((1..=8_i64).map(|worker| {
            db.write(async move |tx| tx.all::<String>(CLAIM, params![worker, 5_i64]).await)
        })).await;
        let mut names = Vec::new();
        for claim in claims {
            names.extend(claim?);
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 40);
    }
}
