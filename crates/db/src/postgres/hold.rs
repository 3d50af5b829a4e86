//! Keeping those who use a database and a restore into it apart, from whatever host they come: each connection of a
//! pool holds one advisory lock beside the others, a restore holds it alone. It ends with the session.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError};
use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, Config, NoTls};

use crate::error::DbError;

use super::error;

/// The number of the advisory lock is that of migrations and 2.
const SHARED: &str = "SELECT pg_try_advisory_lock_shared(448612560749)";
const ALONE: &str = "SELECT pg_try_advisory_lock(448612560749)";
const RELEASE: &str = "SELECT pg_advisory_unlock(448612560749)";

/// Whoever has just closed the store is gone within this time.
const FAREWELL: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(50);

/// Has each connection of a pool take its part; refused while a backup is being restored.
pub(super) fn hook() -> Hook {
    Hook::async_fn(|client, _| {
        Box::pin(async move {
            match answer(client, SHARED).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(HookError::message(
                    "a backup is being restored into this database; start again when that has ended",
                )),
                Err(cause) => Err(HookError::Backend(cause)),
            }
        })
    })
}

/// A database that nobody uses and nobody can begin to.
pub(super) struct Alone(Client);

impl Alone {
    /// Refused where somebody is connected who will not leave.
    pub(super) async fn take(config: &Config) -> Result<Self, DbError> {
        let (client, connection) = config
            .connect(NoTls)
            .await
            .map_err(|cause| error::connecting(&cause))?;
        // It ends with its client; how, is of no interest.
        tokio::spawn(connection);
        let until = Instant::now() + FAREWELL;
        while !answer(&client, ALONE)
            .await
            .map_err(|cause| error::plain(&cause))?
        {
            if Instant::now() >= until {
                return Err(DbError::Other(IN_USE.to_owned()));
            }
            sleep(LOOK).await;
        }
        Ok(Self(client))
    }

    /// Lets others in again, at once.
    pub(super) async fn release(self) {
        if let Err(cause) = answer(&self.0, RELEASE).await {
            tracing::debug!(error = %error::plain(&cause), "the lock ends with its session");
        }
    }
}

const IN_USE: &str = "a server or a command of Hanok, perhaps on another host, is connected to this database: stop it first";

async fn answer(client: &Client, sql: &str) -> Result<bool, tokio_postgres::Error> {
    client.query_one(sql, &[]).await?.try_get(0)
}
