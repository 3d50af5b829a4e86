//! A program with identity, a provider that asks, and what a person does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hanok_accounts::App;
use hanok_db::{Db, MigrationSet, Record, params};
use hanok_events::http::{GuardedClient, HttpPolicy};
use hanok_identity::provider::{NewProvider, ProviderIn};
use hanok_identity::{Identity, IdentityApp, IdentityConfig, IdentityParts};
use hanok_notifications::{Notifications, NotificationsParts};
use hanok_testkit::{Answer, Builder, Client, Person, Phone, Sink, TestApp, section};
use hanok_web::Ctx;
use serde_json::{Value, json};

use crate::receiver::open;

/// Every table that these tests need.
pub fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(hanok_notifications::migrations());
    sets.push(hanok_identity::migrations());
    sets
}

/// What people are told, beside these accounts.
pub fn notifications(accounts: &hanok_accounts::Accounts) -> Notifications {
    Notifications::new(NotificationsParts {
        accounts: accounts.clone(),
    })
}

/// The program, with identity.
pub struct House {
    pub app: TestApp,
    pub identity: Identity,
}

/// A provider's own view: its credentials, its key and where it is told.
#[derive(Clone)]
pub struct Shop {
    pub id: String,
    pub client_id: String,
    pub secret: String,
    /// `{kid, jwk, base64}` as shown once.
    pub key: Value,
    pub client: Client,
}

impl House {
    /// A house whose callbacks may reach `sinks`.
    pub async fn start(db: Db, sinks: &[&Sink]) -> Self {
        Self::build(TestApp::builder(db), sinks, |_| {}, |_| {}).await
    }

    /// A house with other settings and another outgoing client.
    pub async fn build(
        builder: Builder<'_>,
        sinks: &[&Sink],
        change: impl FnOnce(&mut IdentityConfig) + Send,
        policy: impl FnOnce(&mut HttpPolicy) + Send,
    ) -> Self {
        let mut http = HttpPolicy {
            allow: sinks
                .iter()
                .map(|sink| sink.origin().parse().unwrap())
                .collect(),
            timeout: Duration::from_secs(30),
            ..HttpPolicy::default()
        };
        policy(&mut http);
        Self::with_client(builder, change, GuardedClient::new(http).unwrap()).await
    }

    /// A house with its own outgoing client (a resolver that lies, say).
    pub async fn with_client(
        builder: Builder<'_>,
        change: impl FnOnce(&mut IdentityConfig) + Send,
        http: GuardedClient,
    ) -> Self {
        let made: Arc<Mutex<Option<Identity>>> = Arc::default();
        let keep = Arc::clone(&made);
        let mut config: IdentityConfig = section("identity");
        change(&mut config);
        let app = builder
            .apps(move |accounts, _| {
                let identity = Identity::new(IdentityParts {
                    accounts: accounts.clone(),
                    notifications: notifications(accounts),
                    config: config.clone(),
                    http: http.clone(),
                    demo: false,
                });
                keep.lock().unwrap().get_or_insert(identity.clone());
                vec![Arc::new(IdentityApp(identity)) as Arc<dyn App>]
            })
            .start()
            .await;
        let identity = made.lock().unwrap().take().unwrap();
        Self { app, identity }
    }

    /// A provider that is told by callback at `sink`.
    pub async fn shop(&self, name: &str, sink: &Sink) -> Shop {
        let input = json!({ "callback_url": sink.url("/callback") });
        self.provider(name, input).await
    }

    /// A provider that fetches its results.
    pub async fn polling_shop(&self, name: &str) -> Shop {
        self.provider(name, json!({ "delivery": "poll" })).await
    }

    /// A provider with these settings beside name and site code.
    pub async fn provider(&self, name: &str, mut settings: Value) -> Shop {
        settings["name"] = json!(name);
        if settings["site_code"].is_null() {
            settings["site_code"] = json!("SHOP-A");
        }
        let input: ProviderIn = serde_json::from_value(settings).unwrap();
        let new: NewProvider = input.check(self.identity.http.policy()).unwrap();
        let ctx = Ctx::program("tests", self.app.clock.now());
        let created = self.identity.create_provider(&ctx, new).await.unwrap();
        Shop::new(&self.app, created)
    }

    /// The person picks the right number and gives the PIN, as a phone would.
    pub async fn confirm(&self, phone: &Phone, asked: &Asked, pin: &str) -> Answer {
        let body =
            json!({ "transaction_id": asked.id, "pin_code": pin, "binding_code": asked.number });
        phone.post("/api/v1/auth/confirm").json(body).await
    }

    /// The person gives the PIN and the number in their own session, without a phone.
    pub async fn confirm_by_session(&self, person: &Person, asked: &Asked) -> Answer {
        let body = json!({ "transaction_id": asked.id, "pin_code": person.pin, "binding_code": asked.number });
        self.app
            .client()
            .of(person)
            .post("/api/v1/auth/confirm")
            .json(body)
            .await
    }

    /// Time passes.
    pub fn later(&self, seconds: u64) {
        self.app.clock.advance(Duration::from_secs(seconds));
    }

    /// What a question to the database finds.
    pub async fn rows<R: Record + Send + 'static>(&self, sql: &'static str) -> Vec<R> {
        self.app
            .db
            .read(async move |conn| conn.all(sql, &[]).await)
            .await
            .unwrap()
    }

    /// What the database says of a request: its status, why it failed, and how many PINs were tried.
    pub async fn stands(&self, asked: &Asked) -> (String, Option<String>, i64) {
        const SQL: &str =
            "SELECT status, failure_reason, attempts FROM auth_transaction WHERE id = $1";
        let id: uuid::Uuid = asked.id.parse().unwrap();
        self.app
            .db
            .read(async move |conn| conn.one(SQL, params![id]).await)
            .await
            .unwrap()
    }

    /// A person with a paired phone.
    pub async fn paired(&self, name: &str) -> (Person, Phone) {
        let person = self.app.person(name).await;
        let phone = self.app.pair(&person).await;
        (person, phone)
    }
}

/// A request that was answered 201.
#[derive(Clone, Debug)]
pub struct Asked {
    pub id: String,
    pub number: String,
}

impl Asked {
    /// A number that is not the right one.
    pub fn other_number(&self) -> String {
        let number: u32 = self.number.parse().unwrap();
        if number == 99 { 10 } else { number + 1 }.to_string()
    }

    pub fn new(answer: &Answer) -> Self {
        let word = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        Self {
            id: word("transaction_id"),
            number: word("binding_code"),
        }
    }
}

impl Shop {
    fn new(app: &TestApp, created: hanok_identity::provider::CreatedProvider) -> Self {
        let (client_id, secret) = (
            created.provider.client_id.clone(),
            created.client_secret.expose().to_owned(),
        );
        let client = app
            .client()
            .header("x-client-id", &client_id)
            .header("x-client-secret", &secret);
        let id = created.provider.id.to_string();
        let key = serde_json::to_value(hanok_identity::provider::CreatedKeyOut::from(created.key))
            .unwrap();
        Self {
            id,
            client_id,
            secret,
            key,
            client,
        }
    }

    /// Asks who has this number.
    pub async fn request(&self, phone: &str) -> Answer {
        self.client
            .post("/api/v1/auth/request/")
            .json(json!({ "user_phone_number": phone }))
            .await
    }

    /// Asks with exactly this body.
    pub async fn request_with(&self, body: Value) -> Answer {
        self.client.post("/api/v1/auth/request").json(body).await
    }

    /// The claims of a JWE for this shop.
    pub fn open(&self, jwe: &str) -> Value {
        open(&self.key, jwe).unwrap().claims
    }

    /// Asks, and the answer is 201.
    pub async fn ask(&self, person: &Person) -> Asked {
        Asked::new(&self.request(&person.phone).await.assert_status(201))
    }

    pub async fn status(&self, asked: &Asked) -> Answer {
        self.client
            .get(&format!("/api/v1/auth/status/{}", asked.id))
            .await
    }

    pub async fn result(&self, asked: &Asked) -> Answer {
        self.client
            .post("/api/v1/auth/result/")
            .json(json!({ "transaction_id": asked.id }))
            .await
    }
}
