//! A small app with one route for each thing to try, and its callers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use hanok_base::counters::MemoryCounters;
use hanok_base::i18n::Catalogue;
use hanok_base::{Clock, Random, Timestamp};
use hanok_web::codes;
use hanok_web::live::Live;
use hanok_web::page::{Assets, Organisation};
use hanok_web::{
    Access, Allowed, Ctx, Error, Json, LimitsConfig, MESSAGES, MemoryFlashes, Path, Principal,
    Query, Routes, SignedIn, Stack, StackParts, WebConfig, serve_stack,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;
use uuid::Uuid;

use crate::callers::Callers;

/// Handles on the work of `/api/v1/slow`.
#[derive(Clone, Default)]
pub struct Slow {
    pub started: Arc<Notify>,
    pub release: Arc<Notify>,
    pub done: Arc<Notify>,
}

#[derive(Deserialize, Serialize)]
pub struct Order {
    name: String,
    age: Option<u8>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default, deserialize_with = "hanok_web::extract::optional_object")]
    place: Option<Place>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    city: String,
    kind: Kind,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Home,
    Work,
}

#[derive(Deserialize)]
struct Days {
    days: u32,
}

pub struct Manage;

impl hanok_web::Permission for Manage {
    const NAME: &'static str = "manage";
}

/// The routes of the small app.
pub fn routes(slow: Slow) -> Routes {
    let manage = Access::Permission("manage");
    Routes::<Slow>::new()
        .undocumented(Method::GET, "/api/v1/ping", get(ping), Access::Public)
        .undocumented(Method::POST, "/api/v1/ping", post(ping), Access::Public)
        .undocumented(Method::POST, "/api/v1/orders", post(order), Access::Public)
        .undocumented(
            Method::GET,
            "/api/v1/things/{id}",
            get(thing),
            Access::Public,
        )
        .undocumented(Method::GET, "/api/v1/list", get(list), Access::Public)
        .undocumented(Method::GET, "/api/v1/panic", get(panics), Access::Public)
        .undocumented(Method::POST, "/api/v1/panic", post(panics), Access::Public)
        .undocumented(Method::GET, "/api/v1/fault", get(fault), Access::Public)
        .undocumented(Method::GET, "/api/v1/late", get(late), Access::Public)
        .undocumented(Method::GET, "/api/v1/big", get(big), Access::Public)
        .undocumented(Method::GET, "/api/v1/slow", get(slowly), Access::Public)
        .undocumented(Method::POST, "/api/v1/slow", post(slowly), Access::Public)
        .undocumented(Method::GET, "/api/v1/me", get(me), Access::SignedIn)
        .undocumented(Method::POST, "/api/v1/me", post(me), Access::SignedIn)
        .undocumented(Method::GET, "/api/v1/admin", get(admin), manage)
        .undocumented(Method::GET, "/api/v1/guarded", get(ping), manage)
        .undocumented(
            Method::GET,
            "/plain",
            get(async || "a page"),
            Access::Public,
        )
        .with_state(slow)
}

async fn ping(ctx: Ctx) -> Json<Value> {
    tracing::info!(target: "handler", "asked");
    let device = matches!(ctx.principal, Principal::Device(_));
    Json(json!({
        "address": ctx.address, "agent": ctx.agent, "request_id": ctx.request_id,
        "locale": ctx.locale, "account": ctx.account(), "device": device, "now": ctx.now,
    }))
}

async fn order(Json(order): Json<Order>) -> impl IntoResponse {
    (StatusCode::CREATED, Json(order))
}

async fn thing(Path(id): Path<Uuid>) -> Json<Value> {
    Json(json!({ "id": id }))
}

async fn list(Query(Days { days }): Query<Days>) -> Json<Value> {
    Json(json!({ "days": days }))
}

async fn panics() -> Json<Value> {
    panic!("the roof fell in")
}

async fn fault() -> Result<(), Error> {
    Err(Error::internal("the cellar is flooded"))
}

async fn late() -> Result<(), Error> {
    Err(Error::new(codes::TRANSACTION_EXPIRED))
}

async fn big() -> Json<Value> {
    Json(json!({ "text": "hanok ".repeat(2_000) }))
}

async fn slowly(State(slow): State<Slow>) -> Json<Value> {
    slow.started.notify_one();
    slow.release.notified().await;
    slow.done.notify_one();
    Json(json!({}))
}

async fn me(caller: SignedIn) -> Json<Value> {
    Json(json!({ "account": caller.account }))
}

async fn admin(caller: Allowed<Manage>) -> Json<Value> {
    Json(json!({ "account": caller.account }))
}

/// The default `[web]`.
pub fn web() -> WebConfig {
    WebConfig {
        public_url: "http://localhost:8080".to_owned(),
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        body_limit_bytes: 4_096,
        header_limit_bytes: 8_192,
        timeout_seconds: 30,
        body_timeout_seconds: 15,
        header_timeout_seconds: 10,
        connections_max: 100,
        sockets_max: 100,
        sockets_per_account: 10,
    }
}

/// `[limits]` without limits.
pub fn no_limits() -> LimitsConfig {
    LimitsConfig {
        address_per_minute: 0,
        account_per_minute: 0,
        provider_per_minute: 0,
        api_key_per_minute: 0,
        sign_in_per_minute: 0,
        sign_in_failures_per_address_per_minute: 0,
        phone_sign_in_per_address_per_minute: 0,
        register_per_address_per_minute: 0,
        client_failures_per_address_per_minute: 0,
        user_list_per_minute: 0,
        board_write_per_minute: 0,
        board_light_per_minute: 0,
        counters_max: 1_000,
    }
}

pub fn start() -> Timestamp {
    Timestamp::from_seconds(1_795_239_000)
}

pub fn parts(web: WebConfig) -> StackParts {
    StackParts {
        live: Live::new(&web),
        web,
        limits: no_limits(),
        clock: Clock::manual(start()),
        random: Random::seeded(1),
        counters: Arc::new(MemoryCounters::new()),
        authenticators: vec![Arc::new(Callers)],
        denials: None,
        failures: None,
        catalogue: Arc::new(Catalogue::new(&MESSAGES).unwrap()),
        flashes: Arc::new(MemoryFlashes::new(Random::seeded(2))),
        menu: Vec::new(),
        demo: false,
        organisation: Organisation::default(),
        assets: Assets::in_directory("/nonexistent"),
        session_idle: Duration::from_mins(30),
        bodies: Vec::new(),
    }
}

/// The small app behind the stack with the default configuration.
pub fn stack() -> Stack {
    with(web())
}

/// The small app behind the stack with this `[web]`.
pub fn with(web: WebConfig) -> Stack {
    serve_stack(routes(Slow::default()).into_router(), parts(web)).unwrap()
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The problem's code, after checking what every problem says.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        let code = problem["code"].as_str().unwrap();
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["title"], problem["error"]);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        assert_ne!(problem["detail"], "");
        code.to_owned()
    }

    /// The pointer and code of every field error.
    pub fn fields(&self) -> Vec<(String, String)> {
        let problem = self.json();
        let fields = problem["errors"].as_array().cloned().unwrap_or_default();
        let word = |field: &Value, name: &str| field[name].as_str().unwrap().to_owned();
        fields
            .iter()
            .map(|field| (word(field, "pointer"), word(field, "code")))
            .collect()
    }
}

pub async fn call(stack: &Stack, request: Request) -> Answer {
    let response = stack.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    assert!(
        parts.headers.contains_key("x-request-id"),
        "an answer without request id"
    );
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// `GET path` with headers.
pub async fn fetch(stack: &Stack, path: &str, headers: &[(&str, &str)]) -> Answer {
    call(stack, request(Method::GET, path, headers, Body::empty())).await
}

/// `POST path` of JSON text.
pub async fn send(stack: &Stack, path: &str, json: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = request(Method::POST, path, headers, Body::from(json.to_owned()));
    let kind = "application/json".parse().unwrap();
    request.headers_mut().entry("content-type").or_insert(kind);
    call(stack, request).await
}

pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, value.as_bytes());
    }
    request.body(body).unwrap()
}
