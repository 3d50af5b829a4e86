//! A Kafka broker of a test's own, which it may kill.

use std::fs::File;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::neighbours;

/// A broker with its own data. Dropping it kills it.
pub struct BrokerOfOwn {
    place: TempDir,
    program: String,
    port: u16,
    process: Option<Child>,
}

impl BrokerOfOwn {
    /// A new broker, which comes up by and by; `None` where the test run has no Kafka, or the program none in it.
    pub fn start() -> Option<Self> {
        neighbours::kafka()?;
        let program = neighbours::variable("HANOK_TEST_KAFKA_BROKER")?;
        let mut broker = Self {
            place: tempfile::tempdir().unwrap(),
            program,
            port: two_free_ports(),
            process: None,
        };
        broker.up();
        Some(broker)
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Starts it on the data it has.
    pub fn up(&mut self) {
        let data = self.place.path().join("broker");
        let log = File::create(self.place.path().join("broker.log")).unwrap();
        let started = Command::new(&self.program)
            .arg(data)
            .arg(self.port.to_string())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.process = Some(started.unwrap());
    }

    /// `kill -9`.
    pub fn cut(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for BrokerOfOwn {
    fn drop(&mut self) {
        self.cut();
    }
}

/// A free port whose next one is free too.
fn two_free_ports() -> u16 {
    let both = || {
        let first = TcpListener::bind(("127.0.0.1", 0)).ok()?;
        let port = first.local_addr().ok()?.port();
        TcpListener::bind(("127.0.0.1", port.checked_add(1)?)).ok()?;
        Some(port)
    };
    (0..100).find_map(|_| both()).unwrap()
}
