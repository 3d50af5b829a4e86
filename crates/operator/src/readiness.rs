//! Whether the store is of use: it answers, and what is written stays.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hanok_base::{Clock, Timestamp};
use hanok_db::{Conn, Db, DbError, Tx, params};
use hanok_web::health::Check;

/// While nothing can be written, one caller in so long a time tries it; the others are told what it heard.
const TRY_EVERY: Duration = Duration::from_secs(3);

const PROBE: &str = "INSERT INTO doctor_probe (id, written_at) VALUES (1, $1) \
    ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at";

/// Writes the one row that is there to be written.
pub(crate) async fn probe(db: &Db, now: Timestamp) -> Result<(), DbError> {
    let unit = async move |tx: &mut Tx| tx.execute(PROBE, params![now]).await.map(drop);
    db.write::<_, DbError, _>(unit).await
}

/// The check of `/health/ready`: the store answers, and the last unit that changed something could. Nothing
/// is written for it unless the last one could not.
pub fn store_check(db: Db, clock: Clock) -> Check {
    let store = Arc::new(Store {
        db,
        clock,
        tried: Mutex::default(),
    });
    Check::new("store", move || {
        let store = Arc::clone(&store);
        async move { store.look().await.map_err(|error| error.to_string()) }
    })
}

struct Store {
    db: Db,
    clock: Clock,
    /// When writing was last tried for the check's sake.
    tried: Mutex<Option<Instant>>,
}

impl Store {
    async fn look(&self) -> Result<(), DbError> {
        let answered = async |conn: &mut Conn| conn.one::<i64>("SELECT 1", &[]).await;
        self.db.read::<_, DbError, _>(answered).await?;
        match self.db.write_fault() {
            Some(_) if self.may_try() => probe(&self.db, self.clock.now()).await,
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    fn may_try(&self) -> bool {
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        let may = tried.is_none_or(|at| at.elapsed() >= TRY_EVERY);
        if may {
            *tried = Some(Instant::now());
        }
        may
    }
}
