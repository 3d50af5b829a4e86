//! `/docs/api`: the OpenAPI document as a page, which needs no viewer and no script to be read.

mod prose;
mod read;
mod schema;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::i18n::Text;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use self::prose::Prose;
use self::schema::{Kind, Schema};
use crate::access::Access;
use crate::page::{Layout, Page, filters};
use crate::routes::Routes;
use crate::text;

/// Where the page is.
pub const PATH: &str = "/docs/api";

/// What the page shows, read from the document once.
#[derive(Debug)]
pub(super) struct Reference {
    version: String,
    server: String,
    about: Prose,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// The calls of one tag.
#[derive(Debug)]
struct Group {
    /// The tag: `sign-in`.
    id: String,
    /// As a heading: `Sign in`.
    name: String,
    calls: Vec<Call>,
}

/// One call.
#[derive(Debug)]
struct Call {
    id: String,
    method: String,
    path: String,
    summary: Prose,
    description: Prose,
    who: Who,
    parameters: Vec<Parameter>,
    /// What is sent, and under which media type.
    body: Option<(String, Kind)>,
    answers: Vec<Answer>,
    /// The statuses of the refusals that every call shares.
    refusals: Vec<String>,
}

/// Who may make a call.
#[derive(Debug, PartialEq, Eq)]
enum Who {
    Anybody,
    SignedIn,
    Client,
    Device,
    Permission(String),
}

/// A parameter of the path, the query or the head.
#[derive(Debug)]
struct Parameter {
    name: String,
    place: Text,
    is_required: bool,
    kind: Kind,
    description: Prose,
}

/// What comes back.
#[derive(Debug)]
struct Answer {
    status: String,
    description: Prose,
    content: Option<(String, Kind)>,
}

impl Who {
    fn of(word: &str) -> Self {
        match word {
            "" | "public" => Self::Anybody,
            "signed_in" => Self::SignedIn,
            "client" => Self::Client,
            "device" => Self::Device,
            permission => Self::Permission(permission.to_owned()),
        }
    }

    fn told(&self) -> Text {
        match self {
            Self::Anybody => text::reference::anybody(),
            Self::SignedIn => text::reference::signed_in(),
            Self::Client => text::reference::client(),
            Self::Device => text::reference::device(),
            Self::Permission(name) => text::reference::permission(name),
        }
    }
}

impl Call {
    /// What the filter looks in besides the words of the heading.
    fn words(&self) -> String {
        let body = self.body.iter().map(|(_, kind)| kind);
        let content = self
            .answers
            .iter()
            .filter_map(|answer| answer.content.as_ref());
        let kinds = body.chain(content.map(|(_, kind)| kind));
        let named: Vec<&str> = kinds.filter_map(Kind::schema).collect();
        named.join(" ")
    }
}

#[derive(Template)]
#[template(path = "reference.html")]
struct ReferenceBody(Arc<Reference>);

/// The page of `document`.
///
/// # Errors
/// Where the document cannot be written as JSON.
pub(super) fn route(document: &OpenApi) -> Result<Routes, serde_json::Error> {
    let document: Value = serde_json::to_value(document)?;
    let reference = Arc::new(Reference::of(&document));
    Ok(Routes::<Arc<Reference>>::new()
        .page(Method::GET, PATH, show, Access::Public)
        .with_state(reference))
}

async fn show(State(reference): State<Arc<Reference>>) -> Page {
    Page::new(text::reference::title(), ReferenceBody(reference))
        .layout(Layout::Front)
        .entry("reference")
}
