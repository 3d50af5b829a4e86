//! How events travel from the outbox to their handlers.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream;

use crate::consume::Consumers;
use crate::event::Received;

/// Carries events. Whatever it has taken over it delivers at least once, those of one key in order.
pub trait Bus: Send + Sync {
    /// Sends a batch, given in order, and answers for each event whether it was taken over or why not.
    /// After a failure the later events of the same key are sent again, whatever is answered for them.
    fn send<'a>(&'a self, batch: &'a [Arc<Received>]) -> BoxFuture<'a, Vec<Result<(), String>>>;
}

/// How many keys are handled side by side.
const KEYS_AT_ONCE: usize = 16;

/// The bus inside this process: each event goes straight to its handlers.
pub(crate) struct LocalBus {
    consumers: Arc<Consumers>,
}

impl LocalBus {
    pub(crate) const fn new(consumers: Arc<Consumers>) -> Self {
        Self { consumers }
    }
}

impl Bus for LocalBus {
    fn send<'a>(&'a self, batch: &'a [Arc<Received>]) -> BoxFuture<'a, Vec<Result<(), String>>> {
        Box::pin(async move {
            let lines = by_key(batch).into_iter();
            let lines = lines.map(|line| deliver_in_order(Arc::clone(&self.consumers), line));
            let ended = stream::iter(lines)
                .buffer_unordered(KEYS_AT_ONCE)
                .map(stream::iter);
            let mut ended: HashMap<_, _> = ended.flatten().collect().await;
            let held_back = || Err(HELD_BACK.to_owned());
            (0..batch.len())
                .map(|place| ended.remove(&place).unwrap_or_else(held_back))
                .collect()
        })
    }
}

const HELD_BACK: &str = "an earlier event of the same key was not taken over";

/// One key's events with their places in the batch.
type Line = Vec<(usize, Arc<Received>)>;

fn by_key(batch: &[Arc<Received>]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut line_of = HashMap::new();
    for (place, event) in batch.iter().enumerate() {
        let at = *line_of.entry(event.key.as_str()).or_insert_with(|| {
            lines.push(Vec::new());
            lines.len() - 1
        });
        if let Some(line) = lines.get_mut(at) {
            line.push((place, Arc::clone(event)));
        }
    }
    lines
}

async fn deliver_in_order(
    consumers: Arc<Consumers>,
    line: Line,
) -> Vec<(usize, Result<(), String>)> {
    let mut results = Vec::with_capacity(line.len());
    for (place, event) in line {
        let result = consumers
            .deliver(&event)
            .await
            .map_err(|error| error.to_string());
        let failed = result.is_err();
        results.push((place, result));
        if failed {
            break;
        }
    }
    results
}
