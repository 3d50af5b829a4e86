//! Layers into one tree, the tree into a typed value, and the list of where each value came from.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::config::convert::shown;
use crate::config::fault::{Fault, Source, Validate};
use crate::config::shape::Shape;
use crate::config::{Entry, environment_name};

/// A value and where it was given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) source: Source,
}

/// The values of one source, by dotted key.
pub(crate) type Layer = BTreeMap<String, Given>;

/// The last layer that has a key gives its value.
pub(crate) fn merge(layers: Vec<Layer>) -> Layer {
    layers.into_iter().flatten().collect()
}

/// Deserialises. A value that its type refuses is reported and replaced by the default, so that the
/// next one is found as well; `None` where that cannot go on.
pub(crate) fn typed<T: DeserializeOwned>(
    merged: &mut Layer,
    defaults: &Layer,
    shape: &Shape,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(tree(merged, shape)) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let path = error.path().to_string();
        let Some(key) = blamed(merged, &path) else {
            faults.push(Fault::new(
                &Source::Default,
                path.trim_start_matches('.'),
                error.inner().to_string(),
            ));
            return None;
        };
        let given = merged.remove(&key)?;
        let secret = shape.find(&key).is_none_or(|setting| setting.secret);
        let message = if secret {
            "is not of the expected form".to_owned()
        } else {
            error.inner().to_string()
        };
        faults.push(Fault::new(&given.source, &key, message));
        if let Some(default) = defaults
            .get(&key)
            .filter(|_| given.source != Source::Default)
        {
            merged.insert(key, default.clone());
        }
    }
}

/// Asks the value for its own rules; a key that is at fault already is not reported again.
pub(crate) fn validate<T: Validate>(value: &T, merged: &Layer, faults: &mut Vec<Fault>) {
    for problem in value.validate() {
        if faults.iter().any(|fault| fault.key == problem.key) {
            continue;
        }
        let source = merged
            .get(&problem.key)
            .map_or(&Source::Default, |given| &given.source);
        faults.push(Fault::new(source, &problem.key, problem.message));
    }
}

/// Every setting with its value and source: those of the type, and the entries of its maps.
pub(crate) fn entries(merged: &Layer, shape: &Shape) -> Vec<Entry> {
    let mut entries: BTreeMap<&str, Entry> = shape
        .settings()
        .map(|(key, _)| (key.as_str(), entry(key, "", &Source::Default)))
        .collect();
    for (key, given) in merged {
        let secret = shape.find(key).is_none_or(|setting| setting.secret);
        let set = !matches!(&given.value, Value::Null) && given.value.as_str() != Some("");
        let text = if secret && set {
            "[secret]".to_owned()
        } else {
            shown(&given.value)
        };
        entries.insert(key, entry(key, &text, &given.source));
    }
    entries.into_values().collect()
}

fn entry(key: &str, shown_value: &str, source: &Source) -> Entry {
    Entry {
        key: key.to_owned(),
        shown_value: shown_value.to_owned(),
        source: source.clone(),
        environment_name: environment_name(key),
    }
}

/// The key that a path of the deserialiser lies at or in.
fn blamed(merged: &Layer, path: &str) -> Option<String> {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    merged.keys().find(|key| within(path, key)).cloned()
}

fn tree(merged: &Layer, shape: &Shape) -> Value {
    let mut root = Map::new();
    for table in shape.tables() {
        insert(
            &mut root,
            &table.split('.').collect::<Vec<_>>(),
            Value::Object(Map::new()),
        );
    }
    for (key, given) in merged {
        insert(&mut root, &shape.steps(key), given.value.clone());
    }
    Value::Object(root)
}

fn insert(table: &mut Map<String, Value>, steps: &[&str], value: Value) {
    match steps {
        [] => {}
        [name] => {
            table.insert((*name).to_owned(), value);
        }
        [name, rest @ ..] => {
            let child = table
                .entry(*name)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(child) = child {
                insert(child, rest, value);
            }
        }
    }
}
