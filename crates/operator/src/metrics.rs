//! Metrics for Prometheus: what is measured, how it is asked for, and by whom.
//!
//! Everything counts into the one recorder of the process. Where somebody asks, what only the store or the system
//! knows is looked up first, at most once in `metrics.refresh_seconds`, and the page is made at most once a
//! second: asking often costs no more than asking rarely. Who does not ask costs nothing but the counting.

mod config;
mod exporter;
mod page;
mod process;
mod watch;

pub use config::MetricsConfig;
pub use page::routes;
pub use watch::{Metrics, MetricsFault, Room};

use hanok_base::metric::Metric;

const BUILD_INFO: &str = "hanok_build_info";
const FREE: &str = "hanok_data_directory_free_bytes";
const SIZE: &str = "hanok_data_directory_size_bytes";
const FAILURES: &str = "hanok_measure_failures_total";

/// The metrics of this crate, but for `process_*`.
pub const METRICS: &[Metric] = &[
    Metric::gauge(BUILD_INFO, "1, with the version that runs."),
    Metric::gauge(
        FREE,
        "Room that is left on the file system of the data directory.",
    ),
    Metric::gauge(SIZE, "Size of the file system of the data directory."),
    Metric::counter(
        FAILURES,
        "Looks at the store or the system that failed, by what was to be measured; the gauges keep their values.",
    ),
];
