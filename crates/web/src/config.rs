//! The sections `[web]` and `[limits]` of the configuration.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use hanok_base::config::{Problem, Validate};
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Deserialize;

/// How the server meets the network: section `[web]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebConfig {
    /// The address people and providers use; https switches on HSTS and the redirect.
    pub public_url: String,
    /// Addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<String>,
    /// Origins other than `public_url` that browsers may call from.
    pub cors_origins: Vec<String>,
    /// Largest request body, in bytes; larger answers 413. A form with a file may have 4 MiB in any case.
    #[schemars(range(min = 1024, max = 1_073_741_824))]
    pub body_limit_bytes: u64,
    /// Largest request head (request line and headers), in bytes; larger answers 431.
    #[schemars(range(min = 4096, max = 65536))]
    pub header_limit_bytes: usize,
    /// Seconds a request may take; longer answers 503.
    #[schemars(range(min = 1, max = 3600))]
    pub timeout_seconds: u64,
    /// Seconds in which a request's body must have come; longer answers 408.
    #[schemars(range(min = 1, max = 3600))]
    pub body_timeout_seconds: u64,
    /// Seconds in which a request's head must have come; then the connection is closed.
    #[schemars(range(min = 1, max = 600))]
    pub header_timeout_seconds: u64,
    /// Connections that may be open at once; further ones wait.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub connections_max: usize,
    /// Sockets (Socket.IO) that may be open at once; one more answers 503.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub sockets_max: usize,
    /// Sockets that one person may have open at once.
    #[schemars(range(min = 1, max = 1000))]
    pub sockets_per_account: usize,
}

/// Requests in a moving minute; more answer 429. 0 is no limit. Section `[limits]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// All requests of one address (IPv6: of one /64).
    pub address_per_minute: u32,
    /// All requests of one account.
    pub account_per_minute: u32,
    /// All requests of one provider.
    pub provider_per_minute: u32,
    /// Requests with one API key.
    pub api_key_per_minute: u32,
    /// Sign-ins per pair of address and username, successes included.
    pub sign_in_per_minute: u32,
    /// Failed sign-ins per address.
    pub sign_in_failures_per_address_per_minute: u32,
    /// Sign-ins by approval on a phone that are asked for, per address.
    pub phone_sign_in_per_address_per_minute: u32,
    /// Registrations per address.
    pub register_per_address_per_minute: u32,
    /// Calls with wrong client credentials per address.
    pub client_failures_per_address_per_minute: u32,
    /// Readings of the list of people over the interface, per person.
    pub user_list_per_minute: u32,
    /// Posts and comments that somebody writes or edits on the board, per person.
    pub board_write_per_minute: u32,
    /// What somebody does on the board in passing, as keeping a draft, recommending and searching, per person.
    pub board_light_per_minute: u32,
    /// Counters kept in memory; beyond it the oldest are forgotten.
    #[schemars(range(min = 1000, max = 10_000_000))]
    pub counters_max: usize,
}

/// `[web]`, read into types.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) origin: Arc<str>,
    pub(crate) is_https: bool,
    pub(crate) trusted: Vec<IpNet>,
    pub(crate) cors: Vec<String>,
    pub(crate) body_limit: u64,
    pub(crate) header_limit: usize,
    pub(crate) timeout: Duration,
    pub(crate) body_timeout: Duration,
}

impl Validate for WebConfig {
    fn validate(&self) -> Vec<Problem> {
        self.settings().err().unwrap_or_default()
    }
}

impl Validate for LimitsConfig {}

impl WebConfig {
    /// The origin of `public_url`: `https://id.example.com`, without a trailing slash.
    pub fn origin(&self) -> &str {
        self.public_url.trim_end_matches('/')
    }

    /// Reads the text settings into types, or says everything that is wrong with them.
    pub(crate) fn settings(&self) -> Result<Settings, Vec<Problem>> {
        let mut wrong = Vec::new();
        check_origin("public_url", self.origin(), &mut wrong);
        if !is_safe_origin(self.origin()) {
            let message = "must be https, or localhost or another address of this machine itself: \
                           over plain http a session's cookie can be read on the way";
            wrong.push(Problem::new("public_url", message));
        }
        for origin in &self.cors_origins {
            check_origin("cors_origins", origin, &mut wrong);
        }
        let trusted = self
            .trusted_proxies
            .iter()
            .filter_map(|proxy| network(proxy, &mut wrong));
        let trusted = trusted.collect();
        if self.public_url.starts_with("https://") && self.trusted_proxies.is_empty() {
            let message = "name the proxy that ends TLS, as \"127.0.0.1\": public_url is https and \
                           Hanok itself speaks plain HTTP";
            wrong.push(Problem::new("trusted_proxies", message));
        }
        if self.body_timeout_seconds >= self.timeout_seconds {
            wrong.push(Problem::new(
                "body_timeout_seconds",
                "must be shorter than timeout_seconds",
            ));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Settings {
            origin: self.origin().into(),
            is_https: self.public_url.starts_with("https://"),
            trusted,
            cors: self.cors_origins.clone(),
            body_limit: self.body_limit_bytes,
            header_limit: self.header_limit_bytes,
            timeout: Duration::from_secs(self.timeout_seconds),
            body_timeout: Duration::from_secs(self.body_timeout_seconds),
        })
    }
}

/// Over plain http the session's cookie has no `Secure`: that is for this machine alone.
fn is_safe_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return true;
    };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    uri.scheme_str() != Some("http") || is_here
}

fn check_origin(key: &str, text: &str, wrong: &mut Vec<Problem>) {
    if !is_origin(text) {
        let message = format!(
            "expected scheme, host and port only, as \"https://id.example.com\", found \"{text}\""
        );
        wrong.push(Problem::new(key, message));
    }
}

fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    scheme && host && uri.path() == "/" && uri.query().is_none() && !text.ends_with('/')
}

fn network(text: &str, wrong: &mut Vec<Problem>) -> Option<IpNet> {
    let network = text
        .parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .ok();
    if network.is_none() {
        let message =
            format!("expected an address or a network as \"10.0.0.0/8\", found \"{text}\"");
        wrong.push(Problem::new("trusted_proxies", message));
    }
    network
}
