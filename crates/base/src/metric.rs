//! What the program measures: every crate has a table of its metrics, of which the exporter makes its texts.
//!
//! Names follow Prometheus's conventions: `hanok_` first, the base unit (seconds, bytes) last, `_total` after a
//! counter. The value of a label comes from a set that does not grow: never an address, a name or a query.

/// A metric, as Prometheus knows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Counter, gauge or histogram.
    pub kind: MetricKind,
    /// What it counts or measures, in one sentence: its `# HELP`.
    pub help: &'static str,
}

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MetricKind {
    /// Only up, from zero at the start of the process.
    Counter,
    /// Up and down.
    Gauge,
    /// Values in buckets, each told by its upper bound; ascending.
    Histogram(&'static [f64]),
}

impl Metric {
    /// A counter.
    pub const fn counter(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: MetricKind::Counter,
            help,
        }
    }

    /// A gauge.
    pub const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: MetricKind::Gauge,
            help,
        }
    }

    /// A histogram with these upper bounds.
    pub const fn histogram(name: &'static str, bounds: &'static [f64], help: &'static str) -> Self {
        Self {
            name,
            kind: MetricKind::Histogram(bounds),
            help,
        }
    }
}
