//! What became of some requests: how many, how they ended, and how long the approved ones took.

use hanok_db::{DbError, Record, RowReader};
use serde::Serialize;
use utoipa::ToSchema;

/// The columns that a [`Tally`] is read from, over the rows `t` of `auth_transaction`.
pub(crate) const COUNTED: &str = "COUNT(t.created_at) AS requests, \
    COUNT(*) FILTER (WHERE t.status = 'COMPLETED') AS completed, \
    COUNT(*) FILTER (WHERE t.status = 'FAILED') AS failed, \
    COUNT(*) FILTER (WHERE t.status = 'EXPIRED') AS expired, \
    CAST(COALESCE(SUM(t.ended_at - t.created_at) FILTER (WHERE t.status = 'COMPLETED'), 0) AS BIGINT) AS micros";

/// What became of some requests. Those that still wait are in `total_requests` only; one whose time has
/// passed counts as expired once the sweep has written it down, seconds later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Tally {
    /// How many were asked.
    pub total_requests: i64,
    /// How many people approved.
    pub completed: i64,
    /// How many were denied, not confirmed, superseded or taken back.
    pub failed: i64,
    /// How many nobody answered in time.
    pub expired: i64,
    /// How many in a hundred were approved, with two decimals; 0 where none was asked.
    pub success_rate: f64,
    /// Seconds from the request to the approval, on average, with three decimals.
    pub avg_processing_seconds: Option<f64>,
}

/// How many were asked, approved, failed and expired, and the microseconds that the approved ones took
/// together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) requests: i64,
    pub(crate) completed: i64,
    pub(crate) failed: i64,
    pub(crate) expired: i64,
    pub(crate) micros: i64,
}

impl Counts {
    /// Both together.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            completed: self.completed + other.completed,
            failed: self.failed + other.failed,
            expired: self.expired + other.expired,
            micros: self.micros + other.micros,
        }
    }
}

impl From<Counts> for Tally {
    fn from(counts: Counts) -> Self {
        Self {
            total_requests: counts.requests,
            completed: counts.completed,
            failed: counts.failed,
            expired: counts.expired,
            success_rate: rate(counts.completed, counts.requests),
            avg_processing_seconds: mean_seconds(counts.micros, counts.completed),
        }
    }
}

impl Record for Counts {
    fn read(row: &mut RowReader<'_>) -> Result<Self, DbError> {
        let (requests, completed, failed, expired, micros) = Record::read(row)?;
        Ok(Self {
            requests,
            completed,
            failed,
            expired,
            micros,
        })
    }
}

impl Record for Tally {
    fn read(row: &mut RowReader<'_>) -> Result<Self, DbError> {
        Counts::read(row).map(Self::from)
    }
}

/// `part` of `whole` in a hundred, rounded half up to two decimals; 0 of nothing.
pub(crate) fn rate(part: i64, whole: i64) -> f64 {
    decimals(part.saturating_mul(10_000), whole, 100.0).unwrap_or_default()
}

/// The mean of `micros` over `count`, in seconds with three decimals; `None` over nothing.
fn mean_seconds(micros: i64, count: i64) -> Option<f64> {
    decimals(micros, count.saturating_mul(1_000), 1_000.0)
}

/// `part / whole`, rounded half up to a whole number and then divided by `unit`.
fn decimals(part: i64, whole: i64, unit: f64) -> Option<f64> {
    let rounded = part.saturating_add(whole / 2).checked_div(whole)?;
    // Anything that is counted here is far below 2⁵³.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of events, far below 2⁵³"
    )]
    Some(rounded as f64 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_two_decimals_and_a_mean_three() {
        let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
        assert!(near(rate(2, 3), 66.67) && near(rate(1, 3), 33.33) && near(rate(1, 8), 12.5));
        assert!(near(rate(7, 7), 100.0) && near(rate(0, 7), 0.0) && near(rate(0, 0), 0.0));
        assert!(near(mean_seconds(10_000_000, 3).unwrap(), 3.333));
        assert_eq!(mean_seconds(0, 0), None);
    }

    #[test]
    fn counts_add_up() {
        let day = Counts {
            requests: 4,
            completed: 1,
            failed: 1,
            expired: 1,
            micros: 2_000_000,
        };
        let both = Tally::from(day.plus(day));
        assert_eq!(
            (
                both.total_requests,
                both.completed,
                both.avg_processing_seconds
            ),
            (8, 2, Some(2.0))
        );
    }
}
