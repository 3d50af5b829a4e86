//! A listener beside the main one, for what only the operator's own network asks.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Server, accept};

/// Connections at once; further ones wait.
const AT_ONCE: usize = 8;

/// How long one connection may take from its first byte to its last.
const PATIENCE: Duration = Duration::from_secs(30);

impl Server {
    /// Answers with `router` alone, one request a connection, without the stack: no sessions, no limits, no
    /// access log. For an address that only the operator reaches. It does not end by itself.
    pub async fn run_aside(self, router: Router) {
        let mut builder = Builder::new(TokioExecutor::new()).http1_only();
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .keep_alive(false);
        let (builder, room) = (Arc::new(builder), Arc::new(Semaphore::new(AT_ONCE)));
        loop {
            let place = Arc::clone(&room).acquire_owned().await.ok();
            let (stream, _) = accept(&self.listener).await;
            let (builder, router) = (Arc::clone(&builder), router.clone());
            tokio::spawn(async move {
                let service = TowerToHyperService::new(router);
                let served = builder.serve_connection(TokioIo::new(stream), service);
                // A scraper that went away or takes too long is no fault of the server.
                let _ = timeout(PATIENCE, served).await;
                drop(place);
            });
        }
    }
}
