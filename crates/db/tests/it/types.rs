//! What goes in comes out, and parameters go where their number says.

use hanok_base::{Clock, Id, Random, Timestamp};
use hanok_db::{DbError, both_engines, params, record, text_enum};

use crate::schema::SETS;

enum Person {}

text_enum! {
    /// How someone is.
    pub enum Mood {
        /// Well.
        Glad = "GLAD",
        /// Not well.
        Sad = "SAD",
    }
}

record! {
    /// A person as stored.
    #[derive(Debug, PartialEq)]
    struct PersonRow from "p" {
        id: Id<Person>,
        name: String = "p.username",
        age: Option<i64>,
        active: bool,
        score: Option<f64>,
        sealed: Option<Vec<u8>>,
    }
}

const INSERT: &str =
    "INSERT INTO person (id, username, age, active, score, sealed) VALUES ($6, $5, $4, $3, $2, $1)";

both_engines! {
    sets(SETS);

    async fn parameters_are_bound_by_number_not_by_appearance(db: Db) {
        const SQL: &str = "SELECT CAST($3 AS TEXT), CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($1 AS TEXT), '$2'";
        let read: (String, String, String, String, String) =
            db.read(async |c| c.one(SQL, params!["one", "two", "three"]).await).await?;
        let read = [read.0, read.1, read.2, read.3, read.4];
        assert_eq!(read, ["three", "one", "two", "one", "$2"]);
    }

    async fn values_of_every_type_come_back_as_they_went(db: Db) {
        let id = Id::<Person>::new(&Clock::system(), &Random::system());
        let bytes = vec![0, 255, 128, b'\''];
        let sent = bytes.clone();
        db.write(async move |tx| {
            tx.execute(INSERT, params![sent, -0.25, false, 7_i64, "한국어 'quoted' 🏠 $1", id]).await
        }).await?;
        let sql = select();
        let row: PersonRow = db.read(async |c| c.one(&sql, params![id]).await).await?;
        let expected = PersonRow {
            id, name: "한국어 'quoted' 🏠 $1".to_owned(), age: Some(7), active: false, score: Some(-0.25), sealed: Some(bytes),
        };
        assert_eq!(row, expected);
    }

    async fn null_comes_back_as_none(db: Db) {
        let id = Id::<Person>::new(&Clock::system(), &Random::system());
        let none = (None::<Vec<u8>>, None::<f64>, None::<i64>);
        db.write(async move |tx| {
            tx.execute(INSERT, params![none.0, none.1, true, none.2, "", id]).await
        }).await?;
        let sql = select();
        let row: PersonRow = db.report(async move |c| c.one(&sql, params![id]).await).await?;
        assert_eq!(row, PersonRow { id, name: String::new(), age: None, active: true, score: None, sealed: None });
        let not_null: Result<(Id<Person>, i64), DbError> =
            db.read(async |c| c.one("SELECT id, age FROM person", &[]).await).await;
        assert!(matches!(not_null, Err(DbError::Other(why)) if why.contains("`age`") && why.contains("NULL")));
    }

    async fn extremes_and_times_come_back(db: Db) {
        const SQL: &str = "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS DOUBLE PRECISION), CAST($4 AS BIGINT)";
        let at = Timestamp::from_micros(1_795_239_000_123_456);
        let read: (i64, i64, f64, Timestamp) =
            db.read(async |c| c.one(SQL, params![i64::MIN, i64::MAX, f64::MAX, at]).await).await?;
        assert_eq!(read, (i64::MIN, i64::MAX, f64::MAX, at));
    }

    async fn like_tells_upper_from_lower_case(db: Db) {
        const SQL: &str = "SELECT CAST($1 AS TEXT) LIKE CAST($2 AS TEXT) ESCAPE '!'";
        for (text, pattern, expected) in [("Mina", "M%", true), ("Mina", "m%", false), ("50%", "50!%", true), ("505", "50!%", false)] {
            let found: bool = db.read(async |c| c.one(SQL, params![text, pattern]).await).await?;
            assert_eq!(found, expected, "{text} {pattern}");
            let found: bool = db.write(async move |tx| tx.one(SQL, params![text, pattern]).await).await?;
            assert_eq!(found, expected, "{text} {pattern}");
        }
    }

    async fn words_are_enums(db: Db) {
        const SQL: &str = "SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)";
        let read: (Mood, Option<Mood>) =
            db.read(async |c| c.one(SQL, params![Mood::Sad, None::<Mood>]).await).await?;
        assert_eq!(read, (Mood::Sad, None));
        let unknown: Result<(Mood, Mood), DbError> = db.read(async |c| c.one(SQL, params!["SAD", "MAD"]).await).await;
        assert!(matches!(unknown, Err(DbError::Other(why)) if why.contains("a word of Mood") && !why.contains("MAD")));
    }

    async fn a_large_value_comes_back(db: Db) {
        let (id, bytes) = (Id::<Person>::new(&Clock::system(), &Random::system()), "긴 글".repeat(300_000).into_bytes());
        let sent = bytes.clone();
        db.write(async move |tx| {
            tx.execute("INSERT INTO person (id, username, sealed) VALUES ($1, $2, $3)", params![id, "large", sent]).await
        }).await?;
        let read: Vec<u8> = db.read(async |c| c.one("SELECT sealed FROM person WHERE id = $1", params![id]).await).await?;
        assert!(read == bytes);
    }

    async fn a_wrong_number_of_parameters_or_columns_is_named(db: Db) {
        let few: Result<i64, DbError> = db.read(async |c| c.one("SELECT CAST($1 AS BIGINT) + CAST($2 AS BIGINT)", params![1_i64]).await).await;
        assert_eq!(few, Err(DbError::Other("the statement takes 2 parameters, 1 were given".to_owned())));
        let left: Result<i64, DbError> = db.read(async |c| c.one("SELECT CAST(1 AS BIGINT), CAST(2 AS BIGINT)", &[]).await).await;
        assert_eq!(left, Err(DbError::Other("the statement returns 2 columns, the record reads 1".to_owned())));
        let more: Result<(i64, i64), DbError> = db.read(async |c| c.one("SELECT CAST(1 AS BIGINT)", &[]).await).await;
        assert_eq!(more, Err(DbError::Other("the statement returns 1 columns, the record reads more".to_owned())));
    }
}

fn select() -> String {
    format!(
        "SELECT {} FROM person AS p WHERE p.id = $1",
        PersonRow::COLUMNS
    )
}

#[test]
fn a_record_lists_its_columns() {
    assert_eq!(
        PersonRow::COLUMNS,
        "p.id, p.username, p.age, p.active, p.score, p.sealed"
    );
}
