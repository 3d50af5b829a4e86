//! Messages as the drawer shows them.

use std::fmt::Write as _;

use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use serde_json::Value;

use crate::http::{Message, Reply};
use crate::text;

/// Longer ones are cut, in characters.
const LONGEST: usize = 6_000;
/// How much of a secret is shown.
const HEAD: usize = 6;
/// Fields whose values are secrets.
const SECRETS: &[&str] = &[
    "password",
    "token",
    "access_token",
    "refresh_token",
    "pairing_code",
    "client_secret",
];

/// What a message is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    SignIn,
    PairingCode,
    Ask,
    Callback,
    Status,
    Result,
}

impl Step {
    /// Its place in the flow, who speaks to whom, and what for.
    pub(super) fn title(self) -> Text {
        match self {
            Self::SignIn => text::demo_wire::sign_in(),
            Self::PairingCode => text::demo_wire::pairing_code(),
            Self::Ask => text::demo_wire::ask(),
            Self::Callback => text::demo_wire::callback(),
            Self::Status => text::demo_wire::status(),
            Self::Result => text::demo_wire::result(),
        }
    }
}

/// A message and its answer, the secrets in them cut short.
#[derive(Clone, Debug)]
pub(super) struct Wired {
    /// Rises within a process.
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) step: Step,
    pub(super) sent: String,
    pub(super) answer: String,
    /// What the receiver found inside, where it was encrypted.
    pub(super) opened: Option<String>,
}

impl Wired {
    /// A call and its answer.
    pub(super) fn call(step: Step, at: Timestamp, message: &Message, reply: &Reply) -> Self {
        let mut sent = format!("{} {}\n", message.method, message.path);
        for (name, value) in &message.headers {
            let _ = writeln!(sent, "{name}: {}", header(name, value));
        }
        if let Some(body) = &message.body {
            sent.push('\n');
            sent.push_str(&pretty(body.clone()));
        }
        let answer = match reply.json() {
            Value::Null => format!("{}\n\n{}", reply.line(), reply.text),
            json => format!("{}\n\n{}", reply.line(), pretty(json)),
        };
        Self::new(step, at, &sent, &answer)
    }

    /// A callback that came, and what it says.
    pub(super) fn callback(at: Timestamp, path: &str, jwe: &str, claims: &Value) -> Self {
        let sent = format!("POST {path}\nContent-Type: application/jose\n\n{jwe}");
        Self::new(Step::Callback, at, &sent, "204 No Content").opened(claims)
    }

    fn new(step: Step, at: Timestamp, sent: &str, answer: &str) -> Self {
        Self {
            number: 0,
            at,
            step,
            sent: cut(sent),
            answer: cut(answer.trim_end()),
            opened: None,
        }
    }

    /// With what was inside.
    pub(super) fn opened(mut self, claims: &Value) -> Self {
        self.opened = Some(pretty(claims.clone()));
        self
    }
}

fn pretty(mut json: Value) -> String {
    mask(&mut json);
    serde_json::to_string_pretty(&json).unwrap_or_default()
}

/// Shortens the values of secret fields.
fn mask(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(secret) if SECRETS.contains(&name.as_str()) => {
                        *secret = head(secret);
                    }
                    other => mask(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

fn header(name: &str, value: &str) -> String {
    match name {
        "X-Client-Secret" => head(value),
        "Authorization" => {
            let token = value.strip_prefix("Bearer ").unwrap_or_default();
            format!("Bearer {}", head(token))
        }
        _ => value.to_owned(),
    }
}

/// The beginning of a secret; nothing of a short one.
fn head(secret: &str) -> String {
    let shown = if secret.chars().count() >= 4 * HEAD {
        HEAD
    } else {
        0
    };
    secret.chars().take(shown).chain(['…']).collect()
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use hanok_base::Timestamp;
    use reqwest::Method;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_is_nowhere_in_what_the_drawer_shows() {
        let secret = "S3cret-S3cret-S3cret-S3cret-S3cret";
        let message = Message::new(Method::POST, "/x")
            .header("X-Client-Secret", secret)
            .header("Authorization", format!("Bearer {secret}"))
            .json(json!({ "password": "Byeol-2026-bit!", "deep": [{ "client_secret": secret }] }));
        let reply = Reply {
            status: 200,
            text: json!({ "access_token": secret, "token": secret, "pairing_code": secret })
                .to_string(),
        };
        let shown = Wired::call(Step::SignIn, Timestamp::from_seconds(1), &message, &reply);
        let all = format!("{shown:?}");
        assert!(!all.contains(secret) && !all.contains("Byeol"), "{all}");
        assert!(all.contains("S3cret…") && all.contains("200 OK"), "{all}");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = "한".repeat(LONGEST + 1);
        assert_eq!(cut(&long).chars().count(), LONGEST + 1);
    }
}
