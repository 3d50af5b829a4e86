//! What tests use to look into the store.

use hanok_db::{DbError, both_engines, params};

use crate::schema::SETS;

both_engines! {
    sets(SETS);

    async fn a_dump_shows_every_value_of_every_table(db: Db) {
        db.write(async |tx| {
            const SQL: &str = "INSERT INTO person (id, username, sealed) VALUES ($1, $2, $3)";
            tx.execute(SQL, params![uuid::Uuid::from_u128(1), "지수", b"hidden \xff".to_vec()]).await
        }).await?;
        let dump = db.dump_text().await?;
        let holds = |part: &str| dump.iter().any(|(column, text)| column.contains("person.") && text.contains(part));
        assert!(holds("지수") && holds("hidden") && holds("68696464656e20ff"));
        assert!(!holds("absent"));
        assert!(dump.iter().any(|(column, _)| column.contains("testing_migrations.")));
        db.hand_written("UPDATE person SET username = 'by hand'").await.map_err(DbError::Other)?;
        assert!(db.dump_text().await?.iter().any(|(_, text)| text == "by hand"));
    }
}
