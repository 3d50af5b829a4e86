//! How the document becomes what the page shows.

use hanok_base::i18n::Text;
use serde_json::Value;

use super::prose::Prose;
use super::schema::{Kind, Schema, described, list, pairs, referred, text};
use super::{Answer, Call, Group, Parameter, Reference, Who};
use crate::text;

/// In which order the methods of a path are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Reference {
    /// Reads a document.
    pub(super) fn of(document: &Value) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for (tag, call) in calls(document) {
            match groups.iter_mut().find(|group| group.id == tag) {
                Some(group) => group.calls.push(call),
                None => groups.push(Group {
                    name: heading(&tag),
                    id: tag,
                    calls: vec![call],
                }),
            }
        }
        let none = Value::Null;
        let components = document.get("components").unwrap_or(&none);
        let schemas = pairs(components, "schemas");
        let info = document.get("info").unwrap_or(&none);
        let server = list(document, "servers").first().unwrap_or(&none);
        Self {
            version: text(info, "version").to_owned(),
            server: text(server, "url").to_owned(),
            about: described(info),
            groups,
            schemas: schemas
                .map(|(name, schema)| Schema::of(name, schema))
                .collect(),
        }
    }
}

/// Every call with its tag.
fn calls(document: &Value) -> impl Iterator<Item = (String, Call)> {
    pairs(document, "paths").flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| {
            let operation = item.get(method)?;
            let tag = list(operation, "tags").first().and_then(Value::as_str);
            let tag = tag.unwrap_or("other").to_owned();
            Some((tag, call(method, path, operation)))
        })
    })
}

fn call(method: &str, path: &str, operation: &Value) -> Call {
    let (shared, own): (Vec<_>, Vec<_>) =
        pairs(operation, "responses").partition(|(_, answer)| referred(answer).is_some());
    let parameters = list(operation, "parameters").iter();
    let mut refusals: Vec<String> = shared
        .into_iter()
        .map(|(status, _)| status.clone())
        .collect();
    refusals.retain(|status| status != "default");
    Call {
        id: format!("{method}{}", path.replace(['/', '{', '}'], "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: Prose::of(text(operation, "summary").trim_end_matches('.')),
        description: described(operation),
        who: Who::of(text(operation, "x-access")),
        parameters: parameters.map(parameter).collect(),
        body: operation.get("requestBody").and_then(content),
        answers: own
            .into_iter()
            .map(|(status, answer)| Answer {
                status: status.clone(),
                description: described(answer),
                content: content(answer),
            })
            .collect(),
        refusals,
    }
}

fn parameter(parameter: &Value) -> Parameter {
    let schema = parameter.get("schema").unwrap_or(&Value::Null);
    Parameter {
        name: text(parameter, "name").to_owned(),
        place: place(text(parameter, "in")),
        is_required: parameter.get("required") == Some(&Value::Bool(true)),
        kind: Kind::of(schema),
        description: described(parameter),
    }
}

fn place(word: &str) -> Text {
    match word {
        "path" => text::reference::in_path(),
        "query" => text::reference::in_query(),
        _ => text::reference::in_header(),
    }
}

/// The first media type of a body, and what is in it.
fn content(body: &Value) -> Option<(String, Kind)> {
    let (media, content) = pairs(body, "content").next()?;
    let schema = content.get("schema").unwrap_or(&Value::Null);
    Some((media.clone(), Kind::of(schema)))
}

/// A tag as a heading: `sign-in` is `Sign in`.
fn heading(tag: &str) -> String {
    let mut letters = tag.chars().map(|c| if c == '-' { ' ' } else { c });
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.collect::<String>() + &letters.collect::<String>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_grouped_by_tag_and_say_who_may_make_them() {
        let shared = json!({ "$ref": "#/components/responses/NotFound" });
        let document = json!({
            "info": { "title": "Hanok", "version": "1", "description": "Paths answer `/` too." },
            "servers": [{ "url": "http://localhost:8080" }],
            "paths": { "/api/v1/things/{id}": {
                "delete": { "tags": ["my-things"], "summary": "Let it go.", "x-access": "provider_management",
                    "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                    "responses": { "204": {}, "404": shared, "default": shared } },
                "get": { "tags": ["my-things"], "summary": "See it.", "x-access": "public", "responses": {
                    "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } } },
            } },
            "components": { "schemas": { "Thing": { "type": "object", "properties": { "id": { "type": "string" } } } } },
        });
        let read = Reference::of(&document);
        let [group] = read.groups.as_slice() else {
            panic!("{:?}", read.groups)
        };
        assert_eq!(group.name, "My things");
        let [get, delete] = group.calls.as_slice() else {
            panic!("{:?}", group.calls)
        };
        assert_eq!(
            (get.id.as_str(), get.words().as_str()),
            ("get-api-v1-things--id-", "Thing")
        );
        assert_eq!(get.who, Who::Anybody);
        assert_eq!(
            delete.who,
            Who::Permission("provider_management".to_owned())
        );
        assert_eq!(
            (delete.method.as_str(), delete.refusals.as_slice()),
            ("DELETE", &["404".to_owned()][..])
        );
        assert_eq!(read.schemas.len(), 1);
    }
}
