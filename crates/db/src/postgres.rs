//! PostgreSQL: a pool of connections, a task for each unit.

mod backup;
mod error;
mod hold;
mod migrate;
mod notify;
mod programs;
mod session;
mod settings;
mod transaction;
mod types;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deadpool_postgres::{
    HookError, Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime,
};
use hanok_base::shared::Fanout;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::task::AbortHandle;
use tokio_postgres::{Config, NoTls};

use crate::config::StoreConfig;
use crate::conn::{Conn, Session as AnySession};
use crate::error::DbError;
use crate::meter::Meter;
use crate::unit::Unit;

pub(crate) use backup::{is_blank, restore};
pub(crate) use error::plain;
pub(crate) use session::Session;

/// More than anyone can mean, and what a semaphore can count.
const MOST_UNITS: u32 = 1 << 24;

/// An open PostgreSQL store.
pub(crate) struct Postgres {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Pool,
    /// How to connect with full rights and without limits, for migrations.
    unlimited: Config,
    /// A place for each unit that runs or waits for a connection.
    places: Arc<Semaphore>,
    most_units: u32,
    meter: Arc<Meter>,
    /// What hears other processes, until the store is closed.
    hearing: Mutex<Vec<AbortHandle>>,
}

impl Postgres {
    pub(crate) async fn open(config: &StoreConfig, meter: Arc<Meter>) -> Result<Self, DbError> {
        let unlimited = settings::connection(config)?;
        let manager = Manager::from_config(
            settings::limited(&unlimited, config),
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(manager)
            .max_size(config.postgres_pool_size.max(1))
            .wait_timeout(Some(settings::milliseconds(config.postgres_pool_wait_ms)))
            .create_timeout(Some(settings::milliseconds(
                config.postgres_connect_timeout_ms,
            )))
            .runtime(Runtime::Tokio1)
            .post_create(hold::hook())
            .build()
            .map_err(|cause| DbError::Unavailable(cause.to_string()))?;
        let most_units = config
            .postgres_pool_size
            .max(1)
            .saturating_add(config.queue_length);
        let most_units = u32::try_from(most_units)
            .unwrap_or(u32::MAX)
            .min(MOST_UNITS);
        let places = Arc::new(Semaphore::new(most_units as usize));
        let shared = Shared {
            pool,
            unlimited,
            places,
            most_units,
            meter,
            hearing: Mutex::default(),
        };
        let store = Self {
            shared: Arc::new(shared),
        };
        store.conn().await?;
        Ok(store)
    }

    /// A connection of the pool, for reading.
    pub(crate) async fn conn(&self) -> Result<Conn, DbError> {
        self.shared.conn().await
    }

    /// Runs a unit in a task of its own: a caller that goes away does not end it.
    pub(crate) async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: for<'c> Unit<'c, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let place = self.shared.place()?;
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let _place = place;
            transaction::run(&shared, unit).await
        });
        task.await
            .unwrap_or_else(|failed| Err(DbError::Unavailable(failed.to_string()).into()))
    }

    /// Waits for the units that run or wait, then closes the connections.
    pub(crate) async fn close(&self) {
        let all = self
            .shared
            .places
            .acquire_many(self.shared.most_units)
            .await;
        self.shared.places.close();
        drop(all);
        self.shared
            .hearing()
            .drain(..)
            .for_each(|task| task.abort());
        self.shared.pool.close();
    }

    /// News between the processes on this database.
    pub(crate) fn fanout(&self, installation: &str) -> Arc<dyn Fanout> {
        let (notices, task) = notify::Notices::start(&self.shared.unlimited, installation);
        self.shared.hearing().push(task);
        Arc::new(notices)
    }

    pub(crate) fn unlimited(&self) -> &Config {
        &self.shared.unlimited
    }
}

impl Shared {
    async fn conn(&self) -> Result<Conn, DbError> {
        let client = self
            .pool
            .get()
            .await
            .map_err(|failed| self.no_connection(&failed))?;
        Ok(Conn::new(
            AnySession::Postgres(Session::new(client)),
            Arc::clone(&self.meter),
        ))
    }

    fn hearing(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.hearing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, DbError> {
        Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|refused| match refused {
                TryAcquireError::NoPermits => {
                    self.meter.busy();
                    DbError::Busy
                }
                TryAcquireError::Closed => closed(),
            })
    }

    fn no_connection(&self, failed: &PoolError) -> DbError {
        match failed {
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => {
                self.meter.busy();
                DbError::Busy
            }
            PoolError::Timeout(_) => DbError::Unavailable("PostgreSQL does not answer".to_owned()),
            PoolError::Closed => closed(),
            PoolError::Backend(cause) | PoolError::PostCreateHook(HookError::Backend(cause)) => {
                error::connecting(cause)
            }
            PoolError::PostCreateHook(HookError::Message(why)) => {
                DbError::Unavailable(why.clone().into_owned())
            }
            other => DbError::Unavailable(other.to_string()),
        }
    }
}

fn closed() -> DbError {
    DbError::Unavailable("the store is closed".to_owned())
}
