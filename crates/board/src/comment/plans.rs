//! The comments of a post are read from their index in its order, however many there are.

use hanok_db::{Db, DbError, Engine, MigrationSet, Tx, Value, params};
use uuid::Uuid;

use super::store::{AFTER, BEFORE, SINCE, bounded};

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

/// Three thousand comments on thirty posts, a third of them answers.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
        VALUES ($1, 'hong', 'hong', '홍길동', 1)";
    const CATEGORY: &str = "INSERT INTO board_category (id, name, name_key, description, kind, position, \
        everyone_reads, everyone_writes, created_at) VALUES ($1, '글', '글', '', 'free', 1, TRUE, TRUE, 1)";
    const POST: &str = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at) \
        VALUES ($1, $2, $2, '글', '글', 1) RETURNING serial";
    const COMMENT: &str = "INSERT INTO board_comment (id, post, parent, author_id, body, created_at) \
        VALUES ($1, $2, $3, $4, '댓글', 1) RETURNING serial";
    db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        let one = Uuid::from_u128(1);
        tx.execute(ACCOUNT, params![one]).await?;
        tx.execute(CATEGORY, params![one]).await?;
        let mut posts = Vec::new();
        for at in 0..30_u128 {
            let serial: i64 = tx.one(POST, params![Uuid::from_u128(at), one]).await?;
            posts.push((serial, None));
        }
        for at in 0..100_u128 {
            for (place, (post, root)) in (0_u128..).zip(&mut posts) {
                let id = Uuid::from_u128(1_000 + at * 30 + place);
                let parent: Option<i64> = root.filter(|_| at % 3 == 0);
                let serial: i64 = tx.one(COMMENT, params![id, *post, parent, one]).await?;
                if parent.is_none() {
                    *root = Some(serial);
                }
            }
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx: &mut Tx| {
        tx.execute("ANALYZE", params![]).await.map(|_| ())
    })
    .await
}

async fn plan(db: &Db, sql: String, values: Vec<Value<'static>>) -> Vec<String> {
    let engine = db.engine();
    let explained = db.write::<_, DbError, _>(async move |tx: &mut Tx| match engine {
        Engine::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &values).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => {
            let off = "SELECT set_config('enable_seqscan', 'off', true)";
            tx.one::<String>(off, params![]).await?;
            tx.all(&format!("EXPLAIN {sql}"), &values).await
        }
    });
    explained.await.unwrap()
}

hanok_db::both_engines! {
    sets(&sets());

    async fn a_page_of_comments_is_read_from_its_index_in_order(db: Db) {
        fill(&db).await?;
        let place = || vec![Value::I64(7), Value::I64(40), Value::I64(70)];
        let news = vec![Value::I64(7), Value::I64(40)];
        for (sql, values, index) in [
            (AFTER, place(), "board_comment_thread"),
            (BEFORE, place(), "board_comment_thread"),
            (SINCE, news, "board_comment_of_post"),
        ] {
            let steps = plan(&db, bounded(sql, 51), values).await;
            assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:#?}");
            let sorts = |step: &String| step.contains("TEMP B-TREE") || step.contains("Seq Scan on board_comment");
            assert!(!steps.iter().any(sorts), "{sql}: {steps:#?}");
        }
    }
}
