//! `hanok serve`.

use clap::Args;
use hanok::{Overrides, Program, place};
use hanok_accounts::role;
use hanok_base::telemetry::Running;
use hanok_db::DbError;
use hanok_web::server::{ListenError, Server, Stopped};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;
use super::given::{Given, whole_log};
use super::say;

/// Serve on the data in the data directory (made at the first start)
#[derive(Args)]
#[command(after_help = "\
Examples:
  hanok serve
  PORT=9000 hanok serve
  DATABASE_URL=postgres://hanok:secret@db/hanok hanok serve
SIGINT (Ctrl-C) and SIGTERM stop it; requests in flight are finished first.")]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, given: &Given) -> Result<(), Failure> {
        let config = given.load([])?.value;
        if config.demo {
            return Err(Failure::wrong(
                "demo = true is for `hanok demo`, which keeps its data apart",
            ));
        }
        if place::is_demo(&config.server.data_dir) {
            let dir = config.server.data_dir.display();
            return Err(Failure::wrong(format!(
                "{dir} holds a demo with public passwords: run `hanok demo`, or choose another directory with --data-dir"
            )));
        }
        // Before anything is made: a port that is taken leaves no trace.
        let server = listen(&config.server.host, config.server.port).await?;
        place::make_private(&config.server.data_dir)?;
        let log = whole_log(&config)?;
        let program = Program::build(config, Overrides::default()).await?;
        tell_of_first_account(&program).await?;
        say::note(format_args!(
            "Hanok serves {} (listening on {}). Ctrl-C stops it.",
            program.config().web.origin(),
            server.address()
        ));
        run(&program, server, log).await
    }
}

/// Where nobody may administer yet, says how to make the first who may.
async fn tell_of_first_account(program: &Program) -> Result<(), Failure> {
    let count: Result<i64, DbError> = program
        .db()
        .read(async |conn| role::holders_of(conn, role::SUPER_ADMIN).await)
        .await;
    if count? == 0 {
        say::note(
            "There is no administrator yet. Make the first one:\n  hanok account create --username NAME --name \"FULL NAME\" --role super_admin",
        );
    }
    Ok(())
}

/// Binds, or says what to do where that cannot be.
pub(super) async fn listen(host: &str, port: u16) -> Result<Server, Failure> {
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

/// Serves until a signal comes, then finishes what is in flight. A second signal ends it at once.
pub(super) async fn run(program: &Program, server: Server, log: Running) -> Result<(), Failure> {
    let mut signals = Signals::new().map_err(Failure::failed)?;
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let serving = program.serve(server, async {
        let _ = stopping.await;
    });
    tokio::pin!(serving);
    let stopped = tokio::select! {
        stopped = &mut serving => stopped,
        () = signals.next() => {
            say::note("Stopping: finishing what is in flight. Once more to stop at once.");
            drop(stop);
            tokio::select! {
                stopped = &mut serving => stopped,
                () = signals.next() => Stopped::CutOff,
            }
        }
    };
    drop(log);
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
