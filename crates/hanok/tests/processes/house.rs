//! People with PINs, and a shop that asks for them and is told.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use hanok_db::{Db, DbError, Record};
use hanok_testkit::{Answer, Client, PIN, Sink};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use crate::installation::{Installation, PATIENCE, Server};
use crate::people::{Somebody, people_csv, settle_in};
use crate::store::Store;
use crate::told::{Told, told};

/// A request that was made.
pub struct Asked {
    pub id: String,
    pub number: String,
    pub person: usize,
}

/// An installation that people use.
pub struct House {
    pub installed: Installation,
    pub people: Vec<Somebody>,
    pub shop: Value,
    /// Looks at the store from outside.
    pub db: Db,
    turn: AtomicUsize,
}

impl House {
    /// So many processes, none of which runs yet, people with PINs, and a shop that is told at `sink`.
    pub async fn prepare(store: Store, processes: usize, sink: &Sink, people: usize) -> Self {
        let db_config = store.config.clone();
        let mut installed = Installation::new(store, processes);
        installed.set("identity.callback_allow_hosts", sink.origin());
        Self::in_place(installed, &db_config, sink, people).await
    }

    /// The same in an installation whose settings are made.
    pub async fn in_place(
        installed: Installation,
        store: &hanok_db::StoreConfig,
        sink: &Sink,
        people: usize,
    ) -> Self {
        installed.run(&["migrate"]);
        let file = installed.place().join("people.csv");
        fs::write(&file, people_csv(people).await).unwrap();
        installed.run(&["account", "import", &file.display().to_string()]);
        let url = sink.url("/callback");
        let create = ["provider", "create", "--name", "Shop", "--site-code"];
        let rest = ["SHOP", "--callback-url", &url, "--json"];
        let created = installed.run(&[&create[..], &rest[..]].concat());
        let shop = serde_json::from_slice(&created.stdout).unwrap();
        let server = installed.serve(0).await;
        let client = installed.client(0);
        let mut settled = Vec::new();
        for chunk in (0..people).collect::<Vec<_>>().chunks(20) {
            let chunk = chunk.iter().map(|number| settle_in(&client, *number));
            settled.extend(join_all(chunk).await);
        }
        drop(server);
        let db = Db::open(store).await.unwrap();
        Self {
            installed,
            people: settled,
            shop,
            db,
            turn: AtomicUsize::new(0),
        }
    }

    /// Starts every process.
    pub async fn serve_all(&self) -> Vec<Server> {
        self.installed.serve_all().await
    }

    /// A caller of the process whose turn it is.
    pub fn next_client(&self) -> Client {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.installed.client(turn % self.installed.processes())
    }

    /// The shop asks at this caller's process for one person.
    pub async fn ask(&self, at: Client, person: usize) -> Asked {
        let answer = self.try_ask(at, person).await.expect("an answer");
        Asked::new(&answer.assert_status(201), person)
    }

    /// The same, where the process may be gone.
    pub async fn try_ask(&self, at: Client, person: usize) -> Option<Answer> {
        let word = |name: &str| self.shop[name].as_str().unwrap();
        let client = at
            .header("x-client-id", word("client_id"))
            .header("x-client-secret", word("client_secret"));
        let body = json!({ "user_phone_number": self.people[person].phone });
        client
            .post("/api/v1/auth/request")
            .json(body)
            .try_send()
            .await
    }

    /// The shop asks for everybody, at each process in turn.
    pub async fn ask_everybody(&self) -> Vec<Asked> {
        let asked = (0..self.people.len()).map(|person| self.ask(self.next_client(), person));
        join_all(asked).await
    }

    /// The answer to a person who picks the right number and gives the PIN, if any comes.
    pub async fn try_confirm(&self, at: Client, asked: &Asked) -> Option<Answer> {
        let body =
            json!({ "transaction_id": asked.id, "pin_code": PIN, "binding_code": asked.number });
        let client = at.bearer(&self.people[asked.person].token);
        let call = client.post("/api/v1/auth/confirm").json(body);
        call.try_send().await
    }

    /// The transaction's id, where the person was answered at the next process that it is completed.
    pub async fn confirm(&self, asked: &Asked) -> Option<String> {
        let answer = self.try_confirm(self.next_client(), asked).await?;
        (answer.status == 200).then(|| asked.id.clone())
    }

    /// What a question to the store finds.
    pub async fn rows<R: Record + Send + 'static>(&self, sql: &'static str) -> Vec<R> {
        let found: Result<Vec<R>, DbError> = self
            .db
            .read(async move |conn| conn.all(sql, &[]).await)
            .await;
        found.unwrap()
    }

    /// The completed transactions in the store.
    pub async fn completed(&self) -> BTreeSet<String> {
        const SQL: &str = "SELECT id FROM auth_transaction WHERE status = 'COMPLETED'";
        let ids: Vec<(uuid::Uuid,)> = self.rows(SQL).await;
        ids.into_iter().map(|(id,)| id.to_string()).collect()
    }

    /// Every transaction in the store.
    pub async fn requested(&self) -> BTreeSet<String> {
        let ids: Vec<(uuid::Uuid,)> = self.rows("SELECT id FROM auth_transaction").await;
        ids.into_iter().map(|(id,)| id.to_string()).collect()
    }

    /// Every event was handed on, those of one transaction in the order in which they were published.
    pub async fn assert_told_in_order(&self) {
        const SQL: &str = "SELECT event_key, sent_at FROM outbox ORDER BY event_key, serial";
        let all_sent = async {
            loop {
                let sent: Vec<(String, Option<i64>)> = self.rows(SQL).await;
                if sent.iter().all(|(_, at)| at.is_some()) {
                    return sent;
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        let sent = timeout(PATIENCE, all_sent).await.unwrap();
        let in_order = |two: &[(String, Option<i64>)]| two[0].0 != two[1].0 || two[0].1 <= two[1].1;
        assert!(sent.windows(2).all(in_order), "{sent:?}");
    }

    /// Waits until the shop was told of every completed transaction, and opens what it was told.
    pub async fn wait_until_all_are_told(&self, sink: &Sink) -> Told {
        let completed = self.completed().await;
        let all = timeout(PATIENCE, async {
            loop {
                let told = told(&self.shop, sink);
                if completed.iter().all(|id| told.contains_key(id)) {
                    return told;
                }
                sleep(Duration::from_millis(100)).await;
            }
        });
        all.await
            .unwrap_or_else(|_| panic!("not everything was told: {}", self.installed.logged()))
    }

    /// The trail holds every row, in its place.
    pub fn assert_audit_is_whole(&self) {
        self.installed.run(&["audit", "verify"]);
    }
}

impl Asked {
    /// What a 201 says.
    pub fn new(answer: &Answer, person: usize) -> Self {
        let word = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        Self {
            id: word("transaction_id"),
            number: word("binding_code"),
            person,
        }
    }
}
