//! Outgoing HTTP to addresses that other people chose: provider callbacks.
//!
//! Whoever may enter a callback address must not be able to make this server speak to what only it can
//! reach. So: https on port 443 only, and no address that is not on the public internet, checked on
//! the very addresses that are connected. An entry of the allow list lifts both rules for exactly that
//! origin. No redirects, no proxy from the environment, no cookies, no referer, a limit on time and on
//! how much of the answer is read.

mod address;
mod resolve;
mod url;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

pub use address::{AddressClass, closed_class};
use resolve::{AnyAddress, ClosedName, OpenAddressesOnly};
pub use resolve::{Resolver, SystemResolver};
pub use url::{NotAnOrigin, Origin, UrlFault, check_url};

/// What an outgoing client may do.
#[derive(Clone, Debug)]
pub struct HttpPolicy {
    /// Origins that may be plain http, on another port, or not on the public internet.
    pub allow: Vec<Origin>,
    /// Time for the whole request: look-up, connection, answer.
    pub timeout: Duration,
    /// How much of an answer's body is read, in bytes; the rest is dropped with the connection.
    pub max_answer_bytes: usize,
    /// Connections to one host that are kept open between requests.
    pub idle_connections: usize,
}

impl Default for HttpPolicy {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            timeout: Duration::from_secs(10),
            max_answer_bytes: 4096,
            idle_connections: 4,
        }
    }
}

/// What the other side said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The beginning of the body, at most `max_answer_bytes`.
    pub body_head: Vec<u8>,
}

impl Answer {
    /// Whether the status is any 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }
}

/// Why there was no answer. The texts hold no address, so that they may be stored and shown.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The address is refused before anything is looked up.
    #[error("refused: {0}")]
    Url(#[from] UrlFault),
    /// The name stands only for addresses that are closed.
    #[error("refused: the name stands for a {0} address")]
    Closed(AddressClass),
    /// The time was up.
    #[error("no answer in time")]
    Timeout,
    /// Look-up, connection or TLS failed.
    #[error("no connection: {0}")]
    Connect(String),
    /// The connection broke or the answer was no HTTP.
    #[error("failed: {0}")]
    Failed(String),
}

/// The client could not be made, as when the system has no trust store.
#[derive(Debug, thiserror::Error)]
#[error("the outgoing HTTP client could not be made")]
pub struct ClientFault(#[source] reqwest::Error);

/// The client. Cloning shares its connections.
#[derive(Clone)]
pub struct GuardedClient {
    guarded: Client,
    /// For the origins of the allow list, if there are any.
    allowed: Option<Client>,
    policy: Arc<HttpPolicy>,
}

impl fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClient")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl GuardedClient {
    /// A client that looks names up as the system does.
    pub fn new(policy: HttpPolicy) -> Result<Self, ClientFault> {
        Self::with_resolver(policy, Arc::new(SystemResolver))
    }

    /// A client that looks names up with `resolver`.
    pub fn with_resolver(
        policy: HttpPolicy,
        resolver: Arc<dyn Resolver>,
    ) -> Result<Self, ClientFault> {
        let guarded = client(&policy, OpenAddressesOnly(Arc::clone(&resolver)), true)?;
        let any = !policy.allow.is_empty();
        let allowed = any
            .then(|| client(&policy, AnyAddress(resolver), false))
            .transpose()?;
        Ok(Self {
            guarded,
            allowed,
            policy: Arc::new(policy),
        })
    }

    /// The rules it follows.
    pub fn policy(&self) -> &HttpPolicy {
        &self.policy
    }

    /// Posts `body` and waits for the answer. Any status is an answer, a redirect too; once the status
    /// is known, a body that breaks off or drips is an answer with what came of it.
    pub async fn post(
        &self,
        url: &str,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Result<Answer, DeliveryError> {
        let checked = url::parse(url, &self.policy)?;
        let client = match &self.allowed {
            Some(allowed) if checked.allowed => allowed,
            _ => &self.guarded,
        };
        let request = client.post(checked.url).header(CONTENT_TYPE, content_type);
        let response = request.body(body.into()).send().await.map_err(explain)?;
        let status = response.status().as_u16();
        let body_head = self.read_head(response).await;
        Ok(Answer { status, body_head })
    }

    async fn read_head(&self, mut response: Response) -> Vec<u8> {
        let limit = self.policy.max_answer_bytes;
        let mut head = Vec::new();
        while head.len() < limit {
            let Ok(Some(chunk)) = response.chunk().await else {
                break;
            };
            let room = limit - head.len();
            head.extend(chunk.iter().take(room));
        }
        head
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that makes outgoing clients"
)]
fn client(
    policy: &HttpPolicy,
    resolver: impl Resolve + 'static,
    https_only: bool,
) -> Result<Client, ClientFault> {
    Client::builder()
        .dns_resolver(Arc::new(resolver))
        .https_only(https_only)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .timeout(policy.timeout)
        .pool_max_idle_per_host(policy.idle_connections)
        .user_agent(concat!("hanok/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(ClientFault)
}

fn explain(error: reqwest::Error) -> DeliveryError {
    let error = error.without_url();
    if let Some(ClosedName(class)) = cause(&error) {
        return DeliveryError::Closed(*class);
    }
    if error.is_timeout() {
        return DeliveryError::Timeout;
    }
    let text = innermost(&error);
    if error.is_connect() {
        DeliveryError::Connect(text)
    } else {
        DeliveryError::Failed(text)
    }
}

fn cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}
