//! People whose requests failed again and again.

use std::time::Duration;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use serde::Serialize;

use super::{Line, Query, Report};

/// People with 3 or more failures in 7 days, and their last; those with the most first. Whatever ended a
/// request as FAILED is one: who is asked again and again is worth a look, too. The first 1,000.
#[derive(Clone, Copy, Debug)]
pub struct FailingPeople {
    /// Requests from this moment on.
    pub from: Timestamp,
    /// Requests before this moment.
    pub until: Timestamp,
}

impl FailingPeople {
    /// The 7 days that end at `now`.
    pub fn until(now: Timestamp) -> Self {
        Self {
            from: now.minus(Duration::from_hours(7 * 24)),
            until: now,
        }
    }
}

record! {
    /// A person whose requests failed.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct FailingPerson {
        /// Who.
        pub account_id: AccountId = "a.id",
        /// What they sign in with.
        pub username: String = "a.username",
        /// Their name.
        pub name: String = "a.name",
        /// How many failed.
        pub failures: i64 = "f.failures",
        /// How many of these by a wrong PIN, a wrong number or a lock.
        pub not_confirmed: i64 = "f.not_confirmed",
        /// How many of these the person denied.
        pub denied: i64 = "f.denied",
        /// When the last one failed.
        pub last_at: Timestamp = "f.last_at",
    }
}

/// The failures are found first, by their time; else a planner would look at every person's stretch of
/// another index.
const SQL: &str = concatcp!(
    "WITH failed AS MATERIALIZED (SELECT t.account_id, t.failure_reason, t.ended_at FROM auth_transaction t \
    WHERE t.created_at >= $1 AND t.created_at < $2 AND t.status = 'FAILED' AND t.account_id IS NOT NULL) \
    SELECT ",
    FailingPerson::COLUMNS,
    " FROM (SELECT account_id, COUNT(*) AS failures, \
    COUNT(*) FILTER (WHERE failure_reason = 'not_confirmed') AS not_confirmed, \
    COUNT(*) FILTER (WHERE failure_reason = 'denied') AS denied, MAX(ended_at) AS last_at \
    FROM failed GROUP BY account_id HAVING COUNT(*) >= 3) f \
    JOIN account a ON a.id = f.account_id ORDER BY f.failures DESC, f.last_at DESC, a.id LIMIT 1000"
);

impl Query for FailingPeople {
    fn name(&self) -> &'static str {
        "failing-people"
    }

    fn title(&self) -> &'static str {
        "people with 3 or more failures in 7 days, and their last; the first 1000"
    }

    fn sql(&self) -> &'static str {
        SQL
    }

    fn indexes(&self) -> &'static [&'static str] {
        &["auth_transaction_newest_status"]
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![self.from.value(), self.until.value()]
    }

    fn names_people(&self) -> bool {
        true
    }
}

impl Report for FailingPeople {
    type Row = FailingPerson;
}

impl Line for FailingPerson {
    const HEADS: &'static [&'static str] = &[
        "account id",
        "username",
        "failures",
        "not confirmed",
        "denied",
        "last",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.account_id.to_string(),
            self.username.clone(),
            self.failures.to_string(),
            self.not_confirmed.to_string(),
            self.denied.to_string(),
            self.last_at.to_rfc3339(),
        ]
    }
}
