//! The OpenAPI 3.1 document: what every app shares, declared once.

mod reference;
mod served;

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::Method;
use serde::Serialize;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder,
    OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder, ServerBuilder, Type,
};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::access::Access;
use crate::error::Error;
use crate::routes::Routes;

pub use served::{PATH, route};

/// A refusal or fault: RFC 9457 `application/problem+json`.
#[derive(Serialize, ToSchema)]
pub struct Problem<'a> {
    /// `/problems/<code>`: a stable reference for the kind of problem.
    #[schema(example = "/problems/transaction_expired")]
    pub(crate) r#type: String,
    /// The stable machine word.
    #[schema(example = "transaction_expired")]
    pub(crate) code: Cow<'a, str>,
    /// The stable English title.
    #[schema(example = "Transaction expired")]
    pub(crate) title: Cow<'a, str>,
    /// What happened, in the caller's language.
    pub(crate) detail: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub(crate) status: u16,
    /// The title once more, for older clients.
    #[schema(example = "Transaction expired")]
    pub(crate) error: Cow<'a, str>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ProblemField<'a>>,
    /// The request's id, to be named to the operator.
    pub(crate) request_id: Cow<'a, str>,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema)]
pub struct ProblemField<'a> {
    /// A JSON pointer (RFC 6901) to the field.
    #[schema(example = "/user_phone_number")]
    pub(crate) pointer: Cow<'a, str>,
    /// What is wrong, in the caller's language.
    pub(crate) detail: String,
    /// The stable machine word.
    pub(crate) code: Cow<'a, str>,
}

const SHARED: [(&str, &str, &str); 6] = [
    (
        "400",
        "InvalidRequest",
        "The input is not as it should be; `errors` names the fields.",
    ),
    ("401", "Unauthorized", "Nobody we know."),
    ("403", "Forbidden", "Known, and not allowed."),
    ("404", "NotFound", "There is nothing here for this caller."),
    (
        "429",
        "RateLimited",
        "Too many requests; `Retry-After` says when to come back.",
    ),
    ("default", "Problem", "Any other refusal or fault."),
];

impl IntoResponses for Error {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        SHARED
            .iter()
            .map(|(status, name, _)| ((*status).to_owned(), shared(name)))
            .collect()
    }
}

fn shared(name: &str) -> RefOr<Response> {
    RefOr::Ref(Ref::from_response_name(name))
}

/// The name of an operation, which no other has: `get_users_id_roles`.
pub(crate) fn operation_id(method: &Method, path: &str) -> String {
    let within = path.strip_prefix("/api/v1").unwrap_or(path);
    let words = within.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .fold(method.as_str().to_ascii_lowercase(), |name, word| {
            name + "_" + word
        })
}

/// Says in `operation` who may call it, and adds the shared refusals it can answer.
pub(crate) fn describe_access(operation: &mut Operation, access: Access) {
    let word = match access {
        Access::Public => "public".to_owned(),
        Access::SignedIn => "signed_in".to_owned(),
        Access::Permission(name) => name.to_owned(),
        Access::AnyOf(names) => names.join(" | "),
        Access::AllOf(names) => names.join(" & "),
        Access::Client => "client".to_owned(),
        Access::Device => "device".to_owned(),
    };
    let extensions = ExtensionsBuilder::new().add("x-access", word).build();
    operation
        .extensions
        .get_or_insert_default()
        .merge(extensions);
    operation
        .security
        .get_or_insert_with(|| requirements(access));
    for (status, name, _) in SHARED {
        if access != Access::Public || !matches!(status, "401" | "403") {
            operation
                .responses
                .responses
                .entry(status.to_owned())
                .or_insert_with(|| shared(name));
        }
    }
}

fn requirements(access: Access) -> Vec<SecurityRequirement> {
    let one = |name: &str| SecurityRequirement::new::<_, [&str; 0], &str>(name, []);
    let session = [one(BEARER), one(API_KEY)];
    match access {
        Access::Public => Vec::new(),
        Access::SignedIn | Access::Permission(_) | Access::AnyOf(_) | Access::AllOf(_) => {
            session.into()
        }
        Access::Client => {
            let pair = one(CLIENT_ID).add::<_, [&str; 0], &str>(CLIENT_SECRET, []);
            vec![one(BASIC), pair]
        }
        Access::Device => std::iter::once(one(DEVICE)).chain(session).collect(),
    }
}

const BEARER: &str = "bearer";
const API_KEY: &str = "apiKey";
const BASIC: &str = "clientBasic";
const CLIENT_ID: &str = "clientId";
const CLIENT_SECRET: &str = "clientSecret";
const DEVICE: &str = "deviceSignature";

fn security_schemes() -> [(&'static str, SecurityScheme); 6] {
    let header = |name: &str, description: &str| {
        SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
            name,
            description,
        )))
    };
    let http = |scheme, description: &str| {
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(scheme)
                .description(Some(description))
                .build(),
        )
    };
    [
        (
            BEARER,
            http(
                HttpAuthScheme::Bearer,
                "An access token from `POST /api/v1/auth/login`.",
            ),
        ),
        (API_KEY, header("X-API-Key", API_KEY_NOTE)),
        (
            BASIC,
            http(
                HttpAuthScheme::Basic,
                "A provider's client id and client secret.",
            ),
        ),
        (
            CLIENT_ID,
            header(
                "X-Client-ID",
                "A provider's client id, with `X-Client-Secret`.",
            ),
        ),
        (
            CLIENT_SECRET,
            header("X-Client-Secret", "A provider's client secret."),
        ),
        (DEVICE, header("X-Device-Signature", DEVICE_SIGNATURE)),
    ]
}

const API_KEY_NOTE: &str = "A server's API key, from `POST /api/v1/me/keys`; `Authorization: Bearer hanok_…` is the same. It counts \
    under `/api` alone.";

const DEVICE_SIGNATURE: &str = "A paired phone's ES256 signature (raw r‖s, base64url) over \
    `hanok-device-v1\\n{origin}\\n{METHOD}\\n{path?query}\\n{hex SHA-256 of the body}\\n{time}\\n{nonce}`, \
    with the headers `X-Device-Id`, `X-Device-Time` (Unix ms) and `X-Device-Nonce` (16 bytes, base64url).";

/// The whole document of `routes`, for the program's `version`, served at `public_url`.
///
/// # Panics
/// In a development build, where a name stands for two schemas.
pub fn document(routes: &Routes, version: &str, public_url: &str) -> OpenApi {
    let twice = routes.twice_named();
    debug_assert!(twice.is_empty(), "two schemas of one name: {twice:?}");
    let license = LicenseBuilder::new()
        .name("Apache-2.0")
        .identifier(Some("Apache-2.0"))
        .build();
    let info = InfoBuilder::new()
        .title("Hanok")
        .version(version)
        .description(Some(
            "One self-hosted server for an organisation. Every path answers with and without the \
             trailing slash; refusals are `application/problem+json` (RFC 9457).",
        ))
        .license(Some(license))
        .build();
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url(public_url).build()]))
        .components(Some(shared_components()))
        .build();
    document.merge(routes.openapi().clone());
    document
}

fn shared_components() -> utoipa::openapi::Components {
    let mut components = ComponentsBuilder::new()
        .schema("Problem", Problem::schema())
        .schema("ProblemField", ProblemField::schema());
    for (name, scheme) in security_schemes() {
        components = components.security_scheme(name, scheme);
    }
    for (_, name, description) in SHARED {
        components = components.response(name, problem_response(name, description));
    }
    components.build()
}

fn problem_response(name: &str, description: &str) -> Response {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    let content = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
        .build();
    let request_id = HeaderBuilder::new()
        .schema(Some(text.clone()))
        .description(Some("The request's id."))
        .build();
    let mut response = ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .header("X-Request-Id", request_id);
    if name == "RateLimited" {
        let seconds = HeaderBuilder::new()
            .schema(Some(text))
            .description(Some("Seconds to wait."))
            .build();
        response = response.header("Retry-After", seconds);
    }
    response.build()
}
