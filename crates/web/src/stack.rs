//! The stack: every request walks through it, in one order, and every answer leaves through it.
//!
//! In: request id, client address, sizes, https, CORS, trailing slash, limit by address, body bounds,
//! a task of its own for unsafe requests with time limit and panic net, who is calling, cross-site
//! check, limits by caller, the router.
//! Out: problems rendered in the caller's language, security headers, CORS, compression, request id,
//! one line in the request log.
//!
//! One service with plain steps instead of a tower of boxed layers: a request costs few allocations.

mod address;
mod authenticate;
mod compress;
mod cors;
mod cross_site;
mod detach;
mod headers;
mod https;
mod limits;
mod log;
mod page;
mod path;
mod render;
mod request_id;
mod route;
mod sizes;

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use axum::response::{IntoResponse, Response};
use hanok_base::config::Problem;
use hanok_base::counters::SharedCounters;
use hanok_base::i18n::{Catalogue, Locale};
use hanok_base::{Clock, Random};
use tokio_util::task::TaskTracker;
use tower::Service;
use tracing::Instrument;

use crate::body;
use crate::codes;
use crate::config::{LimitsConfig, Settings, WebConfig};
use crate::error::{Error, Refusal};
use crate::exchange::{Exchange, Opening};
use crate::principal::{Authenticate, Denials};
use crate::rate_limit::RateLimits;

use limits::CallerLimits;
use log::AccessLine;
use render::Outline;

/// The other end of the connection a request came on; the listener puts it into the request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// What the stack is made of.
pub struct StackParts {
    /// `[web]`.
    pub web: WebConfig,
    /// `[limits]`.
    pub limits: LimitsConfig,
    /// The clock.
    pub clock: Clock,
    /// The random source, for request ids.
    pub random: Random,
    /// Where limits are counted.
    pub counters: Arc<dyn SharedCounters>,
    /// Who finds out who is calling; the first that knows wins.
    pub authenticators: Vec<Arc<dyn Authenticate>>,
    /// Who hears of refusals for lack of permission.
    pub denials: Option<Arc<dyn Denials>>,
    /// The messages of the program, [`MESSAGES`](crate::MESSAGES) among them.
    pub catalogue: Arc<Catalogue>,
}

/// The whole server as one service: the routes behind every step of the stack. Cheap to clone.
#[derive(Clone)]
pub struct Stack(Arc<Inner>);

struct Inner {
    router: Router,
    settings: Settings,
    clock: Clock,
    random: Random,
    limits: CallerLimits,
    authenticators: Vec<Arc<dyn Authenticate>>,
    denials: Option<Arc<dyn Denials>>,
    catalogue: Arc<Catalogue>,
    tasks: TaskTracker,
}

/// Puts the stack around `router`.
///
/// # Errors
/// What is wrong with `[web]`, which [`WebConfig`]'s validation finds as well.
pub fn serve_stack(router: Router, parts: StackParts) -> Result<Stack, Vec<Problem>> {
    let settings = parts.web.settings()?;
    Ok(Stack(Arc::new(Inner {
        router: router.layer(route::NoteRoute),
        settings,
        clock: parts.clock,
        random: parts.random,
        limits: CallerLimits::new(RateLimits::new(parts.counters), &parts.limits),
        authenticators: parts.authenticators,
        denials: parts.denials,
        catalogue: parts.catalogue,
        tasks: TaskTracker::new(),
    })))
}

impl Stack {
    /// An id for something that never became a request.
    pub(crate) fn new_request_id(&self) -> String {
        request_id::new(&self.0.clock, &self.0.random)
    }

    /// Waits for the unsafe requests that are still at work, their callers gone or not.
    pub async fn finish(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }
}

impl<B> Service<Request<B>> for Stack
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let inner = Arc::clone(&self.0);
        let request = request.map(Body::new);
        Box::pin(async move { Ok(inner.answer(request).await) })
    }
}

impl Inner {
    async fn answer(self: Arc<Self>, request: Request) -> Response {
        let exchange = Arc::new(self.open(&request));
        let line = AccessLine::start(&exchange, request.method());
        let outline = Outline::of(&request, &self.settings);
        let span = tracing::info_span!("request", id = %exchange.request_id);
        let answered = Arc::clone(&self).walk(Arc::clone(&exchange), request);
        let response = match answered.instrument(span.clone()).await {
            Ok(response) => response,
            Err(refused) => refused.into_response(),
        };
        let response = span.in_scope(|| self.finish(response, &exchange, &outline));
        let response = compress::compress(response, &outline).await;
        span.in_scope(|| line.end(response.status()));
        response
    }

    /// What is known of a request before anything is decided.
    fn open(&self, request: &Request) -> Exchange {
        let headers = request.headers();
        let peer = request
            .extensions()
            .get::<Peer>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |Peer(address)| {
                address.ip().to_canonical()
            });
        let via_proxy = address::is_trusted(peer, &self.settings.trusted);
        Exchange::new(Opening {
            request_id: request_id::of(headers, via_proxy, &self.clock, &self.random),
            address: address::client(peer, headers, &self.settings.trusted),
            agent: address::agent(headers),
            now: self.clock.now(),
            by_proxy: via_proxy,
            accepted: accepted_language(headers),
        })
    }

    /// The way in, up to the point where an unsafe request gets a task of its own.
    async fn walk(
        self: Arc<Self>,
        exchange: Arc<Exchange>,
        mut request: Request,
    ) -> Result<Response, Error> {
        sizes::check(&request, &self.settings)?;
        if let Some(redirect) = https::redirect(&request, &exchange, &self.settings) {
            return Ok(redirect);
        }
        if let Some(preflight) = cors::preflight(&request, &self.settings.cors) {
            return Ok(preflight);
        }
        let sent = request.uri().clone();
        path::drop_trailing_slash(request.uri_mut());
        self.limits.by_address(&exchange).await?;
        request.extensions_mut().insert(Arc::clone(&exchange));
        let bounds = (self.settings.body_limit, self.settings.body_timeout);
        let request = request.map(|body| body::bounded(body, bounds.0, bounds.1));
        let work = detach::Work {
            safe: request.method().is_safe(),
            timeout: self.settings.timeout,
        };
        let stack = Arc::clone(&self);
        work.run(&self.tasks, async move {
            stack.handle(exchange, request, sent).await
        })
        .await
    }

    /// Who is calling, whether they may, and the handler.
    async fn handle(
        self: Arc<Self>,
        exchange: Arc<Exchange>,
        request: Request,
        sent: axum::http::Uri,
    ) -> Result<Response, Error> {
        let (principal, request) =
            authenticate::authenticate(&self.authenticators, &exchange, request, &sent).await?;
        cross_site::check(&principal, &request, &self.settings)?;
        exchange.settle(principal);
        self.limits.by_caller(&exchange).await?;
        let method = self.denials.as_ref().map(|_| request.method().clone());
        let mut router = self.router.clone();
        let response = router.call(request).await.into_response();
        if let (Some(denials), Some(method)) = (&self.denials, method)
            && Refusal::code_in(&response) == Some(codes::FORBIDDEN)
        {
            denials
                .denied(exchange.ctx(), method, exchange.route().to_owned())
                .await;
        }
        Ok(response)
    }

    /// The way out, but for compression and the log.
    fn finish(&self, response: Response, exchange: &Exchange, outline: &Outline) -> Response {
        let mut response = render::render(response, exchange, outline, &self.catalogue);
        if let Some(limit) = exchange.take_limit() {
            limit.write(response.headers_mut());
        }
        headers::add(response.headers_mut(), outline, &self.settings);
        cors::allow(response.headers_mut(), outline.cors_origin.as_ref());
        request_id::tell(response.headers_mut(), exchange);
        response
    }
}

fn accepted_language(headers: &HeaderMap) -> Locale {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|header| header.to_str().ok());
    header.map_or(Locale::default(), Locale::from_accept_language)
}
