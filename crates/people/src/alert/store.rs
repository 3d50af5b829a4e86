//! The rows of `alert`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::detection::{AlertKind, Sighting};
use hanok_base::{Id, Timestamp};
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::rules::{AlertFilter, AlertState};

/// Marks the id of an alert.
pub enum AlertMark {}

/// The id of an alert.
pub type AlertId = Id<AlertMark>;

record! {
    /// An alert, with the names of those it concerns.
    #[derive(Clone, Debug)]
    pub struct AlertRow {
        /// Its id.
        pub id: AlertId = "l.id",
        /// Of which kind it is.
        pub kind: AlertKind = "l.kind",
        /// What tells it from others of its kind.
        pub subject: String = "l.subject",
        /// Whose account it concerns.
        pub account_id: Option<AccountId> = "l.account_id",
        /// What that person signs in with.
        pub username: Option<String> = "a.username",
        /// How often it was seen.
        pub times: i64 = "l.times",
        /// When it was seen first.
        pub first_at: Timestamp = "l.first_at",
        /// When it was seen last.
        pub last_at: Timestamp = "l.last_at",
        /// When somebody took note of it.
        pub acknowledged_at: Option<Timestamp> = "l.acknowledged_at",
        /// Who did.
        pub acknowledged_by: Option<AccountId> = "l.acknowledged_by",
        /// What that person is called.
        pub acknowledged_name: Option<String> = "b.name",
        /// What they said of it.
        pub note: Option<String> = "l.note",
    }
}

const FROM: &str = " FROM alert l LEFT JOIN account a ON a.id = l.account_id \
    LEFT JOIN account b ON b.id = l.acknowledged_by";

/// Keeps something that was not seen in this hour before; `false` where it was.
pub(super) async fn insert(
    tx: &mut Tx,
    id: AlertId,
    hour_at: Timestamp,
    seen: &Sighting,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO alert (id, kind, subject, account_id, hour_at, times, first_at, last_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (kind, subject, hour_at) DO NOTHING";
    let values = params![
        id,
        seen.kind,
        seen.subject,
        seen.account,
        hour_at,
        seen.times,
        seen.at
    ];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Counts what happened once more.
pub(super) async fn add(tx: &mut Tx, hour_at: Timestamp, seen: &Sighting) -> Result<(), DbError> {
    const SQL: &str = "UPDATE alert SET times = times + $4, \
        last_at = CASE WHEN last_at < $5 THEN $5 ELSE last_at END \
        WHERE kind = $1 AND subject = $2 AND hour_at = $3";
    let values = params![seen.kind, seen.subject, hour_at, seen.times, seen.at];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Says anew how often something was seen, where it is more or later than was known; neither ever falls.
pub(super) async fn renew(tx: &mut Tx, hour_at: Timestamp, seen: &Sighting) -> Result<(), DbError> {
    const SQL: &str = "UPDATE alert SET times = CASE WHEN times < $4 THEN $4 ELSE times END, \
        last_at = CASE WHEN last_at < $5 THEN $5 ELSE last_at END \
        WHERE kind = $1 AND subject = $2 AND hour_at = $3 AND (times < $4 OR last_at < $5)";
    let values = params![seen.kind, seen.subject, hour_at, seen.times, seen.at];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Notes who has looked at it; `false` where somebody had before, or there is none.
pub(super) async fn acknowledge(
    tx: &mut Tx,
    id: AlertId,
    by: AccountId,
    note: Option<&str>,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE alert SET acknowledged_at = $2, acknowledged_by = $3, note = $4 \
        WHERE id = $1 AND acknowledged_at IS NULL";
    Ok(tx.execute(SQL, params![id, now, by, note]).await? == 1)
}

/// One alert.
pub(super) async fn find(conn: &mut Conn, id: AlertId) -> Result<Option<AlertRow>, DbError> {
    const SQL: &str = concatcp!("SELECT ", AlertRow::COLUMNS, FROM, " WHERE l.id = $1");
    conn.optional(SQL, params![id]).await
}

/// What the filter lets through, as conditions over `alert l`; each stands whole, so that each can have its index.
const fn condition(state: AlertState, by_kind: bool) -> &'static str {
    match (state, by_kind) {
        (AlertState::Open, false) => " WHERE l.acknowledged_at IS NULL",
        (AlertState::Open, true) => " WHERE l.acknowledged_at IS NULL AND l.kind = $1",
        (AlertState::Acknowledged, false) => " WHERE l.acknowledged_at IS NOT NULL",
        (AlertState::Acknowledged, true) => " WHERE l.acknowledged_at IS NOT NULL AND l.kind = $1",
        (AlertState::All, false) => "",
        (AlertState::All, true) => " WHERE l.kind = $1",
    }
}

/// How many the filter lets through.
pub(super) async fn count(conn: &mut Conn, filter: AlertFilter) -> Result<i64, DbError> {
    let condition = condition(filter.state, filter.kind.is_some());
    let sql = format!("SELECT COUNT(*) FROM alert l{condition}");
    match filter.kind {
        Some(kind) => conn.one(&sql, params![kind]).await,
        None => conn.one(&sql, params![]).await,
    }
}

/// The statement of a page, the newest first.
pub(super) fn page_of(filter: AlertFilter) -> String {
    let condition = condition(filter.state, filter.kind.is_some());
    let (most, skip) = if filter.kind.is_some() {
        ("$2", "$3")
    } else {
        ("$1", "$2")
    };
    format!(
        "SELECT {}{FROM}{condition} ORDER BY l.last_at DESC, l.id DESC LIMIT {most} OFFSET {skip}",
        AlertRow::COLUMNS
    )
}

/// A page of them.
pub(super) async fn rows(
    conn: &mut Conn,
    filter: AlertFilter,
    page: NumberedPage,
) -> Result<Vec<AlertRow>, DbError> {
    let sql = page_of(filter);
    let (most, skip) = (page.limit(), page.offset());
    match filter.kind {
        Some(kind) => conn.all(&sql, params![kind, most, skip]).await,
        None => conn.all(&sql, params![most, skip]).await,
    }
}

/// Forgets a batch of those that were last seen before this moment; answers how many.
pub(super) async fn forget(tx: &mut Tx, before: Timestamp, most: u32) -> Result<u64, DbError> {
    const SQL: &str = "DELETE FROM alert WHERE id IN (\
        SELECT id FROM alert WHERE last_at < $1 ORDER BY last_at, id LIMIT $2)";
    tx.execute(SQL, params![before, most]).await
}

#[cfg(test)]
mod tests {
    use hanok_db::{Db, Engine, MigrationSet};
    use uuid::Uuid;

    use super::*;

    fn sets() -> Vec<MigrationSet> {
        let mut sets = hanok_testkit::sets();
        sets.extend(crate::migrations());
        sets
    }

    /// Three thousand alerts, one in a hundred of them not looked at.
    async fn fill(db: &Db) -> Result<(), DbError> {
        const SQL: &str = "INSERT INTO alert (id, kind, subject, hour_at, times, first_at, last_at, acknowledged_at, \
            acknowledged_by) VALUES ($1, $2, $3, $4, 1, $4, $4, $5, $6)";
        db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            for at in 1..=3_000_i64 {
                let id = Uuid::from_u128(u128::from(at.unsigned_abs()));
                let kind = if at % 10 == 0 {
                    "failing_person"
                } else {
                    "server_error"
                };
                let by = (at % 100 != 0).then_some(id);
                let noted = by.map(|_| at);
                let subject = format!("subject {at}");
                tx.execute(SQL, params![id, kind, subject, at, noted, by])
                    .await?;
            }
            Ok(())
        })
        .await?;
        db.write::<_, DbError, _>(async |tx: &mut Tx| {
            tx.execute("ANALYZE", params![]).await.map(|_| ())
        })
        .await
    }

    async fn plan(db: &Db, filter: AlertFilter) -> Vec<String> {
        let engine = db.engine();
        let sql = page_of(filter);
        let explained = db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            let (few, none) = (20_i64, 0_i64);
            let kind = filter.kind.map(AlertKind::as_str).unwrap_or_default();
            let values: Vec<hanok_db::Value<'_>> = if filter.kind.is_some() {
                params![kind, few, none].to_vec()
            } else {
                params![few, none].to_vec()
            };
            if engine == Engine::Postgres {
                let off = "SELECT set_config('enable_seqscan', 'off', true)";
                tx.one::<String>(off, params![]).await?;
                return tx.all::<String>(&format!("EXPLAIN {sql}"), &values).await;
            }
            let steps: Vec<(i64, i64, i64, String)> = tx
                .all(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
                .await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        });
        explained.await.unwrap()
    }

    hanok_db::both_engines! {
        sets(&sets());

        async fn a_page_of_alerts_is_read_from_an_index_in_its_order(db: Db) {
            fill(&db).await?;
            for state in [AlertState::Open, AlertState::All] {
                for kind in [None, Some(AlertKind::ServerError)] {
                    let filter = AlertFilter { state, kind };
                    let steps = plan(&db, filter).await;
                    let by_index = steps.iter().any(|step| step.contains("alert_"));
                    assert!(by_index, "{filter:?} {steps:#?}");
                    let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE") || step.contains("Seq Scan on alert"));
                    assert!(!sorts, "{filter:?} {steps:#?}");
                }
            }
        }

        async fn what_is_old_is_forgotten_in_batches(db: Db) {
            fill(&db).await?;
            let before = Timestamp::from_micros(1_001);
            let gone = db.write::<_, DbError, _>(async move |tx: &mut Tx| forget(tx, before, 600).await).await?;
            assert_eq!(gone, 600);
            let gone = db.write::<_, DbError, _>(async move |tx: &mut Tx| forget(tx, before, 600).await).await?;
            assert_eq!(gone, 400);
        }

        async fn what_is_seen_again_never_counts_for_less(db: Db) {
            let seen = |times, at| Sighting {
                kind: AlertKind::FailedSignIns,
                subject: String::new(),
                account: None,
                times,
                at: Timestamp::from_micros(at),
            };
            let id = AlertId::from_uuid(Uuid::from_u128(7));
            let hour = Timestamp::from_micros(0);
            let (first, less, earlier) = (seen(60, 5), seen(11, 30), seen(70, 20));
            let known = db.write::<_, DbError, _>(async move |tx: &mut Tx| {
                insert(tx, id, hour, &first).await?;
                renew(tx, hour, &less).await?;
                let after = find(tx, id).await?;
                renew(tx, hour, &earlier).await?;
                Ok((after, find(tx, id).await?))
            });
            let (after, at_last) = known.await?;
            let told = |row: Option<AlertRow>| row.map(|row| (row.times, row.last_at.micros()));
            assert_eq!(told(after), Some((60, 30)));
            assert_eq!(told(at_last), Some((70, 30)));
        }
    }
}
