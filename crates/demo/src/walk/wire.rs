//! Messages over HTTP, printed as they go and come.

use std::time::Duration;

use hanok_accounts::command::Failure;
use reqwest::{Client, Method};
use serde_json::Value;

use super::paint::{Paint, body, shortened};

/// A connection to the demo that prints what passes.
pub(super) struct Wire {
    client: Client,
    url: String,
    pub(super) paint: Paint,
}

/// A message to the demo.
pub(super) struct Message {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<Value>,
}

impl Message {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self.header("Content-Type", "application/json")
    }

    /// The body as it is sent.
    pub(super) fn text(&self) -> String {
        self.body.as_ref().map(Value::to_string).unwrap_or_default()
    }
}

/// What came back.
pub(super) struct Reply {
    status: u16,
    pub(super) text: String,
}

impl Wire {
    pub(super) fn new(url: &str) -> Result<Self, Failure> {
        #[expect(
            clippy::disallowed_methods,
            reason = "it speaks to the demo on this machine and to nothing else"
        )]
        let client = Client::builder()
            .timeout(Duration::from_secs(15))
            .no_proxy()
            .build();
        Ok(Self {
            client: client.map_err(Failure::failed)?,
            url: url.to_owned(),
            paint: Paint::new(),
        })
    }

    /// Sends a message and prints it with its answer.
    pub(super) async fn send(&self, message: &Message) -> Result<Reply, Failure> {
        self.paint
            .sent(&format!("{} {}", message.method, message.path));
        for (name, value) in message
            .headers
            .iter()
            .filter(|(name, _)| *name != "Content-Type")
        {
            self.paint.header(name, &hidden(name, value));
        }
        body(&without_password(message));
        let reply = self.quietly(message).await?;
        self.paint
            .came(&format!("{} {}", reply.status, reason(reply.status)));
        body(&reply.text);
        Ok(reply)
    }

    /// Sends a message and prints nothing.
    pub(super) async fn quietly(&self, message: &Message) -> Result<Reply, Failure> {
        let mut request = self.client.request(
            message.method.clone(),
            format!("{}{}", self.url, message.path),
        );
        for (name, value) in &message.headers {
            request = request.header(*name, value);
        }
        let answer = request
            .body(message.text())
            .send()
            .await
            .map_err(|error| self.explain(&error))?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(|error| self.explain(&error))?;
        Ok(Reply { status, text })
    }

    fn explain(&self, error: &reqwest::Error) -> Failure {
        if error.is_connect() {
            return Failure::failed(format!(
                "nothing answers at {}: start the demo first (make run, or hanok demo), or name it with --url",
                self.url
            ));
        }
        Failure::failed(error)
    }
}

impl Reply {
    /// The answer, if it has this status.
    pub(super) fn expect(self, status: u16) -> Result<Value, Failure> {
        let json: Value = serde_json::from_str(&self.text).unwrap_or_default();
        if self.status == status {
            return Ok(json);
        }
        let detail = json
            .get("detail")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let what = format!("expected {status} and got {}: {detail}", self.status);
        Err(Failure::failed(match self.status {
            429 => format!("{what} (a phone may be asked for five times in ten minutes)"),
            _ => what,
        }))
    }

    /// The body, if the status is 200.
    pub(super) fn body(self) -> Result<String, Failure> {
        if self.status == 200 {
            return Ok(self.text);
        }
        self.expect(200).map(|_| String::new())
    }
}

/// A text field of an answer.
pub(super) fn text(answer: &Value, name: &str) -> Result<String, Failure> {
    let found = answer.get(name).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| Failure::failed(format!("the answer has no {name}")))
}

/// Credentials are shown by their beginning.
fn hidden(name: &str, value: &str) -> String {
    match name {
        "X-Client-Secret" | "Authorization" => {
            let head: String = value
                .chars()
                .take(if name == "Authorization" { 16 } else { 6 })
                .collect();
            format!("{head}…")
        }
        _ => shortened(value),
    }
}

/// The body without the password, which is nobody's to look at over a shoulder.
fn without_password(message: &Message) -> String {
    match &message.body {
        Some(Value::Object(fields)) if fields.contains_key("password") => {
            let mut shown = fields.clone();
            shown.insert("password".to_owned(), "…".into());
            Value::Object(shown).to_string()
        }
        _ => message.text(),
    }
}

fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
}
