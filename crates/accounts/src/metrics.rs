//! What accounts measure: sign-ins, the hash pool, who is online.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_base::metric::Metric;
use hanok_db::{Conn, Db, DbError, Tx, params};
use metrics::{Counter, Gauge, Histogram};

use crate::app::ProcessDuty;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::hash::HashPool;

const SIGN_INS: &str = "hanok_sign_ins_total";
const ONLINE: &str = "hanok_people_online";
const HASH_CAPACITY: &str = "hanok_hash_pool_capacity";
const HASH_TAKEN: &str = "hanok_hash_pool_taken";
const HASH_RUNNING: &str = "hanok_hash_pool_running";
const HASHES: &str = "hanok_hashes_total";
const HASH_REFUSALS: &str = "hanok_hash_refusals_total";
const HASH_WAIT: &str = "hanok_hash_wait_seconds";
const HASH_DURATION: &str = "hanok_hash_duration_seconds";

/// The metrics of this crate.
pub const METRICS: &[Metric] = &[
    Metric::counter(
        SIGN_INS,
        "Sign-ins by way (password, phone) and outcome (ok, wrong, locked, disabled, too_often, busy, refused, failed).",
    ),
    Metric::gauge(
        ONLINE,
        "People with a session that was used in the last five minutes; of the whole store. A phone's app counts when it renews its token.",
    ),
    Metric::gauge(
        HASH_CAPACITY,
        "Password and PIN hashes that may run and wait in this process.",
    ),
    Metric::gauge(
        HASH_TAKEN,
        "Password and PIN hashes that run or wait in this process; those that do not run are the queue.",
    ),
    Metric::gauge(
        HASH_RUNNING,
        "Password and PIN hashes that a thread of this process computes now.",
    ),
    Metric::counter(HASHES, "Password and PIN hashes that ended."),
    Metric::counter(
        HASH_REFUSALS,
        "Times that no place was left for a password or PIN hash, and the caller was told to come again.",
    ),
    Metric::histogram(
        HASH_WAIT,
        HASH_BOUNDS,
        "Time that a password or PIN hash waited for a thread.",
    ),
    Metric::histogram(
        HASH_DURATION,
        HASH_BOUNDS,
        "Time on a thread of one call of the hash pool.",
    ),
];

const HASH_BOUNDS: &[f64] = &[0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// How a person signed in, or tried to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Password,
    Phone,
}

impl Way {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Phone => "phone",
        }
    }
}

/// A sign-in by password ended.
pub(crate) fn signed_in<T>(result: Result<T, Fault>) -> Result<T, Fault> {
    count(Way::Password, outcome(&result));
    result
}

const fn outcome<T>(result: &Result<T, Fault>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(Fault::InvalidCredentials) => "wrong",
        Err(Fault::Locked) => "locked",
        Err(Fault::Disabled | Fault::Closed(_)) => "disabled",
        Err(Fault::TooOften(_)) => "too_often",
        Err(Fault::Busy) => "busy",
        Err(_) => "failed",
    }
}

/// A browser that came to go in by an approval on the phone was refused.
pub fn phone_sign_in_refused() {
    count(Way::Phone, "refused");
}

/// A browser goes in once the unit that lets it is committed.
pub(crate) fn signs_in(tx: &mut Tx, way: Way) {
    tx.after_commit(move || count(way, "ok"));
}

fn count(way: Way, outcome: &'static str) {
    metrics::counter!(SIGN_INS, "way" => way.as_str(), "outcome" => outcome).increment(1);
}

/// What the hash pool's threads tell, fetched once.
pub(crate) struct HashMeter {
    ended: Counter,
    refusals: Counter,
    running: Gauge,
    wait: Histogram,
    duration: Histogram,
}

impl HashMeter {
    pub(crate) fn new() -> Self {
        Self {
            ended: metrics::counter!(HASHES),
            refusals: metrics::counter!(HASH_REFUSALS),
            running: metrics::gauge!(HASH_RUNNING),
            wait: metrics::histogram!(HASH_WAIT),
            duration: metrics::histogram!(HASH_DURATION),
        }
    }

    pub(crate) fn refused(&self) {
        self.refusals.increment(1);
    }

    /// A thread begins after this wait.
    pub(crate) fn begun(&self, waited: Duration) {
        self.running.increment(1.0);
        self.wait.record(waited);
    }

    pub(crate) fn ended(&self, took: Duration) {
        self.running.decrement(1.0);
        self.ended.increment(1);
        self.duration.record(took);
    }
}

/// What somebody watches for is there from the start: a counter that appears with its first event shows no rise.
fn introduce() {
    for (way, outcome) in [
        (Way::Password, "ok"),
        (Way::Password, "wrong"),
        (Way::Password, "locked"),
        (Way::Phone, "ok"),
        (Way::Phone, "refused"),
    ] {
        metrics::counter!(SIGN_INS, "way" => way.as_str(), "outcome" => outcome).increment(0);
    }
}

/// What is looked up where somebody asks.
pub(crate) fn looks(accounts: &Accounts) -> Vec<ProcessDuty> {
    introduce();
    let accounts = accounts.clone();
    vec![ProcessDuty {
        name: "accounts",
        every: Duration::ZERO,
        run: Arc::new(move || {
            let accounts = accounts.clone();
            Box::pin(async move {
                measure_pool(&accounts.hashes);
                let online = people_online(&accounts.db, accounts.clock.now()).await;
                online
                    .map(measure_online)
                    .map_err(|error| error.to_string())
            })
        }),
    }]
}

#[expect(clippy::cast_precision_loss, reason = "there are never so many places")]
fn measure_pool(pool: &HashPool) {
    metrics::gauge!(HASH_CAPACITY).set(pool.capacity() as f64);
    metrics::gauge!(HASH_TAKEN).set(pool.taken() as f64);
}

#[expect(clippy::cast_precision_loss, reason = "there are never so many people")]
fn measure_online(people: i64) {
    metrics::gauge!(ONLINE).set(people as f64);
}

/// How long a session counts as used.
const PRESENT: Duration = Duration::from_mins(5);

/// Found by the end, so that what has ended long ago is not walked: COALESCE and MATERIALIZED keep both engines from
/// walking all sessions in the order of their people.
const PEOPLE_ONLINE: &str = "WITH used AS MATERIALIZED (SELECT account_id FROM session \
    WHERE expires_at > $1 AND last_seen_at > $2 AND COALESCE(ended_at, 0) = 0) \
    SELECT COUNT(DISTINCT account_id) FROM used";

/// How many people have used a session in the last five minutes.
async fn people_online(db: &Db, now: Timestamp) -> Result<i64, DbError> {
    let count = async move |conn: &mut Conn| {
        conn.one(PEOPLE_ONLINE, params![now, now.minus(PRESENT)])
            .await
    };
    db.report(count).await
}

#[cfg(test)]
mod tests {
    use hanok_base::{Clock, Random};
    use hanok_db::Value;
    use hanok_db::testing::plan;

    use super::*;
    use crate::AccountId;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_239_000);

    async fn session(db: &Db, account: AccountId, seen: Timestamp, expires: Timestamp) {
        const SQL: &str = "INSERT INTO session (id, account_id, kind, created_at, last_seen_at, expires_at, \
            address, agent) VALUES ($1, $2, 'api', $3, $3, $4, '', '')";
        let id = AccountId::new(&Clock::system(), &Random::system());
        db.write::<_, DbError, _>(async move |tx| {
            tx.execute(SQL, params![id, account, seen, expires]).await?;
            Ok(())
        })
        .await
        .unwrap();
    }

    async fn person(db: &Db, name: &'static str) -> AccountId {
        const SQL: &str = "INSERT INTO account (id, username, username_key, name, created_at) \
            VALUES ($1, $2, $2, $2, 1)";
        let id = AccountId::new(&Clock::system(), &Random::system());
        db.write::<_, DbError, _>(async move |tx| {
            tx.execute(SQL, params![id, name]).await?;
            Ok(())
        })
        .await
        .unwrap();
        id
    }

    hanok_db::both_engines! {
        sets(&[crate::audit::migrations(), crate::migrations()]);

        async fn a_person_is_online_once_however_many_sessions_they_use(db: Db) {
            let (later, ago) = (NOW.plus(PRESENT), |minutes| NOW.minus(Duration::from_mins(minutes)));
            let here = person(&db, "here").await;
            session(&db, here, ago(1), later).await;
            session(&db, here, ago(4), later).await;
            let gone = person(&db, "gone").await;
            session(&db, gone, ago(5), later).await;
            let ended = person(&db, "ended").await;
            session(&db, ended, ago(2), ago(1)).await;
            assert_eq!(people_online(&db, NOW).await.unwrap(), 1);
        }

        async fn what_has_ended_long_ago_is_not_walked(db: Db) {
            let now = Value::I64(NOW.micros());
            let steps = plan(&db, PEOPLE_ONLINE, &[now, now]).await;
            assert!(steps.iter().any(|step| step.contains("session_expiry")), "{steps:#?}");
        }
    }
}
