//! A page of one person's history is found by its index, however many requests there are.

use hanok_base::{Clock, Id, Random};
use hanok_db::{Db, DbError, Engine, MigrationSet};
use uuid::Uuid;

use super::*;

const PERSON: Uuid = Uuid::from_u128(1);
const SHOP: Uuid = Uuid::from_u128(2);

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

/// Twelve thousand requests, of which one in thirty is this person's.
async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) VALUES ($1, 'a', 'a', 'a', 1)";
    const PROVIDER: &str = "INSERT INTO service_provider (id, client_id, name, delivery, notify, site_code, \
        address_allow_list, limits, hide_unknown_users, ci_entitled, active, created_at, updated_at) \
        VALUES ($1, 'shop', 'A 쇼핑몰', 'poll', 'all', 'SHOP', '', '', TRUE, FALSE, TRUE, 1, 1)";
    const REQUEST: &str = "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, \
        created_at, expires_at, ended_at, binding_code, choices, auth_code_hash) \
        VALUES ($1, $2, $3, $4, $7, $5, $6, $6, 10, '10,11,12', $8)";
    let (clock, random) = (Clock::system(), Random::seeded(1));
    db.write::<_, DbError, _>(async move |tx| {
        tx.execute(ACCOUNT, params![PERSON]).await?;
        tx.execute(PROVIDER, params![SHOP]).await?;
        for at in 1..=12_000_i64 {
            let id: TransactionId = Id::new(&clock, &random);
            let person = (at % 30 == 0).then_some(PERSON);
            let (phone, ends) = ([0_u8; 32], at + 1);
            // Some of the others' are completed, so that what is completed is not found by there being none.
            let code = (at % 3 == 1).then(|| id.uuid().as_bytes().to_vec());
            let status = if code.is_some() {
                "COMPLETED"
            } else {
                "EXPIRED"
            };
            let values = params![id, SHOP, person, phone, at, ends, status, code];
            tx.execute(REQUEST, values).await?;
        }
        Ok(())
    })
    .await?;
    db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(|_| ()))
        .await
}

async fn plan(db: &Db, sql: &'static str, values: Vec<Value<'static>>) -> Vec<String> {
    let engine = db.engine();
    let explained = db.write::<_, DbError, _>(async move |tx| match engine {
        Engine::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &values).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        }
        Engine::Postgres => tx.all(&format!("EXPLAIN {sql}"), &values).await,
    });
    explained.await.unwrap()
}

async fn walks_nothing(db: &Db, sql: &'static str, values: Vec<Value<'static>>) {
    let steps = plan(db, sql, values).await;
    // Of SQLite, then of PostgreSQL; the providers are few and may be walked.
    let walks = |step: &String| {
        [
            "SCAN t",
            "SCAN auth_transaction",
            "SCAN notification_log",
            "SCAN callback",
        ]
        .iter()
        .any(|walk| step.starts_with(walk))
            || step.contains("Seq Scan on auth_transaction")
    };
    assert!(!steps.iter().any(walks), "{sql}: {steps:#?}");
    let finds = |step: &String| {
        [
            "auth_transaction_account_newest",
            "auth_transaction_pending_expiry",
        ]
        .iter()
        .any(|index| step.contains(index))
    };
    assert!(steps.iter().any(finds), "{sql}: {steps:#?}");
}

fn filters() -> impl Iterator<Item = Filter> {
    let states = [
        None,
        Some(Status::Pending),
        Some(Status::Completed),
        Some(Status::Failed),
        Some(Status::Expired),
    ];
    let providers = [None, Some(ProviderId::from_uuid(SHOP))];
    states.into_iter().flat_map(move |state| {
        providers.map(|provider| Filter {
            state,
            provider,
            ..Filter::default()
        })
    })
}

fn owned(values: &[Value<'_>]) -> Vec<Value<'static>> {
    values
        .iter()
        .map(|value| match value {
            Value::I64(number) => Value::I64(*number),
            Value::Bool(truth) => Value::Bool(*truth),
            Value::Uuid(id) => Value::Uuid(*id),
            Value::Null | Value::F64(_) | Value::Text(_) | Value::Bytes(_) => Value::Null,
        })
        .collect()
}

hanok_db::both_engines! {
    sets(&sets());

    async fn no_filter_walks_the_requests_of_others(db: Db) {
        fill(&db).await?;
        for filter in filters() {
            let wanted = Wanted {
                account: AccountId::from_uuid(PERSON),
                filter: &filter,
                span: Span { after: (100, Uuid::nil()), before: (2_000, Uuid::max()) },
                now: Timestamp::from_micros(2_500),
            };
            let values = owned(&wanted.values());
            let texts = wanted.texts();
            walks_nothing(&db, texts.count, values.clone()).await;
            let mut skipping = values;
            skipping.extend([Value::I64(21), Value::I64(20)]);
            walks_nothing(&db, texts.newest_first, skipping.clone()).await;
            walks_nothing(&db, texts.oldest_first, skipping).await;
        }
    }

    async fn the_providers_met_are_found_without_walking(db: Db) {
        fill(&db).await?;
        walks_nothing(&db, MET, vec![Value::Uuid(PERSON)]).await;
    }

    async fn a_page_is_the_rows_between_its_places(db: Db) {
        fill(&db).await?;
        let filter = Filter { state: Some(Status::Expired), ..Filter::default() };
        let (count, newest, oldest) = db.read::<_, DbError, _>(async move |conn| {
            let wanted = Wanted {
                account: AccountId::from_uuid(PERSON),
                filter: &filter,
                span: Span { after: (300, Uuid::nil()), before: (1_500, Uuid::nil()) },
                now: Timestamp::from_micros(2_500),
            };
            let count = count(conn, &wanted).await?;
            let newest = rows(conn, &wanted, false, (21, 20)).await?;
            Ok((count, newest, rows(conn, &wanted, true, (21, 0)).await?))
        }).await?;
        let times = |rows: &[RequestRow]| rows.iter().map(|row| row.created_at.micros()).collect::<Vec<_>>();
        assert_eq!(count, 40);
        assert_eq!(times(&newest), (0..20).map(|n| 1_470 - (20 + n) * 30).collect::<Vec<_>>());
        assert_eq!(times(&oldest), (0..21).map(|n| 300 + n * 30).collect::<Vec<_>>());
    }
}
