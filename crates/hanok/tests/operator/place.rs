//! An installation of the program in a directory of its own, and its commands as an operator runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use hanok_db::testing::{Postgres, TestDatabase};
use hanok_db::{Db, Engine, StoreConfig};
use hanok_testkit::{Answer, Client, free_port};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

/// How long anything may take before the test gives up: nothing is decided by running out of it.
const PATIENCE: Duration = Duration::from_mins(5);

pub struct Place {
    pub directory: TempDir,
    pub port: u16,
    store: StoreConfig,
    settings: Vec<(String, String)>,
    _database: Option<TestDatabase>,
}

/// A server's process; killed where it is dropped.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        let id = self.0.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(asked.success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Place {
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = StoreConfig {
            sqlite_path: directory.path().join("data/hanok.db"),
            ..StoreConfig::default()
        };
        Self::new(directory, store, None)
    }

    /// Over a database of the server for tests; `None` where there is none.
    pub async fn postgres() -> Option<Self> {
        let database = Postgres::from_env()?.database(&[]).await.unwrap();
        let (directory, store) = (tempfile::tempdir().unwrap(), database.config().clone());
        let mut place = Self::new(directory, store, Some(database));
        let url = place
            .store
            .postgres_url
            .as_ref()
            .unwrap()
            .expose()
            .to_owned();
        place.set("store.engine", "postgres");
        place.set("store.postgres_url", &url);
        Some(place)
    }

    fn new(directory: TempDir, store: StoreConfig, database: Option<TestDatabase>) -> Self {
        let port = free_port();
        let mut place = Self {
            directory,
            port,
            store,
            settings: Vec::new(),
            _database: database,
        };
        place.set("server.port", &port.to_string());
        place
    }

    /// Changes a setting, `section.key`, from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        let name = format!("HANOK__{}", key.to_ascii_uppercase().replace('.', "__"));
        self.settings.push((name, value.to_owned()));
    }

    /// Signs in to PostgreSQL as another role from now on.
    pub fn as_role(&mut self, name: &str, password: &str) {
        let url = self
            .store
            .postgres_url
            .as_ref()
            .unwrap()
            .expose()
            .to_owned();
        let (_, place) = url.rsplit_once('@').unwrap();
        self.set(
            "store.postgres_url",
            &format!("postgres://{name}:{password}@{place}"),
        );
    }

    pub fn is_sqlite(&self) -> bool {
        self.store.engine == Engine::Sqlite
    }

    /// A file of the data directory.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join("data").join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hanok"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that succeeds; what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes an account with a password.
    pub fn account(&self, name: &str) {
        let password = self.directory.path().join("password");
        fs::write(&password, "Gangnam-7-dosan!").unwrap();
        let arguments = [
            "account",
            "create",
            "--username",
            name,
            "--name",
            name,
            "--password-stdin",
        ];
        let mut command = self.command(&arguments);
        let output = command
            .stdin(fs::File::open(password).unwrap())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Starts a server and waits until it is ready.
    pub async fn serve(&self) -> Server {
        self.serve_on(self.port).await
    }

    /// The same as another process of the installation, on a port of its own.
    pub async fn serve_on(&self, port: u16) -> Server {
        let serving = self
            .command(&["serve"])
            .env("HANOK__SERVER__PORT", port.to_string())
            .env("HANOK__WEB__PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut server = Server(serving.unwrap());
        let client = Client::new(&format!("http://127.0.0.1:{port}"));
        until(async || {
            assert!(server.0.try_wait().unwrap().is_none(), "it ended");
            let asked: Option<Answer> = client.get("/health/ready").try_send().await;
            asked.is_some_and(|answer| answer.status == 200)
        })
        .await;
        server
    }

    /// Runs SQL as somebody with the database's password would.
    pub async fn by_hand(&self, sqlite: &str, postgres: &str) {
        let db = Db::open(&self.store).await.unwrap();
        let sql = if self.is_sqlite() { sqlite } else { postgres };
        db.hand_written(sql).await.unwrap();
        db.close().await;
    }

    /// A number from the store.
    pub async fn number(&self, sql: &'static str) -> i64 {
        let db = Db::open(&self.store).await.unwrap();
        let number = db.read(async |conn| conn.one::<i64>(sql, &[]).await).await;
        db.close().await;
        number.unwrap()
    }

    /// The day's log file of a class.
    pub fn log(&self, class: &str) -> String {
        let logs = fs::read_dir(self.file("logs")).into_iter().flatten();
        let mine = logs.filter_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name()?.to_str()?.to_owned();
            name.starts_with(class)
                .then(|| fs::read_to_string(path).unwrap())
        });
        mine.collect()
    }
}

/// Asks again until it is so.
pub async fn until(mut so: impl AsyncFnMut() -> bool) {
    let asked = timeout(PATIENCE, async {
        while !so().await {
            sleep(Duration::from_millis(50)).await;
        }
    });
    assert!(asked.await.is_ok(), "it did not come about");
}

/// What `hanok doctor --json` said, and its exit code.
pub struct Told {
    pub code: Option<i32>,
    pub all: Value,
}

impl Told {
    pub fn by(place: &Place, arguments: &[&str]) -> Self {
        let output = place.run(&[&["doctor", "--json"], arguments].concat());
        let all = serde_json::from_slice(&output.stdout);
        let told = String::from_utf8_lossy(&output.stderr);
        Self {
            code: output.status.code(),
            all: all.unwrap_or_else(|_| panic!("no JSON: {told}")),
        }
    }

    fn check(&self, name: &str) -> &Value {
        let mut checks = self.all["checks"].as_array().unwrap().iter();
        let found = checks.find(|check| check["check"] == name);
        found.unwrap_or_else(|| panic!("{name} is not in {}", self.all))
    }

    /// The check is so, and what was found says these words.
    pub fn is(&self, name: &str, state: &str, words: &[&str]) {
        let check = self.check(name);
        assert_eq!(check["state"], state, "{check}");
        let text = check.to_string();
        for word in words {
            assert!(text.contains(word), "{word:?} is not in {text}");
        }
        let wants_remedy = matches!(state, "failed" | "warning");
        assert_eq!(check["remedy"].is_string(), wants_remedy, "{check}");
    }

    /// These failed and nothing else, and the exit code says so.
    pub fn failed(&self, names: &[&str]) {
        let checks = self.all["checks"].as_array().unwrap().iter();
        let failed: Vec<&str> = checks
            .filter(|check| check["state"] == "failed")
            .map(|check| check["check"].as_str().unwrap())
            .collect();
        assert_eq!(failed, names, "{:#}", self.all);
        assert_eq!(self.code, Some(i32::from(!names.is_empty())));
        assert_eq!(self.all["healthy"], names.is_empty());
    }
}

/// The mode of a file.
pub fn chmod(path: &Path, mode: u32) {
    let right = std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(path, right).unwrap();
}
