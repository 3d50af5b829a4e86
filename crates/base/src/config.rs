//! Configuration: layers of text merged into one typed value, with every fault at once.
//!
//! Layers, a later one overriding an earlier: the compiled-in default file, `hanok.toml`, `.env`,
//! the environment (`HANOK__SECTION__KEY` and the [well-known names](aliases)), flags
//! (`section.key=value`). Values that are text at their source are read by the type their setting
//! has, never by what they look like: a phone number stays text, `0123` is no number where text is asked.
//!
//! A type describes itself by `schemars`; unknown keys, wrong types, ranges and choices are found
//! against that description, so that a start names *all* that is wrong. Settings whose type is
//! [`Secret`](crate::Secret) are never shown, never repeated in a fault and refused as flags; for
//! each there is a setting with `_file` appended that names a file holding it.

mod alias;
mod convert;
mod drift;
mod fault;
mod layer;
mod merge;
mod sections;
mod shape;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::config::layer::Reader;
use crate::config::merge::Layer;
use crate::config::shape::Shape;

pub use alias::{Alias, aliases};
pub use drift::drift;
pub use fault::{Fault, Faults, Problem, Source, Validate};
pub use sections::{Environment, KeysConfig, Level, LogConfig, LogFormat, ServerConfig};

/// Collects the layers and loads a typed configuration from them.
#[derive(Debug, Default)]
pub struct Loader {
    defaults: String,
    file: Option<(PathBuf, bool)>,
    dotenv: Option<PathBuf>,
    environment: Vec<(String, String)>,
    flags: Vec<String>,
    secrets: BTreeSet<String>,
}

impl Loader {
    /// Starts with the text of the default file (TOML).
    pub fn new(defaults: impl Into<String>) -> Self {
        Self {
            defaults: defaults.into(),
            ..Self::default()
        }
    }

    /// Reads a TOML file that the operator named: its absence is a fault.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some((path.into(), true));
        self
    }

    /// Reads a TOML file if it is there.
    #[must_use]
    pub fn file_if_present(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some((path.into(), false));
        self
    }

    /// Reads a `.env` file if it is there. The process's own environment is left as it is.
    #[must_use]
    pub fn dotenv(mut self, path: impl Into<PathBuf>) -> Self {
        self.dotenv = Some(path.into());
        self
    }

    /// Takes the process's environment; names that are not Hanok's are passed over.
    #[must_use]
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment.extend(variables);
        self
    }

    /// Takes flags of the form `section.key=value`; of two for one key the later counts.
    #[must_use]
    pub fn flags(mut self, flags: impl IntoIterator<Item = String>) -> Self {
        self.flags.extend(flags);
        self
    }

    /// Treats these keys as secret although their type does not say so.
    #[must_use]
    pub fn secret_keys(mut self, keys: &[&str]) -> Self {
        self.secrets.extend(keys.iter().map(ToString::to_string));
        self
    }

    /// Merges the layers, checks them and makes the typed value.
    ///
    /// # Errors
    /// Every fault found, in the order of the layers, then those of [`Validate`].
    pub fn load<T: DeserializeOwned + JsonSchema + Validate>(self) -> Result<Loaded<T>, Faults> {
        let shape = Shape::of::<T>(&self.secrets);
        let mut reader = Reader::new(&shape);
        let layers = self.layers(&mut reader);
        let defaults = layers.first().cloned().unwrap_or_default();
        let mut faults = reader.into_faults();
        let mut merged = merge::merge(layers);
        let value = merge::typed::<T>(&mut merged, &defaults, &shape, &mut faults);
        if let Some(value) = &value {
            merge::validate(value, &merged, &mut faults);
        }
        match value {
            Some(value) if faults.is_empty() => Ok(Loaded {
                value,
                entries: merge::entries(&merged, &shape),
            }),
            _ => Err(Faults(faults)),
        }
    }

    fn layers(&self, reader: &mut Reader<'_>) -> Vec<Layer> {
        let mut layers = vec![reader.defaults(&self.defaults)];
        if let Some((path, named)) = &self.file {
            layers.push(reader.file(path, *named));
        }
        if let Some(path) = &self.dotenv {
            layers.extend(reader.dotenv(path));
        }
        layers.extend(reader.environment(&self.environment));
        layers.push(reader.flags(&self.flags));
        layers
    }
}

/// A configuration and where each of its values comes from.
#[derive(Debug, Clone)]
pub struct Loaded<T> {
    /// The typed configuration.
    pub value: T,
    /// Every setting, by key.
    pub entries: Vec<Entry>,
}

/// One setting as `hanok config show` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The key, as `server.port`.
    pub key: String,
    /// The value in TOML's notation, `[secret]` for a secret that is set, empty where nothing is set.
    pub shown_value: String,
    /// Where the value comes from.
    pub source: Source,
    /// The setting's name in the environment.
    pub environment_name: String,
}

/// The JSON Schema of a configuration type (`hanok config schema`).
pub fn schema<T: JsonSchema>() -> serde_json::Value {
    schemars::schema_for!(T).to_value()
}

/// The environment name of a key: `server.port` → `HANOK__SERVER__PORT`.
pub fn environment_name(key: &str) -> String {
    format!("HANOK__{}", key.to_uppercase().replace('.', "__"))
}
