//! [`Metrics`]: what is recorded and what is looked up, made into a page.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex as StdMutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use hanok_accounts::app::ProcessDuty;
use hanok_base::metric::Metric;
use hanok_base::{Clock, disk};
use hanok_web::server::{ListenError, Server};
use metrics_exporter_prometheus::{BuildError, PrometheusHandle};
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::process::Process;
use super::{BUILD_INFO, FAILURES, FREE, MetricsConfig, SIZE, exporter, page};

/// A page is not made anew before.
const FRESH: Duration = Duration::from_secs(1);

/// How long one look may take; the page goes out without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often what was recorded is put into its buckets, so that it does not pile up where nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum MetricsFault {
    /// A process has one recorder.
    #[error("this process counts already")]
    Twice,
    /// A histogram without buckets.
    #[error("a metric cannot be recorded: {0}")]
    Buckets(#[from] BuildError),
    /// `metrics.listen`.
    #[error("metrics.listen: {0}: choose another, as metrics.listen=127.0.0.1:9465")]
    Listen(#[from] ListenError),
}

/// What this process counts and measures. Cloning shares it.
#[derive(Clone)]
pub struct Metrics(Arc<Watch>);

struct Watch {
    recorded: PrometheusHandle,
    process: Process,
    refresh: Duration,
    looks: OnceLock<Vec<ProcessDuty>>,
    page: Mutex<Page>,
    aside: StdMutex<Option<Server>>,
}

/// The page as it was made last, and when each look was taken.
#[derive(Default)]
struct Page {
    text: Arc<str>,
    made_at: Option<Instant>,
    looked_at: Vec<Option<Instant>>,
}

/// The listener of its own; closed where it is dropped.
pub struct Room(AbortHandle);

impl Drop for Room {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Begins to count what these tables list, and binds the listener of its own; `None` where nothing is to be
    /// counted. It comes before the store is opened and anything else is put together.
    ///
    /// # Errors
    /// [`MetricsFault`].
    pub async fn begin(
        config: &MetricsConfig,
        tables: &[&[Metric]],
        version: &'static str,
    ) -> Result<Option<Self>, MetricsFault> {
        if !config.enabled {
            return Ok(None);
        }
        let aside = match config.address() {
            Some(address) => Some(Server::bind(&address.ip().to_string(), address.port()).await?),
            None => None,
        };
        let recorded = exporter::install(tables)?;
        metrics::gauge!(BUILD_INFO, "version" => version).set(1.0);
        Ok(Some(Self(Arc::new(Watch {
            recorded,
            process: Process::started_at(Clock::system().now()),
            refresh: Duration::from_secs(u64::from(config.refresh_seconds)),
            looks: OnceLock::new(),
            page: Mutex::default(),
            aside: StdMutex::new(aside),
        }))))
    }

    /// Says what is to be looked up before a page is made, each at most as often as it says and as
    /// `metrics.refresh_seconds` allow; and the room of `data_dir`. The first word counts.
    pub fn look_at(&self, mut looks: Vec<ProcessDuty>, data_dir: PathBuf) {
        looks.push(room_of(data_dir));
        let _ = self.0.looks.set(looks);
    }

    /// What keeps that which is recorded from piling up; a duty of the process.
    pub fn upkeep(&self) -> ProcessDuty {
        let recorded = self.0.recorded.clone();
        ProcessDuty {
            name: "metrics.upkeep",
            every: UPKEEP,
            run: Arc::new(move || {
                recorded.run_upkeep();
                Box::pin(std::future::ready(Ok(())))
            }),
        }
    }

    /// Opens the listener of its own, where there is one and it is not open yet.
    pub fn open(&self) -> Option<Room> {
        let mut aside = self.0.aside.lock().unwrap_or_else(PoisonError::into_inner);
        let server = aside.take()?;
        tracing::info!(address = %server.address(), "metrics are told here");
        let serving = tokio::spawn(server.run_aside(page::aside(self.clone())));
        Some(Room(serving.abort_handle()))
    }

    /// The page: Prometheus's text format 0.0.4.
    pub async fn page(&self) -> Arc<str> {
        let watch = &self.0;
        let mut page = watch.page.lock().await;
        let is_fresh = page.made_at.is_some_and(|made| made.elapsed() < FRESH);
        if is_fresh {
            return Arc::clone(&page.text);
        }
        self.look(&mut page.looked_at).await;
        let shared = Arc::clone(watch);
        let made = tokio::task::spawn_blocking(move || shared.text()).await;
        page.text = made.unwrap_or_default().into();
        page.made_at = Some(Instant::now());
        Arc::clone(&page.text)
    }

    /// Looks up what is due, all at once: a store that does not answer delays the page by one patience.
    async fn look(&self, looked_at: &mut Vec<Option<Instant>>) {
        let looks = self.0.looks.get().map(Vec::as_slice).unwrap_or_default();
        looked_at.resize(looks.len(), None);
        let is_due = |look: &ProcessDuty, at: &Option<Instant>| {
            let every = look.every.max(self.0.refresh);
            at.is_none_or(|at| at.elapsed() >= every)
        };
        let due = looks
            .iter()
            .zip(looked_at)
            .filter(|(look, at)| is_due(look, at));
        let looking = due.map(|(look, at)| {
            *at = Some(Instant::now());
            look_once(look)
        });
        join_all(looking).await;
    }
}

async fn look_once(look: &ProcessDuty) {
    let failed = match timeout(PATIENCE, (look.run)()).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(_) => "no answer in time".to_owned(),
    };
    tracing::warn!(look = look.name, failed, "could not be measured");
    metrics::counter!(FAILURES, "measure" => look.name).increment(1);
}

impl Watch {
    fn text(&self) -> String {
        let mut text = self.recorded.render();
        self.process.write(&mut text);
        text
    }
}

/// The room on the disk of the data directory.
fn room_of(data_dir: PathBuf) -> ProcessDuty {
    ProcessDuty {
        name: "data_directory",
        every: Duration::ZERO,
        run: Arc::new(move || {
            let room = disk::space(&data_dir).map(measure_room);
            Box::pin(std::future::ready(room.map_err(|fault| fault.to_string())))
        }),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a disk's room is told roughly")]
fn measure_room(room: disk::Space) {
    metrics::gauge!(FREE).set(room.free as f64);
    metrics::gauge!(SIZE).set(room.total as f64);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use hanok_base::Timestamp;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tokio::time::advance;

    use super::*;

    /// With a recorder that nothing counts into.
    fn watching(looks: Vec<ProcessDuty>) -> Metrics {
        let recorder = PrometheusBuilder::new().build_recorder();
        Metrics(Arc::new(Watch {
            recorded: recorder.handle(),
            process: Process::started_at(Timestamp::from_seconds(0)),
            refresh: Duration::from_secs(15),
            looks: OnceLock::from(looks),
            page: Mutex::default(),
            aside: StdMutex::default(),
        }))
    }

    fn counted(every: Duration, count: &Arc<AtomicU32>) -> ProcessDuty {
        let count = Arc::clone(count);
        ProcessDuty {
            name: "counted",
            every,
            run: Arc::new(move || {
                count.fetch_add(1, Ordering::Relaxed);
                Box::pin(std::future::ready(Ok(())))
            }),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn asking_often_looks_no_more_often() {
        let (often, rarely) = (Arc::default(), Arc::default());
        let metrics = watching(vec![
            counted(Duration::ZERO, &often),
            counted(Duration::from_mins(1), &rarely),
        ]);
        // Two minutes of asking every 100 ms.
        for _ in 0..1_200 {
            metrics.page().await;
            advance(Duration::from_millis(100)).await;
        }
        assert_eq!(often.load(Ordering::Relaxed), 8);
        assert_eq!(rarely.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_is_made_at_most_once_a_second() {
        let metrics = watching(Vec::new());
        let first = metrics.page().await;
        assert!(Arc::ptr_eq(&first, &metrics.page().await));
        advance(FRESH).await;
        assert!(!Arc::ptr_eq(&first, &metrics.page().await));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_does_not_answer_delays_the_page_by_its_patience_alone() {
        let silent = || ProcessDuty {
            name: "silent",
            every: Duration::ZERO,
            run: Arc::new(|| Box::pin(std::future::pending())),
        };
        let metrics = watching(vec![silent(), silent(), silent()]);
        let asked = Instant::now();
        let page = metrics.page().await;
        assert_eq!(asked.elapsed(), PATIENCE);
        assert!(page.contains("process_start_time_seconds"));
    }
}
