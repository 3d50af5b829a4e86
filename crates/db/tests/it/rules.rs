//! What the store does not take.

use hanok_db::{DbError, both_engines};

use crate::schema::{COUNTERS, SETS};

both_engines! {
    sets(SETS);

    async fn a_unit_does_not_manage_its_transaction(db: Db) {
        for sql in ["COMMIT", "rollback;", " BEGIN", "SAVEPOINT a", "PRAGMA foreign_keys = OFF"] {
            let refused = db.write(async move |tx| tx.execute(sql, &[]).await).await;
            assert!(matches!(&refused, Err(DbError::Other(why)) if why.contains("begins and ends transactions")), "{refused:?}");
        }
        assert_eq!(db.read(async |c| c.one::<i64>(COUNTERS, &[]).await).await, Ok(0));
    }

    async fn a_faulty_statement_is_named_without_its_values(db: Db) {
        let failed = db.read(async |c| {
            c.one::<i64>("SELECT nothing FROM counter WHERE name = $1", hanok_db::params!["a secret"]).await
        }).await;
        let Err(DbError::Other(why)) = failed else { panic!("{failed:?}") };
        assert!(why.contains("nothing") && why.contains("SELECT nothing FROM counter WHERE name = $1"), "{why}");
        assert!(!why.contains("a secret"));
    }

    async fn a_value_of_another_type_fails_without_being_shown(db: Db) {
        let failed = db.write(async |tx| {
            tx.execute("INSERT INTO person (id, username, age) VALUES ($1, $2, $3)", hanok_db::params![
                uuid::Uuid::from_u128(5), "someone", 1_000_i64
            ]).await
        }).await;
        assert_eq!(failed, Err(DbError::Check { constraint: "person_age_range".to_owned() }));
        let failed = db.write(async |tx| {
            tx.execute("INSERT INTO counter (name, count) VALUES ($1, CAST($2 AS BIGINT) / 0)", hanok_db::params!["secret", 4711_i64]).await
        }).await;
        assert!(failed.is_err_and(|error| !error.to_string().contains("secret") && !error.to_string().contains("4711")));
    }
}
