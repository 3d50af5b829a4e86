//! The whole program at an address of its own, its clock standing still.

use std::ops::Deref;
use std::time::Duration;

use hanok::{Config, DEFAULTS, Overrides, Program};
use hanok_base::config::Loader;
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::{Db, params};
use hanok_testkit::{Answer, Client, Person, Site};
use hanok_web::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Nothing is limited and a hash costs next to nothing.
const FLAGS: [&str; 15] = [
    "accounts.argon2_memory_kib=8",
    "accounts.argon2_iterations=1",
    "limits.address_per_minute=0",
    "limits.account_per_minute=0",
    "limits.provider_per_minute=0",
    "limits.api_key_per_minute=0",
    "limits.sign_in_per_minute=0",
    "limits.sign_in_failures_per_address_per_minute=0",
    "limits.phone_sign_in_per_address_per_minute=0",
    "limits.register_per_address_per_minute=0",
    "limits.client_failures_per_address_per_minute=0",
    "limits.user_list_per_minute=0",
    "limits.board_write_per_minute=0",
    "limits.board_light_per_minute=0",
    "log.directory=",
];

/// The program, serving.
pub struct Whole {
    pub program: Program,
    site: Site,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    _directory: TempDir,
}

impl Deref for Whole {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl Whole {
    /// The program over `db`; with the demo's routes where they are wanted.
    pub async fn start(db: Db, demo: bool) -> Self {
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let base_url = format!("http://{}", server.address());
        let directory = tempfile::tempdir().unwrap();
        let data_dir = directory.path().to_str().unwrap();
        let program = program(db, data_dir, &base_url, demo).await;
        let (stop, stopped) = oneshot::channel::<()>();
        let (stack, web) = (program.router(), program.config().web.clone());
        let serving = tokio::spawn(async move {
            let until = async { drop(stopped.await) };
            server
                .run(stack, &web, Duration::from_secs(30), until)
                .await;
        });
        Self {
            site: Site::new(&base_url, program.accounts().clone()),
            program,
            stop,
            serving,
            _directory: directory,
        }
    }

    /// Somebody at the console, who has just given the password.
    pub async fn desk(&self, name: &str, role: &str) -> Desk {
        let person = self.person(name).roles(&[role]).await;
        let client = self.client().of(&person);
        let desk = Desk { person, client };
        let given = json!({ "password": desk.person.password });
        let confirmed = desk.post("/api/v1/me/password/confirm", given).await;
        confirmed.assert_status(204);
        desk
    }

    /// How often somebody was refused, by the trail.
    pub async fn refusals_of(&self, person: &Person) -> i64 {
        const SQL: &str =
            "SELECT COUNT(*) FROM audit_log WHERE action = 'PERMISSION_DENIED' AND actor_id = $1";
        let (db, id) = (&self.program.accounts().db, person.id);
        let count: Result<i64, hanok_db::DbError> = db
            .read(async move |conn| conn.one(SQL, params![id]).await)
            .await;
        count.unwrap()
    }

    pub async fn end(self) {
        drop(self.stop);
        self.serving.await.unwrap();
    }
}

/// Somebody at the console.
pub struct Desk {
    pub person: Person,
    pub client: Client,
}

impl Desk {
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.client.post(path).json(body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.client.patch(path).json(body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.client.put(path).json(body).await
    }

    /// Makes something, and gives what is answered.
    pub async fn make(&self, path: &str, body: Value) -> Value {
        self.post(path, body).await.assert_status(201).body
    }

    /// The same, of which only the id is wanted.
    pub async fn make_id(&self, path: &str, body: Value) -> String {
        let made = self.make(path, body).await;
        made["id"].as_str().unwrap().to_owned()
    }
}

async fn program(db: Db, data_dir: &str, base_url: &str, demo: bool) -> Program {
    let mut flags = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("demo={demo}"));
    flags.push(format!("server.data_dir={data_dir}"));
    flags.push(format!("web.public_url={base_url}"));
    let config = Config::load(Loader::new(DEFAULTS).flags(flags));
    let (random, now) = (Random::seeded(1), Timestamp::from_seconds(1_795_239_000));
    let overrides = Overrides {
        clock: Some(Clock::manual(now)),
        keys: Some(KeyRing::generate(&random, now)),
        random: Some(random),
        db: Some(db),
        ..Overrides::default()
    };
    let config = config.unwrap_or_else(|faults| panic!("{faults}")).value;
    Program::build(config, overrides).await.unwrap()
}
