//! The connection that commands go over, and the breaker in front of it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fred::clients::Client;
use fred::error::{Error, ErrorKind};
use fred::interfaces::ClientLike;
use fred::types::Builder;
use fred::types::config::{ReconnectPolicy, UnresponsiveConfig};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::RedisFault;
use crate::config::RedisConfig;
use crate::metrics::{COMMANDS, ERRORS, UP};

/// Answers that may fail to come, one after the other, before Redis counts as away.
const LATE_ANSWERS: u32 = 3;
/// Commands that may wait for a connection or an answer.
const QUEUE: usize = 10_000;

/// The connection that commands go over.
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) prefix: String,
    pub(crate) runtime: Handle,
    is_up: AtomicBool,
    came_up: Notify,
    late: AtomicU32,
}

impl Link {
    /// Makes the connection without opening it; asks for a runtime.
    pub(crate) fn new(config: &RedisConfig) -> Result<Self, RedisFault> {
        let client = builder(config)?
            .build()
            .map_err(|fault| RedisFault::Address(fault.details().to_owned()))?;
        ::metrics::gauge!(UP).set(0.0);
        Ok(Self {
            client,
            prefix: config.prefix.clone(),
            runtime: Handle::current(),
            is_up: AtomicBool::new(false),
            came_up: Notify::new(),
            late: AtomicU32::new(0),
        })
    }

    /// Whether it is worth asking.
    pub(crate) fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Relaxed)
    }

    /// A key as it stands in Redis.
    pub(crate) fn key(&self, sort: &str, name: &str) -> String {
        [self.prefix.as_str(), sort, name].join(":")
    }

    /// The answer to a command, where Redis is there and gives one in time.
    pub(crate) async fn ask<T>(
        &self,
        usage: &'static str,
        command: impl Future<Output = Result<T, Error>>,
    ) -> Option<T> {
        if !self.is_up() {
            return None;
        }
        if !self.client.is_connected() {
            // It would wait for the connection to come back.
            self.lost("the connection is gone");
            return None;
        }
        let started = Instant::now();
        let answer = command.await;
        ::metrics::histogram!(COMMANDS, "use" => usage).record(started.elapsed());
        match answer {
            Ok(answer) => {
                self.late.store(0, Ordering::Relaxed);
                Some(answer)
            }
            Err(fault) => {
                ::metrics::counter!(ERRORS, "use" => usage).increment(1);
                self.note(&fault);
                None
            }
        }
    }

    /// Opens the breaker after a fault: at once, but for an answer that is only late.
    fn note(&self, fault: &Error) {
        let is_late = matches!(fault.kind(), ErrorKind::Timeout);
        if is_late && self.late.fetch_add(1, Ordering::Relaxed) + 1 < LATE_ANSWERS {
            return;
        }
        self.lost(fault);
    }

    /// Opens the breaker; says so where it was closed.
    pub(crate) fn lost(&self, fault: impl fmt::Display) {
        if self.set_up(false) {
            tracing::warn!(%fault, "Redis is away: limits are counted in this process alone, sessions are read from the store");
        }
    }

    /// Says whether it is there; says in turn whether that is new.
    pub(crate) fn set_up(&self, is_up: bool) -> bool {
        self.late.store(0, Ordering::Relaxed);
        ::metrics::gauge!(UP).set(if is_up { 1.0 } else { 0.0 });
        let is_new = self.is_up.swap(is_up, Ordering::Relaxed) != is_up;
        if is_new && is_up {
            self.came_up.notify_one();
        }
        is_new
    }

    /// Comes true when it is there again; for one that waits.
    pub(crate) async fn came_up(&self) {
        self.came_up.notified().await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let client = self.client.clone();
        drop(self.runtime.spawn(async move { client.quit().await }));
    }
}

/// How clients are made: each command is sent once, and one without an answer in time has failed.
pub(crate) fn builder(config: &RedisConfig) -> Result<Builder, RedisFault> {
    let patience = Duration::from_millis(config.timeout_ms);
    let mut builder = Builder::from_config(config.connection()?);
    builder
        .with_performance_config(|performance| {
            performance.default_command_timeout = patience;
            performance.broadcast_channel_capacity = 4_096;
        })
        .with_connection_config(|connection| {
            connection.connection_timeout = Duration::from_secs(5);
            connection.internal_command_timeout = Duration::from_secs(5);
            connection.max_command_attempts = 1;
            connection.max_command_buffer_len = QUEUE;
            connection.unresponsive = UnresponsiveConfig {
                max_timeout: Some(Duration::from_secs(5)),
                interval: Duration::from_secs(2),
            };
        })
        .set_policy(ReconnectPolicy::new_exponential(0, 100, 2_000, 2));
    Ok(builder)
}
