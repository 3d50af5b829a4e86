//! Leases: one process at a time does a thing, and another takes over when it goes silent.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hanok_base::{Clock, Id, Random, Timestamp};
use hanok_db::{Db, DbError, Tx, params};
use uuid::Uuid;

/// A process, as leases know it.
enum Process {}

/// A name for this process that no other has.
pub(crate) fn process_id(clock: &Clock, random: &Random) -> Uuid {
    Id::<Process>::new(clock, random).uuid()
}

/// A named right that one holder has at a time, in table `lease`.
#[derive(Debug)]
pub struct Lease {
    db: LeaseStore,
    name: &'static str,
    holder: Uuid,
    clock: Clock,
    length: Duration,
    held_until: Mutex<Option<Timestamp>>,
}

/// [`Db`] without a need to be printed.
struct LeaseStore(Db);

impl std::fmt::Debug for LeaseStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeaseStore")
    }
}

impl Lease {
    /// A lease that is not held yet. After `length` of silence another holder may take it.
    pub fn new(
        db: Db,
        clock: Clock,
        random: &Random,
        name: &'static str,
        length: Duration,
    ) -> Self {
        let holder = process_id(&clock, random);
        Self {
            db: LeaseStore(db),
            name,
            holder,
            clock,
            length,
            held_until: Mutex::new(None),
        }
    }

    /// Takes or renews the lease; false while another holds it. It asks the store only when a third of
    /// the time is used up, so it may be called often.
    pub async fn hold(&self) -> Result<bool, DbError> {
        let now = self.clock.now();
        let held = *self
            .held_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if held.is_some_and(|until| until.since(now) > self.length * 2 / 3) {
            return Ok(true);
        }
        let (name, holder, until) = (self.name, self.holder, now.plus(self.length));
        let unit =
            async move |tx: &mut Tx| tx.execute(HOLD, params![name, holder, until, now]).await;
        let held = self.db.0.write::<_, DbError, _>(unit).await? > 0;
        self.remember(held.then_some(until));
        Ok(held)
    }

    /// Whether this process held it when it last asked.
    pub fn is_held(&self) -> bool {
        let held = *self
            .held_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.is_some_and(|until| until > self.clock.now())
    }

    /// Gives the lease back, so that another need not wait for its end.
    pub async fn release(&self) -> Result<(), DbError> {
        self.remember(None);
        let (name, holder) = (self.name, self.holder);
        let unit = async move |tx: &mut Tx| tx.execute(RELEASE, params![name, holder]).await;
        self.db.0.write::<_, DbError, _>(unit).await?;
        Ok(())
    }

    fn remember(&self, until: Option<Timestamp>) {
        *self
            .held_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = until;
    }
}

const HOLD: &str = "INSERT INTO lease (name, holder, held_until) VALUES ($1, $2, $3) \
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until \
     WHERE lease.holder = excluded.holder OR lease.held_until <= $4";
const RELEASE: &str = "DELETE FROM lease WHERE name = $1 AND holder = $2";
