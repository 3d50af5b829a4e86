//! The recorder of the process, and the texts and buckets of what it records.

use hanok_base::metric::{Metric, MetricKind};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::watch::MetricsFault;

/// Puts a recorder in force for the whole process: there can be one.
pub(super) fn install(tables: &[&[Metric]]) -> Result<PrometheusHandle, MetricsFault> {
    let all = || tables.iter().copied().flatten();
    let builder = all().try_fold(PrometheusBuilder::new(), with_buckets)?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| MetricsFault::Twice)?;
    all().for_each(describe);
    Ok(handle)
}

fn with_buckets(
    builder: PrometheusBuilder,
    metric: &Metric,
) -> Result<PrometheusBuilder, BuildError> {
    match metric.kind {
        MetricKind::Histogram(bounds) => {
            builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), bounds)
        }
        MetricKind::Counter | MetricKind::Gauge => Ok(builder),
    }
}

fn describe(metric: &Metric) {
    match metric.kind {
        MetricKind::Counter => metrics::describe_counter!(metric.name, metric.help),
        MetricKind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
        MetricKind::Histogram(_) => metrics::describe_histogram!(metric.name, metric.help),
    }
}
