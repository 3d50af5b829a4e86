//! Tries a Redis once, for the operator.

use std::time::{Duration, Instant};

use fred::error::Error;
use fred::interfaces::{ClientLike, KeysInterface};
use fred::types::Expiration;
use fred::types::config::ReconnectPolicy;
use tokio::time::timeout;

use crate::config::RedisConfig;
use crate::link::builder;

const PATIENCE: Duration = Duration::from_secs(5);

/// What a Redis that answers is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its version, where it says it.
    pub version: Option<String>,
    /// How long a value took to be written and read again.
    pub round_trip: Duration,
}

/// Connects, writes a value that is gone after ten seconds, and reads it again.
///
/// # Errors
/// Why not, in words without secrets.
pub async fn probe(config: &RedisConfig) -> Result<Probe, String> {
    let mut builder = builder(config).map_err(|fault| fault.to_string())?;
    builder
        .with_config(|config| config.fail_fast = true)
        .set_policy(ReconnectPolicy::new_constant(1, 0));
    let client = builder.build().map_err(|fault| told(&fault))?;
    let connecting = timeout(PATIENCE, client.init()).await;
    let connection = match connecting {
        Ok(connected) => connected.map_err(|fault| told(&fault))?,
        Err(_) => return Err("no answer within 5 seconds".to_owned()),
    };
    let key = format!("{}:probe:doctor", config.prefix);
    let started = Instant::now();
    let life = Some(Expiration::PX(10_000));
    client
        .set::<(), _, _>(key.as_str(), "written", life, None, false)
        .await
        .map_err(|fault| told(&fault))?;
    let read: Option<String> = client
        .get(key.as_str())
        .await
        .map_err(|fault| told(&fault))?;
    let round_trip = started.elapsed();
    let version = client.server_version().map(|version| version.to_string());
    let _ = client.quit().await;
    connection.abort();
    match read.as_deref() {
        Some("written") => Ok(Probe {
            version,
            round_trip,
        }),
        _ => Err("a value that was just written is not there".to_owned()),
    }
}

fn told(fault: &Error) -> String {
    fault.to_string()
}
