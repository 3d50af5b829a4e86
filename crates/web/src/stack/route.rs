//! Notes which route answers, for the request log.

use std::task::{Context, Poll};

use axum::extract::{MatchedPath, Request};
use tower::{Layer, Service};

use crate::exchange::Exchange;

/// Puts the matched path into the exchange.
#[derive(Clone, Copy)]
pub(super) struct NoteRoute;

/// A route that notes itself.
#[derive(Clone)]
pub(super) struct Noting<S>(S);

impl<S> Layer<S> for NoteRoute {
    type Service = Noting<S>;

    fn layer(&self, inner: S) -> Noting<S> {
        Noting(inner)
    }
}

impl<S: Service<Request>> Service<Request> for Noting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        let extensions = request.extensions();
        if let (Ok(exchange), Some(path)) =
            (Exchange::of(extensions), extensions.get::<MatchedPath>())
        {
            let _ = exchange.route.set(path.clone());
        }
        self.0.call(request)
    }
}
