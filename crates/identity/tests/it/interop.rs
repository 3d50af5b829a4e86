//! The provider guide's own examples open what is really sent: plain Java 17, Node `jose`, Python
//! `jwcrypto` and `joserfc`.

use std::io::Write;
use std::process::{Command, Stdio};

use hanok_db::Db;
use hanok_testkit::{Reply, Sink, TestApp};
use serde_json::{Value, json};

use crate::kit::{Asked, House, Shop};
use crate::receiver::{Told, told};

/// `tests/interop/run` says so where the machine lacks a language or its library.
const NOT_AVAILABLE: i32 = 69;
const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/interop/run");

/// Callbacks as they came over the wire, and all that their receiver knows.
struct Wire {
    shop: Shop,
    /// A key that opens nothing here.
    spare: Value,
    asked: Vec<String>,
    bodies: Vec<String>,
    told: Vec<Told>,
}

/// A completion, told at the second attempt, and a refusal, of this very moment.
async fn wire(db: Db) -> Wire {
    let sink = Sink::start().await;
    let builder = TestApp::builder(db).at_the_real_time();
    let house = House::build(
        builder,
        &[&sink],
        |config| config.synthetic_ci = true,
        |_| {},
    )
    .await;
    let input = json!({ "callback_url": sink.url("/callback"), "ci_entitled": true });
    let shop = house.provider("A 쇼핑몰", input).await;
    let spare = house.polling_shop("B 서점").await.key;
    let (person, phone) = house.paired("haneul").await;
    let state = "되돌아온 \\ \"state\" \u{1f3e0}";
    let body = json!({ "user_phone_number": person.phone, "state": state });
    let completed = Asked::new(&shop.request_with(body).await.assert_status(201));
    sink.answer_next(Reply::Status(500));
    house
        .confirm(&phone, &completed, &person.pin)
        .await
        .assert_status(200);
    house.app.settle().await;
    house.try_again().await;
    let denied = shop.ask(&person).await;
    let no = json!({ "transaction_id": denied.id });
    phone
        .post("/api/v1/auth/deny")
        .json(no)
        .await
        .assert_status(200);
    house.app.settle().await;
    let (mut told, mut bodies) = (told(&shop, &sink), sink.received());
    let first = (told.remove(0), bodies.remove(0));
    assert_eq!(first.0.claims["jti"], told[0].claims["jti"]);
    assert_ne!(first.1.body, bodies[0].body);
    assert_eq!(told[0].claim("state"), state);
    house.app.finish().await;
    Wire {
        shop,
        spare,
        asked: vec![completed.id, denied.id],
        bodies: bodies.into_iter().map(|one| one.body).collect(),
        told,
    }
}

/// What an example said: the claims, or that it refused; `None` where this machine cannot run it.
#[expect(
    clippy::print_stdout,
    reason = "a test that does not run must not look as if it had"
)]
fn run(example: &str, input: &Value) -> Option<Result<Value, String>> {
    let mut command = Command::new(RUN);
    command
        .arg(example)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that ends without reading has refused or is not there; its exit code says which.
    let written = child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes());
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(NOT_AVAILABLE) => {
            println!("not run: {error}");
            None
        }
        Some(0) => Some(Ok(serde_json::from_slice(&output.stdout).unwrap())),
        _ => {
            assert!(
                written.is_ok() && error.starts_with("refused: "),
                "{example}: {error}"
            );
            Some(Err(error))
        }
    }
}

impl Wire {
    fn given(&self, jwe: &str) -> Value {
        json!({
            "jwe": jwe, "keys": [self.spare, self.shop.key], "client_id": self.shop.client_id,
            "asked": self.asked, "seen": [],
        })
    }

    /// The completion with one bit of one part changed.
    fn changed(&self, part: usize) -> String {
        let mut parts: Vec<Vec<u8>> = self.bodies[0]
            .split('.')
            .map(|part| part.as_bytes().to_vec())
            .collect();
        let middle = parts[part].len() / 2;
        let letter = &mut parts[part][middle];
        *letter = if *letter == b'A' { b'B' } else { b'A' };
        parts
            .into_iter()
            .map(|part| String::from_utf8(part).unwrap())
            .collect::<Vec<_>>()
            .join(".")
    }

    /// What a receiver must refuse, and why. `tests/interop/selftest` has every other case.
    fn bad(&self) -> Vec<(&'static str, Value)> {
        let mut elsewhere = self.given(&self.bodies[0]);
        elsewhere["keys"] = json!([self.spare]);
        vec![
            ("a changed header", self.given(&self.changed(0))),
            ("a changed content", self.given(&self.changed(3))),
            ("a key of another name", elsewhere),
        ]
    }

    fn opens_with(&self, example: &str) {
        for (body, told) in self.bodies.iter().zip(&self.told) {
            let Some(said) = run(example, &self.given(body)) else {
                return;
            };
            assert_eq!(said.as_ref(), Ok(&told.claims), "{example}");
        }
        for (why, input) in self.bad() {
            let said = run(example, &input).unwrap();
            assert!(said.is_err(), "{example} accepts {why}: {said:?}");
        }
    }
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn plain_java_opens_a_callback_and_refuses_a_changed_one(db: Db) {
        wire(db).await.opens_with("java");
    }

    async fn node_jose_opens_a_callback_and_refuses_a_changed_one(db: Db) {
        wire(db).await.opens_with("jose");
    }

    async fn python_jwcrypto_opens_a_callback_and_refuses_a_changed_one(db: Db) {
        wire(db).await.opens_with("jwcrypto");
    }

    async fn python_joserfc_opens_a_callback_and_refuses_a_changed_one(db: Db) {
        wire(db).await.opens_with("joserfc");
    }
}
