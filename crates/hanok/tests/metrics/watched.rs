//! A server process that is watched.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hanok_testkit::{Client, free_port};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::scraped::Scraped;

/// The operator's token.
pub const TOKEN: &str = "the-token-of-the-operator";

/// How long anything may take before the test gives up: nothing is decided by running out of it.
const PATIENCE: Duration = Duration::from_mins(5);

/// Where the server says what it says.
const LOG: &str = "serve.log";

const FILL: &[&str] = &[
    "--data-dir",
    "data",
    "demo",
    "fill",
    "--into-any-store",
    "--accounts",
    "40",
    "--providers",
    "4",
    "--transactions",
    "400",
    "--audit",
    "2000",
    "--days",
    "20",
];
const SUPER_ADMIN: &[&str] = &["account", "role", "add", "person000001", "super_admin"];

/// A server with a listener for metrics; killed where it is dropped.
pub struct Watched {
    child: Child,
    directory: TempDir,
    main: String,
    pub aside: String,
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program in a directory of its own, with nothing of this process's environment; a hash costs next to nothing.
pub fn hanok(directory: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hanok"));
    command
        .current_dir(directory.path())
        .env_clear()
        .env("HANOK__ACCOUNTS__ARGON2_MEMORY_KIB", "8")
        .env("HANOK__ACCOUNTS__ARGON2_ITERATIONS", "1")
        // Whoever asks twice sees what is between.
        .env("HANOK__METRICS__REFRESH_SECONDS", "1")
        .stdin(Stdio::null());
    command
}

/// A port that was free a moment ago.
impl Watched {
    /// `hanok demo`.
    pub async fn demo() -> Self {
        Self::start("demo", &[]).await
    }

    /// `hanok serve` with these settings besides.
    pub async fn serving(settings: &[(&str, &str)]) -> Self {
        Self::start("serve", settings).await
    }

    /// `hanok serve` on a store that `hanok demo fill` has filled, where the first person is super_admin.
    pub async fn filled(settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        for arguments in [FILL, SUPER_ADMIN] {
            let mut command = hanok(&directory);
            let done = command.args(arguments).envs(settings.iter().copied());
            let done = done.output().unwrap();
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success(), "{said}");
        }
        Self::start_in(directory, "serve", settings).await
    }

    async fn start(what: &str, settings: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), what, settings).await
    }

    async fn start_in(directory: TempDir, what: &str, settings: &[(&str, &str)]) -> Self {
        let (port, aside) = (free_port(), format!("127.0.0.1:{}", free_port()));
        let child = hanok(&directory)
            .arg(what)
            .env("PORT", port.to_string())
            .env("HANOK__METRICS__LISTEN", &aside)
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(File::create(directory.path().join(LOG)).unwrap())
            .spawn()
            .unwrap();
        let watched = Self {
            child,
            directory,
            main: format!("http://127.0.0.1:{port}"),
            aside: format!("http://{aside}"),
        };
        watched.wait().await;
        watched
    }

    async fn wait(&self) {
        let client = self.client();
        let ready = timeout(PATIENCE, async {
            while client.get("/health").try_send().await.is_none() {
                sleep(Duration::from_millis(20)).await;
            }
        });
        let log = || fs::read_to_string(self.directory.path().join(LOG)).unwrap();
        assert!(ready.await.is_ok(), "{}", log());
    }

    /// A caller of the main listener.
    pub fn client(&self) -> Client {
        Client::new(&self.main)
    }

    /// One identity request from beginning to end.
    pub fn walk(&self) {
        let walked = hanok(&self.directory)
            .args(["demo", "walk"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&walked.stderr).into_owned();
        assert!(walked.status.success(), "{said}");
    }

    /// What the listener of its own tells.
    pub async fn page(&self) -> Scraped {
        let told = Client::new(&self.aside).get("/metrics").await;
        Scraped::read(&told.assert_status(200).text)
    }

    /// The first page that is so.
    pub async fn page_where(&self, is_so: impl Fn(&Scraped) -> bool) -> Scraped {
        let found = timeout(PATIENCE, async {
            loop {
                let page = self.page().await;
                if is_so(&page) {
                    return page;
                }
                sleep(Duration::from_millis(100)).await;
            }
        });
        found.await.unwrap()
    }
}
