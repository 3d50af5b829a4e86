//! Putting what stands at a source into its layer, once it is known which setting is meant.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::config::convert::from_toml;
use crate::config::fault::Source;
use crate::config::layer::Reader;
use crate::config::merge::{Given, Layer};
use crate::config::shape::Setting;

/// What stands at a source: text still to be read by its setting's kind, or a typed value.
pub(super) enum Raw {
    Text(String),
    Typed(Value),
}

impl Reader<'_> {
    pub(super) fn table(
        &mut self,
        layer: &mut Layer,
        above: &str,
        table: toml::Table,
        source: &Source,
    ) {
        for (name, value) in table {
            let key = if above.is_empty() {
                name
            } else {
                format!("{above}.{name}")
            };
            match value {
                toml::Value::Table(table) if self.shape.is_table(&key) => {
                    self.table(layer, &key, table, source);
                }
                value => self.place(layer, &key, Raw::Typed(from_toml(value)), source),
            }
        }
    }

    pub(super) fn place(&mut self, layer: &mut Layer, key: &str, raw: Raw, source: &Source) {
        let shape = self.shape;
        if let Some(setting) = shape.find(key) {
            self.set(layer, key, setting, raw, source);
        } else if let Some((secret, setting)) = shape.secret_of_file(key) {
            let Some(path) = raw.as_text() else {
                return self.fault(source, key, "expected the path of a file");
            };
            if layer.contains_key(secret) {
                return self.fault(
                    source,
                    key,
                    format!("{secret} is given as well; one of the two"),
                );
            }
            if let Some((text, from)) = self.secret_file(key, &path, source) {
                self.set(layer, secret, setting, Raw::Text(text), &from);
            }
        } else if shape.is_table(key) {
            self.fault(source, key, "expected a table of settings");
        } else {
            let hint = shape
                .nearest(key)
                .map(|known| format!("; did you mean {known}?"))
                .unwrap_or_default();
            self.fault(source, key, format!("unknown setting{hint}"));
        }
    }

    fn set(&mut self, layer: &mut Layer, key: &str, setting: &Setting, raw: Raw, source: &Source) {
        let found = raw.shown();
        let value = match raw {
            Raw::Text(text) => setting.read(&text),
            Raw::Typed(value) => setting.accept(value),
        };
        match value {
            Some(value) => {
                layer.insert(
                    key.to_owned(),
                    Given {
                        value,
                        source: source.clone(),
                    },
                );
            }
            None => self.fault(source, key, setting.expectation(&found)),
        }
    }

    /// Reads a secret; a line end at its end is no part of it.
    pub(super) fn secret_file(
        &mut self,
        key: &str,
        path: &str,
        named_by: &Source,
    ) -> Option<(String, Source)> {
        match fs::read_to_string(path) {
            Ok(text) => {
                let source = Source::SecretFile {
                    path: PathBuf::from(path),
                    named_by: Box::new(named_by.clone()),
                };
                Some((text.trim_end_matches(['\r', '\n']).to_owned(), source))
            }
            Err(error) => {
                self.fault(named_by, key, format!("{path} cannot be read: {error}"));
                None
            }
        }
    }
}

impl Raw {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => format!("{text:?}"),
            Self::Typed(value) => value.to_string(),
        }
    }

    fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Typed(value) => value.as_str().map(str::to_owned),
        }
    }
}
