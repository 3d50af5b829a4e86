//! What serde says about wrong input, told by field and without repeating the input.

use serde_path_to_error::{Path, Segment};

use crate::error::FieldError;

/// The field error that `message`, serde's about the value at `path`, means.
///
/// Only the words of a fixed list and the names of expected variants are taken from the message: it
/// may repeat what was typed, a PIN for instance.
pub(super) fn field_error(path: &Path, message: &str) -> FieldError {
    let pointer = pointer(path);
    for (prefix, code) in [
        ("missing field `", "required"),
        ("unknown field `", "unknown_field"),
        ("duplicate field `", "duplicate_field"),
    ] {
        if let Some(name) = message
            .strip_prefix(prefix)
            .and_then(|rest| rest.split('`').next())
        {
            return FieldError::new(with_field(pointer, name), code);
        }
    }
    let expected = expected(message);
    if message.starts_with("unknown variant") {
        return FieldError::new(pointer, "unknown_value")
            .arg("expected", expected.replace('`', ""));
    }
    FieldError::new(pointer, code_of_expectation(message, expected))
}

fn code_of_expectation(message: &str, expected: &str) -> &'static str {
    if !message.starts_with("invalid type") && !message.starts_with("invalid length") {
        return "invalid_value";
    }
    match expected {
        "a string" | "a borrowed string" => "expected_string",
        "a boolean" => "expected_boolean",
        "f32" | "f64" => "expected_number",
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "isize" => {
            "expected_integer"
        }
        "a sequence" => "expected_array",
        "a map" => "expected_object",
        other if other.starts_with("struct ") => "expected_object",
        _ => "wrong_type",
    }
}

/// What stands after "expected" in serde's messages, without the position.
fn expected(message: &str) -> &str {
    let after = message
        .split_once("expected ")
        .map_or("", |(_, after)| after);
    after
        .split_once(" at line ")
        .map_or(after, |(expected, _)| expected)
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => push(&mut pointer, key),
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Enum { variant } => push(&mut pointer, variant),
            Segment::Unknown => {}
        }
    }
    pointer
}

fn with_field(mut pointer: String, name: &str) -> String {
    let mut ending = String::new();
    push(&mut ending, name);
    if !pointer.ends_with(&ending) {
        pointer.push_str(&ending);
    }
    pointer
}

/// Adds one step to a JSON pointer, escaped by RFC 6901.
pub(super) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
}
