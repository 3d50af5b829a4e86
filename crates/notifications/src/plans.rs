//! A person's notifications are read from their indexes in order, however many there are.

use hanok_db::{Db, DbError, Engine, InsertMany, MigrationSet, Tx, Value, params};
use uuid::Uuid;

use crate::forget::OLD;
use crate::held::{MADE_BY, OPEN};
use crate::mail::DUE;
use crate::reading::{SINCE, beside, numbered};

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

/// Forty thousand notifications of two hundred people, a third of them read and some withdrawn.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
        VALUES ($1, $2, $2, '홍길동', 1)";
    db.write::<_, DbError, _>(async move |tx: &mut Tx| {
        for at in 0..PEOPLE {
            let username = format!("user{at}");
            tx.execute(ACCOUNT, params![Uuid::from_u128(at), username])
                .await?;
        }
        for seq in 1..=200_i64 {
            fill_one_each(tx, seq).await?;
        }
        tx.execute("ANALYZE", params![]).await.map(|_| ())
    })
    .await
}

const PEOPLE: u128 = 200;

/// One notification for each, of what happened at that time.
async fn fill_one_each(tx: &mut Tx, seq: i64) -> Result<(), DbError> {
    static NOTIFICATION: InsertMany<10> = InsertMany::new(
        "INSERT INTO notification (id, account_id, seq, type, subject_kind, subject_id, created_at, updated_at, \
         read_at, withdrawn_at)",
    );
    static SOURCE: InsertMany<6> = InsertMany::new(
        "INSERT INTO notification_source (notification_id, account_id, type, source, actor_id, at)",
    );
    let time = |at: u128| seq * 1_000 + i64::try_from(at).unwrap_or_default();
    let id = |at: u128| Uuid::from_u128(u128::from(seq.unsigned_abs()) * 1_000 + at);
    let sources: Vec<String> = (0..PEOPLE).map(|at| format!("{seq}-{at}")).collect();
    let subject = seq.to_string();
    let read = (seq % 3 == 0).then_some(seq);
    let gone = (seq % 20 == 1).then_some(seq);
    let moment = |at: Option<i64>| at.map_or(Value::Null, Value::I64);
    let rows = (0..PEOPLE).map(|at| {
        [
            Value::Uuid(id(at)),
            Value::Uuid(Uuid::from_u128(at)),
            Value::I64(seq),
            Value::Text("comment"),
            Value::Text("post"),
            Value::Text(&subject),
            Value::I64(time(at)),
            Value::I64(time(at)),
            moment(read),
            moment(gone),
        ]
    });
    NOTIFICATION.execute(tx, &rows.collect::<Vec<_>>()).await?;
    let rows = (0..PEOPLE).zip(&sources).map(|(at, source)| {
        [
            Value::Uuid(id(at)),
            Value::Uuid(Uuid::from_u128(at)),
            Value::Text("comment"),
            Value::Text(source),
            Value::Uuid(Uuid::from_u128(at)),
            Value::I64(1),
        ]
    });
    SOURCE.execute(tx, &rows.collect::<Vec<_>>()).await
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

/// Whether a step reads all notifications, or sorts them.
fn wastes(step: &str) -> bool {
    let all = [
        "Seq Scan on notification",
        "SCAN m",
        "SCAN notification",
        "TEMP B-TREE FOR ORDER BY",
        "Sort Key: m.updated_at",
    ];
    let is_index = step.contains("USING") && step.contains("INDEX");
    all.iter().any(|waste| step.contains(waste)) && !is_index
}

hanok_db::both_engines! {
    sets(&sets());

    async fn every_page_of_the_list_is_read_from_its_index_in_order(db: Db) {
        fill(&db).await?;
        let account = Value::Uuid(Uuid::from_u128(1));
        let page = || vec![account, Value::I64(21), Value::I64(20)];
        let place = || vec![account, Value::I64(21), Value::I64(100_001), Value::Uuid(Uuid::from_u128(100_001))];
        for (is_unread, index) in [(false, "notification_newest"), (true, "notification_unread")] {
            for (sql, values) in [
                (numbered(is_unread), page()),
                (beside(is_unread, false), place()),
                (beside(is_unread, true), place()),
            ] {
                let steps = plan(&db, sql.to_owned(), values).await;
                assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:#?}");
                assert!(!steps.iter().any(|step| wastes(step)), "{sql}: {steps:#?}");
            }
        }
    }

    async fn what_changed_what_grows_what_is_taken_back_and_what_is_old_have_their_indexes(db: Db) {
        fill(&db).await?;
        let account = Value::Uuid(Uuid::from_u128(1));
        let since = vec![account, Value::I64(150), Value::I64(200), Value::I64(201)];
        let open = vec![Value::Text("post"), Value::Text("7"), Value::Text("comment"), Value::I64(1_000), account];
        for (sql, values, index) in [
            (SINCE.to_owned(), since, "notification_seq"),
            (format!("{OPEN} AND n.account_id IN ($5)"), open, "notification_open"),
            (MADE_BY.to_owned(), vec![Value::Text("7-1")], "notification_source_once"),
            (OLD.to_owned(), vec![Value::I64(2_000), Value::I64(200)], "notification_old"),
            (DUE.to_owned(), vec![Value::I64(2_000), Value::I64(200)], "notification_digest_due"),
        ] {
            let steps = plan(&db, sql.clone(), values).await;
            assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:#?}");
            assert!(!steps.iter().any(|step| step.contains("Seq Scan on notification n")), "{sql}: {steps:#?}");
        }
    }
}
