//! Messages over HTTP, printed as they go and come.

use hanok_accounts::command::Failure;
use serde_json::Value;

use super::paint::{Paint, body, shortened};
use crate::http::{HttpFault, Loopback};
pub(super) use crate::http::{Message, Reply};

/// A connection to the demo that prints what passes.
pub(super) struct Wire {
    demo: Loopback,
    pub(super) paint: Paint,
}

impl Wire {
    pub(super) fn new(url: &str) -> Result<Self, Failure> {
        Ok(Self {
            demo: Loopback::new(url).map_err(Failure::failed)?,
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
        self.paint.came(&reply.line());
        body(&reply.text);
        Ok(reply)
    }

    /// Sends a message and prints nothing.
    pub(super) async fn quietly(&self, message: &Message) -> Result<Reply, Failure> {
        self.demo.send(message).await.map_err(|fault| match fault {
            HttpFault::Nobody(_) => Failure::failed(format!(
                "{fault}: start the demo first (make run, or hanok demo), or name it with --url"
            )),
            HttpFault::Other(_) => Failure::failed(fault),
        })
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
