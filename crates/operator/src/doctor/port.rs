//! The ports: whether each is free, or held by a server of this program.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use hanok_accounts::command::Settings;
use hanok_web::health::Whose;
use hanok_web::server::{ListenError, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;
use super::finding::{Finding, within};
use super::holder;

/// How long whoever holds a port may take to say who it is.
const ANSWER: Duration = Duration::from_secs(3);
/// What is read of an answer.
const MOST_BYTES: u64 = 64 << 10;

/// A port that a server of this program binds.
struct Listener<'a> {
    check: &'static str,
    host: &'a str,
    port: u16,
    /// What is asked of whoever holds it.
    path: &'static str,
    /// What only this program answers.
    sign: &'static str,
    /// How another is chosen.
    setting: &'static str,
}

/// Looks at the port that is served, and at that of the metrics where there is one.
pub(super) async fn look(settings: &Settings) -> Vec<Finding> {
    let main = Listener {
        check: "port",
        host: &settings.server.host,
        port: settings.server.port,
        path: "/health",
        sign: "{\"status\":\"ok\"",
        setting: "PORT, server.host",
    };
    let metrics = metrics(settings);
    let metrics = metrics.as_ref().map(|(host, port)| Listener {
        check: "metrics",
        host,
        port: *port,
        path: "/metrics",
        sign: "hanok_build_info",
        setting: "metrics.listen",
    });
    let home = settings.server.data_dir.canonicalize().ok();
    let found = within(PATIENCE, main.check, main.look(home.as_deref())).await;
    let mut findings = vec![found];
    if let Some(metrics) = metrics {
        findings.push(within(PATIENCE, metrics.check, metrics.look(None)).await);
    }
    findings
}

/// Host and port of the metrics' own listener.
fn metrics(settings: &Settings) -> Option<(String, u16)> {
    let mut entries = settings.entries.iter();
    let entry = entries.find(|entry| entry.key == "metrics.listen")?;
    let address: SocketAddr = entry.shown_value.trim_matches('"').parse().ok()?;
    Some((address.ip().to_string(), address.port()))
}

impl Listener<'_> {
    /// Binds the port for a moment; where that cannot be, asks who holds it.
    async fn look(&self, home: Option<&Path>) -> Finding {
        let (check, host, port) = (self.check, self.host, self.port);
        match Server::bind(host, port).await {
            Ok(_) if port == 0 => Finding::ok(check, format!("{host}, a free port at each start")),
            Ok(_) => Finding::ok(
                check,
                format!("{host}:{port} is free: no server runs there"),
            ),
            Err(ListenError::PortTaken { address }) => self.taken(address, home).await,
            Err(error @ ListenError::NotPermitted { .. }) => {
                let remedy = format!("choose a port of 1024 or more ({})", self.setting);
                Finding::failed(check, error, remedy)
            }
            Err(error) => {
                let remedy = format!(
                    "choose an address of this machine, as 127.0.0.1, or 0.0.0.0 for all ({})",
                    self.setting
                );
                Finding::failed(check, error, remedy)
            }
        }
    }

    async fn taken(&self, address: SocketAddr, home: Option<&Path>) -> Finding {
        let answer = timeout(ANSWER, ask(address, self.path)).await;
        let answer = answer.map_or_else(|_| String::new(), Result::unwrap_or_default);
        if answer.starts_with("HTTP/1.1 200") && answer.contains(self.sign) {
            return match told(&answer) {
                Some(whose) => self.whose(address, &whose, home),
                None => Finding::ok(
                    self.check,
                    format!("a server of hanok answers on {address}"),
                ),
            };
        }
        let (named, end) = match holder::of(address.port()) {
            Some(process) => (
                format!(": {process}"),
                format!("stop that program (kill {})", process.pid),
            ),
            None => (
                String::new(),
                format!(
                    "stop that program (as root, `ss -ltnp 'sport = :{}'` names it)",
                    address.port()
                ),
            ),
        };
        Finding::failed(
            self.check,
            format!("{address} is held by another program, which is no hanok{named}"),
            format!("{end}, or choose another port ({})", self.setting),
        )
    }

    /// Whether it is a server of the installation that is looked at.
    fn whose(&self, address: SocketAddr, whose: &Whose, home: Option<&Path>) -> Finding {
        let (pid, theirs) = (whose.pid, whose.data_dir.display());
        if home == Some(whose.data_dir.as_path()) {
            return Finding::ok(
                self.check,
                format!(
                    "a server of hanok answers on {address}: this installation's, process {pid}"
                ),
            );
        }
        Finding::failed(
            self.check,
            format!(
                "{address} is held by another hanok: process {pid}, data directory {theirs}, address {}",
                whose.public_url
            ),
            format!(
                "choose another port ({}), stop that one (kill {pid}), or look at it instead with --data-dir {theirs}",
                self.setting
            ),
        )
    }
}

/// Which server it says that it is.
fn told(answer: &str) -> Option<Whose> {
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    serde_json::from_value(body.get("server")?.clone()).ok()
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(reachable(address)).await?;
    let question = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Where a server that listens on every address is reached from here.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
