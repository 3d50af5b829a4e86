//! The handle that everything above holds.

use std::sync::Arc;

use hanok_base::shared::Fanout;

use crate::config::{Engine, StoreConfig};
use crate::conn::{Conn, Tx};
use crate::error::DbError;
use crate::meter::Meter;
use crate::migrate::{AppliedMigration, MigrationSet};
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::unit::{self, Unit};

/// The store. Cloning shares it.
#[derive(Clone)]
pub struct Db(Arc<Store>);

struct Store {
    driver: Driver,
    meter: Arc<Meter>,
    #[cfg(feature = "testing")]
    config: StoreConfig,
}

pub(crate) enum Driver {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Opens the store: the SQLite file (made where there is none), or a pool of PostgreSQL connections
    /// of which the first is tried. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] with what the engine said.
    pub async fn open(config: &StoreConfig) -> Result<Self, DbError> {
        let meter = Arc::new(Meter::new(config));
        let driver = match config.engine {
            Engine::Sqlite => Driver::Sqlite(Sqlite::open(config, Arc::clone(&meter)).await?),
            Engine::Postgres => Driver::Postgres(Postgres::open(config, Arc::clone(&meter)).await?),
        };
        Ok(Self(Arc::new(Store {
            driver,
            meter,
            #[cfg(feature = "testing")]
            config: config.clone(),
        })))
    }

    /// The engine that runs; for texts, never for SQL.
    pub fn engine(&self) -> Engine {
        match self.0.driver {
            Driver::Sqlite(_) => Engine::Sqlite,
            Driver::Postgres(_) => Engine::Postgres,
        }
    }

    /// Brings the schema up to date, one set after the other, under a lock that other processes respect.
    /// Says what was applied.
    ///
    /// # Errors
    /// When an applied migration was edited or is missing, or one fails; those before it stay applied.
    pub async fn migrate(&self, sets: &[MigrationSet]) -> Result<Vec<AppliedMigration>, DbError> {
        match &self.0.driver {
            Driver::Sqlite(store) => store.migrate(sets).await,
            Driver::Postgres(store) => store.migrate(sets).await,
        }
    }

    /// The migrations that [`migrate`](Self::migrate) would apply, as `set/V1__name`. Changes nothing.
    ///
    /// # Errors
    /// When an applied migration was edited or is missing.
    pub async fn pending_migrations(&self, sets: &[MigrationSet]) -> Result<Vec<String>, DbError> {
        match &self.0.driver {
            Driver::Sqlite(store) => store.pending(sets).await,
            Driver::Postgres(store) => store.pending(sets).await,
        }
    }

    /// The migrations of these sets that are applied, each set's in the order of their versions.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn applied_migrations(
        &self,
        sets: &[MigrationSet],
    ) -> Result<Vec<AppliedMigration>, DbError> {
        match &self.0.driver {
            Driver::Sqlite(store) => store.applied(sets).await,
            Driver::Postgres(store) => store.applied(sets).await,
        }
    }

    /// A short read: points, a page of rows. On SQLite it runs in place, so it must not walk many rows.
    /// Each statement sees what was committed before it.
    ///
    /// # Errors
    /// Those of `f`; [`DbError::Waited`] if it waits for anything but its connection;
    /// [`DbError::Busy`] or [`DbError::Unavailable`] if it gets none.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'c> AsyncFnOnce(&'c mut Conn) -> Result<T, E>,
        E: From<DbError>,
    {
        unit::refuse_nested()?;
        match &self.0.driver {
            Driver::Sqlite(store) => {
                let readers = store.readers();
                let mut conn = readers.take()?;
                let result = unit::run_now(f(&mut conn));
                readers.put_back(conn);
                result
            }
            Driver::Postgres(store) => {
                let mut conn = store.conn().await?;
                unit::run(f(&mut conn)).await
            }
        }
    }

    /// A read that may walk many rows. On SQLite it runs on a thread of its own, so that the runtime
    /// never waits for it. It may wait for other things, for example for room in a channel.
    ///
    /// # Errors
    /// Those of `f`; [`DbError::Busy`] if too many reports wait; [`DbError::Panicked`] on SQLite.
    pub async fn report<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'c> AsyncFnOnce(&'c mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        unit::refuse_nested()?;
        match &self.0.driver {
            Driver::Sqlite(store) => store.report(f).await,
            Driver::Postgres(store) => {
                let mut conn = store.conn().await?;
                f(&mut conn).await
            }
        }
    }

    /// A unit: the only way to change anything. All of it happens or nothing; it runs at most once, and
    /// to its end even if the caller goes away. When this returns `Ok`, it is on disk.
    ///
    /// # Errors
    /// Those of the unit, and then it was rolled back; [`DbError::Busy`] if the queue is full;
    /// [`DbError::Waited`] and [`DbError::Panicked`] for a unit that does; [`DbError::Unavailable`] or
    /// [`DbError::Full`] for a commit that failed.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: for<'c> AsyncFnOnce(&'c mut Tx) -> Result<T, E>
            + for<'c> Unit<'c, Result<T, E>>
            + Send
            + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        unit::refuse_nested()?;
        match &self.0.driver {
            Driver::Sqlite(store) => store.write(f).await,
            Driver::Postgres(store) => store.write(f).await,
        }
    }

    /// News between the processes that share this store, over a connection of its own; `None` on SQLite, which
    /// one process has for itself. Those of one `installation` (a word of at most 50 letters and digits) hear each
    /// other. What is said is read and said by whoever may connect, unless it is sealed
    /// ([`SealedFanout`](hanok_base::shared::SealedFanout)). To be called once; it ends with [`close`](Self::close).
    pub fn fanout(&self, installation: &str) -> Option<Arc<dyn Fanout>> {
        match &self.0.driver {
            Driver::Sqlite(_) => None,
            Driver::Postgres(store) => Some(store.fanout(installation)),
        }
    }

    /// Lets the units finish that are queued, has SQLite tidy up its file, and closes the connections.
    /// Later calls are answered [`DbError::Unavailable`].
    pub async fn close(&self) {
        match &self.0.driver {
            Driver::Sqlite(store) => store.close().await,
            Driver::Postgres(store) => store.close().await,
        }
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.0.meter
    }

    pub(crate) fn driver(&self) -> &Driver {
        &self.0.driver
    }

    #[cfg(feature = "testing")]
    pub(crate) fn config(&self) -> &StoreConfig {
        &self.0.config
    }
}
