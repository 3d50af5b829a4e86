//! PostgreSQL's functions do what the commands do.

use hanok_base::Timestamp;
use hanok_db::testing::on_postgres;
use hanok_db::{Db, DbError, params};
use hanok_identity::provider::By;
use hanok_testkit::Sink;
use serde_json::{Value, json};

use crate::kit::{Asked, House, sets};
use crate::sample::{Sample, Stands};

/// The real time, which the functions go by.
async fn real_now(house: &House) -> Timestamp {
    const SQL: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
    let rows: Vec<i64> = house.rows(SQL).await;
    Timestamp::from_micros(rows[0])
}

type Day = (String, i64, i64, String);

async fn by_function(house: &House, service: uuid::Uuid) -> Vec<Day> {
    const SQL: &str = "SELECT CAST(date AS TEXT), total_requests, success_count, \
        CAST(CAST(success_rate AS NUMERIC(5, 2)) AS TEXT) FROM get_service_statistics($1, 9)";
    let read = async move |conn: &mut hanok_db::Conn| conn.all(SQL, params![service]).await;
    house.app.db.report::<_, DbError, _>(read).await.unwrap()
}

async fn by_service(house: &House, service: uuid::Uuid, now: Timestamp) -> Vec<Day> {
    let service = service.to_string();
    let told = house
        .identity
        .service_statistics(&By::Program, &service, 9, now);
    let days = told.await.unwrap().daily.into_iter().map(|day| {
        let tally = day.tally;
        (
            day.date,
            tally.total_requests,
            tally.completed,
            format!("{:.2}", tally.success_rate),
        )
    });
    days.collect()
}

/// Both while it is the same day, and the function's own text.
async fn compared(house: &House, service: uuid::Uuid) -> (Vec<Day>, Vec<Day>) {
    loop {
        let now = real_now(house).await;
        let both = (
            by_function(house, service).await,
            by_service(house, service, now).await,
        );
        let seoul = jiff::tz::TimeZone::get("Asia/Seoul").unwrap();
        if real_now(house).await.local_date(&seoul) == now.local_date(&seoul) {
            return both;
        }
    }
}

#[test]
fn get_service_statistics_tells_what_the_command_tells() {
    on_postgres(&sets(), async |db: Db| {
        let house = House::start(db, &[]).await;
        let now = real_now(&house).await;
        house.app.clock.set(now);
        let sample = Sample(&house);
        let (shop, other) = (
            sample.provider("shop").await,
            sample.provider("other").await,
        );
        for (hours, stands) in [
            (0, Stands::Completed(1)),
            (5, Stands::Denied),
            (20, Stands::Completed(2)),
            (30, Stands::Expired),
            (31, Stands::Completed(2)),
            (32, Stands::Completed(2)),
            (100, Stands::Pending),
            (9 * 24 + 1, Stands::Completed(1)),
        ] {
            sample.asked(shop, None, sample.ago(hours), stands).await;
            sample
                .asked(other, None, sample.ago(hours), Stands::Denied)
                .await;
        }
        let (function, service) = compared(&house, shop).await;
        assert_eq!((function.len(), &function), (9, &service));
        let asked: i64 = function.iter().map(|day| day.1).sum();
        assert_eq!(asked, 7);
        house.identity.fill_statistics(now).await.unwrap();
        house.identity.fill_statistics(now).await.unwrap();
        let (function, kept) = compared(&house, shop).await;
        assert_eq!(
            (&function, &kept),
            (&service, &service),
            "the same once it is kept"
        );
        house.app.settle().await;
        house.app.finish().await;
        Ok(())
    });
}

/// What a request that had its time left behind, without ids of its own.
async fn left(house: &House, asked: &Asked) -> Value {
    let id: uuid::Uuid = asked.id.parse().unwrap();
    let read = async move |conn: &mut hanok_db::Conn| {
        let deliveries: Vec<(String, i64, i64)> = conn
            .all("SELECT state, attempts, CAST(CASE WHEN code IS NULL THEN 0 ELSE 1 END AS BIGINT) FROM callback_delivery WHERE transaction_id = $1", params![id])
            .await?;
        let events: Vec<(String, String, i64, String)> = conn
            .all("SELECT topic, event_type, version, payload FROM outbox WHERE event_key = $1 ORDER BY serial", params![id.to_string()])
            .await?;
        let stands: (String, bool) = conn
            .one(
                "SELECT status, ended_at = expires_at FROM auth_transaction WHERE id = $1",
                params![id],
            )
            .await?;
        Ok((deliveries, events, stands))
    };
    let (deliveries, events, stands) = house.app.db.report::<_, DbError, _>(read).await.unwrap();
    let events = events.into_iter().map(|(topic, kind, version, payload)| {
        let mut payload: Value = serde_json::from_str(&payload).unwrap();
        for own in ["transaction_id", "delivery_id"] {
            if let Some(id) = payload.get_mut(own) {
                assert_eq!(id.as_str().map(str::len), Some(36));
                *id = json!("an id");
            }
        }
        json!([topic, kind, version, payload])
    });
    json!({ "deliveries": deliveries, "events": events.collect::<Vec<_>>(), "stands": stands })
}

/// The ids of what was written about this request: its events' and its delivery's, with when that was.
async fn ids(house: &House, asked: &Asked) -> Vec<(uuid::Uuid, i64)> {
    const EVENTS: &str = "SELECT event_id, occurred_at FROM outbox WHERE event_key = $1";
    const DELIVERIES: &str =
        "SELECT id, created_at FROM callback_delivery WHERE transaction_id = $1";
    let id: uuid::Uuid = asked.id.parse().unwrap();
    let read = async move |conn: &mut hanok_db::Conn| {
        let mut all: Vec<(uuid::Uuid, i64)> = conn.all(EVENTS, params![id.to_string()]).await?;
        all.extend(
            conn.all::<(uuid::Uuid, i64)>(DELIVERIES, params![id])
                .await?,
        );
        Ok(all)
    };
    house.app.db.report::<_, DbError, _>(read).await.unwrap()
}

/// Ids that are kept in order of time and forgotten by it must carry it.
fn assert_made_then(ids: &[(uuid::Uuid, i64)], from: Timestamp, until: Timestamp) {
    for (id, at) in ids {
        assert_eq!(
            (id.get_version_num(), id.get_variant()),
            (7, uuid::Variant::RFC4122),
            "{id}"
        );
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        let millis = i64::try_from(seconds).unwrap() * 1_000 + i64::from(nanos) / 1_000_000;
        assert_eq!(millis, at / 1_000, "{id}");
        assert!((from.micros()..=until.micros()).contains(at), "{id}");
    }
    let mut distinct: Vec<_> = ids.iter().map(|(id, _)| id).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len());
}

#[test]
fn expire_pending_transactions_does_what_the_command_does() {
    on_postgres(&sets(), async |db: Db| {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let (told, polling) = (
            house.shop("told", &sink).await,
            house.polling_shop("polling").await,
        );
        let (one, _) = house.paired("one").await;
        let mut left_by_program = Vec::new();
        for shop in [&told, &polling] {
            let asked = shop.ask(&one).await;
            house.later(200);
            assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
            left_by_program.push(left(&house, &asked).await);
        }
        let asked = [told.ask(&one).await, polling.ask(&one).await];
        let by_program = [ids(&house, &asked[0]).await, ids(&house, &asked[1]).await].concat();
        let read = async |conn: &mut hanok_db::Conn| {
            conn.one(
                "SELECT CAST(MAX(expires_at) AS BIGINT) FROM auth_transaction",
                params![],
            )
            .await
        };
        let until: i64 = house.app.db.report::<_, DbError, _>(read).await?;
        let past = real_now(&house).await.micros() > until;
        if !past {
            let earlier = "UPDATE auth_transaction SET created_at = 1, expires_at = 2 WHERE status = 'PENDING'";
            house.app.db.hand_written(earlier).await.unwrap();
        }
        let expire = async |tx: &mut hanok_db::Tx| {
            tx.one("SELECT expire_pending_transactions()", params![])
                .await
        };
        let from = real_now(&house).await;
        let expired: i64 = house.app.db.write::<_, DbError, _>(expire).await?;
        assert_eq!(expired, 2);
        let mut by_function = [ids(&house, &asked[0]).await, ids(&house, &asked[1]).await].concat();
        by_function.retain(|made| !by_program.contains(made));
        assert_eq!(by_function.len(), 4, "two ends, one delivery and its event");
        assert_made_then(&by_function, from, real_now(&house).await);
        let left_by_function = [left(&house, &asked[0]).await, left(&house, &asked[1]).await];
        assert_eq!(left_by_function.as_slice(), left_by_program);
        let by_hand = house.app.audit_of("AUTH_STATUS_CHANGE").await;
        assert!(by_hand.len() == 2 && by_hand.iter().all(|line| line.origin == "database"));
        house.app.settle().await;
        assert_eq!(sink.received().len(), 2, "the provider is told of both");
        let again: i64 = house.app.db.write::<_, DbError, _>(expire).await?;
        assert_eq!(again, 0);
        house.app.finish().await;
        Ok(())
    });
}
