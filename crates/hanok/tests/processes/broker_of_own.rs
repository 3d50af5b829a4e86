//! A Kafka broker of a test's own, which it may kill.

use std::fs::File;
use std::process::{Child, Command, Stdio};

use hanok_testkit::free_ports;
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
            // The next one is its controller's.
            port: free_ports(2)[0],
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
