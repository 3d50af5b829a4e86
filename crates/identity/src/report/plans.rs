//! No report walks a whole table: requests and audit rows are there by the million.

use hanok_accounts::AccountId;
use hanok_base::{Clock, Id, Random};
use hanok_db::{Db, DbError, Engine, MigrationSet, Tx, params};
use uuid::Uuid;

use super::*;
use crate::statistics::QUESTIONS;
use crate::transaction::TransactionId;

const DAY: i64 = 86_400_000_000;
const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

/// 400 days of 50 people at 10 providers: 16,000 requests, and as many acts, of which one in four counts.
async fn fill(db: &Db) -> Result<(), DbError> {
    db.write::<_, DbError, _>(async |tx| {
        let (clock, random) = (Clock::system(), Random::seeded(1));
        for n in 1..=50 {
            account(tx, Uuid::from_u128(n)).await?;
        }
        for n in 1..=10 {
            provider(tx, Uuid::from_u128(n)).await?;
        }
        for n in 0..16_000_i64 {
            let at = NOW.micros() - 400 * DAY + n * (DAY / 40);
            let id: TransactionId = Id::new(&clock, &random);
            request(tx, id, n, at).await?;
            act(tx, id.uuid(), n, at).await?;
        }
        Ok(())
    })
    .await
}

async fn account(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO account (id, username, username_key, name, created_at) VALUES ($1, $2, $2, $2, 1)";
    tx.execute(SQL, params![id, id.to_string()]).await.map(drop)
}

async fn provider(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO service_provider (id, client_id, name, delivery, notify, site_code, \
        address_allow_list, limits, hide_unknown_users, ci_entitled, active, created_at, updated_at) \
        VALUES ($1, $2, $2, 'poll', 'all', 'SHOP', '', '', TRUE, FALSE, TRUE, 1, 1)";
    tx.execute(SQL, params![id, id.to_string()]).await.map(drop)
}

fn one_of(n: i64, many: i64) -> Uuid {
    Uuid::from_u128(u128::try_from(n % many + 1).unwrap())
}

async fn request(tx: &mut Tx, id: TransactionId, n: i64, at: i64) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO auth_transaction (id, provider_id, account_id, phone_index, status, \
        failure_reason, created_at, expires_at, ended_at, binding_code, choices, auth_code_hash) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 10, '10,11,12', $9)";
    let (status, reason) = match n % 4 {
        0 => ("FAILED", Some("denied")),
        1 => ("EXPIRED", None),
        _ => ("COMPLETED", None),
    };
    let code = (status == "COMPLETED").then(|| id.uuid().as_bytes().to_vec());
    let (by, of, phone, ended) = (one_of(n / 4, 10), one_of(n / 3, 50), [0_u8; 32], at + 1);
    let values = params![id, by, of, phone, status, reason, at, ended, code];
    tx.execute(SQL, values).await.map(drop)
}

async fn act(tx: &mut Tx, id: Uuid, n: i64, at: i64) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO audit_log (id, at, action, subject_id) VALUES ($1, $2, $3, $4)";
    const ORIGIN: &str = "INSERT INTO audit_origin (audit_id, salt, address, agent) VALUES ($1, $2, '192.0.2.1', '')";
    let actions = [
        "AUTH_REQUEST",
        "AUTH_COMPLETED",
        "USER_LOGOUT",
        "AUTH_EXPIRED",
        "CI_DI_ACCESS",
        "USER_LOGIN",
    ];
    let action = actions[usize::try_from(n % 6).unwrap()];
    tx.execute(SQL, params![id, at, action, one_of(n / 3, 50)])
        .await?;
    tx.execute(ORIGIN, params![id, [0_u8; 16]]).await.map(drop)
}

async fn plan(db: &Db, sql: &str, values: &[Value<'_>]) -> Vec<String> {
    let engine = db.engine();
    let (sql, values) = (sql.to_owned(), owned(values));
    let explained = db.write::<_, DbError, _>(async move |tx| {
        let values: Vec<Value<'_>> = values.iter().map(Owned::value).collect();
        match engine {
            Engine::Sqlite => {
                let sql = format!("EXPLAIN QUERY PLAN {sql}");
                let steps: Vec<(i64, i64, i64, String)> = tx.all(&sql, &values).await?;
                Ok(steps.into_iter().map(|(.., step)| step).collect())
            }
            Engine::Postgres => {
                let walk = "SELECT set_config('enable_seqscan', 'off', true)";
                tx.one::<String>(walk, params![]).await?;
                tx.all(&format!("EXPLAIN {sql}"), &values).await
            }
        }
    });
    explained.await.unwrap_or_else(|error| panic!("{error}"))
}

/// A value that goes into a unit.
enum Owned {
    Number(i64),
    Text(String),
    Id(Uuid),
}

impl Owned {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Number(number) => Value::I64(*number),
            Self::Text(text) => Value::Text(text),
            Self::Id(id) => Value::Uuid(*id),
        }
    }
}

fn owned(values: &[Value<'_>]) -> Vec<Owned> {
    let owned = values.iter().map(|value| match value {
        Value::I64(number) => Owned::Number(*number),
        Value::Text(text) => Owned::Text((*text).to_owned()),
        Value::Uuid(id) => Owned::Id(*id),
        other => panic!("no report is given {other:?}"),
    });
    owned.collect()
}

/// The names under which the statements know the long tables.
const LONG: [&str; 6] = [
    "t",
    "l",
    "o",
    "auth_transaction",
    "audit_log",
    "audit_origin",
];

fn is_walk(step: &str) -> bool {
    let mut words = step.split_whitespace();
    let walked = (words.next() == Some("SCAN"))
        .then(|| words.next())
        .flatten();
    let sequential = step
        .split_once("Seq Scan on ")
        .and_then(|(_, rest)| rest.split_whitespace().next());
    walked
        .or(sequential)
        .is_some_and(|table| LONG.contains(&table))
}

async fn assert_finds(db: &Db, sql: &str, values: &[Value<'_>], indexes: &[&str]) {
    let steps = plan(db, sql, values).await;
    assert!(!steps.iter().any(|step| is_walk(step)), "{sql}: {steps:#?}");
    let finds = |step: &String| indexes.iter().any(|index| step.contains(index));
    assert!(steps.iter().any(finds), "{sql}: {steps:#?}");
}

/// Those that whoever owns providers reads of these.
fn of_owner(zone: &TimeZone) -> [Box<dyn Query>; 3] {
    let owner = Some(AccountId::from_uuid(Uuid::from_u128(1)));
    [
        Box::new(ProviderSuccess {
            owner,
            ..ProviderSuccess::until(NOW)
        }),
        Box::new(HoursOfToday {
            owner,
            ..HoursOfToday::at(NOW, zone)
        }),
        Box::new(ProviderDays::until(NOW, zone).of_owner(owner)),
    ]
}

/// Every report, and what the statistics ask.
async fn assert_all_find(db: &Db) {
    let zone = TimeZone::get("Asia/Seoul").unwrap();
    for report in all(NOW, &zone).into_iter().chain(of_owner(&zone)) {
        assert_finds(db, report.sql(), &report.values(), report.indexes()).await;
    }
    let indexes = ProviderSuccess::until(NOW).indexes();
    for sql in QUESTIONS {
        let (from, until) = (NOW.micros() - DAY, NOW.micros());
        let values = [
            Value::I64(from),
            Value::I64(until),
            Value::Uuid(Uuid::from_u128(1)),
        ];
        assert_finds(db, sql, &values, indexes).await;
    }
}

hanok_db::both_engines! {
    sets(&sets());

    async fn no_report_walks_a_whole_table(db: Db) {
        fill(&db).await?;
        // A store that was never looked over plans otherwise.
        assert_all_find(&db).await;
        let analyse = db.write::<_, DbError, _>(async |tx| tx.execute("ANALYZE", params![]).await.map(drop));
        analyse.await?;
        assert_all_find(&db).await;
    }
}
