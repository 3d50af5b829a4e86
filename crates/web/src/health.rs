//! Whether the server lives and is ready.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::time::timeout;

use crate::access::Access;
use crate::ctx::Ctx;
use crate::extract::Json;
use crate::routes::Routes;

const PATIENCE: Duration = Duration::from_secs(2);

/// Runs one check: `Err` says what is wrong, to the operator only.
pub type CheckFn = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Something the server needs in order to be of use: the store, the bus.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    run: CheckFn,
}

impl Check {
    /// A check of that name. One that takes longer than 2 seconds has failed.
    pub fn new<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self {
            name,
            run: Arc::new(move || Box::pin(run())),
        }
    }

    async fn outcome(&self) -> Outcome {
        let fault = match timeout(PATIENCE, (self.run)()).await {
            Ok(outcome) => outcome.err(),
            Err(_) => Some("no answer in time".to_owned()),
        };
        if let Some(fault) = &fault {
            tracing::warn!(check = self.name, fault, "not ready");
        }
        Outcome {
            name: self.name,
            ok: fault.is_none(),
            fault,
        }
    }
}

#[derive(Serialize)]
struct Outcome {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<Outcome>>,
}

/// `/health` and `/health/live` say ok while the process answers; `/health/ready` runs the checks.
pub fn routes(checks: Vec<Check>) -> Routes {
    let checks: Arc<[Check]> = checks.into();
    Routes::<Arc<[Check]>>::new()
        .undocumented(Method::GET, "/health", get(alive), Access::Public)
        .undocumented(Method::GET, "/health/live", get(alive), Access::Public)
        .undocumented(Method::GET, "/health/ready", get(ready), Access::Public)
        .with_state(checks)
}

async fn alive() -> Json<Health> {
    Json(Health {
        status: "ok",
        checks: None,
    })
}

/// What each check says is shown to callers on the same machine only.
async fn ready(ctx: Ctx, State(checks): State<Arc<[Check]>>) -> Response {
    let outcomes = join_all(checks.iter().map(Check::outcome)).await;
    let is_ready = outcomes.iter().all(|outcome| outcome.ok);
    let (status, word) = if is_ready {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    let checks = is_here(ctx.address).then_some(outcomes);
    (
        status,
        Json(Health {
            status: word,
            checks,
        }),
    )
        .into_response()
}

fn is_here(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
