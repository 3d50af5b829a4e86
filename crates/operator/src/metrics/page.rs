//! `GET /metrics`: on the main listener with the operator's token, on the listener of its own without.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hanok_web::{Access, Error, OperatorToken, Routes};

use super::Metrics;

const PATH: &str = "/metrics";
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

#[derive(Clone)]
struct Guarded {
    metrics: Option<Metrics>,
    token: OperatorToken,
}

/// `GET /metrics` for whoever carries `token`. Where there is none, or nothing is counted, there is no such page.
pub fn routes(metrics: Option<Metrics>, token: OperatorToken) -> Routes {
    Routes::<Guarded>::new()
        .undocumented(Method::GET, PATH, get(with_token), Access::Public)
        .with_state(Guarded { metrics, token })
}

async fn with_token(State(guarded): State<Guarded>, headers: HeaderMap) -> Result<Response, Error> {
    let metrics = guarded.metrics.filter(|_| guarded.token.is_set());
    let metrics = metrics.ok_or_else(Error::not_found)?;
    if !guarded.token.is_in(&headers) {
        return Err(Error::unauthorized());
    }
    Ok(told(&metrics.page().await))
}

/// The same without a token.
pub(super) fn aside(metrics: Metrics) -> Router {
    Router::new()
        .route(
            PATH,
            get(async |State(metrics): State<Metrics>| told(&metrics.page().await)),
        )
        .with_state(metrics)
}

fn told(page: &Arc<str>) -> Response {
    ([(CONTENT_TYPE, FORMAT)], page.to_string()).into_response()
}
