//! When the trail is sealed and when old periods go.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::{Clock, Random};
use hanok_db::Db;
use hanok_events::{Lease, Schedule};

use crate::app::ProcessDuty;
use crate::audit::{AuditConfig, Retention, Sealer};

/// How long a silent sealer is waited for before another process takes over, which it does within 15 seconds.
const LEASE: Duration = Duration::from_secs(12);

/// Sealing at the configured interval: a duty of every process, done by the one that has the lease, so
/// that an idle trail costs a read and no write.
pub fn sealing(
    db: &Db,
    clock: &Clock,
    random: &Random,
    config: &AuditConfig,
    sealer: &Sealer,
) -> ProcessDuty {
    let lease = Arc::new(Lease::new(
        db.clone(),
        clock.clone(),
        random,
        "audit.seal",
        LEASE,
    ));
    let (db, clock, sealer) = (db.clone(), clock.clone(), sealer.clone());
    ProcessDuty {
        name: "audit.seal",
        every: config.seal_interval(),
        run: Arc::new(move || {
            let (db, clock, sealer, lease) = (
                db.clone(),
                clock.clone(),
                sealer.clone(),
                Arc::clone(&lease),
            );
            Box::pin(async move {
                if lease.hold().await.map_err(|error| error.to_string())? {
                    sealer
                        .run(&db, clock.now())
                        .await
                        .map_err(|error| error.to_string())?;
                }
                Ok(())
            })
        }),
    }
}

/// Dropping of closed periods, once a day across all processes.
pub fn retaining(db: &Db, retention: Retention) -> Schedule {
    let db = db.clone();
    Schedule {
        name: "audit.retain",
        every: Duration::from_hours(24),
        run: Arc::new(move |now| {
            let (db, retention) = (db.clone(), retention.clone());
            Box::pin(async move {
                retention
                    .run_once(&db, now)
                    .await
                    .map(|_| ())
                    .map_err(|error| error.to_string())
            })
        }),
    }
}
