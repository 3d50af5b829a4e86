//! Many rows in few statements.

use hanok_db::{Db, DbError, InsertMany, Param, Tx, Value, params};

static LINES: InsertMany<2> = InsertMany::new("INSERT INTO line (id, text)");

async fn table(db: &Db) -> Result<(), DbError> {
    const SQL: &str = "CREATE TABLE line (id BIGINT NOT NULL PRIMARY KEY, text TEXT)";
    let unit = async |tx: &mut Tx| tx.execute(SQL, params![]).await.map(drop);
    db.write::<_, DbError, _>(unit).await
}

async fn insert(db: &Db, ids: Vec<i64>) -> Result<(), DbError> {
    let unit = async move |tx: &mut Tx| {
        let rows: Vec<[Value<'_>; 2]> = ids
            .iter()
            .map(|id| {
                [
                    id.value(),
                    if id % 2 == 0 {
                        Value::Null
                    } else {
                        Value::Text("odd")
                    },
                ]
            })
            .collect();
        LINES.execute(tx, &rows).await
    };
    db.write::<_, DbError, _>(unit).await
}

async fn count(db: &Db) -> Result<(i64, i64), DbError> {
    let sql = "SELECT COUNT(*), COUNT(text) FROM line";
    db.read::<_, DbError, _>(async move |conn| conn.one(sql, params![]).await)
        .await
}

hanok_db::both_engines! {
    async fn rows_of_every_number_are_inserted(db: Db) {
        table(&db).await?;
        insert(&db, Vec::new()).await?;
        assert_eq!(count(&db).await?, (0, 0));
        insert(&db, (0..64 + 2 * 8 + 3).collect()).await?;
        assert_eq!(count(&db).await?, (83, 41));
    }

    async fn one_that_is_refused_takes_all_with_it(db: Db) {
        table(&db).await?;
        let twice = (0..70).chain([3]).collect();
        let refused = insert(&db, twice).await;
        assert!(matches!(refused, Err(DbError::Unique { .. })), "{refused:?}");
        assert_eq!(count(&db).await?, (0, 0));
    }
}
