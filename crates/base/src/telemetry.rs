//! What the program says about itself: lines for people or programs, on the console and in files.
//!
//! Three classes of file, each rotated by day or size and deleted by age: `access` (target
//! [`ACCESS`]: one line a request), `security` (target [`SECURITY`]: sign-ins and refusals) and
//! `application` (everything else). They go to the console as well, but for `access` where there are
//! files. Levels can be changed while the program runs; production never goes below `info`.

mod file;
mod levels;
mod lines;
mod outputs;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use tracing::{Dispatch, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, reload};

use crate::clock::Clock;
use crate::config::{Environment, LogConfig};

use lines::LinesGuard;
use outputs::{Besides, Files};

pub use file::{RollingFile, delete_old_logs};
pub use levels::Levels;

/// Target of the request log.
pub const ACCESS: &str = "access";
/// Target of sign-ins, refusals and changes of rights.
pub const SECURITY: &str = "security";

/// The class of every other line.
const APPLICATION: &str = "application";

/// Why the log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A log file or its directory cannot be written.
    #[error("the log cannot be written to {path}: {source}")]
    File {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The process has a log already.
    #[error("the log is set up already")]
    Installed,
    /// A debug level in production.
    #[error("production refuses debug levels: expected one of error, warn, info")]
    DebugInProduction,
}

/// A log that is set up but not in force.
pub struct Telemetry {
    dispatch: Dispatch,
    levels: Levels,
    guards: Vec<LinesGuard>,
}

/// Keeps the log's writers alive: what is still queued is written when it is dropped.
#[must_use = "dropping it stops the log files"]
pub struct Running {
    /// Changes the levels.
    pub levels: Levels,
    _guards: Vec<LinesGuard>,
}

impl Telemetry {
    /// Sets up a log to `console` and, where the section names a directory, to files in it
    /// (relative to `data_dir`). Lines carry the time of `clock`.
    ///
    /// # Errors
    /// When a file cannot be written, or for a debug level in production.
    pub fn new<W>(
        config: &LogConfig,
        environment: Environment,
        data_dir: &Path,
        clock: &Clock,
        console: Console<W>,
    ) -> Result<Self, TelemetryError>
    where
        W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
    {
        let (filter, handle) =
            reload::Layer::new(levels::targets(config.level, &config.levels, environment)?);
        let style = Style {
            json: config.format.is_json(environment),
            clock: clock.clone(),
        };
        let (outputs, guards) = match &config.directory {
            None => (
                vec![style.layer(console.writer, console.colours)],
                Vec::new(),
            ),
            Some(directory) => {
                let (files, guards) = Files::open(config, &data_dir.join(directory), clock)?;
                let console = style.layer(console.writer, console.colours);
                // The files come first: what both write of a span is then without colours.
                let outputs = vec![style.layer(files, false), Besides(console).boxed()];
                (outputs, guards)
            }
        };
        let dispatch = Dispatch::new(Registry::default().with(outputs).with(filter));
        Ok(Self {
            dispatch,
            levels: Levels::new(handle, environment),
            guards,
        })
    }

    /// The log itself, for `tracing::dispatcher::with_default` in tests.
    pub const fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Puts the log in force for the whole process.
    ///
    /// # Errors
    /// When the process has one already.
    pub fn install(self) -> Result<Running, TelemetryError> {
        self.dispatch
            .clone()
            .try_init()
            .map_err(|_| TelemetryError::Installed)?;
        Ok(self.into_running())
    }

    /// Hands over the writers without putting the log in force.
    pub fn into_running(self) -> Running {
        Running {
            levels: self.levels,
            _guards: self.guards,
        }
    }
}

/// Where the console's lines go.
pub struct Console<W> {
    writer: W,
    colours: bool,
}

impl Console<fn() -> io::Stderr> {
    /// Standard error, coloured when it is a terminal. Standard output is left to a command's answer.
    pub fn stderr() -> Self {
        Self {
            writer: io::stderr,
            colours: io::IsTerminal::is_terminal(&io::stderr()),
        }
    }
}

impl<W> Console<W> {
    /// Another writer, without colours.
    pub const fn to(writer: W) -> Self {
        Self {
            writer,
            colours: false,
        }
    }
}

/// How lines look, wherever they go.
struct Style {
    json: bool,
    clock: Clock,
}

impl Style {
    fn layer<S, W>(&self, writer: W, colours: bool) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
        W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
    {
        let lines = fmt::layer()
            .with_timer(Time(self.clock.clone()))
            .with_ansi(colours)
            .with_writer(writer);
        if self.json {
            lines.json().flatten_event(true).boxed()
        } else {
            lines.boxed()
        }
    }
}

/// The program's clock as the time of a line.
struct Time(Clock);

impl FormatTime for Time {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        writer.write_str(&self.0.now().to_rfc3339())
    }
}
