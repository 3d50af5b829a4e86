//! What the bench reads: counts and times of one scenario.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::drive::Outcome;
use crate::scenario::Scenario;

/// One scenario's result.
#[derive(Debug, Serialize)]
pub struct Report {
    requests: usize,
    /// Requests answered as expected.
    done: usize,
    statuses: BTreeMap<u16, usize>,
    failures: usize,
    /// The first fault, in words.
    first_fault: Option<String>,
    connections_opened: usize,
    seconds: f64,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

impl Report {
    pub fn new(scenario: &Scenario, mut outcome: Outcome) -> Self {
        outcome.latencies.sort_unstable();
        let seconds = outcome.elapsed.as_secs_f64();
        Self {
            requests: scenario.requests,
            done: outcome.done,
            failures: outcome.failures.len(),
            first_fault: outcome.unexpected.or(outcome.failures.into_iter().next()),
            connections_opened: outcome.connections_opened,
            seconds,
            per_second: count(outcome.latencies.len()) / seconds,
            p50_ms: quantile_ms(&outcome.latencies, 50),
            p99_ms: quantile_ms(&outcome.latencies, 99),
            max_ms: quantile_ms(&outcome.latencies, 100),
            statuses: outcome.statuses,
        }
    }

    /// Whether every request was made and answered as expected.
    pub fn is_complete(&self) -> bool {
        self.done == self.requests && self.failures == 0
    }
}

/// The smallest value that at least `percent` of the sorted values do not exceed, in milliseconds.
pub fn quantile_ms(sorted_micros: &[u64], percent: usize) -> f64 {
    let rank = (sorted_micros.len() * percent).div_ceil(100);
    let micros = sorted_micros.get(rank.saturating_sub(1));
    std::time::Duration::from_micros(micros.copied().unwrap_or_default()).as_secs_f64() * 1e3
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::quantile_ms;

    #[test]
    fn quantiles_are_values_that_were_seen() {
        let micros: Vec<u64> = (1..=200).map(|n| n * 1000).collect();
        for (percent, expected) in [(50, 100.0), (99, 198.0), (100, 200.0)] {
            assert!((quantile_ms(&micros, percent) - expected).abs() < 1e-9);
        }
        assert!(quantile_ms(&[], 99).abs() < 1e-9);
    }
}
