//! Sign-ins that fail faster than people mistype: more than ten within a minute.
//!
//! The trail has a row for each failure at an account. Names that nobody has leave none, so that a stranger cannot
//! fill it; that too many fail in all, whoever they were meant for, is one row a minute without a subject.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_base::counters::Limit;
use hanok_db::{Conn, DbError, Tx, params};
use hanok_web::Ctx;
use serde_json::json;

use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::detection::{AlertKind, Detection, Sighting};

/// As many a minute are nothing unusual.
const USUAL: u32 = 10;
/// Within which time they are counted.
const SPAN: Duration = Duration::from_mins(1);
/// How far back a look goes: a process that was away for a moment misses none.
const BACK: Duration = Duration::from_mins(10);
/// The most that a look counts.
const MOST: i64 = 5_000;

/// The look for them.
pub(crate) fn detection(accounts: &Accounts) -> Detection {
    let accounts = accounts.clone();
    Detection {
        name: "accounts.failed_sign_ins",
        every: SPAN,
        look: Arc::new(move |now| {
            let accounts = accounts.clone();
            Box::pin(async move {
                let failures = accounts.sign_ins_failed_since(now.minus(BACK)).await;
                let failures = failures.map_err(|error| error.to_string())?;
                Ok(worst(&failures).into_iter().collect())
            })
        }),
    }
}

/// A row of the trail: when it was, and at whose account; nobody's says that too many failed in all.
type Failed = (Timestamp, Option<AccountId>);

impl Accounts {
    /// Counts a failure, whoever it was meant for, and notes it where too many were before it within a minute.
    pub(super) async fn note_burst(&self, ctx: &Ctx) {
        let (usual, once) = (Limit::per_minute(USUAL), Limit::per_minute(1));
        let counted = self.counters.hit("sign-ins-failed", usual, ctx.now).await;
        if counted.allowed {
            return;
        }
        let noted = self.counters.hit("sign-ins-burst", once, ctx.now).await;
        if !noted.allowed {
            return;
        }
        let (audit, origin) = (self.audit.clone(), Origin::from(ctx));
        let written = self.db.write(async move |tx: &mut Tx| {
            let entry = Entry::new(Action::UserLoginFailed);
            let entry = entry.details(json!({ "more_than": USUAL, "seconds": SPAN.as_secs() }));
            audit.record(tx, &origin, entry).await.map(|_| ())
        });
        let written: Result<(), DbError> = written.await;
        if let Err(error) = written {
            tracing::error!(%error, "that sign-ins fail too fast could not be noted");
        }
    }

    /// What the trail has of refused sign-ins from this moment on, the oldest first.
    async fn sign_ins_failed_since(&self, from: Timestamp) -> Result<Vec<Failed>, DbError> {
        const SQL: &str = "SELECT at, subject_id FROM audit_log WHERE action = $1 AND at >= $2 \
            ORDER BY at DESC LIMIT $3";
        let mut found: Vec<Failed> = self
            .db
            .report(async move |conn: &mut Conn| {
                let values = params![Action::UserLoginFailed, from, MOST];
                conn.all(SQL, values).await
            })
            .await?;
        found.reverse();
        Ok(found)
    }
}

/// The last minute in which too many failed, and how many did then at least; `failures` are in their order.
fn worst(failures: &[Failed]) -> Option<Sighting> {
    let whose = failures.iter().filter(|(_, subject)| subject.is_some());
    let times: Vec<Timestamp> = whose.map(|(at, _)| *at).collect();
    let bursts = failures.iter().filter(|(_, subject)| subject.is_none());
    let bursts = bursts.map(|(at, _)| (*at, i64::from(USUAL) + 1));
    let seen: Vec<(Timestamp, i64)> = crowded(&times).chain(bursts).collect();
    let at = seen.iter().map(|(at, _)| *at).max()?;
    let most = seen.iter().map(|(_, times)| *times).max()?;
    Some(Sighting {
        kind: AlertKind::FailedSignIns,
        subject: String::new(),
        account: None,
        times: most,
        at,
    })
}

/// The moments that end a minute in which too many failed, each with how many did.
fn crowded(failures: &[Timestamp]) -> impl Iterator<Item = (Timestamp, i64)> {
    let mut first = 0;
    failures.iter().enumerate().filter_map(move |(place, at)| {
        let is_over = |early: &Timestamp| at.since(*early) >= SPAN;
        while failures.get(first).is_some_and(is_over) {
            first += 1;
        }
        let times = i64::try_from(place + 1 - first).unwrap_or(i64::MAX);
        (times > i64::from(USUAL)).then_some((*at, times))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: &[i64]) -> Vec<Failed> {
        let somebody = AccountId::from_uuid(uuid::Uuid::from_u128(7));
        let moments = seconds.iter().map(|it| Timestamp::from_seconds(*it));
        moments.map(|at| (at, Some(somebody))).collect()
    }

    #[test]
    fn that_too_many_fail_in_all_is_seen_whoever_they_were_meant_for() {
        let mut failures = at(&[1, 2, 3]);
        failures.push((Timestamp::from_seconds(4), None));
        let seen = worst(&failures).unwrap();
        assert_eq!((seen.times, seen.at), (11, Timestamp::from_seconds(4)));
    }

    #[test]
    fn ten_in_a_minute_are_usual_and_eleven_are_not() {
        let ten: Vec<i64> = (0..10).collect();
        assert_eq!(worst(&at(&ten)), None);
        let eleven: Vec<i64> = (50..61).collect();
        let seen = worst(&at(&eleven)).unwrap();
        assert_eq!((seen.times, seen.at), (11, Timestamp::from_seconds(60)));
    }

    #[test]
    fn what_is_spread_over_minutes_is_usual() {
        let slow: Vec<i64> = (0..60).map(|place| place * 6).collect();
        assert_eq!(worst(&at(&slow)), None);
    }

    #[test]
    fn the_end_of_a_minute_is_not_in_it() {
        let mut times: Vec<i64> = (0..10).collect();
        times.push(60);
        assert_eq!(worst(&at(&times)), None);
    }
}
