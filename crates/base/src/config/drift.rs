//! Keeping the default file and the types together.

use std::collections::BTreeSet;

use schemars::JsonSchema;

use crate::config::environment_name;
use crate::config::layer::Reader;
use crate::config::shape::Shape;

/// Where the default file and the type differ: keys the type does not have, settings without a
/// default, settings whose environment name the file does not mention. A test wants this empty.
pub fn drift<T: JsonSchema>(defaults: &str) -> Vec<String> {
    let shape = Shape::of::<T>(&BTreeSet::new());
    let mut reader = Reader::new(&shape);
    let layer = reader.defaults(defaults);
    let mut found: Vec<String> = reader
        .into_faults()
        .iter()
        .map(ToString::to_string)
        .collect();
    for (key, setting) in shape.settings() {
        if !setting.optional && !setting.secret && !layer.contains_key(key) {
            found.push(format!("{key} has no default"));
        }
        let name = environment_name(key);
        if !mentions(defaults, &name) {
            found.push(format!("{key}: {name} is not named"));
        }
    }
    let maps = shape
        .maps()
        .map(|key| format!("{}__", environment_name(key)));
    found.extend(
        maps.filter(|name| !defaults.contains(name))
            .map(|name| format!("{name} is not named")),
    );
    found
}

fn mentions(text: &str, name: &str) -> bool {
    text.split(|part: char| !part.is_ascii_alphanumeric() && part != '_')
        .any(|word| word == name)
}
