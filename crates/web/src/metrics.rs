//! What the web floor measures: requests, refusals, who calls how often, open sockets.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::http::Method;
use hanok_base::metric::Metric;
use metrics::{Counter, Gauge, Histogram};
use uuid::Uuid;

use crate::codes::Code;
use crate::exchange::Exchange;
use crate::live::Live;

const REQUESTS: &str = "hanok_http_requests_total";
const DURATION: &str = "hanok_http_request_duration_seconds";
const IN_FLIGHT: &str = "hanok_http_requests_in_flight";
const REFUSED: &str = "hanok_http_refused_requests_total";
const API_KEYS: &str = "hanok_api_key_requests_total";
const SOCKETS: &str = "hanok_live_sockets";

/// The metrics of this crate.
pub const METRICS: &[Metric] = &[
    Metric::counter(
        REQUESTS,
        "Requests that ended, by route template, method and class of status; one that its caller gave up is 4xx.",
    ),
    Metric::histogram(
        DURATION,
        &[
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
        ],
        "Time from a request's head to its answer's, by route template and method.",
    ),
    Metric::gauge(IN_FLIGHT, "Requests that are being answered now."),
    Metric::counter(
        REFUSED,
        "Requests refused or failed, by the code of the problem that they were answered.",
    ),
    Metric::counter(
        API_KEYS,
        "Requests by API key (its id); those of further keys count as other.",
    ),
    Metric::gauge(
        SOCKETS,
        "Live sockets (Socket.IO) that are open in this process.",
    ),
];

/// The methods that have a label of their own.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The label of a method: one of a few, whatever a client sends.
fn method_label(method: &Method) -> &'static str {
    let known = METHODS.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("other")
}

/// Requests by route and method. The handles of each pair are fetched once.
pub(crate) struct RequestMeter {
    in_flight: Gauge,
    api_keys: Callers,
    routes: RwLock<HashMap<Box<str>, Arc<RouteMeter>>>,
}

/// One route with its methods.
#[derive(Default)]
struct RouteMeter([OnceLock<MethodMeter>; METHODS.len() + 1]);

struct MethodMeter {
    route: Box<str>,
    method: &'static str,
    duration: Histogram,
    classes: [OnceLock<Counter>; CLASSES.len()],
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl RequestMeter {
    pub(crate) fn new() -> Self {
        Self {
            in_flight: metrics::gauge!(IN_FLIGHT),
            api_keys: Callers::new(API_KEYS, "api_key"),
            routes: RwLock::default(),
        }
    }

    /// A request came.
    pub(crate) fn begin(&self) {
        self.in_flight.increment(1.0);
    }

    /// It ended.
    pub(crate) fn end(&self, of: &Exchange, method: &Method, status: u16, took: Duration) {
        self.in_flight.decrement(1.0);
        if let Some(key) = of.principal().caller().and_then(|caller| caller.api_key) {
            self.api_keys.count(key);
        }
        let route = of.route();
        let route_meter = self.route(route);
        let label = method_label(method);
        let place = METHODS.iter().position(|known| *known == label);
        let slot = route_meter.0.get(place.unwrap_or(METHODS.len()));
        if let Some(slot) = slot {
            slot.get_or_init(|| MethodMeter::new(route, label))
                .record(status, took);
        }
    }

    fn route(&self, route: &str) -> Arc<RouteMeter> {
        let known = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(meter) = known.get(route) {
            return Arc::clone(meter);
        }
        drop(known);
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(routes.entry(route.into()).or_default())
    }
}

impl MethodMeter {
    fn new(route: &str, method: &'static str) -> Self {
        Self {
            duration: metrics::histogram!(DURATION, "route" => route.to_owned(), "method" => method),
            route: route.into(),
            method,
            classes: Default::default(),
        }
    }

    fn record(&self, status: u16, took: Duration) {
        self.duration.record(took);
        let class = usize::from(status / 100).saturating_sub(1);
        let (Some(counter), Some(class)) = (self.classes.get(class), CLASSES.get(class)) else {
            return;
        };
        let counter = counter.get_or_init(|| {
            let route = self.route.to_string();
            metrics::counter!(REQUESTS, "route" => route, "method" => self.method, "status" => *class)
        });
        counter.increment(1);
    }
}

/// A request was refused or failed.
pub(crate) fn refused(code: Code) {
    metrics::counter!(REFUSED, "code" => code.name).increment(1);
}

/// Notes how many sockets are open.
pub fn measure_sockets(live: &Live) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "there are never so many sockets"
    )]
    metrics::gauge!(SOCKETS).set(live.sockets() as f64);
}

/// How many callers of one sort have a label of their own.
const CALLERS: usize = 200;

/// A counter of calls by who calls: the first 200 by their ids, all others together.
pub struct Callers {
    name: &'static str,
    label: &'static str,
    known: RwLock<HashMap<Uuid, Counter>>,
    others: OnceLock<Counter>,
}

impl Callers {
    /// The counter `name`, which tells who by the label `label`.
    pub fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            known: RwLock::default(),
            others: OnceLock::new(),
        }
    }

    /// Counts a call. `id` must have been proven: a guess takes up no place.
    pub fn count(&self, id: Uuid) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (counter, is_full) = (known.get(&id), known.len() >= CALLERS);
        match counter {
            Some(counter) => counter.increment(1),
            None if is_full => self
                .others
                .get_or_init(|| self.counter("other".to_owned()))
                .increment(1),
            None => {
                drop(known);
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                let counter = known.entry(id);
                counter
                    .or_insert_with(|| self.counter(id.to_string()))
                    .increment(1);
            }
        }
    }

    fn counter(&self, who: String) -> Counter {
        metrics::counter!(self.name, self.label => who)
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::{Clock, Id, Random};

    use super::*;

    #[test]
    fn a_method_that_somebody_made_up_is_other() {
        assert_eq!(method_label(&Method::PATCH), "PATCH");
        assert_eq!(method_label(&"BREW".parse().unwrap()), "other");
    }

    #[test]
    fn callers_beyond_the_first_two_hundred_share_a_label() {
        let callers = Callers::new(API_KEYS, "api_key");
        let (clock, random) = (Clock::system(), Random::seeded(1));
        for _ in 0..300 {
            callers.count(Id::<()>::new(&clock, &random).uuid());
        }
        assert_eq!(callers.known.read().unwrap().len(), CALLERS);
        assert!(callers.others.get().is_some());
    }
}
