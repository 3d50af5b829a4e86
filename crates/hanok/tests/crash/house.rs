//! A server process that can be killed, and the shop that is told.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use futures_util::future::join_all;
use hanok_base::encoding::{base64_decode, base64url_decode};
use hanok_db::{Db, Engine};
use hanok_testkit::{Client, PIN, Sink};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::Told;
use super::people::{Somebody, people_csv, settle_in};
use super::store::Store;

/// How long anything may take before the test gives up: nothing is decided by running out of it.
const PATIENCE: Duration = Duration::from_mins(10);

/// A request that was made.
pub struct Asked {
    pub id: String,
    number: String,
    person: usize,
}

pub struct House {
    store: Store,
    port: u16,
    origin: String,
    people: Vec<Somebody>,
    shop: Value,
}

/// The server's process; killed where it is dropped.
pub struct Server(Child);

impl Server {
    /// `kill -9`.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl House {
    /// People with PINs and a shop that is told at `sink`.
    pub async fn prepare(store: Store, sink: &Sink, people: usize) -> Self {
        let port = free_port();
        let mut house = Self {
            store,
            port,
            origin: sink.origin().to_owned(),
            people: Vec::new(),
            shop: Value::Null,
        };
        succeeded(&house.run(&["migrate"]));
        let file = house.store.place.path().join("people.csv");
        fs::write(&file, people_csv(people).await).unwrap();
        succeeded(&house.run(&["account", "import", &file.display().to_string()]));
        let url = sink.url("/callback");
        let created = house.run(&[
            "provider",
            "create",
            "--name",
            "Shop",
            "--site-code",
            "SHOP",
            "--callback-url",
            &url,
            "--json",
        ]);
        house.shop = serde_json::from_slice(&succeeded(&created).stdout).unwrap();
        let server = house.serve().await;
        let client = house.client();
        for chunk in (0..people).collect::<Vec<_>>().chunks(20) {
            house
                .people
                .extend(join_all(chunk.iter().map(|number| settle_in(&client, *number))).await);
        }
        drop(server);
        house
    }

    fn client(&self) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.port))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hanok"));
        command
            .args(arguments)
            .current_dir(self.store.place.path())
            .stdin(Stdio::null());
        for (key, value) in self.settings() {
            command.env(format!("HANOK__{key}"), value);
        }
        command
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let store = &self.store.config;
        let mut settings = vec![
            (
                "SERVER__DATA_DIR",
                self.store.place.path().display().to_string(),
            ),
            ("SERVER__PORT", self.port.to_string()),
            ("WEB__PUBLIC_URL", format!("http://127.0.0.1:{}", self.port)),
            ("IDENTITY__CALLBACK_ALLOW_HOSTS", self.origin.clone()),
            ("WEB__TIMEOUT_SECONDS", PATIENCE.as_secs().to_string()),
            ("EVENTS__LEASE_SECONDS", "3".to_owned()),
            ("ACCOUNTS__ARGON2_MEMORY_KIB", "64".to_owned()),
            ("ACCOUNTS__ARGON2_ITERATIONS", "1".to_owned()),
            ("ACCOUNTS__HASH_QUEUE", "1000".to_owned()),
            // A crash leaves an attempt spent: ten rounds may not lock anybody.
            ("ACCOUNTS__PIN_FAILURES", "1000".to_owned()),
        ];
        let limits = ["ADDRESS", "ACCOUNT", "PROVIDER"].map(|who| match who {
            "ADDRESS" => "LIMITS__ADDRESS_PER_MINUTE",
            "ACCOUNT" => "LIMITS__ACCOUNT_PER_MINUTE",
            _ => "LIMITS__PROVIDER_PER_MINUTE",
        });
        settings.extend(limits.map(|limit| (limit, "0".to_owned())));
        let per_phone = [
            "IDENTITY__PER_PHONE_10MIN",
            "IDENTITY__PER_PHONE_PROVIDER_10MIN",
            "IDENTITY__PER_PHONE_PROVIDER_DAY",
        ];
        settings.extend(per_phone.map(|limit| (limit, "1000".to_owned())));
        if store.engine == Engine::Postgres {
            let url = store.postgres_url.as_ref().unwrap().expose().to_owned();
            settings.extend([
                ("STORE__ENGINE", "postgres".to_owned()),
                ("STORE__POSTGRES_URL", url),
            ]);
            // As for the other tests: hundreds ask at once, and queue however slow the machine is.
            settings.extend(
                [
                    ("STORE__POSTGRES_POOL_WAIT_MS", store.postgres_pool_wait_ms),
                    (
                        "STORE__POSTGRES_LOCK_TIMEOUT_MS",
                        store.postgres_lock_timeout_ms,
                    ),
                    (
                        "STORE__POSTGRES_STATEMENT_TIMEOUT_MS",
                        store.postgres_statement_timeout_ms,
                    ),
                ]
                .map(|(limit, patience)| (limit, patience.to_string())),
            );
        }
        settings
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the server and waits until it answers.
    pub async fn serve(&self) -> Server {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let mut server = Server(
            self.command(&["serve"])
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .unwrap(),
        );
        let client = self.client();
        let ready = timeout(PATIENCE, async {
            while client
                .get("/health/ready")
                .try_send()
                .await
                .is_none_or(|answer| answer.status != 200)
            {
                assert!(server.0.try_wait().unwrap().is_none(), "{}", self.logged());
                sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(
            ready.await.is_ok(),
            "the server does not answer: {}",
            self.logged()
        );
        server
    }

    fn log(&self) -> PathBuf {
        self.store.place.path().join("serve.log")
    }

    fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// The shop asks for everybody.
    pub async fn ask_everybody(&self) -> Vec<Asked> {
        let client = self.client();
        let word = |name: &str| self.shop[name].as_str().unwrap();
        let client = client
            .header("x-client-id", word("client_id"))
            .header("x-client-secret", word("client_secret"));
        let asked = self.people.iter().enumerate().map(|(person, somebody)| {
            let call = client
                .post("/api/v1/auth/request")
                .json(json!({ "user_phone_number": somebody.phone }));
            async move {
                let answer = call.await.assert_status(201);
                let word = |name: &str| answer.body[name].as_str().unwrap().to_owned();
                Asked {
                    id: word("transaction_id"),
                    number: word("binding_code"),
                    person,
                }
            }
        });
        join_all(asked).await
    }

    /// The transaction's id, where the person was answered that it is completed.
    pub async fn confirm(&self, asked: &Asked) -> Option<String> {
        let somebody = &self.people[asked.person];
        let body =
            json!({ "transaction_id": asked.id, "pin_code": PIN, "binding_code": asked.number });
        let call = self
            .client()
            .bearer(&somebody.token)
            .post("/api/v1/auth/confirm")
            .json(body);
        let answer = call.try_send().await?;
        (answer.status == 200).then(|| asked.id.clone())
    }

    /// The completed transactions in the store.
    pub async fn completed(&self) -> BTreeSet<String> {
        const SQL: &str = "SELECT id FROM auth_transaction WHERE status = 'COMPLETED'";
        let db = Db::open(&self.store.config).await.unwrap();
        let ids: Vec<(uuid::Uuid,)> = db
            .read(async |conn| conn.all(SQL, &[]).await)
            .await
            .unwrap();
        db.close().await;
        ids.into_iter().map(|(id,)| id.to_string()).collect()
    }

    /// Waits until the shop was told of every completed transaction, and opens what it was told.
    pub async fn wait_until_all_are_told(&self, sink: &Sink) -> Told {
        let completed = self.completed().await;
        let all = timeout(PATIENCE, async {
            loop {
                let told = self.told(sink);
                if completed.iter().all(|id| told.contains_key(id)) {
                    return told;
                }
                sleep(Duration::from_millis(100)).await;
            }
        });
        all.await
            .unwrap_or_else(|_| panic!("not everything was told: {}", self.logged()))
    }

    fn told(&self, sink: &Sink) -> Told {
        let mut told = Told::new();
        let claims = sink
            .received()
            .into_iter()
            .map(|delivery| open(&self.shop["key"], &delivery.body));
        for claims in claims.filter(|claims| claims["status"] == "COMPLETED") {
            let word = |name: &str| claims[name].as_str().unwrap_or("null").to_owned();
            told.entry(word("jti"))
                .or_default()
                .insert(word("auth_code"));
        }
        told
    }

    pub fn assert_audit_is_whole(&self) {
        let verified = self.run(&["audit", "verify"]);
        succeeded(&verified);
    }
}

/// Opens a compact JWE (`dir`, A256GCM).
fn open(key: &Value, jwe: &str) -> Value {
    let parts: Vec<&str> = jwe.split('.').collect();
    let bytes = |part: &str| base64url_decode(part).unwrap();
    let key = base64_decode(key["base64"].as_str().unwrap()).unwrap();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
    let mut text = [bytes(parts[3]), bytes(parts[4])].concat();
    let plain = key
        .open_in_place(nonce, Aad::from(parts[0].as_bytes()), &mut text)
        .unwrap();
    serde_json::from_slice(plain).unwrap()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn succeeded(output: &Output) -> &Output {
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
