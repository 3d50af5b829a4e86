//! Whether the server lives and is ready.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::future::{BoxFuture, join_all};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::access::Access;
use crate::ctx::Ctx;
use crate::extract::Json;
use crate::operator_token::OperatorToken;
use crate::routes::Routes;

const PATIENCE: Duration = Duration::from_secs(2);

/// Runs one check: `Err` says what is wrong, to the operator only.
pub type CheckFn = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Whether the server is of use without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Without it the server is not ready.
    Required,
    /// Without it the server answers all the same: it is degraded.
    Advisory,
}

/// Something the server asks of its neighbours: the store, which it needs; Redis, which it can do without.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    kind: Kind,
    run: CheckFn,
}

impl Check {
    /// A check of that name, without which the server is not ready. One that takes longer than 2 seconds has failed.
    pub fn new<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self {
            name,
            kind: Kind::Required,
            run: Arc::new(move || Box::pin(run())),
        }
    }

    /// A check of something the server can do without: where it fails the server is degraded, and ready.
    pub fn advisory<F, Fut>(name: &'static str, run: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self {
            kind: Kind::Advisory,
            ..Self::new(name, run)
        }
    }

    async fn outcome(&self) -> Outcome {
        let fault = match timeout(PATIENCE, (self.run)()).await {
            Ok(outcome) => outcome.err(),
            Err(_) => Some("no answer in time".to_owned()),
        };
        if let Some(fault) = &fault {
            let degraded = self.kind == Kind::Advisory;
            tracing::warn!(check = self.name, fault, degraded, "a check failed");
        }
        Outcome {
            name: self.name,
            kind: self.kind,
            ok: fault.is_none(),
            fault,
        }
    }
}

#[derive(Serialize)]
struct Outcome {
    name: &'static str,
    #[serde(skip)]
    kind: Kind,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

/// Which server answers: told to callers on the same machine, so that `hanok doctor` knows who holds a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// Its process.
    pub pid: u32,
    /// Its data directory, from the root on.
    pub data_dir: PathBuf,
    /// The address under which people reach it.
    pub public_url: String,
}

impl Whose {
    /// This process, with its data directory and the address under which people reach it.
    pub fn of_this_process(data_dir: &Path, public_url: &str) -> Self {
        Self {
            pid: std::process::id(),
            data_dir: data_dir
                .canonicalize()
                .unwrap_or_else(|_| data_dir.to_owned()),
            public_url: public_url.to_owned(),
        }
    }
}

/// What is checked, whose token is told more, and which server this is.
#[derive(Clone)]
struct Watched {
    checks: Arc<[Check]>,
    token: OperatorToken,
    whose: Option<Whose>,
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<Outcome>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<Whose>,
}

/// `/health` and `/health/live` say ok while the process answers; `/health/ready` runs the checks, and tells them one
/// by one on this machine and to whoever carries `token`.
pub fn routes(checks: Vec<Check>, token: OperatorToken) -> Routes {
    watched(Watched {
        checks: checks.into(),
        token,
        whose: None,
    })
}

/// The same; `/health` also tells them which server this is.
pub fn routes_of(whose: Whose, checks: Vec<Check>, token: OperatorToken) -> Routes {
    watched(Watched {
        checks: checks.into(),
        token,
        whose: Some(whose),
    })
}

fn watched(watched: Watched) -> Routes {
    Routes::<Watched>::new()
        .undocumented(Method::GET, "/health", get(whose), Access::Public)
        .undocumented(Method::GET, "/health/live", get(alive), Access::Public)
        .undocumented(Method::GET, "/health/ready", get(ready), Access::Public)
        .with_state(watched)
}

async fn whose(ctx: Ctx, State(watched): State<Watched>, headers: HeaderMap) -> Json<Health> {
    let known = watched
        .whose
        .filter(|_| is_here(ctx.address) || watched.token.is_in(&headers));
    Json(Health {
        status: "ok",
        checks: None,
        server: known,
    })
}

async fn alive() -> Json<Health> {
    Json(Health {
        status: "ok",
        checks: None,
        server: None,
    })
}

async fn ready(ctx: Ctx, State(watched): State<Watched>, headers: HeaderMap) -> Response {
    let outcomes = join_all(watched.checks.iter().map(Check::outcome)).await;
    let has_failed = |kind| {
        let mut outcomes = outcomes.iter();
        outcomes.any(|outcome| !outcome.ok && outcome.kind == kind)
    };
    let (status, word) = if has_failed(Kind::Required) {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    } else if has_failed(Kind::Advisory) {
        (StatusCode::OK, "degraded")
    } else {
        (StatusCode::OK, "ok")
    };
    let may_know = is_here(ctx.address) || watched.token.is_in(&headers);
    let checks = may_know.then_some(outcomes);
    (
        status,
        Json(Health {
            status: word,
            checks,
            server: None,
        }),
    )
        .into_response()
}

fn is_here(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
