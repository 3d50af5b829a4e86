//! How each provider's requests ended over 30 days.

use std::time::Duration;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use serde::Serialize;

use super::{Line, Query, Report, cell};
use crate::provider::{OWN, ProviderId};
use crate::tally::{COUNTED, Tally};

/// Success rate and mean processing time by provider over 30 days, for those with at least 10 requests.
#[derive(Clone, Copy, Debug)]
pub struct ProviderSuccess {
    /// Requests from this moment on.
    pub from: Timestamp,
    /// Requests before this moment.
    pub until: Timestamp,
    /// Of this owner's providers alone.
    pub owner: Option<AccountId>,
}

impl ProviderSuccess {
    /// The 30 days that end at `now`.
    pub fn until(now: Timestamp) -> Self {
        Self {
            from: now.minus(Duration::from_hours(30 * 24)),
            until: now,
            owner: None,
        }
    }
}

record! {
    /// How a provider's requests ended.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub struct ProviderOutcome {
        /// The provider.
        pub provider_id: ProviderId = "p.id",
        /// Its name.
        pub provider_name: String = "p.name",
        /// How its requests ended.
        #[serde(flatten)]
        pub tally: Tally = "c.requests, c.completed, c.failed, c.expired, c.micros",
    }
}

const IN_SPAN: &str = concatcp!(
    "SELECT ",
    ProviderOutcome::COLUMNS,
    " FROM (SELECT t.provider_id, ",
    COUNTED,
    " FROM auth_transaction t WHERE t.created_at >= $1 AND t.created_at < $2"
);

const BY_PROVIDER: &str = " GROUP BY t.provider_id HAVING COUNT(*) >= 10) c \
    JOIN service_provider p ON p.id = c.provider_id WHERE p.id <> $3 ORDER BY p.name, p.id";

const SQL: &str = concatcp!(IN_SPAN, BY_PROVIDER);

const OF_OWNER: &str = concatcp!(
    IN_SPAN,
    " AND t.provider_id IN (SELECT s.id FROM service_provider s WHERE s.owner_id = $4)",
    BY_PROVIDER
);

impl Query for ProviderSuccess {
    fn name(&self) -> &'static str {
        "provider-success"
    }

    fn title(&self) -> &'static str {
        "success rate and mean processing time by provider over 30 days, at least 10 requests"
    }

    fn sql(&self) -> &'static str {
        self.owner.map_or(SQL, |_| OF_OWNER)
    }

    fn indexes(&self) -> &'static [&'static str] {
        &[
            "auth_transaction_newest_status",
            "auth_transaction_provider_newest",
        ]
    }

    fn values(&self) -> Vec<Value<'_>> {
        let mut values = vec![
            self.from.value(),
            self.until.value(),
            Value::Uuid(OWN.uuid()),
        ];
        values.extend(self.owner.as_ref().map(Param::value));
        values
    }
}

impl Report for ProviderSuccess {
    type Row = ProviderOutcome;
}

impl Line for ProviderOutcome {
    const HEADS: &'static [&'static str] = &[
        "provider",
        "requests",
        "completed",
        "failed",
        "expired",
        "success rate",
        "mean seconds",
    ];

    fn cells(&self) -> Vec<String> {
        let tally = &self.tally;
        vec![
            self.provider_name.clone(),
            tally.total_requests.to_string(),
            tally.completed.to_string(),
            tally.failed.to_string(),
            tally.expired.to_string(),
            format!("{:.2}", tally.success_rate),
            cell(tally.avg_processing_seconds.as_ref()),
        ]
    }
}
