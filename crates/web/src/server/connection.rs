//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::bare::BareAnswers;
use crate::stack::{Peer, Stack};

/// What a connection is served with.
pub(super) struct Connection {
    pub(super) stack: Stack,
    pub(super) peer: SocketAddr,
    /// How long its first request may take to come.
    pub(super) header_timeout: Duration,
    /// Cancelled when the server ends.
    pub(super) draining: CancellationToken,
}

/// Who has connected and said nothing when the server ends may still say it within this time.
const LAST_CALL: Duration = Duration::from_secs(1);

impl Connection {
    /// Serves the connection in a task of its own, holding `place` until it is closed.
    pub(super) fn start(
        self,
        stream: TcpStream,
        builder: &Arc<Builder<TokioExecutor>>,
        watcher: Watcher,
        place: Option<OwnedSemaphorePermit>,
    ) {
        let spoken = Arc::new(AtomicBool::new(false));
        let builder = Arc::clone(builder);
        let io = TokioIo::new(BareAnswers::new(stream, self.stack.clone()));
        let service = FromPeer {
            stack: self.stack,
            peer: Peer(self.peer),
            spoken: Arc::clone(&spoken),
        };
        tokio::spawn(async move {
            let served = builder
                .serve_connection_with_upgrades(io, TowerToHyperService::new(service))
                .into_owned();
            let life = async {
                tokio::pin!(served);
                tokio::select! {
                    biased;
                    _ = &mut served => return,
                    () = self.draining.cancelled() => {}
                }
                if !spoken.load(Ordering::Relaxed) && timeout(LAST_CALL, &mut served).await.is_ok()
                {
                    return;
                }
                served.as_mut().graceful_shutdown();
                let _ = served.await;
            };
            tokio::pin!(life);
            if timeout(self.header_timeout, &mut life).await.is_err()
                && spoken.load(Ordering::Relaxed)
            {
                life.await;
            }
            drop((place, watcher));
        });
    }
}

/// The stack, told whom each request of this connection comes from.
#[derive(Clone)]
struct FromPeer {
    stack: Stack,
    peer: Peer,
    /// Whether a request has come: a connection that says nothing is closed after the header timeout.
    spoken: Arc<AtomicBool>,
}

impl<B> Service<Request<B>> for FromPeer
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = <Stack as Service<Request<B>>>::Future;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        self.spoken.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(self.peer);
        self.stack.call(request)
    }
}
