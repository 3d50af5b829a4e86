//! Seven days, provider by provider.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Line, Query, Report, cell};
use crate::day::{Day, days_before};
use crate::provider::{OWN, ProviderId};
use crate::tally::{COUNTED, Tally};

/// Provider × day over 7 days, today included, with a subtotal by provider and a grand total at the end.
#[derive(Clone, Debug)]
pub struct ProviderDays {
    days: [Day; 7],
    dates: [String; 7],
    owner: Option<AccountId>,
}

impl ProviderDays {
    /// The 7 days in `zone` of which `now` is in the last.
    pub fn until(now: Timestamp, zone: &TimeZone) -> Self {
        Self::ending(now.local_date(zone), zone)
    }

    /// The 7 days in `zone` of which `last` is the last.
    pub fn ending(last: Date, zone: &TimeZone) -> Self {
        let days = [6, 5, 4, 3, 2, 1, 0].map(|ago| Day::of(days_before(last, ago), zone));
        Self {
            days,
            dates: days.map(|day| day.date.to_string()),
            owner: None,
        }
    }

    /// Of this owner's providers alone, where one is named.
    #[must_use]
    pub fn of_owner(mut self, owner: Option<AccountId>) -> Self {
        self.owner = owner;
        self
    }
}

record! {
    /// A provider's day; all its days, where there is no date; all of it, where there is no provider.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub struct ProviderDay {
        /// The provider.
        pub provider_id: Option<ProviderId> = "r.provider_id",
        /// Its name.
        pub provider_name: Option<String> = "r.provider_name",
        /// The day, `YYYY-MM-DD`.
        pub date: Option<String> = "r.date",
        /// How the requests ended.
        #[serde(flatten)]
        pub tally: Tally = "r.requests, r.completed, r.failed, r.expired, r.micros",
    }
}

/// The first row says of which type the others are.
const DAYS: &str = "WITH day (date, from_at, until_at) AS (VALUES \
    (CAST($1 AS TEXT), CAST($8 AS BIGINT), CAST($9 AS BIGINT)), ($2, $9, $10), ($3, $10, $11), \
    ($4, $11, $12), ($5, $12, $13), ($6, $13, $14), ($7, $14, $15)), ";

const SUMS: &str = "CAST(COALESCE(SUM(c.requests), 0) AS BIGINT) AS requests, \
    CAST(COALESCE(SUM(c.completed), 0) AS BIGINT) AS completed, \
    CAST(COALESCE(SUM(c.failed), 0) AS BIGINT) AS failed, \
    CAST(COALESCE(SUM(c.expired), 0) AS BIGINT) AS expired, \
    CAST(COALESCE(SUM(c.micros), 0) AS BIGINT) AS micros";

const IN_DAYS: &str = concatcp!(
    DAYS,
    "counted AS MATERIALIZED (SELECT t.provider_id, d.date, ",
    COUNTED,
    " FROM day d JOIN auth_transaction t ON t.created_at >= d.from_at AND t.created_at < d.until_at \
    WHERE t.provider_id <> $16"
);

const SQL: &str = concatcp!(IN_DAYS, BY_DAY);

const OF_OWNER: &str = concatcp!(
    IN_DAYS,
    " AND t.provider_id IN (SELECT s.id FROM service_provider s WHERE s.owner_id = $17)",
    BY_DAY
);

const BY_DAY: &str = concatcp!(
    " GROUP BY t.provider_id, d.date) SELECT ",
    ProviderDay::COLUMNS,
    " FROM (SELECT 0 AS grand, 0 AS level, p.id AS provider_id, p.name AS provider_name, c.date AS date, \
    c.requests, c.completed, c.failed, c.expired, c.micros \
    FROM counted c JOIN service_provider p ON p.id = c.provider_id \
    UNION ALL SELECT 0, 1, p.id, p.name, NULL, ",
    SUMS,
    " FROM counted c JOIN service_provider p ON p.id = c.provider_id GROUP BY p.id, p.name \
    UNION ALL SELECT 1, 2, NULL, NULL, NULL, ",
    SUMS,
    " FROM counted c) r ORDER BY r.grand, r.provider_name, r.provider_id, r.level, r.date"
);

impl Query for ProviderDays {
    fn name(&self) -> &'static str {
        "provider-days"
    }

    fn title(&self) -> &'static str {
        "provider × day over 7 days, with subtotals and a grand total"
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
        let dates = self.dates.iter().map(|date| Value::Text(date));
        let starts = self.days.iter().map(|day| day.from.value());
        let end = self.days.last().map(|day| day.until.value());
        let own = Value::Uuid(OWN.uuid());
        let owner = self.owner.as_ref().map(Param::value);
        let known = dates.chain(starts).chain(end).chain([own]);
        known.chain(owner).collect()
    }
}

impl Report for ProviderDays {
    type Row = ProviderDay;
}

impl Line for ProviderDay {
    const HEADS: &'static [&'static str] = &[
        "provider",
        "date",
        "requests",
        "completed",
        "failed",
        "expired",
        "success rate",
    ];

    fn cells(&self) -> Vec<String> {
        let tally = &self.tally;
        let date = match (&self.provider_id, &self.date) {
            (None, _) => "all days".to_owned(),
            (_, None) => "subtotal".to_owned(),
            (_, date) => cell(date.as_ref()),
        };
        let name = self.provider_name.clone();
        vec![
            name.unwrap_or_else(|| "all providers".to_owned()),
            date,
            tally.total_requests.to_string(),
            tally.completed.to_string(),
            tally.failed.to_string(),
            tally.expired.to_string(),
            format!("{:.2}", tally.success_rate),
        ]
    }
}
