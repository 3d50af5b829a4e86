//! The listener: connections in, graceful shutdown out.

mod aside;
mod bare;
mod connection;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::config::WebConfig;
use crate::stack::Stack;

use connection::Connection;

/// How long a peer may take nothing of what was sent to it.
const DEAF: Duration = Duration::from_secs(30);

/// The head hyper reads before it gives up itself; the stack's own bound lies below.
const HEAD_BUFFER_BYTES: usize = 128 * 1024;

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program listens there.
    #[error("port {} on {} is taken by another program", .address.port(), .address.ip())]
    PortTaken {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// This user may not listen there; ports below 1024 need a privilege.
    #[error("this user may not listen on {address}")]
    NotPermitted {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The host is no address of this machine.
    #[error("{host} is no address of this machine")]
    NoSuchAddress {
        /// The host that was asked for.
        host: String,
    },
    /// Anything else the system says.
    #[error("cannot listen on {host}:{port}: {source}")]
    Other {
        /// The host that was asked for.
        host: String,
        /// The port that was asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
}

/// A bound listener that does not accept yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

/// How a server stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Everything in flight was finished.
    Finished,
    /// The time for it was over before.
    CutOff,
}

impl Server {
    /// Binds `host`:`port`; port 0 takes any free one.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub async fn bind(host: &str, port: u16) -> Result<Self, ListenError> {
        let other = |source| ListenError::Other {
            host: host.to_owned(),
            port,
            source,
        };
        let found = tokio::net::lookup_host((host, port)).await;
        let address = found.ok().and_then(|mut addresses| addresses.next());
        let address = address.ok_or_else(|| ListenError::NoSuchAddress {
            host: host.to_owned(),
        })?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|fault| match fault.kind() {
                io::ErrorKind::AddrInUse => ListenError::PortTaken { address },
                io::ErrorKind::PermissionDenied => ListenError::NotPermitted { address },
                io::ErrorKind::AddrNotAvailable => ListenError::NoSuchAddress {
                    host: host.to_owned(),
                },
                _ => other(fault),
            })?;
        let address = listener.local_addr().map_err(other)?;
        Ok(Self { listener, address })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is ready; then finishes what is in flight within `shutdown`.
    pub async fn run(
        self,
        stack: Stack,
        config: &WebConfig,
        shutdown: Duration,
        stop: impl Future<Output = ()>,
    ) -> Stopped {
        let header_timeout = Duration::from_secs(config.header_timeout_seconds);
        let builder = Arc::new(builder(header_timeout));
        let graceful = GracefulShutdown::new();
        let draining = CancellationToken::new();
        let room = Arc::new(Semaphore::new(config.connections_max));
        let start = |stream: TcpStream, peer: SocketAddr, place: Option<OwnedSemaphorePermit>| {
            let connection = Connection {
                stack: stack.clone(),
                peer,
                header_timeout,
                draining: draining.clone(),
            };
            connection.start(stream, &builder, graceful.watcher(), place);
        };
        tokio::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&room).acquire_owned().await.ok();
                (accept(&self.listener).await, place)
            };
            let ((stream, peer), place) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
            };
            start(stream, peer, place);
        }
        for (stream, peer) in have_come(self.listener) {
            start(stream, peer, None);
        }
        draining.cancel();
        stack.close_sockets();
        let finished = async {
            graceful.shutdown().await;
            stack.finish().await;
        };
        timeout(shutdown, finished)
            .await
            .map_or(Stopped::CutOff, |()| Stopped::Finished)
    }
}

/// The next connection. A full table of files passes when others are closed: it is waited for.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                give_up_on_deaf(&stream);
                return (stream, peer);
            }
            Err(fault) if is_of_one_connection(&fault) => {}
            Err(fault) => {
                tracing::error!(%fault, "cannot accept connections");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Those who have come and were not let in yet, and nobody after them: the system would reset them when the listener
/// closes.
fn have_come(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else {
        return Vec::new();
    };
    let mut come = Vec::new();
    while let Ok((stream, peer)) = listener.accept() {
        let stream = stream
            .set_nonblocking(true)
            .and_then(|()| TcpStream::from_std(stream));
        come.extend(stream.map(|stream| (stream, peer)));
    }
    come
}

/// A peer that takes nothing of what was sent, its window full or itself gone, outlives every ping: the
/// system gives it up. Only Linux can.
fn give_up_on_deaf(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    {
        let _ = SockRef::from(stream).set_tcp_user_timeout(Some(DEAF));
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (stream, DEAF);
    }
}

fn is_of_one_connection(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

fn builder(header_timeout: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(HEAD_BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .max_header_list_size(u32::try_from(HEAD_BUFFER_BYTES).unwrap_or(u32::MAX));
    builder
}
