//! A message with places for values.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::particle::particle;

/// A message read once, filled in often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value {
        name: String,
        pair: Option<(String, String)>,
    },
}

impl Template {
    /// Reads a message; `None` where a brace is not closed or names nothing.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (inner, behind) = after.split_once('}')?;
            push_text(&mut parts, before)?;
            parts.push(place(inner)?);
            rest = behind;
        }
        push_text(&mut parts, rest)?;
        Some(Self(parts))
    }

    /// The message with its values; a value that is not given leaves its name in braces.
    pub(crate) fn fill(&self, values: &[(&str, &str)]) -> String {
        self.0.iter().map(|part| part.fill(values)).collect()
    }

    /// The names it asks for.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.0
            .iter()
            .filter_map(|part| match part {
                Part::Value { name, .. } => Some(name.as_str()),
                Part::Text(_) => None,
            })
            .collect()
    }
}

impl Part {
    fn fill<'a>(&'a self, values: &[(&str, &'a str)]) -> Cow<'a, str> {
        let (name, pair) = match self {
            Self::Text(text) => return Cow::Borrowed(text),
            Self::Value { name, pair } => (name, pair),
        };
        let given = values
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| *value);
        match (given, pair) {
            (Some(value), None) => Cow::Borrowed(value),
            (Some(value), Some((consonant, vowel))) => {
                Cow::Owned(format!("{value}{}", particle(value, (consonant, vowel))))
            }
            (None, _) => Cow::Owned(format!("{{{name}}}")),
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) -> Option<()> {
    if text.contains('}') {
        return None;
    }
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
    Some(())
}

fn place(inner: &str) -> Option<Part> {
    let (name, pair) = match inner.split_once('|') {
        Some((name, pair)) => {
            let (consonant, vowel) = pair.split_once('/')?;
            (name, Some((consonant.to_owned(), vowel.to_owned())))
        }
        None => (inner, None),
    };
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    named.then(|| Part::Value {
        name: name.to_owned(),
        pair,
    })
}
