//! Random calls of every route: what is sent may be anything, what is answered is never a fault of ours.

mod body;
mod cast;
mod dice;
mod head;

use hanok_base::Random;
use hanok_db::Db;
use hanok_web::RouteEntry;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::kit::House;
use cast::Cast;
use dice::Dice;

/// After so many calls the people are new: the calls before have locked, signed out and changed them.
const RENEWED_AFTER: u32 = 50;

/// A call, as it is written into the failure.
struct Sent {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl std::fmt::Display for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let target: String = self.target.chars().take(300).collect();
        let body: String = String::from_utf8_lossy(&self.body)
            .chars()
            .take(2_000)
            .collect();
        write!(f, "{} {target}\n{:?}\n{body:?}", self.method, self.headers)
    }
}

/// Calls every route so often.
async fn call_every_route(db: Db, seed: u64, times: u32) {
    let mut house = House::build(
        hanok_testkit::TestApp::builder(db),
        &[],
        |config| {
            config.per_phone_10min = 10_000;
            config.per_phone_provider_10min = 10_000;
            config.per_phone_provider_day = 10_000;
        },
        |_| {},
    )
    .await;
    let document = house.app.client().get("/api/openapi.json").await.body;
    let dice = Dice(Random::seeded(seed));
    let http = plain_client();
    let mut answered: std::collections::BTreeMap<u16, u32> = std::collections::BTreeMap::new();
    for entry in house.app.entries.clone() {
        let schema = schema(&document, &entry);
        let mut cast = Cast::new(&house).await;
        for number in 0..times {
            if number % RENEWED_AFTER == RENEWED_AFTER - 1 {
                cast = Cast::new(&house).await;
            }
            let sent = head::call(&dice, &cast, &entry, &schema);
            let status = send(&http, &house, sent).await;
            *answered.entry(status.as_u16()).or_default() += 1;
        }
    }
    // The random calls reach what they are for: each class of answer is among them.
    for status in [200, 201, 204, 400, 401, 403, 404, 405, 413, 415] {
        assert!(answered.contains_key(&status), "{status}: {answered:?}");
    }
    assert!(house.app.verify_audit().await.is_whole());
    // What was asked at random may be told to addresses that are nobody's: no callback leaves.
    house.app.leave_undone();
    house.app.finish().await;
}

fn plain_client() -> reqwest::Client {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test calls its own server on loopback"
    )]
    let builder = reqwest::Client::builder();
    let redirect = reqwest::redirect::Policy::none();
    // A connection of its own for each call: one that broke is then this call's doing.
    let alone = builder.no_proxy().pool_max_idle_per_host(0);
    alone.redirect(redirect).build().unwrap()
}

/// The schema of a route's body, references resolved where they stand; null where it has none.
fn schema(document: &Value, entry: &RouteEntry) -> Value {
    let path = entry
        .path
        .replace("/auth/api/", "/auth/")
        .replace('~', "~0")
        .replace('/', "~1");
    let method = entry.method.as_str().to_lowercase();
    let pointer = format!("/paths/{path}/{method}/requestBody/content/application~1json/schema");
    document
        .pointer(&pointer)
        .map_or(Value::Null, |schema| resolved(document, schema))
}

fn resolved(document: &Value, schema: &Value) -> Value {
    let reference = schema["$ref"]
        .as_str()
        .and_then(|name| name.strip_prefix('#'));
    match (reference.and_then(|name| document.pointer(name)), schema) {
        (Some(found), _) => resolved(document, found),
        (None, Value::Object(members)) => members
            .iter()
            .map(|(name, member)| (name.clone(), resolved(document, member)))
            .collect(),
        (None, Value::Array(items)) => items.iter().map(|item| resolved(document, item)).collect(),
        (None, other) => other.clone(),
    }
}

/// Whether a refusal says what it is: a problem, or where the path is a page's, a page.
fn is_told(answer: &hanok_testkit::Answer, sent: &Sent) -> bool {
    if answer.header("content-type").starts_with("text/html") {
        return !sent.target.starts_with("/api/") && answer.text.contains("<main id=\"main\"");
    }
    // Engine.IO has a form of refusal of its own, which its clients read.
    if sent.target.starts_with("/socket.io") && answer.body["message"].is_string() {
        return true;
    }
    std::panic::catch_unwind(|| answer.problem_code()).is_ok()
}

/// Sends it and looks at the answer.
async fn send(http: &reqwest::Client, house: &House, sent: Sent) -> StatusCode {
    let url = format!("{}{}", house.app.base_url, sent.target);
    let request = http
        .request(sent.method.clone(), url)
        .headers(sent.headers.clone())
        .body(sent.body.clone());
    let response = match request.send().await {
        Ok(response) => response,
        // The server may hang up on a body that it refuses to read.
        Err(_) if sent.body.len() > 1 << 20 => return StatusCode::PAYLOAD_TOO_LARGE,
        Err(error) => panic!("{error:?}\n{sent}"),
    };
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap_or_default();
    let answer = hanok_testkit::Answer {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    };
    let is_head = sent.method == Method::HEAD;
    if status.is_server_error() {
        let busy = status == StatusCode::SERVICE_UNAVAILABLE && answer.body["code"] == "busy";
        assert!(busy, "{status} {}\n{sent}", answer.text);
    }
    if status.as_u16() >= 400 && !is_head {
        assert!(is_told(&answer, &sent), "{status} {}\n{sent}", answer.text);
        let id = answer.header("x-request-id");
        assert!(!id.is_empty(), "{status} {}\n{sent}", answer.text);
    }
    status
}

#[test]
fn no_random_call_is_answered_with_a_fault_on_sqlite() {
    hanok_db::testing::on_sqlite(&crate::kit::sets(), async |db| {
        call_every_route(db, 20_261_121, 200).await;
        Ok(())
    });
}

#[test]
fn no_random_call_is_answered_with_a_fault_on_postgres() {
    hanok_db::testing::on_postgres(&crate::kit::sets(), async |db| {
        call_every_route(db, 11, 40).await;
        Ok(())
    });
}
