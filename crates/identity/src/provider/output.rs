//! A provider, its keys and its secrets as they are shown.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::Page;
use serde::Serialize;
use utoipa::ToSchema;

use super::create::CreatedProvider;
use super::keys::{CreatedKey, KeyRow, KeyState};
use super::secrets::CreatedSecret;
use super::service::ProviderDetail;
use super::settings::{Delivery, Notify, ProviderLimits};
use super::store::{ProviderId, ProviderRow, SecretRow};

/// A provider.
#[derive(Serialize, ToSchema)]
pub struct ProviderOut {
    /// Its id.
    #[schema(value_type = String)]
    id: ProviderId,
    /// Raised by every change.
    version: i64,
    /// What it calls itself in its own calls.
    client_id: String,
    /// What people read.
    name: String,
    /// Who made it.
    #[schema(value_type = Option<String>)]
    owner_id: Option<AccountId>,
    /// Where it is told.
    callback_url: Option<String>,
    /// `callback` or `poll`.
    #[schema(value_type = String)]
    delivery: Delivery,
    /// `all` or `completed`.
    #[schema(value_type = String)]
    notify: Notify,
    /// The code of the company behind it.
    site_code: String,
    /// Where its calls may come from; empty is any.
    address_allow_list: Vec<String>,
    /// Its own limits.
    limits: ProviderLimits,
    /// Whether an unknown number is answered like a known one.
    hide_unknown_users: bool,
    /// Whether it receives CI.
    ci_entitled: bool,
    /// Whether it may ask at all.
    active: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<ProviderRow> for ProviderOut {
    fn from(row: ProviderRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            client_id: row.client_id,
            name: row.name,
            owner_id: row.owner_id,
            callback_url: row.callback_url,
            delivery: row.delivery,
            notify: row.notify,
            site_code: row.site_code,
            address_allow_list: row.address_allow_list.texts(),
            limits: row.limits,
            hide_unknown_users: row.hide_unknown_users,
            ci_entitled: row.ci_entitled,
            active: row.active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A page of providers.
#[derive(Serialize, ToSchema)]
pub struct ProvidersOut {
    /// The providers, the newest first.
    providers: Vec<ProviderOut>,
    /// The `cursor` of the page after.
    next: Option<String>,
    /// The `cursor` of the page before.
    previous: Option<String>,
}

impl From<Page<ProviderRow>> for ProvidersOut {
    fn from(page: Page<ProviderRow>) -> Self {
        let Page {
            items,
            next,
            previous,
        } = page.map(ProviderOut::from);
        Self {
            providers: items,
            next,
            previous,
        }
    }
}

/// A key, without its value.
#[derive(Serialize, ToSchema)]
pub struct KeyOut {
    /// Its name in every message.
    kid: String,
    /// `announced`, `active`, `retiring` or `retired`.
    #[schema(value_type = String)]
    state: KeyState,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it came, or comes at the latest, into use.
    #[schema(value_type = String, format = DateTime)]
    activates_at: Timestamp,
    /// When it is due to be replaced, or retired.
    #[schema(value_type = Option<String>, format = DateTime)]
    retires_at: Option<Timestamp>,
    /// How often it has encrypted.
    uses: i64,
}

impl From<KeyRow> for KeyOut {
    fn from(row: KeyRow) -> Self {
        Self {
            kid: row.key_name,
            state: row.state,
            created_at: row.created_at,
            activates_at: row.activates_at,
            retires_at: row.retires_at,
            uses: row.uses,
        }
    }
}

/// A secret, without its value.
#[derive(Serialize, ToSchema)]
pub struct SecretOut {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when it counts, where a newer one has taken its place.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

impl From<SecretRow> for SecretOut {
    fn from(row: SecretRow) -> Self {
        Self {
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// A provider with its keys and secrets, none of them shown.
#[derive(Serialize, ToSchema)]
pub struct ProviderDetailOut {
    #[serde(flatten)]
    provider: ProviderOut,
    /// Its keys, the newest first.
    keys: Vec<KeyOut>,
    /// Its secrets that count, the newest first.
    secrets: Vec<SecretOut>,
}

impl From<ProviderDetail> for ProviderDetailOut {
    fn from(detail: ProviderDetail) -> Self {
        Self {
            provider: detail.provider.into(),
            keys: detail.keys.into_iter().map(KeyOut::from).collect(),
            secrets: detail.secrets.into_iter().map(SecretOut::from).collect(),
        }
    }
}

/// A symmetric key (RFC 7517, RFC 7518 section 6.4), without `alg`, which libraries read differently.
#[derive(Serialize, ToSchema)]
pub struct OctJwk {
    /// `oct`.
    kty: &'static str,
    /// Its name in every message.
    kid: String,
    /// The 256 bits, base64url.
    k: String,
}

/// A new key: its value is shown here and never again.
#[derive(Serialize, ToSchema)]
pub struct CreatedKeyOut {
    /// Its name in every message.
    kid: String,
    /// `announced`, or of a new provider `active`.
    #[schema(value_type = String)]
    state: KeyState,
    /// When it is used at the latest.
    #[schema(value_type = String, format = DateTime)]
    activates_at: Timestamp,
    /// The value as a JWK.
    jwk: OctJwk,
    /// The value as Base64.
    base64: String,
}

impl From<CreatedKey> for CreatedKeyOut {
    fn from(key: CreatedKey) -> Self {
        let (k, base64) = (key.base64url(), key.base64());
        Self {
            jwk: OctJwk {
                kty: "oct",
                kid: key.kid.clone(),
                k,
            },
            base64,
            kid: key.kid,
            state: key.state,
            activates_at: key.activates_at,
        }
    }
}

/// A provider that was just made: secret and key are shown here and never again.
#[derive(Serialize, ToSchema)]
pub struct CreatedProviderOut {
    #[serde(flatten)]
    provider: ProviderOut,
    /// Its secret.
    client_secret: String,
    /// Its first key.
    key: CreatedKeyOut,
}

impl From<CreatedProvider> for CreatedProviderOut {
    fn from(created: CreatedProvider) -> Self {
        Self {
            provider: created.provider.into(),
            client_secret: created.client_secret.expose().to_owned(),
            key: created.key.into(),
        }
    }
}

/// A new secret: it is shown here and never again.
#[derive(Serialize, ToSchema)]
pub struct CreatedSecretOut {
    /// The provider's client id.
    client_id: String,
    /// The secret.
    client_secret: String,
    /// Until when the one before counts.
    #[schema(value_type = String, format = DateTime)]
    previous_expires_at: Timestamp,
}

impl From<CreatedSecret> for CreatedSecretOut {
    fn from(created: CreatedSecret) -> Self {
        Self {
            client_id: created.client_id,
            client_secret: created.client_secret.expose().to_owned(),
            previous_expires_at: created.previous_expires_at,
        }
    }
}
