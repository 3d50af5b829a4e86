//! The program as an operator runs it: one store, one key ring, one or more processes.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use hanok::{Config, DEFAULTS, Overrides, Program};
use hanok_base::config::Loader;
use hanok_db::{Engine, StoreConfig};
use hanok_testkit::{Client, free_port};
use tokio::time::{sleep, timeout};

use crate::neighbours;
use crate::store::Store;

/// How long anything may take before the test gives up: nothing is decided by running out of it.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// A program that is installed: its store, its settings, and a port for each process.
pub struct Installation {
    store: Store,
    ports: Vec<u16>,
    settings: Vec<(String, String)>,
}

/// A server's process; killed where it is dropped.
pub struct Server(Child);

impl Server {
    /// `kill -9`.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to stop, as `kill` does, and waits until it has; whether it ended well.
    pub async fn end(&mut self) -> bool {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        loop {
            if let Some(ended) = self.0.try_wait().unwrap() {
                return ended.success();
            }
            sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Installation {
    /// So many processes over this store, with Redis and Kafka beside it where the test run has them.
    /// Hashes are cheap, and no limit of requests counts.
    pub fn new(store: Store, processes: usize) -> Self {
        let ports = (0..processes).map(|_| free_port()).collect();
        let mut installed = Self {
            store,
            ports,
            settings: Vec::new(),
        };
        for (key, value) in defaults() {
            installed.set(key, &value);
        }
        let origin = installed.origin();
        installed.set("web.public_url", &origin);
        let keys = installed.place().join("keys");
        installed.set("keys.directory", &keys.display().to_string());
        installed.settings.extend(store_settings(&installed.store));
        if installed.store.config.engine == Engine::Postgres {
            installed.settings.extend(neighbours::settings());
        }
        installed
    }

    /// Changes a setting, `section.key`.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    /// The origin that everybody is told: that of the first process.
    pub fn origin(&self) -> String {
        self.url(0)
    }

    /// Where a process listens.
    pub fn address(&self, process: usize) -> (&'static str, u16) {
        ("127.0.0.1", self.ports[process])
    }

    fn url(&self, process: usize) -> String {
        format!("http://127.0.0.1:{}", self.ports[process])
    }

    /// A caller of one of the processes.
    pub fn client(&self, process: usize) -> Client {
        Client::new(&self.url(process))
    }

    /// How many processes there are to be.
    pub fn processes(&self) -> usize {
        self.ports.len()
    }

    /// The store's settings.
    pub fn store(&self) -> &StoreConfig {
        &self.store.config
    }

    /// A directory for files beside the store.
    pub fn place(&self) -> &Path {
        self.store.place.path()
    }

    fn settings_of(&self, process: usize) -> impl Iterator<Item = (&str, String)> {
        let data_dir = self.place().join(format!("data-{process}"));
        let own = [
            ("server.data_dir", data_dir.display().to_string()),
            ("server.port", self.ports[process].to_string()),
        ];
        let shared = self.settings.iter();
        own.into_iter()
            .chain(shared.map(|(key, value)| (key.as_str(), value.clone())))
    }

    fn command(&self, process: usize, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hanok"));
        command
            .args(arguments)
            .current_dir(self.place())
            .stdin(Stdio::null());
        for (key, value) in self.settings_of(process) {
            let name = key.to_ascii_uppercase().replace('.', "__");
            command.env(format!("HANOK__{name}"), value);
        }
        command
    }

    /// Runs a command to its end, whatever that is.
    pub fn try_run(&self, arguments: &[&str]) -> Output {
        self.command(0, arguments).output().unwrap()
    }

    /// Starts a command and does not wait for it.
    pub fn begin(&self, process: usize, arguments: &[&str]) -> Child {
        let mut command = self.command(process, arguments);
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().unwrap()
    }

    /// Runs a command that reads this from its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(0, arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().unwrap();
        let mut to = child.stdin.take().unwrap();
        to.write_all(input.as_bytes()).unwrap();
        drop(to);
        child.wait_with_output().unwrap()
    }

    /// Runs a command to its end, which is a good one.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.try_run(arguments);
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    /// The same program in this process, to look at what the others have done; nothing of it runs.
    pub async fn program(&self) -> Program {
        let apart = |key: &str| key == "store.postgres_url" || neighbours::is_beside(key);
        let settings = self.settings_of(0).filter(|(key, _)| !apart(key));
        let flags = settings.map(|(key, value)| format!("{key}={value}"));
        let mut config = Config::load(Loader::new(DEFAULTS).flags(flags))
            .unwrap()
            .value;
        config.store.postgres_url = self.store.config.postgres_url.clone();
        Program::build(config, Overrides::default()).await.unwrap()
    }

    /// Starts a process and waits until it answers.
    pub async fn serve(&self, process: usize) -> Server {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log(process))
            .unwrap();
        let serving = self
            .command(process, &["serve"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let mut server = Server(serving.unwrap());
        let ready = timeout(PATIENCE, self.until_ready(process, &mut server));
        assert!(
            ready.await.is_ok(),
            "no answer from {process}: {}",
            self.logged()
        );
        server
    }

    /// Starts them all.
    pub async fn serve_all(&self) -> Vec<Server> {
        let mut servers = Vec::new();
        for process in 0..self.processes() {
            servers.push(self.serve(process).await);
        }
        servers
    }

    async fn until_ready(&self, process: usize, server: &mut Server) {
        while !self.is_ready(process).await {
            assert!(server.0.try_wait().unwrap().is_none(), "{}", self.logged());
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether a process says that it can serve.
    pub async fn is_ready(&self, process: usize) -> bool {
        let asked = self.client(process).get("/health/ready");
        asked
            .try_send()
            .await
            .is_some_and(|answer| answer.status == 200)
    }

    fn log(&self, process: usize) -> PathBuf {
        self.place().join(format!("serve-{process}.log"))
    }

    /// What the processes wrote to their consoles.
    pub fn logged(&self) -> String {
        let logs = (0..self.processes()).map(|process| fs::read_to_string(self.log(process)));
        logs.map(Result::unwrap_or_default).collect()
    }
}

fn defaults() -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("web.timeout_seconds", PATIENCE.as_secs().to_string()),
        ("events.lease_seconds", "3".to_owned()),
        ("accounts.argon2_memory_kib", "64".to_owned()),
        ("accounts.argon2_iterations", "1".to_owned()),
        ("accounts.hash_queue", "1000".to_owned()),
        // A crash leaves an attempt spent: ten rounds may not lock anybody.
        ("accounts.pin_failures", "1000".to_owned()),
    ];
    let unlimited = [
        "limits.address_per_minute",
        "limits.account_per_minute",
        "limits.provider_per_minute",
    ];
    settings.extend(unlimited.map(|limit| (limit, "0".to_owned())));
    let per_phone = [
        "identity.per_phone_10min",
        "identity.per_phone_provider_10min",
        "identity.per_phone_provider_day",
    ];
    settings.extend(per_phone.map(|limit| (limit, "1000".to_owned())));
    settings
}

fn store_settings(store: &Store) -> Vec<(String, String)> {
    let config = &store.config;
    if config.engine == Engine::Sqlite {
        let path = config.sqlite_path.display().to_string();
        return vec![("store.sqlite_path".to_owned(), path)];
    }
    let url = config.postgres_url.as_ref().unwrap().expose().to_owned();
    // As for the other tests: hundreds ask at once, and queue however slow the machine is.
    let patience = [
        ("store.postgres_pool_wait_ms", config.postgres_pool_wait_ms),
        (
            "store.postgres_lock_timeout_ms",
            config.postgres_lock_timeout_ms,
        ),
        (
            "store.postgres_statement_timeout_ms",
            config.postgres_statement_timeout_ms,
        ),
    ];
    let mut settings = vec![
        ("store.engine".to_owned(), "postgres".to_owned()),
        ("store.postgres_url".to_owned(), url),
    ];
    settings.extend(patience.map(|(key, value)| (key.to_owned(), value.to_string())));
    settings
}
