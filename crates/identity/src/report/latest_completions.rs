//! What the people who approve the most approved last.

use std::time::Duration;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use serde::Serialize;

use super::{Line, Query, Report};
use crate::provider::ProviderId;
use crate::transaction::TransactionId;

/// Each person's latest 5 completions over 90 days, numbered, and the person's rank by how many there
/// were: the first 100 rows.
#[derive(Clone, Copy, Debug)]
pub struct LatestCompletions {
    /// Requests from this moment on.
    pub from: Timestamp,
    /// Requests before this moment.
    pub until: Timestamp,
}

impl LatestCompletions {
    /// The 90 days that end at `now`.
    pub fn until(now: Timestamp) -> Self {
        Self {
            from: now.minus(Duration::from_hours(90 * 24)),
            until: now,
        }
    }
}

record! {
    /// A request that a person approved.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct LatestCompletion {
        /// The person's rank; people with as many completions share it.
        pub rank: i64 = "n.place",
        /// Who.
        pub account_id: AccountId = "a.id",
        /// What they sign in with.
        pub username: String = "a.username",
        /// Their name.
        pub name: String = "a.name",
        /// How many they approved.
        pub completions: i64 = "n.completions",
        /// 1 is their latest.
        pub sequence: i64 = "n.sequence",
        /// Which request.
        pub transaction_id: TransactionId = "n.id",
        /// Who asked.
        pub provider_id: ProviderId = "p.id",
        /// The provider's name.
        pub provider_name: String = "p.name",
        /// When it was approved.
        pub completed_at: Timestamp = "n.ended_at",
    }
}

/// People are counted one by one, each by their own stretch of the index; only the first hundred, of whom
/// each has one row at least, are looked at again.
const SQL: &str = concatcp!(
    "WITH volume AS MATERIALIZED (SELECT a.id AS account_id, (SELECT COUNT(*) FROM auth_transaction t \
    WHERE t.account_id = a.id AND t.created_at >= $1 AND t.created_at < $2 AND t.status = 'COMPLETED') \
    AS completions FROM account a), \
    ranked AS MATERIALIZED (SELECT v.account_id, v.completions, RANK() OVER (ORDER BY v.completions DESC) AS place \
    FROM volume v WHERE v.completions > 0 ORDER BY place, v.account_id LIMIT 100), \
    latest AS (SELECT r.place, r.account_id, r.completions, t.id, t.provider_id, t.ended_at, \
    ROW_NUMBER() OVER (PARTITION BY r.account_id ORDER BY t.ended_at DESC, t.id DESC) AS sequence \
    FROM ranked r JOIN auth_transaction t ON t.account_id = r.account_id \
    AND t.created_at >= $1 AND t.created_at < $2 AND t.status = 'COMPLETED') \
    SELECT ",
    LatestCompletion::COLUMNS,
    " FROM latest n JOIN account a ON a.id = n.account_id JOIN service_provider p ON p.id = n.provider_id \
    WHERE n.sequence <= 5 ORDER BY n.place, n.account_id, n.sequence LIMIT 100"
);

impl Query for LatestCompletions {
    fn name(&self) -> &'static str {
        "latest-completions"
    }

    fn title(&self) -> &'static str {
        "each person's latest 5 completions over 90 days, ranked by volume, the first 100 rows"
    }

    fn sql(&self) -> &'static str {
        SQL
    }

    fn indexes(&self) -> &'static [&'static str] {
        &["auth_transaction_account_newest"]
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![self.from.value(), self.until.value()]
    }

    fn names_people(&self) -> bool {
        true
    }
}

impl Report for LatestCompletions {
    type Row = LatestCompletion;
}

impl Line for LatestCompletion {
    const HEADS: &'static [&'static str] = &[
        "rank",
        "username",
        "completions",
        "sequence",
        "completed at",
        "provider",
        "transaction id",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.rank.to_string(),
            self.username.clone(),
            self.completions.to_string(),
            self.sequence.to_string(),
            self.completed_at.to_rfc3339(),
            self.provider_name.clone(),
            self.transaction_id.to_string(),
        ]
    }
}
