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
mod bodies;
mod compress;
mod cors;
mod cross_site;
mod detach;
mod failures;
mod headers;
mod https;
mod limits;
mod log;
mod own_page;
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
use std::time::Duration;

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
use crate::cookie::{self, Cookie};
use crate::error::{Error, Refusal};
use crate::exchange::{Exchange, Opening};
use crate::failure::Failures;
use crate::flash::{self, FLASH_LIFE, FlashStore};
use crate::live::{self, Admission, Live};
use crate::metrics::RequestMeter;
use crate::page::{Around, Assets, MenuEntry, Organisation};
use crate::preferences;
use crate::principal::{Authenticate, Denials};
use crate::rate_limit::RateLimits;
use crate::redirect::Leaving;
use crate::routes::RouteBody;

pub(crate) use cross_site::is_ours;
pub use own_page::OwnPage;

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
    /// Who hears of faults of ours.
    pub failures: Option<Arc<dyn Failures>>,
    /// The messages of the program, [`MESSAGES`](crate::MESSAGES) among them.
    pub catalogue: Arc<Catalogue>,
    /// Where flashes are kept.
    pub flashes: Arc<dyn FlashStore>,
    /// The navigation, in its order.
    pub menu: Vec<MenuEntry>,
    /// Whether this is the demo, which every page says.
    pub demo: bool,
    /// Whose house it is: its name, the time zone that pages tell time in, the language of whoever asks for none.
    pub organisation: Organisation,
    /// What `web/` built.
    pub assets: Assets,
    /// How long a browser session lasts without its person; pages warn a minute before.
    pub session_idle: Duration,
    /// The socket, whose routes are among the router's.
    pub live: Live,
    /// The routes whose bodies have bounds of their own.
    pub bodies: Vec<RouteBody>,
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
    failures: Option<Arc<dyn Failures>>,
    flashes: Arc<dyn FlashStore>,
    around: Around,
    tasks: TaskTracker,
    live: Live,
    bodies: Vec<RouteBody>,
    meter: Arc<RequestMeter>,
}

/// Puts the stack around `router`.
///
/// # Errors
/// What is wrong with `[web]`, which [`WebConfig`]'s validation finds as well.
pub fn serve_stack(router: Router, parts: StackParts) -> Result<Stack, Vec<Problem>> {
    let settings = parts.web.settings()?;
    parts.live.open(Admission {
        authenticators: parts.authenticators.clone(),
        settings: Arc::new(settings.clone()),
        clock: parts.clock.clone(),
        denials: parts.denials.clone(),
    });
    Ok(Stack(Arc::new(Inner {
        router: router.layer(route::NoteRoute),
        settings,
        clock: parts.clock,
        random: parts.random,
        limits: CallerLimits::new(RateLimits::new(parts.counters), &parts.limits),
        authenticators: parts.authenticators,
        denials: parts.denials,
        failures: parts.failures,
        flashes: parts.flashes,
        around: Around {
            catalogue: parts.catalogue,
            menu: parts.menu,
            demo: parts.demo,
            organisation: parts.organisation,
            assets: parts.assets,
            session_idle: parts.session_idle,
        },
        tasks: TaskTracker::new(),
        live: parts.live,
        bodies: parts.bodies,
        meter: Arc::new(RequestMeter::new()),
    })))
}

impl Stack {
    /// An id for something that never became a request.
    pub(crate) fn new_request_id(&self) -> String {
        request_id::new(&self.0.clock, &self.0.random)
    }

    /// Closes every socket: they would stay open for as long as their clients like.
    pub(crate) fn close_sockets(&self) {
        self.0.live.close();
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
        let line = AccessLine::start(&exchange, request.method(), &self.meter);
        let outline = Outline::of(&request, &self.settings);
        let span = tracing::info_span!("request", id = %exchange.request_id);
        let answered = Arc::clone(&self).walk(Arc::clone(&exchange), request);
        let response = match answered.instrument(span.clone()).await {
            Ok(response) => response,
            Err(refused) => refused.into_response(),
        };
        let response = self
            .flashes(response, &exchange)
            .instrument(span.clone())
            .await;
        let response = span.in_scope(|| self.finish(response, &exchange, &outline));
        failures::tell(self.failures.as_ref(), &self.tasks, &exchange)
            .instrument(span.clone())
            .await;
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
        let by_name = |name| {
            let name = Cookie::name_over(name, self.settings.is_https);
            cookie::read(headers, &name)
        };
        let chosen = by_name(preferences::LANGUAGE).and_then(|tag| tag.parse().ok());
        let via_proxy = address::is_trusted(peer, &self.settings.trusted);
        Exchange::new(Opening {
            request_id: request_id::of(headers, via_proxy, &self.clock, &self.random),
            address: address::client(peer, headers, &self.settings.trusted),
            agent: address::agent(headers),
            now: self.clock.now(),
            by_proxy: via_proxy,
            accepted: chosen
                .or_else(|| accepted_language(headers))
                .unwrap_or_else(|| self.around.organisation.get().locale),
            theme: by_name(preferences::THEME).and_then(|word| word.parse().ok()),
            origin: Arc::clone(&self.settings.origin),
            method: request.method().clone(),
            target: request
                .uri()
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            flash_token: by_name(flash::COOKIE).map(str::to_owned),
            flashes: Arc::clone(&self.flashes),
        })
    }

    /// The way in, up to the point where an unsafe request gets a task of its own.
    async fn walk(
        self: Arc<Self>,
        exchange: Arc<Exchange>,
        mut request: Request,
    ) -> Result<Response, Error> {
        let bounds = bodies::bounds(&request, &self.settings, &self.bodies);
        sizes::check(&request, &self.settings, bounds.bytes)?;
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
        let request = request.map(|body| body::bounded(body, bounds.bytes, bounds.time));
        let is_safe = request.method().is_safe();
        let is_poll = is_safe && request.uri().path() == live::PATH;
        let work = detach::Work {
            safe: is_safe,
            timeout: if is_poll {
                live::LONGEST_POLL
            } else {
                // What comes slowly by right leaves as much time for the work as any other.
                let longer = bounds.time.saturating_sub(self.settings.body_timeout);
                self.settings.timeout + longer
            },
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
        // The socket asks by itself, once for a connection, and its polls keep no session awake.
        let asked: &[_] = if request.uri().path() == live::PATH {
            &[]
        } else {
            &self.authenticators
        };
        let (principal, request) =
            authenticate::authenticate(asked, &exchange, request, &sent).await?;
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

    /// Keeps what the answer leaves for the next page, and takes what the last one left for this.
    async fn flashes(&self, mut response: Response, exchange: &Exchange) -> Response {
        if let Some(Leaving(flash)) = response.extensions_mut().remove::<Leaving>() {
            match self.flashes.put(flash, exchange.now).await {
                Ok(token) => {
                    let named = Cookie::new(flash::COOKIE, token).max_age(FLASH_LIFE);
                    cookie::set(&mut response, named);
                }
                Err(fault) => return fault.into_response(),
            }
        } else if exchange.has_flash() && page::shows_flash(&response) {
            cookie::set(&mut response, Cookie::gone(flash::COOKIE));
            if let Err(fault) = exchange.flash().await {
                return fault.into_response();
            }
        } else if exchange.has_flash() && cookie::forgets_flash(&response) {
            cookie::set(&mut response, Cookie::gone(flash::COOKIE));
        }
        response
    }

    /// The way out, but for compression and the log.
    fn finish(&self, response: Response, exchange: &Exchange, outline: &Outline) -> Response {
        let mut response = render::render(response, exchange, outline, &self.around);
        cookie::write(&mut response, self.settings.is_https);
        if let Some(limit) = exchange.take_limit() {
            limit.write(response.headers_mut());
        }
        headers::add(response.headers_mut(), outline, &self.settings);
        cors::allow(response.headers_mut(), outline.cors_origin.as_ref());
        request_id::tell(response.headers_mut(), exchange);
        response
    }
}

fn accepted_language(headers: &HeaderMap) -> Option<Locale> {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|header| header.to_str().ok());
    header.and_then(Locale::from_accept_language)
}
