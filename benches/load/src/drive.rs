//! Keeps the connections busy and collects what came back.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{Answer, Connection};
use crate::scenario::Scenario;

/// A connection gives up after this many failures, so that a server that is gone does not spin the load.
const FAILURES_PER_CONNECTION: usize = 3;

/// What all connections, or one of them, saw.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Answers that were as expected.
    pub done: usize,
    /// All answers by status.
    pub statuses: BTreeMap<u16, usize>,
    /// Requests without an answer, and why the first one had none.
    pub failures: Vec<String>,
    /// The first answer that was not as expected.
    pub unexpected: Option<String>,
    /// How long each answer took, in microseconds, in no order.
    pub latencies: Vec<u64>,
    /// What was kept of the answers, each with its request's index.
    pub captured: Vec<(usize, String)>,
    pub connections_opened: usize,
    pub elapsed: Duration,
}

/// Plays the scenario on as many threads as it has connections.
pub fn run(scenario: &Scenario) -> Outcome {
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let deadline = start + Duration::from_secs(scenario.seconds);
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> = (0..scenario.connections)
            .map(|_| scope.spawn(|| keep_busy(scenario, &next, deadline)))
            .collect();
        threads.into_iter().fold(Outcome::default(), |all, thread| {
            all.and(thread.join().unwrap_or_else(|_| Outcome::panicked()))
        })
    });
    all.elapsed = start.elapsed();
    all
}

fn keep_busy(scenario: &Scenario, next: &AtomicUsize, deadline: Instant) -> Outcome {
    let mut connection = Connection::new(scenario.address);
    let mut outcome = Outcome::default();
    while Instant::now() < deadline && outcome.failures.len() < FAILURES_PER_CONNECTION {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= scenario.requests {
            break;
        }
        let request = scenario.request(index);
        let sent = Instant::now();
        match connection.call(&request) {
            Ok(answer) => outcome.record(scenario, index, &answer, sent.elapsed()),
            Err(error) => outcome.failures.push(error.to_string()),
        }
    }
    outcome.connections_opened = connection.opened;
    outcome
}

impl Outcome {
    fn record(&mut self, scenario: &Scenario, index: usize, answer: &Answer, took: Duration) {
        *self.statuses.entry(answer.status).or_default() += 1;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.latencies.push(micros);
        if !scenario.expects(answer) {
            let body = String::from_utf8_lossy(&answer.body);
            self.unexpected
                .get_or_insert_with(|| format!("{} {body}", answer.status));
            return;
        }
        self.done += 1;
        if scenario.capture.is_empty() {
            return;
        }
        match scenario.captured_of(answer) {
            Ok(line) => self.captured.push((index, line)),
            Err(name) => self.failures.push(format!("an answer without `{name}`")),
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.done += other.done;
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.failures.extend(other.failures);
        self.unexpected = self.unexpected.or(other.unexpected);
        self.latencies.extend(other.latencies);
        self.captured.extend(other.captured);
        self.connections_opened += other.connections_opened;
        self
    }

    fn panicked() -> Self {
        Self {
            failures: vec!["a thread of the load panicked".to_owned()],
            ..Self::default()
        }
    }
}
