//! Opening the ring of a configuration: a managed secret, its file, one secret, or one made at the first
//! start.

use std::path::Path;

use super::{KeyKind, KeyRing, KeyRingError};
use crate::clock::Clock;
use crate::config::KeysConfig;
use crate::directory::{Unusable, make_private_within};
use crate::random::Random;

/// Why there is no ring to work with.
#[derive(Debug, thiserror::Error)]
pub enum RingFault {
    /// The ring itself.
    #[error("the key ring cannot be used: {0}")]
    Ring(#[from] KeyRingError),
    /// Its directory.
    #[error(transparent)]
    Directory(#[from] Unusable),
}

/// The key ring of `[keys]`; `None` where there is none yet. Makes nothing.
///
/// # Errors
/// When what is there is no ring.
pub fn find_ring(
    config: &KeysConfig,
    data_dir: &Path,
    clock: &Clock,
) -> Result<Option<KeyRing>, RingFault> {
    let file = config.ring_file(data_dir);
    Ok(match (&config.ring, &config.secret_key) {
        (Some(ring), _) => Some(KeyRing::from_json(ring.expose(), "keys.ring")?),
        _ if file.exists() => Some(KeyRing::open(&file)?),
        (None, Some(secret)) => Some(KeyRing::from_secret_key(secret.expose(), clock.now())?),
        (None, None) => None,
    })
}

/// Opens the key ring of `[keys]`; where there is none, makes one in the section's directory.
///
/// # Errors
/// When what is there is no ring, or the directory cannot be written.
pub fn open_ring(
    config: &KeysConfig,
    data_dir: &Path,
    clock: &Clock,
    random: &Random,
) -> Result<KeyRing, RingFault> {
    let ring = match find_ring(config, data_dir, clock)? {
        Some(ring) => ring,
        None => create(&config.ring_file(data_dir), clock, random)?,
    };
    warn_of_age(&ring, config.warn_after_days, clock);
    Ok(ring)
}

fn create(file: &Path, clock: &Clock, random: &Random) -> Result<KeyRing, RingFault> {
    file.parent().map(make_private_within).transpose()?;
    match KeyRing::create(file, random, clock.now()) {
        // Another process was first.
        Err(KeyRingError::Exists(_)) => Ok(KeyRing::open(file)?),
        made => Ok(made?),
    }
}

fn warn_of_age(ring: &KeyRing, warn_after_days: u32, clock: &Clock) {
    let now = clock.now();
    let days = |from| now.since(from).as_secs() / 86_400;
    let sealing = ring
        .list()
        .into_iter()
        .find(|key| key.kind == KeyKind::Sealing && key.active);
    if let Some(key) = sealing.filter(|key| days(key.created_at) >= u64::from(warn_after_days)) {
        let age = days(key.created_at);
        tracing::warn!(
            version = key.version,
            days = age,
            "the sealing key is old: run `hanok keys rotate`"
        );
    }
}
