//! Calls to the demo's own API over loopback, as the shop and the person make them.

use std::time::Duration;

use hanok_accounts::command::Failure;
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpFault {
    /// Nothing listens there.
    #[error("nothing answers at {0}")]
    Nobody(String),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] reqwest::Error),
}

/// The demo, as its own shop reaches it.
pub(crate) struct Loopback {
    client: Client,
    url: String,
}

/// A message to the demo.
pub(crate) struct Message {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

impl Message {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self.header("Content-Type", "application/json")
    }

    /// The body as it is sent.
    pub(crate) fn text(&self) -> String {
        self.body.as_ref().map(Value::to_string).unwrap_or_default()
    }
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Loopback {
    /// The demo at `url`.
    pub(crate) fn new(url: &str) -> Result<Self, HttpFault> {
        #[expect(
            clippy::disallowed_methods,
            reason = "it speaks to the demo on this machine and to nothing else"
        )]
        let client = Client::builder().timeout(TIMEOUT).no_proxy().build()?;
        Ok(Self {
            client,
            url: url.to_owned(),
        })
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<Reply, HttpFault> {
        let url = format!("{}{}", self.url, message.path);
        let mut request = self.client.request(message.method.clone(), url);
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let answer = request.body(message.text()).send().await;
        let answer = answer.map_err(|error| self.explain(error))?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(|error| self.explain(error))?;
        Ok(Reply { status, text })
    }

    fn explain(&self, error: reqwest::Error) -> HttpFault {
        if error.is_connect() {
            return HttpFault::Nobody(self.url.clone());
        }
        HttpFault::Other(error)
    }
}

impl Reply {
    /// The answer as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// Status and reason, as a status line carries them.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.status, reason(self.status))
    }

    /// The answer, if it has this status.
    pub(crate) fn expect(self, status: u16) -> Result<Value, Failure> {
        let json = self.json();
        if self.status == status {
            return Ok(json);
        }
        let detail = json.get("detail").and_then(Value::as_str);
        let (got, detail) = (self.status, detail.unwrap_or_default());
        Err(Failure::failed(format!(
            "expected {status} and got {got}: {detail}"
        )))
    }

    /// The body, if the status is 200.
    pub(crate) fn body(self) -> Result<String, Failure> {
        if self.status == 200 {
            return Ok(self.text);
        }
        self.expect(200).map(|_| String::new())
    }
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
}
