//! The log of a process.

use std::path::Path;

use hanok_accounts::command::Failure;
use hanok_base::Clock;
use hanok_base::config::{Environment, Level, LogConfig};
use hanok_base::telemetry::{Console, Running, Telemetry};

/// Puts a log in force that tells the console of warnings only.
///
/// # Errors
/// When there is one in force already.
pub fn console_log(
    log: &LogConfig,
    environment: Environment,
    data_dir: &Path,
) -> Result<(), Failure> {
    let mut log = log.clone();
    log.directory = None;
    log.level = Level::Warn;
    whole_log(&log, environment, data_dir).map(drop)
}

/// Puts the whole log in force, console and files.
///
/// # Errors
/// When its directory cannot be written, or there is one in force already.
pub fn whole_log(
    log: &LogConfig,
    environment: Environment,
    data_dir: &Path,
) -> Result<Running, Failure> {
    let log = Telemetry::new(
        log,
        environment,
        data_dir,
        &Clock::system(),
        Console::stderr(),
    );
    log.and_then(Telemetry::install).map_err(Failure::failed)
}
