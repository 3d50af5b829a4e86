//! Every process takes up what an operator set.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hanok_accounts::app::ProcessDuty;
use hanok_base::Clock;
use hanok_base::config::{Environment, LogConfig};
use hanok_base::telemetry::{Levels, SECURITY};
use hanok_db::Db;

use super::{InForce, store};

/// How often a process looks: `hanok log` promises seconds.
const EVERY: Duration = Duration::from_secs(2);

/// The duty that brings this process's log to what `hanok log` wrote down; the configuration holds where
/// nothing is set, and again when its time is over.
pub fn following_levels(
    db: &Db,
    clock: &Clock,
    levels: Levels,
    log: &LogConfig,
    environment: Environment,
) -> ProcessDuty {
    let (configured, _) = InForce::of(log, environment, &[]);
    let following = Arc::new(Following {
        db: db.clone(),
        clock: clock.clone(),
        levels,
        log: log.clone(),
        environment,
        in_force: Mutex::new(configured),
    });
    ProcessDuty {
        name: "log.levels",
        every: EVERY,
        run: Arc::new(move || {
            let following = Arc::clone(&following);
            Box::pin(async move { following.look().await })
        }),
    }
}

struct Following {
    db: Db,
    clock: Clock,
    levels: Levels,
    log: LogConfig,
    environment: Environment,
    in_force: Mutex<InForce>,
}

impl Following {
    async fn look(&self) -> Result<(), String> {
        let now = self.clock.now();
        let read = self
            .db
            .read(async move |conn| store::in_force(conn, now).await);
        let set = read.await.map_err(|error| error.to_string())?;
        let (wanted, refused) = InForce::of(&self.log, self.environment, &set);
        let mut in_force = self.in_force.lock().unwrap_or_else(PoisonError::into_inner);
        if *in_force == wanted {
            return Ok(());
        }
        self.levels
            .set(wanted.level, &wanted.levels)
            .map_err(|error| error.to_string())?;
        // Not to the application's log, which may just have been silenced.
        tracing::info!(target: SECURITY, level = wanted.level.as_str(), targets = ?wanted.levels, ?refused, "log levels changed");
        *in_force = wanted;
        Ok(())
    }
}
