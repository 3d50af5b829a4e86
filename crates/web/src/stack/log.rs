//! The request log: one line for every request, without query strings and bodies.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use tokio::time::Instant;

use crate::exchange::Exchange;
use crate::metrics::RequestMeter;

/// What a request that its caller gave up is logged as.
const HUNG_UP: u16 = 499;

/// The line of one request, written when it ends, however it ends.
pub(super) struct AccessLine {
    exchange: Arc<Exchange>,
    method: Method,
    started: Instant,
    status: u16,
    meter: Arc<RequestMeter>,
}

impl AccessLine {
    pub(super) fn start(
        exchange: &Arc<Exchange>,
        method: &Method,
        meter: &Arc<RequestMeter>,
    ) -> Self {
        let exchange = Arc::clone(exchange);
        meter.begin();
        Self {
            exchange,
            method: method.clone(),
            started: Instant::now(),
            status: HUNG_UP,
            meter: Arc::clone(meter),
        }
    }

    pub(super) fn end(mut self, status: StatusCode) {
        self.status = status.as_u16();
    }
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        let Self {
            exchange,
            method,
            started,
            status,
            meter,
        } = self;
        let took = started.elapsed();
        meter.end(exchange, method, *status, took);
        let elapsed = took.as_secs_f64() * 1_000.0;
        tracing::info!(
            target: "access",
            method = method.as_str(),
            route = exchange.route(),
            status,
            duration_ms = (elapsed * 1_000.0).round() / 1_000.0,
            account = exchange.principal().account().map(display),
            request_id = exchange.request_id.as_str(),
            address = %exchange.address,
        );
    }
}
