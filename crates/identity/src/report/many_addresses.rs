//! Accounts that are tried from many places at once.

use std::time::Duration;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use serde::Serialize;

use super::{Line, Query, Report};

/// Accounts seen from 3 or more addresses with 5 or more attempts within the last hour. An attempt is a
/// sign-in, a refused one, or a request that failed, but not one that its provider asked anew: that is
/// nobody's attempt and comes from the provider's address. The first 1,000.
#[derive(Clone, Copy, Debug)]
pub struct ManyAddresses {
    /// Attempts from this moment on.
    pub from: Timestamp,
    /// Attempts before this moment.
    pub until: Timestamp,
}

impl ManyAddresses {
    /// The hour that ends at `now`.
    pub fn until(now: Timestamp) -> Self {
        Self {
            from: now.minus(Duration::from_hours(1)),
            until: now,
        }
    }
}

record! {
    /// An account that was tried from many addresses.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct SeenFromMany {
        /// Whose account.
        pub account_id: AccountId = "a.id",
        /// What they sign in with.
        pub username: String = "a.username",
        /// Their name.
        pub name: String = "a.name",
        /// From how many addresses.
        pub addresses: i64 = "f.addresses",
        /// How many attempts.
        pub attempts: i64 = "f.attempts",
        /// How many of these were refused or failed.
        pub refused: i64 = "f.refused",
        /// When the last one was.
        pub last_at: Timestamp = "f.last_at",
    }
}

/// The attempts are found first, by what and when they were; else a planner would look at every person's
/// stretch of another index.
const SQL: &str = concatcp!(
    "WITH attempt AS MATERIALIZED (SELECT l.id, l.subject_id, l.action, l.at FROM audit_log l \
    WHERE l.action IN ('AUTH_FAILED', 'USER_LOGIN', 'USER_LOGIN_FAILED') AND l.at >= $1 AND l.at < $2 \
    AND l.subject_id IS NOT NULL AND l.details NOT LIKE '%\"superseded\"%') \
    SELECT ",
    SeenFromMany::COLUMNS,
    " FROM (SELECT m.subject_id, COUNT(DISTINCT o.address) AS addresses, COUNT(*) AS attempts, \
    COUNT(*) FILTER (WHERE m.action <> 'USER_LOGIN') AS refused, MAX(m.at) AS last_at \
    FROM attempt m LEFT JOIN audit_origin o ON o.audit_id = m.id \
    GROUP BY m.subject_id HAVING COUNT(*) >= 5 AND COUNT(DISTINCT o.address) >= 3) f \
    JOIN account a ON a.id = f.subject_id ORDER BY f.addresses DESC, f.attempts DESC, a.id LIMIT 1000"
);

impl Query for ManyAddresses {
    fn name(&self) -> &'static str {
        "many-addresses"
    }

    fn title(&self) -> &'static str {
        "accounts seen from 3 or more addresses with 5 or more attempts in the last hour, the first 1000"
    }

    fn sql(&self) -> &'static str {
        SQL
    }

    fn indexes(&self) -> &'static [&'static str] {
        &["audit_log_action", "audit_log_newest"]
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![self.from.value(), self.until.value()]
    }

    fn names_people(&self) -> bool {
        true
    }
}

impl Report for ManyAddresses {
    type Row = SeenFromMany;
}

impl Line for SeenFromMany {
    const HEADS: &'static [&'static str] = &[
        "account id",
        "username",
        "addresses",
        "attempts",
        "refused",
        "last",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.account_id.to_string(),
            self.username.clone(),
            self.addresses.to_string(),
            self.attempts.to_string(),
            self.refused.to_string(),
            self.last_at.to_rfc3339(),
        ]
    }
}
