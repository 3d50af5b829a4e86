//! What is found is reached by the index of terms and by keys, however much is written.

use hanok_db::text_search::{Part, TextQuery};
use hanok_db::{Db, DbError, Engine, Value, params};
use uuid::Uuid;

use super::{AUTHORS, CommentRow, Found, OF_AUTHORS, PostRow, with_authors};
use crate::search::index;
use crate::search::service::corpus::{OPEN, SKY, fill, sets, viewer};

/// Enough posts and comments with one word for the store to read them one by one, newest first.
async fn crowd(db: &Db) -> Result<(), DbError> {
    const POST: &str = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at) \
        VALUES ($1, $2, $3, '제목', '회의', $4) RETURNING serial";
    const COMMENT: &str = "INSERT INTO board_comment (id, post, author_id, body, created_at) \
        VALUES ($1, $2, $3, '회의', $4) RETURNING serial";
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
        VALUES ($1, $2, $2, $2, 1)";
    fill(db).await?;
    db.write::<_, DbError, _>(async |tx| {
        let open = Uuid::from_u128(OPEN);
        for at in 0..500 {
            let name = format!("person{at}");
            tx.execute(ACCOUNT, params![author(at), name]).await?;
        }
        for at in 1..=2_200_i64 {
            let id = Uuid::from_u128(0xF000_0000 + u128::from(at.unsigned_abs()));
            let post: i64 = tx.one(POST, params![id, open, author(at), at]).await?;
            index::post(tx, post, "제목", "회의").await?;
            let comment: i64 = tx.one(COMMENT, params![id, post, author(at), at]).await?;
            index::comment(tx, comment, "회의").await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", &[]).await.map(|_| ()))
        .await
}

/// One of five hundred.
fn author(at: i64) -> Uuid {
    Uuid::from_u128(0xE000 + u128::from((at % 500).unsigned_abs()))
}

async fn plan(db: &Db, sql: String, values: Vec<Value<'static>>) -> Result<Vec<String>, DbError> {
    let engine = db.engine();
    db.write::<_, DbError, _>(async move |tx| match engine {
        Engine::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &values).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => {
            let off = "SELECT set_config('enable_seqscan', 'off', true)";
            tx.one::<String>(off, &[]).await?;
            tx.all(&format!("EXPLAIN {sql}"), &values).await
        }
    })
    .await
}

/// Whether a step of a plan walks what grows without end: not the categories, nor the groups of one person.
fn walks(step: &str) -> bool {
    let sqlite =
        ["SCAN p", "SCAN m", "SCAN a", "SCAN l"].contains(&step.split(" USING").next().unwrap());
    let postgres = [
        "board_post",
        "board_comment",
        "board_post_search",
        "board_comment_search",
        "account",
    ]
    .iter()
    .any(|table| step.trim_end().contains(&format!("Seq Scan on {table} ")));
    sqlite || postgres
}

async fn reads<R: Found>(db: &Db, typed: &'static str, by: [&str; 2]) -> Result<(), DbError> {
    let [sqlite, postgres] = by;
    let by = if db.engine() == Engine::Sqlite {
        sqlite
    } else {
        postgres
    };
    for part in [Part::Whole, Part::Heading, Part::Rest] {
        let query = TextQuery::parse(typed).unwrap();
        let hits = db.report(async move |conn| R::INDEX.look(conn, &query, part).await);
        let sql = R::SELECT[0].sql(&hits.await?, 2).to_owned();
        let reader = viewer(SKY, false);
        let values = vec![
            Value::Uuid(reader.account.uuid()),
            Value::Bool(reader.is_moderator),
            Value::Text(typed),
            Value::I64(i64::MAX),
        ];
        let steps = plan(db, sql, values).await?;
        assert!(!steps.iter().any(|step| walks(step)), "{typed}: {steps:#?}");
        assert!(
            !steps.iter().any(|step| step.contains("FOR ORDER BY")),
            "{typed}: {steps:#?}"
        );
        let reaches = steps.iter().any(|step| step.contains(by));
        assert!(reaches || part != Part::Whole, "{typed}: {steps:#?}");
    }
    Ok(())
}

hanok_db::both_engines! {
    sets(&sets());

    async fn hits_are_read_by_the_index_of_terms_and_by_keys(db: Db) {
        crowd(&db).await?;
        let sqlite = "VIRTUAL TABLE INDEX";
        reads::<PostRow>(&db, "회의", [sqlite, "Index Scan Backward using board_post_search_pkey"]).await?;
        reads::<PostRow>(&db, "뷁스러운", [sqlite, "Function Scan on board_post_search_found"]).await?;
        reads::<CommentRow>(&db, "회의", [sqlite, "Index Scan Backward using board_comment_search_pkey"]).await?;
        reads::<CommentRow>(&db, "국밥", [sqlite, "Function Scan on board_comment_search_found"]).await?;
    }

    async fn posts_of_people_are_read_by_their_index_and_names_from_one(db: Db) {
        crowd(&db).await?;
        let (sky, one) = (Value::Uuid(Uuid::from_u128(SKY)), Value::Uuid(author(7)));
        let values = vec![sky, Value::Bool(false), Value::I64(i64::MAX), one];
        let steps = plan(&db, with_authors(OF_AUTHORS, 1, 21), values).await?;
        assert!(!steps.iter().any(|step| walks(step)), "{steps:#?}");
        assert!(steps.iter().any(|step| step.contains("board_post_author")), "{steps:#?}");
        // Every name is looked at, as an index holds them.
        let steps = plan(&db, AUTHORS.to_owned(), vec![Value::Text("%하늘%")]).await?;
        let by = ["COVERING INDEX account_all_by_name", "Scan using account_"];
        assert!(steps.iter().any(|step| by.iter().any(|by| step.contains(by))), "{steps:#?}");
    }
}
