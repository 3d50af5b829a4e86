//! What is shown once: a secret, a key, or both of a new provider. No cache keeps such a page.

use askama::Template;
use hanok_base::i18n::Text;
use hanok_base::{Secret, Timestamp};
use hanok_web::Page;
use hanok_web::page::filters;

use crate::provider::create::CreatedProvider;
use crate::provider::keys::CreatedKey;
use crate::provider::secrets::CreatedSecret;
use crate::provider::store::ProviderId;
use crate::text;

/// A key, with its value in both notations.
struct KeyShown {
    kid: String,
    base64: String,
    jwk: String,
    /// When it is used at the latest, where it is not in use yet.
    activates_at: Option<Timestamp>,
}

#[derive(Template)]
#[template(path = "providers/once.html")]
struct OnceBody {
    client_id: Option<String>,
    secret: Option<Secret>,
    /// Until when the secret before counts.
    until: Option<Timestamp>,
    key: Option<KeyShown>,
    back: String,
    name: Option<String>,
}

fn shown(title: Text, body: OnceBody) -> Page {
    super::page(title, text::provider_once::purpose(), body).unstored()
}

/// A new provider.
pub(super) fn provider(created: &CreatedProvider) -> Page {
    let row = &created.provider;
    let body = OnceBody {
        client_id: Some(row.client_id.clone()),
        secret: Some(created.client_secret.clone()),
        until: None,
        key: Some(key_shown(&created.key, false)),
        back: super::address(row.id),
        name: Some(row.name.clone()),
    };
    shown(text::provider_once::provider(), body)
}

/// A new secret.
pub(super) fn secret(id: ProviderId, created: CreatedSecret) -> Page {
    let body = OnceBody {
        client_id: Some(created.client_id),
        secret: Some(created.client_secret),
        until: Some(created.previous_expires_at),
        key: None,
        back: super::address(id),
        name: None,
    };
    shown(text::provider_once::secret(), body)
}

/// A key that is announced.
pub(super) fn key(id: ProviderId, created: &CreatedKey) -> Page {
    let body = OnceBody {
        client_id: None,
        secret: None,
        until: None,
        key: Some(key_shown(created, true)),
        back: super::address(id),
        name: None,
    };
    shown(text::provider_once::key(), body)
}

fn key_shown(key: &CreatedKey, is_announced: bool) -> KeyShown {
    KeyShown {
        kid: key.kid.clone(),
        base64: key.base64(),
        jwk: format!(
            r#"{{"kty":"oct","kid":"{}","k":"{}"}}"#,
            key.kid,
            key.base64url()
        ),
        activates_at: is_announced.then_some(key.activates_at),
    }
}
