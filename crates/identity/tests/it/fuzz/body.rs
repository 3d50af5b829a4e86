//! Bodies: nearly right, wrong in one place, or no JSON at all.

use serde_json::{Map, Value, json};

use super::cast::Cast;
use super::dice::Dice;

/// The bytes of a body for this schema.
pub fn body(dice: &Dice, cast: &Cast, schema: &Value) -> Vec<u8> {
    match dice.below(100) {
        0..30 => right(dice, cast, schema).to_string().into_bytes(),
        30..60 => of_schema(dice, cast, "", schema).to_string().into_bytes(),
        60..68 => dice.value(4).to_string().into_bytes(),
        68..72 => json!([of_schema(dice, cast, "", schema)])
            .to_string()
            .into_bytes(),
        72..76 => twice(&of_schema(dice, cast, "", schema)),
        76..80 => cut(
            dice,
            of_schema(dice, cast, "", schema).to_string().into_bytes(),
        ),
        80..84 => broken(
            dice,
            of_schema(dice, cast, "", schema).to_string().into_bytes(),
        ),
        84..88 => deep(dice, schema),
        88..91 => dice.bytes(dice.below(300)),
        91..97 => Vec::new(),
        97 => format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20)).into_bytes(),
        98 => b"\xef\xbb\xbf{}".to_vec(),
        _ => br#"{"pin_code":"\ud800","name":"\u0000","username":1e999}"#.to_vec(),
    }
}

/// An object with nearly all of the schema's fields, each with a value that may well be right.
fn right(dice: &Dice, cast: &Cast, schema: &Value) -> Value {
    let fields = properties(schema).into_iter().flatten();
    let kept = fields.filter(|_| dice.percent(95));
    let inner = |(name, schema): (&String, &Value)| {
        let nested = properties(schema).is_some() && name != "public_key";
        let value = if nested {
            right(dice, cast, schema)
        } else {
            cast.word(dice, name)
        };
        (name.clone(), value)
    };
    kept.map(inner).collect()
}

/// The fields of a schema that is an object, or may be one.
fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let mut all = choices.chain([schema]);
    all.find_map(|one| one["properties"].as_object())
}

/// An object with the schema's fields, most of them with a value that may be right.
fn of_schema(dice: &Dice, cast: &Cast, field: &str, schema: &Value) -> Value {
    if dice.percent(15) && !field.is_empty() {
        return dice.value(2);
    }
    let Some(fields) = properties(schema) else {
        return cast.word(dice, field);
    };
    if field == "public_key" && dice.percent(70) {
        return cast.word(dice, field);
    }
    let mut object = Map::new();
    for (name, inner) in fields {
        if dice.percent(if field.is_empty() { 85 } else { 70 }) {
            object.insert(name.clone(), of_schema(dice, cast, name, inner));
        }
    }
    if dice.percent(10) {
        object.insert(dice.text(), dice.value(2));
    }
    Value::Object(object)
}

/// The first field twice.
fn twice(value: &Value) -> Vec<u8> {
    let text = value.to_string();
    let first = value.as_object().and_then(|object| object.iter().next());
    let Some((name, value)) = first else {
        return text.into_bytes();
    };
    let again = format!("{{{}:{value},", json!(name));
    text.replacen('{', &again, 1).into_bytes()
}

fn cut(dice: &Dice, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(dice.below(bytes.len()));
    bytes
}

/// A byte or two that are no UTF-8, or no JSON.
fn broken(dice: &Dice, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..=dice.below(2) {
        let at = dice.below(bytes.len());
        let byte = *dice.one_of(&[&0xff, &0xc0, &0x00, &b'"', &b'}', &b'\\', &0xed]);
        bytes.insert(at, byte);
    }
    bytes
}

/// Nested deeper than any reader should follow, alone or in a field.
fn deep(dice: &Dice, schema: &Value) -> Vec<u8> {
    let depth = *dice.one_of(&[&100, &130, &5_000, &100_000]);
    let (open, close) = dice.one_of(&[&("[", "]"), &("{\"a\":", "}")]);
    let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
    let field = schema["properties"]
        .as_object()
        .and_then(|fields| fields.keys().next());
    match field {
        Some(name) if dice.percent(50) => format!("{{\"{name}\":{deep}}}").into_bytes(),
        _ => deep.into_bytes(),
    }
}
