//! A PostgreSQL server of a test's own, which it may stop.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use hanok_testkit::free_port;
use tempfile::TempDir;

/// A server with a cluster of its own on disk. Dropping it stops it.
pub struct ServerOfOwn {
    place: TempDir,
    programs: PathBuf,
    /// Who runs it, where the test is root, whom PostgreSQL refuses.
    account: String,
    port: u16,
}

impl ServerOfOwn {
    /// A new server; `None` where `scripts/with-postgres` has not found its programs.
    pub fn start() -> Option<Self> {
        let programs = variable("HANOK_TEST_POSTGRES_PROGRAMS").filter(|path| !path.is_empty())?;
        let server = Self {
            place: tempfile::tempdir().unwrap(),
            programs: programs.into(),
            account: variable("HANOK_TEST_POSTGRES_ACCOUNT").unwrap_or_default(),
            port: free_port(),
        };
        server.own();
        server.initialise();
        server.up();
        Some(server)
    }

    /// Where it is, with the right to make databases.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.place.path().join("data").display().to_string()
    }

    fn own(&self) {
        if !self.account.is_empty() {
            let place = self.place.path().display().to_string();
            done(Command::new("chown").args([&self.account, &place]));
        }
    }

    fn initialise(&self) {
        let data = self.data();
        let options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8"];
        let rest = ["--locale=C", "--no-sync"];
        done(
            self.program("initdb")
                .args(["-D", &data])
                .args(options)
                .args(rest),
        );
    }

    /// Starts it, and waits until it answers.
    pub fn up(&self) {
        let place = self.place.path().display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{place}' -c max_connections=100",
            self.port
        );
        let log = format!("{place}/server.log");
        let start = ["start", "-D", &self.data(), "-l", &log, "-o", &options];
        done(self.program("pg_ctl").args(start).args(["-w", "-s"]));
    }

    /// Ends it as a power cut would: nobody is waited for, and nothing is written down.
    pub fn cut(&self) {
        let stop = ["stop", "-D", &self.data(), "-m", "immediate", "-s", "-w"];
        done(self.program("pg_ctl").args(stop));
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        if self.account.is_empty() {
            return Command::new(path);
        }
        let mut command = Command::new("su");
        // The inner shell expands its own arguments.
        command.args(["-s", "/bin/sh", &self.account, "-c"]);
        command.args(["exec \"$0\" \"$@\"", "--"]).arg(path);
        command
    }
}

impl Drop for ServerOfOwn {
    fn drop(&mut self) {
        let stop = ["stop", "-D", &self.data(), "-m", "immediate", "-s"];
        let _ = self.program("pg_ctl").args(stop).output();
    }
}

fn done(command: &mut Command) {
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(status.success(), "{command:?}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "which programs a test may run is no setting of the program"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
