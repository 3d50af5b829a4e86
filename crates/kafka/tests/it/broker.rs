//! Brokers: the one of the test run, and those that a test kills.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hanok_base::Random;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

/// A broker takes a few seconds to start, on a busy machine many more.
const START: Duration = Duration::from_mins(2);

#[expect(clippy::disallowed_methods, reason = "it is no setting of the program")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The broker of the test run, as `host:port`.
pub fn shared() -> Option<String> {
    let address = variable("HANOK_TEST_KAFKA");
    if address.is_none() {
        println!("not run: Kafka (HANOK_TEST_KAFKA is unset)");
    }
    address
}

/// A broker of a test's own.
pub struct Broker {
    program: String,
    place: TempDir,
    port: u16,
    process: Child,
}

impl Broker {
    /// Starts one, where this machine can.
    pub async fn start() -> Option<Self> {
        shared()?;
        let program = variable("HANOK_TEST_KAFKA_BROKER")?;
        loop {
            let place = tempfile::tempdir().unwrap();
            let port = 20_000 + u16::try_from(Random::system().below(12_000)).unwrap();
            if listens(port) {
                continue;
            }
            let process = run(&program, &place, port);
            let mut broker = Self {
                program: program.clone(),
                place,
                port,
                process,
            };
            if broker.is_up().await {
                return Some(broker);
            }
        }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Kills it, as when its machine fails.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again on its data.
    pub async fn start_again(&mut self) {
        self.process = run(&self.program, &self.place, self.port);
        assert!(self.is_up().await, "the broker came back");
    }

    /// Waits until it listens; false where it ended instead.
    async fn is_up(&mut self) -> bool {
        let up = async {
            loop {
                if self.process.try_wait().unwrap().is_some() {
                    return false;
                }
                if listens(self.port) {
                    return true;
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(START, up).await.expect("a broker starts in time")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(program: &str, place: &TempDir, port: u16) -> Child {
    Command::new(program)
        .args([place.path().as_os_str(), port.to_string().as_ref()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn listens(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}
