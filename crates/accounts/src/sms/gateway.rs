//! The client of the SMS gateway: an address that the operator configured, not one that others chose.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use hanok_base::Secret;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::{HttpSms, Pending, Post, Sms};
use crate::config::AccountsConfig;

const TIMEOUT: Duration = Duration::from_secs(10);

struct Gateway(Client);

impl Post for Gateway {
    fn post<'a>(
        &'a self,
        url: &'a str,
        bearer: &'a Secret,
        json: &'a str,
    ) -> Pending<'a, Result<u16, String>> {
        Box::pin(async move {
            let request = self
                .0
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(json.to_owned());
            let request = if bearer.is_empty() {
                request
            } else {
                request.bearer_auth(bearer.expose())
            };
            let answer = request
                .send()
                .await
                .map_err(|error| error.without_url().to_string())?;
            Ok(answer.status().as_u16())
        })
    }
}

/// The sender of `accounts.sms = "http"`.
///
/// # Errors
/// When the client cannot be made.
pub fn gateway(config: &AccountsConfig) -> Result<Arc<dyn Sms>, reqwest::Error> {
    let client = client()?;
    let url = config.sms_url.clone().unwrap_or_default();
    let token = config.sms_token.clone().unwrap_or_default();
    Ok(Arc::new(HttpSms::new(Gateway(client), url, token)))
}

fn client() -> Result<Client, reqwest::Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the operator's own gateway may lie in a private network"
    )]
    Client::builder()
        .timeout(TIMEOUT)
        .redirect(Policy::none())
        .build()
}

/// A gateway that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Scheme, host and port; the rest of the address may hold a secret.
    pub origin: String,
    /// The host alone.
    pub host: String,
    /// Whether it was reached over TLS.
    pub tls: bool,
}

/// Connects to the gateway of `accounts.sms = "http"` as sending does, with TLS and its certificate, and asks for
/// the head of its root only: no message is sent, no token shown. Whatever it answers, it was reached.
///
/// # Errors
/// Why it cannot be reached; names the address without path and query.
pub async fn probe(config: &AccountsConfig) -> Result<Reached, String> {
    let named = config.sms_url.as_deref().unwrap_or_default();
    let url = Url::parse(named).map_err(|error| format!("accounts.sms_url: {error}"))?;
    let origin = url.origin().ascii_serialization();
    let asked = client().map_err(in_full)?;
    let asked = asked.head(&origin).send().await;
    asked.map_err(|error| format!("{origin} cannot be reached: {}", in_full(error)))?;
    Ok(Reached {
        host: url.host_str().unwrap_or_default().to_owned(),
        tls: url.scheme() == "https",
        origin,
    })
}

/// The error with what lies behind it: refused, no such name, a certificate that is not believed.
fn in_full(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut told = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        told = format!("{told}: {cause}");
        behind = cause.source();
    }
    told
}
