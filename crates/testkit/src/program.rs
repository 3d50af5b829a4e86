//! One program of a test application.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_accounts::{Accounts, App};
use hanok_events::{Engine, Handler};
use hanok_web::RouteEntry;
use hanok_web::server::Stopped;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::processes::{CatchUp, Process};

/// A program that listens. Dropping it ends it.
pub(crate) struct Program {
    pub(crate) accounts: Accounts,
    pub(crate) engine: Engine,
    pub(crate) entries: Vec<RouteEntry>,
    apps: Arc<[Arc<dyn App>]>,
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<Stopped>,
}

impl Program {
    /// Lets `serve` answer until the program is told to stop.
    pub(crate) fn run(
        accounts: Accounts,
        apps: Vec<Arc<dyn App>>,
        engine: Engine,
        entries: Vec<RouteEntry>,
        base_url: String,
        serve: impl FnOnce(BoxFuture<'static, ()>) -> BoxFuture<'static, Stopped>,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(Box::pin(async move {
            let told = stopped.await;
            drop(told);
        })));
        Self {
            accounts,
            engine,
            entries,
            apps: apps.into(),
            base_url,
            stop: Some(stop),
            server,
        }
    }

    /// Where it listens, for callers.
    pub(crate) fn process(&self, has_neighbours: bool) -> Process {
        let apps = Arc::clone(&self.apps);
        let duties: CatchUp = Arc::new(move || Box::pin(run_duties(Arc::clone(&apps))));
        Process {
            base_url: self.base_url.clone(),
            catch_up: has_neighbours.then_some(duties),
        }
    }

    /// Does once what it would do again and again by itself.
    pub(crate) async fn run_duties(&self) {
        run_duties(Arc::clone(&self.apps)).await;
    }

    /// Who handles its events.
    pub(crate) fn handlers(&self) -> Vec<Arc<dyn Handler>> {
        self.apps
            .iter()
            .flat_map(|app| app.event_handlers())
            .collect()
    }

    /// Lets what is in flight finish, and ends.
    pub(crate) async fn stop(&mut self) {
        self.stop.take();
        let stopped = (&mut self.server).await.unwrap();
        assert_eq!(stopped, Stopped::Finished, "a request was still at work");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn run_duties(apps: Arc<[Arc<dyn App>]>) {
    for duty in apps.iter().flat_map(|app| app.process_duties()) {
        let done = (duty.run)().await;
        done.unwrap_or_else(|error| panic!("{}: {error}", duty.name));
    }
}
