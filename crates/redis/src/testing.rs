//! Redis servers for tests: the one that runs beside them, and one of a test's own that it may kill.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hanok_base::encoding::hex_encode;
use hanok_base::{Random, Secret};

use crate::RedisConfig;

/// The variable that names the server beside the tests: a `redis://` URL.
pub const VARIABLE: &str = "HANOK_TEST_REDIS";

const PATIENCE: Duration = Duration::from_secs(30);

/// The section for the server that `HANOK_TEST_REDIS` names, with a prefix of its own; `None`, said aloud, where it
/// names none.
#[expect(
    clippy::disallowed_methods,
    reason = "which server tests may use is no setting of the program"
)]
pub fn beside() -> Option<RedisConfig> {
    let url = std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        say_not_run();
    }
    url.map(|url| section(&url))
}

/// How a test uses the server at this address: with a prefix of its own, and with the patience that a machine needs
/// which does other things besides.
pub fn section(url: &str) -> RedisConfig {
    RedisConfig {
        url: Some(Secret::new(url.to_owned())),
        prefix: format!("test-{}", hex_encode(&Random::system().bytes::<8>())),
        timeout_ms: 2_000,
        ..RedisConfig::default()
    }
}

#[expect(
    clippy::print_stdout,
    reason = "a test that does not run must not look as if it had"
)]
fn say_not_run() {
    println!("not run: Redis ({VARIABLE} is unset)");
}

/// A server of a test's own.
#[derive(Debug)]
pub struct Server {
    port: u16,
    password: Option<String>,
    process: Option<Child>,
}

impl Server {
    /// Starts one where the tests have a Redis at all; `None`, said aloud, where they have not.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Option<Self>> {
        Self::start_with(None)
    }

    /// The same, with a password.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_with(password: Option<&str>) -> io::Result<Option<Self>> {
        if beside().is_none() {
            return Ok(None);
        }
        // Bound for a moment to learn of a port that is free.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = free.local_addr()?.port();
        drop(free);
        let mut server = Self {
            port,
            password: password.map(str::to_owned),
            process: None,
        };
        server.start_again()?;
        Ok(Some(server))
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it as a power cut would; what it held is gone.
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&mut self) -> io::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
            process.wait()?;
        }
        Ok(())
    }

    /// Stops it in the middle: connections stay, nobody answers.
    ///
    /// # Errors
    /// The system's.
    pub fn freeze(&self) -> io::Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// The system's.
    pub fn thaw(&self) -> io::Result<()> {
        self.signal("CONT")
    }

    /// Starts it on the same port, with nothing in it.
    ///
    /// # Errors
    /// When it does not answer in time.
    pub fn start_again(&mut self) -> io::Result<()> {
        self.kill()?;
        let port = self.port.to_string();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port, "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no"]);
        if let Some(password) = &self.password {
            command.args(["--requirepass", password]);
        }
        let process = command
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        self.process = Some(process);
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            if started.elapsed() > PATIENCE {
                return Err(io::Error::other("redis-server does not answer"));
            }
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn signal(&self, name: &str) -> io::Result<()> {
        let id = self.process.as_ref().map(Child::id).unwrap_or_default();
        let sent = Command::new("kill")
            .args([format!("-{name}"), id.to_string()])
            .status()?;
        if sent.success() {
            Ok(())
        } else {
            Err(io::Error::other("redis-server cannot be signalled"))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
