//! How connections are made.

use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;

use crate::config::StoreConfig;
use crate::error::DbError;

/// A unit that holds its transaction open this long without a statement has lost its program.
const IDLE_IN_TRANSACTION_MS: u64 = 60_000;

pub(crate) const fn milliseconds(number: u64) -> Duration {
    Duration::from_millis(number)
}

/// How to connect with full rights and without limits, as migrations need it.
pub(crate) fn connection(config: &StoreConfig) -> Result<Config, DbError> {
    let mut connection = match &config.postgres_url {
        Some(url) => Config::from_str(url.expose())
            .map_err(|cause| DbError::Unavailable(format!("store.postgres_url: {cause}")))?,
        None => single_settings(config),
    };
    connection
        .application_name("hanok")
        .connect_timeout(milliseconds(config.postgres_connect_timeout_ms));
    Ok(connection)
}

fn single_settings(config: &StoreConfig) -> Config {
    let mut connection = Config::new();
    connection
        .host(&config.postgres_host)
        .port(config.postgres_port)
        .user(&config.postgres_user)
        .dbname(&config.postgres_database);
    if let Some(password) = &config.postgres_password {
        connection.password(password.expose());
    }
    connection
}

/// The same with the limits of the serving pool. JIT compiling costs more than our short statements do. Only a unit's own BEGIN makes it able to write.
pub(crate) fn limited(connection: &Config, config: &StoreConfig) -> Config {
    let limits = format!(
        "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} \
         -c default_transaction_read_only=on -c jit=off",
        config.postgres_statement_timeout_ms,
        config.postgres_lock_timeout_ms,
        IDLE_IN_TRANSACTION_MS,
    );
    let mut limited = connection.clone();
    limited.options(match connection.get_options() {
        Some(given) => format!("{given} {limits}"),
        None => limits,
    });
    limited
}
