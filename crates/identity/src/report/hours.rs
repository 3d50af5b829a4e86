//! Today, hour by hour.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Line, Query, Report};
use crate::day::Day;
use crate::provider::OWN;
use crate::tally::{COUNTED, Tally};

/// Requests and success rate for each of today's 24 hours where the organisation is, empty ones included.
#[derive(Clone, Copy, Debug)]
pub struct HoursOfToday {
    /// Where each hour begins, and where the day ends.
    pub starts: [Timestamp; 25],
    /// Of this owner's providers alone.
    pub owner: Option<AccountId>,
}

impl HoursOfToday {
    /// The day that it is at `now` in `zone`.
    pub fn at(now: Timestamp, zone: &TimeZone) -> Self {
        Self {
            starts: Day::at(now, zone).hours(zone),
            owner: None,
        }
    }
}

record! {
    /// An hour of a day.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub struct Hour {
        /// 0 to 23, as the clock shows it there.
        pub hour: i64 = "c.hour",
        /// How its requests ended.
        #[serde(flatten)]
        pub tally: Tally = "c.requests, c.completed, c.failed, c.expired, c.micros",
    }
}

/// The first row says of which type the others are.
const HOURS: &str = "WITH hour (hour, from_at, until_at) AS (VALUES \
    (CAST(0 AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT)), (1, $2, $3), (2, $3, $4), (3, $4, $5), \
    (4, $5, $6), (5, $6, $7), (6, $7, $8), (7, $8, $9), (8, $9, $10), (9, $10, $11), (10, $11, $12), \
    (11, $12, $13), (12, $13, $14), (13, $14, $15), (14, $15, $16), (15, $16, $17), (16, $17, $18), \
    (17, $18, $19), (18, $19, $20), (19, $20, $21), (20, $21, $22), (21, $22, $23), (22, $23, $24), \
    (23, $24, $25)) ";

const IN_HOURS: &str = concatcp!(
    HOURS,
    "SELECT ",
    Hour::COLUMNS,
    " FROM (SELECT h.hour, ",
    COUNTED,
    " FROM hour h LEFT JOIN auth_transaction t \
    ON t.created_at >= h.from_at AND t.created_at < h.until_at AND t.provider_id <> $26"
);

const BY_HOUR: &str = " GROUP BY h.hour) c ORDER BY c.hour";

const SQL: &str = concatcp!(IN_HOURS, BY_HOUR);

const OF_OWNER: &str = concatcp!(
    IN_HOURS,
    " AND t.provider_id IN (SELECT s.id FROM service_provider s WHERE s.owner_id = $27)",
    BY_HOUR
);

impl Query for HoursOfToday {
    fn name(&self) -> &'static str {
        "hours-of-today"
    }

    fn title(&self) -> &'static str {
        "requests and success rate for each of today's 24 hours"
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
        let starts = self.starts.iter().map(Param::value);
        let owner = self.owner.as_ref().map(Param::value);
        let own = Value::Uuid(OWN.uuid());
        starts.chain([own]).chain(owner).collect()
    }
}

impl Report for HoursOfToday {
    type Row = Hour;
}

impl Line for Hour {
    const HEADS: &'static [&'static str] = &[
        "hour",
        "requests",
        "completed",
        "failed",
        "expired",
        "success rate",
    ];

    fn cells(&self) -> Vec<String> {
        let tally = &self.tally;
        vec![
            format!("{:02}", self.hour),
            tally.total_requests.to_string(),
            tally.completed.to_string(),
            tally.failed.to_string(),
            tally.expired.to_string(),
            format!("{:.2}", tally.success_rate),
        ]
    }
}
