//! The provider of the demo, "A 쇼핑몰", and the file that holds its credentials.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use hanok_base::Secret;
use hanok_base::directory::write_private;
use hanok_identity::Identity;
use hanok_identity::provider::{By, Field, ProviderIn, ProviderPatch, ProviderRow};
use hanok_web::Ctx;
use serde::{Deserialize, Serialize};

/// Where the demo's provider is called back.
pub const CALLBACK_PATH: &str = "/api/v1/auth/callback";

const FILE: &str = "demo.json";
const NAME: &str = "A 쇼핑몰";
const SITE_CODE: &str = "A-SHOP";

/// `demo.json`: what the demo's provider knows. The credentials are real, the people are not.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DemoFile {
    /// Where the demo is served.
    pub url: String,
    /// The provider's client id.
    pub client_id: String,
    /// The provider's client secret.
    pub client_secret: String,
    /// The provider's key.
    pub key: Key,
}

/// A provider's key, in both spellings.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Key {
    /// Its name in every message.
    pub kid: String,
    /// The key as a JWK (RFC 7517).
    pub jwk: Jwk,
    /// The key as Base64.
    pub base64: String,
}

/// A symmetric key as a JWK, without `alg`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Jwk {
    /// Always `oct`.
    pub kty: String,
    /// Its name in every message.
    pub kid: String,
    /// The key, base64url.
    pub k: String,
}

/// What is wrong with the demo's provider or its file.
#[derive(Debug, thiserror::Error)]
pub enum ShopFault {
    /// The file.
    #[error("{path}: {source}")]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The use cases.
    #[error(transparent)]
    Identity(#[from] hanok_identity::Fault),
}

impl DemoFile {
    /// Where it lies.
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join(FILE)
    }

    /// Reads it; `None` where there is none or it is damaged.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(data_dir: &Path) -> io::Result<Option<Self>> {
        match fs::read_to_string(Self::path(data_dir)) {
            Ok(text) => Ok(serde_json::from_str(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, data_dir: &Path) -> Result<(), ShopFault> {
        let text = serde_json::to_string_pretty(self).map_err(io::Error::from);
        let path = Self::path(data_dir);
        text.and_then(|text| write_private(&path, &text))
            .map_err(|source| ShopFault::File { path, source })
    }
}

/// Makes the provider, or where its file is there keeps it, called back where the demo is served now.
///
/// # Errors
/// See [`ShopFault`].
pub async fn open_shop(identity: &Identity, data_dir: &Path) -> Result<DemoFile, ShopFault> {
    let url = identity.accounts.origin.clone();
    let ctx = Ctx::program("hanok demo", identity.accounts.clock.now());
    let known = DemoFile::read(data_dir).map_err(|source| ShopFault::File {
        path: DemoFile::path(data_dir),
        source,
    })?;
    if let Some(known) = known
        && let Some(row) = identity
            .find_provider_by_client_id(&known.client_id)
            .await
            .map_err(hanok_identity::Fault::from)?
    {
        move_shop(identity, &ctx, &row, &url).await?;
        let moved = DemoFile { url, ..known };
        moved.write(data_dir)?;
        return Ok(moved);
    }
    let made = make_shop(identity, &ctx, url).await?;
    made.write(data_dir)?;
    Ok(made)
}

async fn make_shop(identity: &Identity, ctx: &Ctx, url: String) -> Result<DemoFile, ShopFault> {
    let input = ProviderIn {
        name: Some(NAME.to_owned()),
        callback_url: Some(format!("{url}{CALLBACK_PATH}")),
        site_code: Some(SITE_CODE.to_owned()),
        ci_entitled: Some(true),
        ..ProviderIn::default()
    };
    let made = identity
        .create_provider(ctx, input.check(identity.http.policy())?)
        .await?;
    let kid = made.key.kid.clone();
    let jwk = Jwk {
        kty: "oct".to_owned(),
        kid: kid.clone(),
        k: made.key.base64url(),
    };
    let key = Key {
        kid,
        jwk,
        base64: made.key.base64(),
    };
    let client_secret = Secret::expose(&made.client_secret).to_owned();
    Ok(DemoFile {
        url,
        client_id: made.provider.client_id,
        client_secret,
        key,
    })
}

/// The demo may be served on another port than the last time.
async fn move_shop(
    identity: &Identity,
    ctx: &Ctx,
    row: &ProviderRow,
    url: &str,
) -> Result<(), ShopFault> {
    let patch = ProviderPatch {
        callback_url: Field::Given(format!("{url}{CALLBACK_PATH}")),
        ..ProviderPatch::default()
    };
    identity
        .change_provider(ctx, By::Program, row.id, &patch)
        .await?;
    Ok(())
}
