//! The log of a process.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hanok_accounts::app::ProcessDuty;
use hanok_accounts::command::Failure;
use hanok_base::Clock;
use hanok_base::config::{Environment, Level, LogConfig};
use hanok_base::telemetry::{Console, Running, SECURITY, Telemetry, delete_old_logs};

/// How often files that have had their time are looked for.
const SWEEP: Duration = Duration::from_hours(1);

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
    // A command's answer stands alone; what it did is on the audit trail.
    log.levels.entry(SECURITY.to_owned()).or_insert(Level::Warn);
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

/// The duty that deletes the log files that have had their time, also of a class in which nothing is written.
pub fn deleting_old_logs(log: &LogConfig, data_dir: &Path, clock: &Clock) -> ProcessDuty {
    let what = Arc::new((log.clone(), data_dir.to_owned(), clock.clone()));
    ProcessDuty {
        name: "log.retention",
        every: SWEEP,
        run: Arc::new(move || {
            let what = Arc::clone(&what);
            Box::pin(async move {
                let deleted = tokio::task::spawn_blocking(move || {
                    let (log, data_dir, clock) = &*what;
                    delete_old_logs(log, data_dir, clock)
                });
                let deleted = deleted.await.map_err(|error| error.to_string())?;
                deleted.map_err(|error| error.to_string())
            })
        }),
    }
}
