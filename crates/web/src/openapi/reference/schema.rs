//! Schemas: what a value is, in a word, and what an object is made of.

use serde_json::{Map, Value};

use super::prose::Prose;

/// A named schema.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) description: Prose,
    pub(super) fields: Vec<Property>,
    /// Where it is no object: what it is instead.
    pub(super) kind: Kind,
}

/// A field of an object.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) is_required: bool,
    pub(super) kind: Kind,
    pub(super) description: Prose,
    pub(super) example: Option<String>,
}

/// What a value is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// What stands before the name of a schema, or all there is to say: `array of `, `string`.
    pub(super) before: String,
    /// The schema that it refers to.
    pub(super) refers: Option<String>,
    /// What else holds: `date-time`, `1 – 100`, `or null`.
    pub(super) after: String,
}

impl Schema {
    pub(super) fn of(name: &str, value: &Value) -> Self {
        let parts: Vec<&Value> = match list(value, "allOf") {
            [] => vec![value],
            parts => parts.iter().collect(),
        };
        Self {
            name: name.to_owned(),
            description: described(value),
            fields: parts.into_iter().flat_map(properties).collect(),
            kind: Kind::of(value),
        }
    }
}

impl Kind {
    pub(super) fn of(schema: &Value) -> Self {
        if let Some(name) = referred(schema) {
            return Self {
                refers: Some(name.to_owned()),
                ..Self::default()
            };
        }
        if let Some(kind) = Self::of_choice(schema) {
            return kind;
        }
        let (word, nullable) = word(schema);
        let after = notes(schema, nullable);
        match (word, schema.get("items")) {
            ("array", Some(items)) => {
                let of = Self::of(items);
                Self {
                    before: format!("array of {}", of.before),
                    after: [of.after, after].concat(),
                    ..of
                }
            }
            (word, _) => Self {
                before: word.to_owned(),
                refers: None,
                after,
            },
        }
    }

    /// One of several, `null` among them perhaps; or all of several, of which one refers.
    fn of_choice(schema: &Value) -> Option<Self> {
        let choices = ["oneOf", "anyOf", "allOf"]
            .into_iter()
            .map(|key| list(schema, key))
            .find(|choices| !choices.is_empty())?;
        let is_null = |choice: &&Value| choice.get("type").is_some_and(|kind| kind == "null");
        let nullable = choices.iter().any(|choice| is_null(&choice));
        let first = choices.iter().find(|choice| !is_null(choice))?;
        let kind = Self::of(first);
        let or_null = if nullable { " or null" } else { "" };
        Some(Self {
            after: [kind.after.as_str(), or_null].concat(),
            ..kind
        })
    }

    /// The schema that it refers to.
    pub(super) fn schema(&self) -> Option<&str> {
        self.refers.as_deref()
    }
}

/// The description of a schema, an operation or a parameter.
pub(super) fn described(value: &Value) -> Prose {
    Prose::of(text(value, "description"))
}

/// The text under a key; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The list under a key; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let list = value.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// The object under a key, as pairs; empty where there is none.
pub(super) fn pairs<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let object = value.get(key).and_then(Value::as_object);
    object.into_iter().flat_map(Map::iter)
}

/// The name at the end of a `$ref`.
pub(super) fn referred(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.rsplit('/').next()
}

fn properties(schema: &Value) -> Vec<Property> {
    let required = list(schema, "required");
    let field = |(name, value): (&String, &Value)| Property {
        name: name.clone(),
        is_required: required
            .iter()
            .any(|known| known.as_str() == Some(name.as_str())),
        kind: Kind::of(value),
        description: described(value),
        example: value.get("example").map(shown),
    };
    pairs(schema, "properties").map(field).collect()
}

/// The word for what a value is, and whether it may be null.
fn word(schema: &Value) -> (&str, bool) {
    match schema.get("type") {
        Some(Value::String(word)) => (word, false),
        Some(Value::Array(words)) => {
            let named = words.iter().filter_map(Value::as_str);
            let word = named.clone().find(|word| *word != "null");
            (word.unwrap_or("null"), named.clone().any(|it| it == "null"))
        }
        _ => ("any", false),
    }
}

fn notes(schema: &Value, nullable: bool) -> String {
    let bound = |key: &str| schema.get(key).map(shown);
    let between = |least: Option<String>, most: Option<String>, unit: &str| match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} – {most}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, Some(most)) => Some(format!("at most {most}{unit}")),
        (None, None) => None,
    };
    let values = list(schema, "enum").iter().map(shown);
    let values: Vec<String> = values.collect();
    let notes = [
        Some(text(schema, "format"))
            .filter(|format| format.contains('-'))
            .map(str::to_owned),
        between(bound("minimum"), bound("maximum"), ""),
        between(bound("minLength"), bound("maxLength"), " characters"),
        Some(values.join(", ")).filter(|values| !values.is_empty()),
    ];
    let mut out = String::new();
    for note in notes.into_iter().flatten() {
        out.push_str(", ");
        out.push_str(&note);
    }
    if nullable {
        out.push_str(" or null");
    }
    out
}

/// A value as a reader expects it: text without quotes.
fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(schema: &Value) -> String {
        let kind = Kind::of(schema);
        [
            kind.before,
            kind.refers
                .map_or(String::new(), |name| format!("<{name}>")),
            kind.after,
        ]
        .concat()
    }

    #[test]
    fn what_a_value_is_is_told_in_a_word() {
        let of_phones =
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/DeviceOut" } });
        let limits =
            json!({ "oneOf": [{ "$ref": "#/components/schemas/Limits" }, { "type": "null" }] });
        let cases = [
            (json!({ "type": "string" }), "string"),
            (
                json!({ "type": ["string", "null"], "format": "date-time" }),
                "string, date-time or null",
            ),
            (
                json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": 100 }),
                "integer, 1 – 100",
            ),
            (
                json!({ "type": "string", "enum": ["a", "b"] }),
                "string, a, b",
            ),
            (json!({}), "any"),
            (of_phones, "array of <DeviceOut>"),
            (limits, "<Limits> or null"),
        ];
        for (schema, wanted) in cases {
            assert_eq!(told(&schema), wanted);
        }
    }

    #[test]
    fn an_object_names_its_fields_those_of_its_parts_too() {
        let schema = json!({ "allOf": [
            { "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "example": "a1" } } },
            { "type": "object", "properties": { "count": { "type": "integer" } } },
        ] });
        let fields = Schema::of("Both", &schema).fields;
        let told: Vec<_> = fields
            .iter()
            .map(|field| {
                (
                    field.name.as_str(),
                    field.is_required,
                    field.example.as_deref(),
                )
            })
            .collect();
        assert_eq!(told, [("id", true, Some("a1")), ("count", false, None)]);
    }
}
