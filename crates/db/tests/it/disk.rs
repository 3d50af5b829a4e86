//! A full disk: refused clearly, and everything goes on when there is space again.

use futures_util::future::join_all;
use hanok_db::testing::on_sqlite;
use hanok_db::{Db, DbError, both_engines, params};

use crate::schema::{ADD_COUNTER, COUNTERS, SETS};

const LARGE: &str = "INSERT INTO person (id, username) VALUES ($1, $2)";

async fn large(db: &Db, id: u128) -> Result<u64, DbError> {
    let text = format!("{id}{}", "x".repeat(100_000));
    db.write(async move |tx| {
        tx.execute(LARGE, params![uuid::Uuid::from_u128(id), text])
            .await
    })
    .await
}

async fn small(db: &Db, name: &'static str) -> Result<u64, DbError> {
    db.write(async move |tx| tx.execute(ADD_COUNTER, params![name, 1_i64]).await)
        .await
}

#[test]
fn a_full_disk_is_refused_clearly_and_recovers_alone() {
    on_sqlite(SETS, async |db| {
        small(&db, "before").await?;
        db.limit_file(Some(1)).await?;
        // Those that share the transaction with one that does not fit are told the same, or are kept.
        let (one, two, three) =
            tokio::join!(small(&db, "beside"), large(&db, 1), small(&db, "after"));
        assert_eq!(two, Err(DbError::Full));
        for beside in [&one, &three] {
            assert!(matches!(beside, Ok(1) | Err(DbError::Full)), "{beside:?}");
        }
        let kept = 1 + i64::from(one.is_ok()) + i64::from(three.is_ok());
        assert_eq!(
            db.read(async |c| c.one::<i64>(COUNTERS, &[]).await).await?,
            kept
        );
        assert_eq!(
            join_all((2..12).map(|id| large(&db, id))).await,
            vec![Err(DbError::Full); 10]
        );
        db.limit_file(None).await?;
        assert_eq!(large(&db, 1).await, Ok(1));
        assert_eq!(small(&db, "next").await, Ok(1));
        assert_eq!(
            db.read(async |c| c.one::<i64>(COUNTERS, &[]).await).await?,
            kept + 1
        );
        Ok(())
    });
}

#[test]
fn a_unit_cannot_go_on_after_the_disk_was_full() {
    on_sqlite(SETS, async |db| {
        db.limit_file(Some(1)).await?;
        let went_on = db
            .write(async |tx| {
                let text = "x".repeat(100_000);
                let first = tx
                    .execute(LARGE, params![uuid::Uuid::from_u128(1), text])
                    .await;
                assert_eq!(first, Err(DbError::Full));
                // SQLite has rolled back by now; this must not become a transaction of its own.
                assert_eq!(
                    tx.execute(ADD_COUNTER, params!["stray", 1_i64]).await,
                    Err(DbError::Full)
                );
                Ok::<_, DbError>(())
            })
            .await;
        assert_eq!(went_on, Err(DbError::Full));
        assert_eq!(
            db.read(async |c| c.one::<i64>(COUNTERS, &[]).await).await?,
            0
        );
        Ok(())
    });
}

/// What PostgreSQL reports by SQLSTATE, as a function of the database says it.
const REPORTED: [(&str, &str); 8] = [
    ("53100", "Full"),
    ("40P01", "Busy"),
    ("40001", "Busy"),
    ("55P03", "Busy"),
    ("57014", "Busy"),
    ("57P01", "Unavailable"),
    ("08006", "Unavailable"),
    ("22012", "Other"),
];

both_engines! {
    sets(SETS);

    async fn postgres_states_become_the_stores_errors(db: Db) {
        if db.engine() == hanok_db::Engine::Postgres {
            for (state, expected) in REPORTED {
                let function = format!(
                    "CREATE OR REPLACE FUNCTION fail() RETURNS BIGINT LANGUAGE plpgsql AS
                     $$ BEGIN RAISE EXCEPTION 'a secret' USING ERRCODE = '{state}', DETAIL = 'a secret'; END $$"
                );
                db.hand_written(&function).await.map_err(DbError::Other)?;
                let failed = db.write(async |tx| tx.one::<i64>("SELECT fail()", &[]).await).await;
                assert!(format!("{failed:?}").starts_with(&format!("Err({expected}")), "{state}: {failed:?}");
            }
        }
        assert_eq!(small(&db, "next").await, Ok(1));
    }

    async fn a_full_disk_is_known_until_a_unit_changes_something(db: Db) {
        if db.engine() == hanok_db::Engine::Postgres {
            let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$;
                 CREATE TRIGGER full_disk BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION full_disk()";
            db.hand_written(full).await.map_err(DbError::Other)?;
        } else {
            db.limit_file(Some(1)).await?;
        }
        assert_eq!(large(&db, 1).await, Err(DbError::Full));
        assert_eq!(db.write_fault(), Some(DbError::Full));
        // A unit that changes nothing says nothing of the disk.
        assert_eq!(db.write(async |tx| tx.one::<i64>(COUNTERS, &[]).await).await, Ok(0));
        assert_eq!(db.write_fault(), Some(DbError::Full));
        if db.engine() == hanok_db::Engine::Postgres {
            let free = "DROP TRIGGER full_disk ON person";
            db.hand_written(free).await.map_err(DbError::Other)?;
        } else {
            db.limit_file(None).await?;
        }
        assert_eq!(large(&db, 1).await, Ok(1));
        assert_eq!(db.write_fault(), None);
    }
}
