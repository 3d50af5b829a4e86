//! Constraints by name, the same on both engines.

use hanok_db::{Db, DbError, both_engines, params};
use uuid::Uuid;

use crate::schema::SETS;

const PERSON: &str = "INSERT INTO person (id, username, age) VALUES ($1, $2, $3)";
const VISIT: &str = "INSERT INTO visit (id, person_id, place) VALUES ($1, $2, $3)";

async fn person(db: &Db, id: u128, name: &'static str, age: Option<i64>) -> Result<u64, DbError> {
    db.write(async move |tx| {
        tx.execute(PERSON, params![Uuid::from_u128(id), name, age])
            .await
    })
    .await
}

async fn visit(db: &Db, id: i64, person: u128, place: &'static str) -> Result<u64, DbError> {
    db.write(async move |tx| {
        tx.execute(VISIT, params![id, Uuid::from_u128(person), place])
            .await
    })
    .await
}

fn unique(name: &str) -> Result<u64, DbError> {
    Err(DbError::Unique {
        constraint: name.to_owned(),
    })
}

both_engines! {
    sets(SETS);

    async fn a_unique_index_is_named(db: Db) {
        person(&db, 1, "mina", Some(30)).await?;
        assert_eq!(person(&db, 2, "MINA", Some(31)).await, unique("person_lower"));
        db.hand_written("DROP INDEX person_lower").await.map_err(DbError::Other)?;
        assert_eq!(person(&db, 2, "mina", Some(31)).await, unique("person_username"));
        db.hand_written("DROP INDEX person_username").await.map_err(DbError::Other)?;
        assert_eq!(person(&db, 2, "mina", Some(30)).await, unique("person_name_age"));
        assert_eq!(person(&db, 2, "mina", Some(31)).await, Ok(1));
    }

    async fn a_primary_key_and_a_unique_column_have_postgres_names(db: Db) {
        person(&db, 1, "mina", None).await?;
        assert_eq!(person(&db, 1, "jun", None).await, unique("person_pkey"));
        visit(&db, 1, 1, "Seoul").await?;
        assert_eq!(visit(&db, 1, 1, "Busan").await, unique("visit_pkey"));
        assert_eq!(visit(&db, 2, 1, "Seoul").await, unique("visit_place_key"));
    }

    async fn foreign_keys_are_checked_at_once(db: Db) {
        assert_eq!(visit(&db, 1, 9, "Seoul").await, Err(DbError::ForeignKey));
        let returning = db.write(async |tx| {
            tx.one::<i64>("INSERT INTO visit (id, person_id, place) VALUES ($1, $2, 'x') RETURNING id", params![1_i64, Uuid::from_u128(9)]).await
        }).await;
        assert_eq!(returning, Err(DbError::ForeignKey));
        person(&db, 1, "mina", None).await?;
        visit(&db, 1, 1, "Seoul").await?;
        let deleted = db.write(async |tx| tx.execute("DELETE FROM person", &[]).await).await;
        assert_eq!(deleted, Err(DbError::ForeignKey));
    }

    async fn checks_and_missing_values_are_named(db: Db) {
        assert_eq!(person(&db, 1, "old", Some(201)).await, Err(DbError::Check { constraint: "person_age_range".to_owned() }));
        let missing = db.write(async |tx| tx.execute(PERSON, params![Uuid::nil(), None::<String>, None::<i64>]).await).await;
        assert_eq!(missing, Err(DbError::Check { constraint: "person_username_not_null".to_owned() }));
    }

    async fn a_trigger_refuses_with_its_reason(db: Db) {
        person(&db, 1, "mina", None).await?;
        visit(&db, 1, 1, "Seoul").await?;
        let deleted = db.write(async |tx| tx.execute("DELETE FROM visit", &[]).await).await;
        assert_eq!(deleted, Err(DbError::Refused("a visit is never deleted".to_owned())));
        let by_hand = db.hand_written("DELETE FROM visit").await;
        assert!(by_hand.is_err_and(|why| why.contains("a visit is never deleted")));
    }

    async fn no_message_shows_a_value(db: Db) {
        person(&db, 1, "a secret", Some(30)).await?;
        let refused = [
            person(&db, 2, "a secret", None).await,
            person(&db, 3, "another secret", Some(4_711)).await,
            visit(&db, 1, 4_711, "a secret").await,
        ];
        for error in refused.into_iter().filter_map(Result::err) {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret") && !shown.contains("4711"), "{shown}");
        }
    }
}
