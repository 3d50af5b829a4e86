//! The key ring: from a managed secret, from its file, from one secret, or made at the first start.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::ProcessDuty;
use hanok_base::config::KeysConfig;
use hanok_base::keyring::{KeyKind, KeyRingError};
use hanok_base::{Clock, KeyRing, Random};

use super::BuildError;
use crate::place;

/// Opens the key ring of `[keys]`; where there is none, makes one in the section's directory.
///
/// # Errors
/// When what is there is no ring, or the directory cannot be written.
pub fn open_ring(
    config: &KeysConfig,
    data_dir: &Path,
    clock: &Clock,
    random: &Random,
) -> Result<KeyRing, BuildError> {
    let file = config.ring_file(data_dir);
    let ring = match (&config.ring, &config.secret_key) {
        (Some(ring), _) => KeyRing::from_json(ring.expose(), "keys.ring")?,
        _ if file.exists() => KeyRing::open(&file)?,
        (None, Some(secret)) => KeyRing::from_secret_key(secret.expose(), clock.now())?,
        (None, None) => create(&file, clock, random)?,
    };
    warn_of_age(&ring, config.warn_after_days, clock);
    Ok(ring)
}

/// How often a process looks whether another changed the ring.
pub const RING_RELOAD: Duration = Duration::from_secs(10);

/// Reads the ring again and again, so that a rotation by a command is seen.
pub(super) fn reloading(keys: &KeyRing) -> ProcessDuty {
    let keys = keys.clone();
    ProcessDuty {
        name: "keys.reload",
        every: RING_RELOAD,
        run: Arc::new(move || {
            let keys = keys.clone();
            Box::pin(async move {
                let reloaded = tokio::task::spawn_blocking(move || keys.reload()).await;
                reloaded
                    .map_err(|error| error.to_string())?
                    .map_err(|error| error.to_string())
            })
        }),
    }
}

fn create(file: &Path, clock: &Clock, random: &Random) -> Result<KeyRing, BuildError> {
    file.parent().map(place::make_private).transpose()?;
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
