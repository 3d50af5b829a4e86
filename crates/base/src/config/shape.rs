//! Which settings a type has, read from its JSON Schema.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::config::schema;

/// What a setting may hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Text,
    Flag,
    Integer {
        minimum: Option<f64>,
        maximum: Option<f64>,
    },
    Number {
        minimum: Option<f64>,
        maximum: Option<f64>,
    },
    Choice(Vec<String>),
    List(Box<Kind>),
    Anything,
}

/// One setting.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) kind: Kind,
    pub(crate) secret: bool,
    pub(crate) optional: bool,
}

/// All settings of a type, by dotted key.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    settings: BTreeMap<String, Setting>,
    maps: BTreeMap<String, Setting>,
    sections: BTreeSet<String>,
    tables: BTreeSet<String>,
}

impl Shape {
    /// Reads the type's schema; `secrets` are secret besides those whose type says so.
    pub(crate) fn of<T: JsonSchema>(secrets: &BTreeSet<String>) -> Self {
        let root = schema::<T>();
        let mut shape = Self::default();
        shape.add(&root, &root, "", false);
        for (key, setting) in &mut shape.settings {
            setting.secret |= secrets.contains(key);
        }
        shape
    }

    pub(crate) fn find(&self, key: &str) -> Option<&Setting> {
        self.settings
            .get(key)
            .or_else(|| self.map_of(key).map(|(_, setting)| setting))
    }

    /// The secret whose file this key names, as `store.password` for `store.password_file`.
    pub(crate) fn secret_of_file<'k>(&self, key: &'k str) -> Option<(&'k str, &Setting)> {
        let secret = key.strip_suffix("_file")?;
        self.find(secret)
            .filter(|setting| setting.secret)
            .map(|setting| (secret, setting))
    }

    pub(crate) fn is_table(&self, key: &str) -> bool {
        self.sections.contains(key) || self.maps.contains_key(key)
    }

    pub(crate) fn settings(&self) -> impl Iterator<Item = (&String, &Setting)> {
        self.settings.iter()
    }

    /// Keys of maps: their own keys are free.
    pub(crate) fn maps(&self) -> impl Iterator<Item = &String> {
        self.maps.keys()
    }

    /// Sections and maps that are there even when nothing is set in them, outer before inner.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &String> {
        self.tables.iter()
    }

    /// The path of a key in the tree: a map's own key is one step, whatever dots it has.
    pub(crate) fn steps<'k>(&self, key: &'k str) -> Vec<&'k str> {
        match self.map_of(key) {
            Some((name, _)) => {
                let (map, entry) = key.split_at(name.len());
                map.split('.').chain(entry.strip_prefix('.')).collect()
            }
            None => key.split('.').collect(),
        }
    }

    /// The known key most like a mistyped one.
    pub(crate) fn nearest(&self, key: &str) -> Option<&str> {
        self.settings
            .keys()
            .map(|known| (strsim::damerau_levenshtein(known, key), known))
            .filter(|(distance, _)| *distance <= 3)
            .min()
            .map(|(_, known)| known.as_str())
    }

    fn map_of(&self, key: &str) -> Option<(&String, &Setting)> {
        self.maps.iter().find(|(name, _)| {
            key.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.starts_with('.') && rest.len() > 1)
        })
    }

    fn add(&mut self, root: &Value, node: &Value, key: &str, within_optional: bool) {
        let (node, null) = resolve(root, node);
        let optional = null || within_optional;
        let is_map = node
            .get("additionalProperties")
            .is_some_and(Value::is_object);
        let is_section = node.get("properties").is_some();
        if (is_map || is_section) && !optional && !key.is_empty() {
            self.tables.insert(key.to_owned());
        }
        if let Some(properties) = object(node, "properties") {
            self.sections.insert(key.to_owned());
            for (name, child) in properties {
                let child_key = if key.is_empty() {
                    name.clone()
                } else {
                    format!("{key}.{name}")
                };
                self.add(root, child, &child_key, optional);
            }
        } else if let Some(values) = node.get("additionalProperties").filter(|_| is_map) {
            let (values, _) = resolve(root, values);
            self.maps
                .insert(key.to_owned(), setting(root, values, true));
        } else {
            self.settings
                .insert(key.to_owned(), setting(root, node, optional));
        }
    }
}

fn setting(root: &Value, node: &Value, optional: bool) -> Setting {
    let secret = node
        .get("writeOnly")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    Setting {
        kind: kind(root, node),
        secret,
        optional,
    }
}

fn kind(root: &Value, node: &Value) -> Kind {
    if let Some(choices) = choices(node) {
        return Kind::Choice(choices);
    }
    match type_name(node) {
        Some("string") => Kind::Text,
        Some("boolean") => Kind::Flag,
        Some("integer") => Kind::Integer {
            minimum: bound(node, "minimum"),
            maximum: bound(node, "maximum"),
        },
        Some("number") => Kind::Number {
            minimum: bound(node, "minimum"),
            maximum: bound(node, "maximum"),
        },
        Some("array") => {
            let item = node
                .get("items")
                .map_or(Kind::Anything, |items| kind(root, resolve(root, items).0));
            Kind::List(Box::new(item))
        }
        _ => Kind::Anything,
    }
}

/// The words of an enum of plain words, in either form that `schemars` writes.
fn choices(node: &Value) -> Option<Vec<String>> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(one) = node.get("const") {
        return word(one).map(|word| vec![word]);
    }
    if let Some(words) = node.get("enum").and_then(Value::as_array) {
        return words
            .iter()
            .filter(|value| !value.is_null())
            .map(word)
            .collect();
    }
    let variants = node.get("oneOf")?.as_array()?;
    variants
        .iter()
        .map(choices)
        .collect::<Option<Vec<_>>>()
        .map(|lists| lists.concat())
}

/// Follows references and takes `null` out of a union: the node itself and whether null is allowed.
fn resolve<'a>(root: &'a Value, node: &'a Value) -> (&'a Value, bool) {
    if let Some(target) = node.get("$ref").and_then(Value::as_str) {
        let found = target
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        return found.map_or((node, false), |found| resolve(root, found));
    }
    if let Some(options) = node.get("anyOf").and_then(Value::as_array) {
        let null = options
            .iter()
            .any(|option| type_name(option) == Some("null"));
        let mut rest = options
            .iter()
            .filter(|option| type_name(option) != Some("null"));
        if let (true, Some(only), None) = (null, rest.next(), rest.next()) {
            return (resolve(root, only).0, true);
        }
    }
    let null = node
        .get("type")
        .and_then(Value::as_array)
        .is_some_and(|types| types.contains(&Value::from("null")));
    (node, null)
}

fn type_name(node: &Value) -> Option<&str> {
    match node.get("type")? {
        Value::Array(types) => types
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null"),
        name => name.as_str(),
    }
}

fn bound(node: &Value, name: &str) -> Option<f64> {
    node.get(name).and_then(Value::as_f64)
}

fn object<'a>(node: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    node.get(name).and_then(Value::as_object)
}
