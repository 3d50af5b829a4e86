//! A provider's calls: which one it is, and whether it may call from there, now.

use axum::http::HeaderMap;
use hanok_base::counters::Limit;
use hanok_base::encoding::base64_decode;
use hanok_base::secret::{constant_time_eq, sha256};
use hanok_base::{Secret, Timestamp};
use hanok_db::DbError;
use hanok_web::Ctx;
use hanok_web::rate_limit::limited_network;

use super::store::{self, ProviderRow};
use crate::context::Identity;
use crate::fault::Fault;

/// The longest client id that is looked up.
const LONGEST_CLIENT_ID: usize = 100;

/// What a provider says it is, and its proof.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    client_id: String,
    secret: Secret,
}

impl ClientCredentials {
    /// A client id and its secret.
    pub fn new(client_id: impl Into<String>, secret: Secret) -> Self {
        Self {
            client_id: client_id.into(),
            secret,
        }
    }

    /// Whether the id can be one at all; the store is not asked for any other.
    fn is_plausible(&self) -> bool {
        let fits = (1..=LONGEST_CLIENT_ID).contains(&self.client_id.len());
        fits && self.client_id.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

/// The credentials of a call: `X-Client-ID` and `X-Client-Secret`, or HTTP Basic (RFC 6749, 2.3.1), or
/// `client_id` and `client_secret` of the JSON body. The first that is there counts.
pub fn credentials(headers: &HeaderMap, body: Option<(&str, &str)>) -> Option<ClientCredentials> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let plain =
        |(id, secret): (&str, &str)| ClientCredentials::new(id, Secret::new(secret.to_owned()));
    let own = header("x-client-id")
        .zip(header("x-client-secret"))
        .map(plain);
    own.or_else(|| basic(header("authorization")?))
        .or_else(|| body.map(plain))
}

fn basic(value: &str) -> Option<ClientCredentials> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(base64_decode(encoded.trim())?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    Some(ClientCredentials::new(
        form_decoded(id)?,
        Secret::new(form_decoded(secret)?),
    ))
}

/// A value as a form writes it (RFC 6749, appendix B): `%` and two digits for a byte, `+` for a space.
fn form_decoded(text: &str) -> Option<String> {
    let plain = !text.contains(['&', '=']);
    // Of one value without a name, the name is the value; of nothing there is none.
    let value = form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(value, _)| value.into_owned());
    plain.then(|| value.unwrap_or_default())
}

impl Identity {
    /// The provider that calls, and may. In this order: limits by address, the secret, the provider's state,
    /// its addresses, its own limit.
    ///
    /// # Errors
    /// [`Fault::InvalidClient`] for no, unknown or wrong credentials; [`Fault::ProviderInactive`],
    /// [`Fault::AddressNotAllowed`]; `TooOften` by address or provider.
    pub async fn authenticate_client(
        &self,
        ctx: &Ctx,
        credentials: Option<ClientCredentials>,
    ) -> Result<ProviderRow, Fault> {
        self.refuse_guessing(ctx).await?;
        let credentials = credentials.ok_or(Fault::InvalidClient)?;
        let Some(provider) = self.known_client(credentials, ctx.now).await? else {
            self.count_guess(ctx).await;
            return Err(Fault::InvalidClient);
        };
        self.calls.count(provider.id.uuid());
        if !provider.active {
            return Err(Fault::ProviderInactive);
        }
        if !provider.address_allow_list.allows(ctx.address) {
            return Err(Fault::AddressNotAllowed);
        }
        self.limit_provider(&provider, ctx.now).await?;
        Ok(provider)
    }

    /// The provider whose id and secret these are.
    async fn known_client(
        &self,
        credentials: ClientCredentials,
        now: Timestamp,
    ) -> Result<Option<ProviderRow>, DbError> {
        if !credentials.is_plausible() {
            return Ok(None);
        }
        let hash = sha256(credentials.secret.expose().as_bytes());
        let client_id = credentials.client_id;
        let read = self
            .accounts
            .db
            .read(async move |conn| store::with_secrets(conn, &client_id, now).await);
        Ok(matching(read.await?, &hash))
    }

    async fn refuse_guessing(&self, ctx: &Ctx) -> Result<(), Fault> {
        let Some((key, limit)) = self.guesses(ctx) else {
            return Ok(());
        };
        let decision = self.accounts.counters.peek(&key, limit, ctx.now).await;
        decision
            .allowed
            .then_some(())
            .ok_or_else(|| too_often(decision.reset))
    }

    async fn count_guess(&self, ctx: &Ctx) {
        if let Some((key, limit)) = self.guesses(ctx) {
            self.accounts.counters.hit(&key, limit, ctx.now).await;
        }
    }

    /// The counter of wrong credentials from the caller's address; `None` where there is no limit.
    fn guesses(&self, ctx: &Ctx) -> Option<(String, Limit)> {
        let count = self.accounts.limits.client_failures_per_address_per_minute;
        let key = || format!("client-failed|{}", limited_network(ctx.address));
        (count > 0).then(|| (key(), Limit::per_minute(count)))
    }

    async fn limit_provider(&self, provider: &ProviderRow, now: Timestamp) -> Result<(), Fault> {
        let own = provider.limits.requests_per_minute;
        let count = own.unwrap_or(self.accounts.limits.provider_per_minute);
        if count == 0 {
            return Ok(());
        }
        let key = format!("provider|{}", provider.id);
        let decision = self
            .accounts
            .counters
            .hit(&key, Limit::per_minute(count), now)
            .await;
        decision
            .allowed
            .then_some(())
            .ok_or_else(|| too_often(decision.reset))
    }
}

/// The row whose secret has this SHA-256; every row is compared, each in the same time.
fn matching(rows: Vec<(ProviderRow, [u8; 32])>, hash: &[u8; 32]) -> Option<ProviderRow> {
    let found = |found, (row, known): (ProviderRow, [u8; 32])| {
        if constant_time_eq(&known, hash) {
            Some(row)
        } else {
            found
        }
    };
    rows.into_iter().fold(None, found)
}

const fn too_often(wait: std::time::Duration) -> Fault {
    Fault::Accounts(hanok_accounts::Fault::TooOften(wait))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use hanok_base::encoding::base64_encode;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn told(
        pairs: &[(&'static str, &str)],
        body: Option<(&str, &str)>,
    ) -> Option<(String, String)> {
        let found = credentials(&headers(pairs), body)?;
        Some((found.client_id, found.secret.expose().to_owned()))
    }

    fn pair(id: &str, secret: &str) -> (String, String) {
        (id.to_owned(), secret.to_owned())
    }

    #[test]
    fn credentials_come_by_header_by_basic_or_in_the_body() {
        let basic = format!("Basic {}", base64_encode(b"basic:s1"));
        let own = [("x-client-id", "own"), ("x-client-secret", "s2")];
        let both = [own[0], own[1], ("authorization", basic.as_str())];
        assert_eq!(told(&own, None), Some(pair("own", "s2")));
        assert_eq!(
            told(&[("authorization", &basic)], None),
            Some(pair("basic", "s1"))
        );
        assert_eq!(told(&[], Some(("body", "s3"))), Some(pair("body", "s3")));
        assert_eq!(
            told(&both, Some(("body", "s3"))),
            Some(pair("own", "s2")),
            "the first that is there"
        );
        assert_eq!(
            told(&both[2..], Some(("body", "s3"))),
            Some(pair("basic", "s1"))
        );
        assert_eq!(
            told(&own[..1], Some(("body", "s3"))),
            Some(pair("body", "s3")),
            "an id without a secret is none"
        );
        assert_eq!(told(&own[..1], None), None);
    }

    #[test]
    fn basic_is_form_encoded() {
        let basic = |text: &str| {
            told(
                &[(
                    "authorization",
                    &format!("bAsIc  {}", base64_encode(text.as_bytes())),
                )],
                None,
            )
        };
        assert_eq!(basic("a%3Ab:c%2Bd+e"), Some(pair("a:b", "c+d e")));
        assert_eq!(basic("id:with:colon"), Some(pair("id", "with:colon")));
        assert_eq!(basic("id:"), Some(pair("id", "")));
        for wrong in ["no-colon", "a=b:c", "a:b&c"] {
            assert_eq!(basic(wrong), None, "{wrong}");
        }
        for wrong in ["Basic %%%", "Basic", "Bearer abc"] {
            assert_eq!(told(&[("authorization", wrong)], None), None, "{wrong}");
        }
    }

    #[test]
    fn an_id_that_cannot_be_is_not_looked_up() {
        let plausible = |id: &str| ClientCredentials::new(id, Secret::default()).is_plausible();
        assert!(plausible("0123456789abcdef"));
        for wrong in ["", "a b", "a\0", "가", &"x".repeat(101)] {
            assert!(!plausible(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let printed = format!(
            "{:?}",
            ClientCredentials::new("id", Secret::new("hush".to_owned()))
        );
        assert!(!printed.contains("hush"), "{printed}");
    }
}
