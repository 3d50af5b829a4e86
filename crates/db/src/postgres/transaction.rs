//! A unit as a transaction.

use std::mem;
use std::time::Instant;

use crate::conn::{Session as AnySession, Tx};
use crate::error::DbError;
use crate::unit::{self, Unit};

use super::Shared;
use super::session::Session;

/// Runs a unit from BEGIN to COMMIT or ROLLBACK.
pub(super) async fn run<T, E, F>(shared: &Shared, unit: F) -> Result<T, E>
where
    F: for<'c> Unit<'c, Result<T, E>> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    let mut tx = Tx::new(shared.conn().await?);
    let started = Instant::now();
    if let Err(error) = session(&mut tx)?.begin().await {
        let error = nothing_begins(error);
        shared.meter.trouble.failed(&error);
        return Err(error.into());
    }
    let result = unit::run_caught(unit::call(unit, &mut tx)).await;
    let result = tx.settle(result);
    let result = match result {
        Ok(value) => commit(shared, &mut tx)
            .await
            .map(|()| value)
            .map_err(E::from),
        Err(error) => {
            roll_back(&mut tx).await;
            Err(error)
        }
    };
    shared.meter.unit(started, result.is_ok());
    result
}

async fn commit(shared: &Shared, tx: &mut Tx) -> Result<(), DbError> {
    let started = Instant::now();
    if let Err(error) = session(tx)?.commit().await {
        shared.meter.trouble.failed(&error);
        return Err(error);
    }
    shared.meter.commit(1, started);
    if tx.take_changed() {
        shared.meter.trouble.over();
    }
    unit::run_hooks(mem::take(tx.hooks()));
    Ok(())
}

/// A connection that cannot roll back is closed when the unit is dropped; the server then rolls back.
async fn roll_back(tx: &mut Tx) {
    let rolled_back = match session(tx) {
        Ok(session) => session.roll_back().await,
        Err(error) => Err(error),
    };
    if let Err(error) = rolled_back {
        tracing::warn!(%error, "a rollback failed, its connection is closed");
    }
}

fn session(tx: &mut Tx) -> Result<&mut Session, DbError> {
    match tx.session() {
        AnySession::Postgres(session) => Ok(session),
        AnySession::Sqlite(_) => Err(DbError::Unavailable("a unit of another engine".to_owned())),
    }
}

/// A standby, for one, lets no transaction begin that may write: it is no fault of a statement.
fn nothing_begins(error: DbError) -> DbError {
    match error {
        DbError::Other(why) => DbError::Unavailable(why),
        other => other,
    }
}
