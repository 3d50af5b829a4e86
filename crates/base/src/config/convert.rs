//! From what stands at a source to a value of the setting's kind.

use serde_json::Value;

use crate::config::shape::{Kind, Setting};

impl Setting {
    /// Reads text (environment, flag, secret file) by the setting's kind; `None` when it is not of it.
    pub(crate) fn read(&self, text: &str) -> Option<Value> {
        if text.is_empty() && self.optional {
            return Some(Value::Null);
        }
        read(&self.kind, text).and_then(|value| self.accept(value))
    }

    /// The value, when it is of the setting's kind and within its bounds.
    pub(crate) fn accept(&self, value: Value) -> Option<Value> {
        let unset = self.optional && value.as_str() == Some("");
        if unset {
            return Some(Value::Null);
        }
        accepts(&self.kind, &value).then_some(value)
    }

    /// What the setting takes, in words; followed by what was found, unless that is secret.
    pub(crate) fn expectation(&self, found: &str) -> String {
        let expected = expectation(&self.kind);
        if self.secret {
            format!("expected {expected}")
        } else {
            format!("expected {expected}, found {found}")
        }
    }
}

fn read(kind: &Kind, text: &str) -> Option<Value> {
    let trimmed = text.trim();
    match kind {
        Kind::Text => Some(Value::from(text)),
        Kind::Choice(_) => Some(Value::from(trimmed)),
        Kind::Flag => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(Value::from(true)),
            "false" | "0" | "no" | "off" => Some(Value::from(false)),
            _ => None,
        },
        Kind::Integer { .. } => trimmed
            .replace('_', "")
            .parse::<i64>()
            .ok()
            .map(Value::from),
        Kind::Number { .. } => trimmed.parse::<f64>().ok().map(Value::from),
        Kind::List(_) if trimmed.starts_with('[') => notation(trimmed),
        Kind::List(item) => trimmed
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| read(item, part))
            .collect(),
        Kind::Anything => notation(trimmed).or_else(|| Some(Value::from(text))),
    }
}

/// A value written as TOML writes it.
fn notation(text: &str) -> Option<Value> {
    let mut table: toml::Table = toml::from_str(&format!("value = {text}")).ok()?;
    table.remove("value").map(from_toml)
}

/// TOML to JSON; dates become text.
pub(crate) fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        toml::Value::Datetime(at) => Value::from(at.to_string()),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(name, value)| (name, from_toml(value)))
            .collect(),
    }
}

/// A value as TOML writes it; nothing for one that is not set.
pub(crate) fn shown(value: &Value) -> String {
    toml::Value::try_from(value)
        .map(|value| value.to_string())
        .unwrap_or_default()
}

fn accepts(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Flag => value.is_boolean(),
        Kind::Choice(words) => value
            .as_str()
            .is_some_and(|word| words.iter().any(|known| known == word)),
        Kind::Integer { minimum, maximum } => value.is_i64() && within(value, *minimum, *maximum),
        Kind::Number { minimum, maximum } => value.is_number() && within(value, *minimum, *maximum),
        Kind::List(item) => value
            .as_array()
            .is_some_and(|items| items.iter().all(|value| accepts(item, value))),
        Kind::Anything => true,
    }
}

fn within(value: &Value, minimum: Option<f64>, maximum: Option<f64>) -> bool {
    value.as_f64().is_some_and(|number| {
        minimum.is_none_or(|least| number >= least) && maximum.is_none_or(|most| number <= most)
    })
}

fn expectation(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Choice(words) => format!("one of {}", words.join(", ")),
        Kind::Integer { minimum, maximum } => {
            format!("a whole number{}", range(*minimum, *maximum))
        }
        Kind::Number { minimum, maximum } => format!("a number{}", range(*minimum, *maximum)),
        Kind::List(item) => format!("a list, each {}", expectation(item)),
        Kind::Anything => "a value".to_owned(),
    }
}

/// The bounds in words; beyond 2^53 they are a machine's, not a person's, and are left out.
fn range(minimum: Option<f64>, maximum: Option<f64>) -> String {
    let said = |bound: &f64| bound.abs() < 9_007_199_254_740_992.0;
    match (minimum.filter(said), maximum.filter(said)) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" of at least {least}"),
        (None, Some(most)) => format!(" of at most {most}"),
        (None, None) => String::new(),
    }
}
