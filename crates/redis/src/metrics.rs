//! What the operator is told.

use hanok_base::metric::Metric;

/// Whether Redis answers.
pub(crate) const UP: &str = "hanok_redis_up";
/// Commands that failed, by `use`.
pub(crate) const ERRORS: &str = "hanok_redis_errors_total";
/// Time of a command, by `use`.
pub(crate) const COMMANDS: &str = "hanok_redis_command_duration_seconds";

/// The metrics of this crate, besides those of every fan-out.
pub const METRICS: &[Metric] = &[
    Metric::gauge(
        UP,
        "1 while Redis takes what is written, 0 while each process goes on alone.",
    ),
    Metric::counter(
        ERRORS,
        "Commands that failed or were not answered in time, by what they were for.",
    ),
    Metric::histogram(
        COMMANDS,
        &[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.01, 0.05, 0.2],
        "Time of one command, by what it was for.",
    ),
];
