//! A server process: what it says when it cannot listen, and how it ends.

use std::future::Future;
use std::path::Path;

use hanok_accounts::command::Failure;
use hanok_base::hold::{Hold, NotHeld};
use hanok_base::terminal;
use hanok_db::Engine;
use hanok_web::server::{ListenError, Server, Stopped};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// What a server calls itself in the lock file.
const SERVE: &str = "hanok serve";

/// Binds, or says what to do where that cannot be.
///
/// # Errors
/// Then.
pub async fn listen(host: &str, port: u16) -> Result<Server, Failure> {
    Server::bind(host, port).await.map_err(|error| match error {
        ListenError::PortTaken { .. } => Failure::failed(format!(
            "{error}: stop that one, or choose another port: PORT={}",
            port.saturating_add(1)
        )),
        ListenError::NotPermitted { .. } => Failure::failed(format!(
            "{error}: choose a port of 1024 or more, as PORT=8080"
        )),
        ListenError::NoSuchAddress { .. } => Failure::failed(format!(
            "{error}: set server.host to one, as 127.0.0.1, or 0.0.0.0 for all"
        )),
        ListenError::Other { .. } => Failure::failed(error),
    })
}

/// Holds the data directory: alone where the store is SQLite, which one server has for itself, and else beside
/// other servers; so that no backup is restored into it meanwhile.
///
/// # Errors
/// While another holds it.
pub fn hold_data_dir(data_dir: &Path, engine: Engine) -> Result<Hold, Failure> {
    let held = match engine {
        Engine::Sqlite => Hold::alone(data_dir, SERVE),
        Engine::Postgres => Hold::shared(data_dir),
    };
    held.map_err(|error| match &error {
        NotHeld::InUse {
            holder: Some(holder),
            ..
        } if holder.command == SERVE => Failure::failed(format!(
            "{error}: a data directory with a SQLite database is for one server. Stop that one (kill {}), or choose \
             another directory (--data-dir); several servers need PostgreSQL (DATABASE_URL)",
            holder.pid
        )),
        NotHeld::InUse { .. } => Failure::failed(format!(
            "{error}: where a backup is being restored into it, start again when that has ended; where another server \
             uses it, stop that one or choose another directory (--data-dir)"
        )),
        NotHeld::File { .. } => Failure::failed(error),
    })
}

/// Serves until a signal comes, then lets it finish what is in flight. A second signal ends it at once.
/// `serve` is given what becomes ready when it is to stop.
///
/// # Errors
/// When not everything was finished.
pub async fn until_a_signal<F>(
    serve: impl FnOnce(oneshot::Receiver<()>) -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Stopped>,
{
    let mut signals = Signals::new().map_err(Failure::failed)?;
    let (stop, stopping) = oneshot::channel();
    let serving = serve(stopping);
    tokio::pin!(serving);
    let stopped = tokio::select! {
        stopped = &mut serving => stopped,
        () = signals.next() => {
            terminal::note("Stopping: finishing what is in flight. Once more to stop at once.");
            drop(stop);
            tokio::select! {
                stopped = &mut serving => stopped,
                () = signals.next() => Stopped::CutOff,
            }
        }
    };
    match stopped {
        Stopped::Finished => Ok(()),
        Stopped::CutOff => Err(Failure::failed(
            "stopped before everything in flight was finished",
        )),
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
