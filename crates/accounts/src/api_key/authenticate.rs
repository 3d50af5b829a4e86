//! Who is calling by an API key: the key and its owner as they are now, at most two seconds old.

use std::sync::Arc;
use std::time::Duration;

use hanok_base::Timestamp;
use hanok_base::secret::{constant_time_eq, sha256};
use hanok_web::{Caller, Permission, PermissionSet, RequestHead, Via};

use super::cache::LiveKey;
use super::rules::{is_marked, prefix_of};
use super::store::{self, LiveRow};
use crate::account::AccountStatus;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::permission::ApiAccess;
use crate::role;
use crate::session::locale;

/// That a key was used is written at most this often.
const WRITE_EVERY: Duration = Duration::from_mins(10);

/// The API key of a request, where it has one: `X-API-Key`, or `Authorization: Bearer hanok_…`. Pages and the socket
/// take none.
pub(crate) fn offered<'a>(head: &RequestHead<'a>) -> Option<&'a str> {
    if !head.target.starts_with("/api/") {
        return None;
    }
    let header = |name: &str| head.headers.get(name)?.to_str().ok().map(str::trim);
    header("x-api-key").or_else(|| {
        let (scheme, value) = header("authorization")?.split_once(' ')?;
        let value = value.trim();
        (scheme.eq_ignore_ascii_case("bearer") && is_marked(value)).then_some(value)
    })
}

impl Accounts {
    /// The caller behind an API key.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] for one that is unknown, revoked or over, or whose owner may not have any;
    /// [`Fault::AddressNotAllowed`].
    pub(crate) async fn authenticate_key(
        &self,
        value: &str,
        head: &RequestHead<'_>,
    ) -> Result<Caller, Fault> {
        let live = self.live_key(value, head.now).await?;
        let live = live.ok_or(Fault::Unauthorized)?;
        let row = &live.row;
        let counts = row.status == AccountStatus::Active
            && row.expires_at.is_none_or(|end| end > head.now)
            && live.is_allowed;
        counts.then_some(()).ok_or(Fault::Unauthorized)?;
        if !row.address_allow_list.allows(head.address) {
            return Err(Fault::AddressNotAllowed);
        }
        self.key_used(row, head.now).await;
        Ok(caller(&live))
    }

    async fn live_key(&self, value: &str, now: Timestamp) -> Result<Option<Arc<LiveKey>>, Fault> {
        let Some(prefix) = prefix_of(value) else {
            return Ok(None);
        };
        let hash = sha256(value.as_bytes());
        if let Some(live) = self.api_keys.get(&hash, now) {
            return Ok(Some(live));
        }
        let (mark, prefix) = (self.api_keys.mark(), prefix.to_owned());
        let read = self.db.read(async move |conn| {
            let Some(row) = store::live(conn, &prefix).await? else {
                return Ok(None);
            };
            let held = role::of_account(conn, row.account_id).await?;
            Ok::<_, hanok_db::DbError>(Some((row, held)))
        });
        let read = read.await?;
        let known = read.filter(|(row, _)| constant_time_eq(&row.value_hash, &hash));
        let Some((row, (roles, own))) = known else {
            return Ok(None);
        };
        let live = Arc::new(LiveKey::new(row, roles, &own));
        self.api_keys.put(hash, now, mark, Arc::clone(&live));
        Ok(Some(live))
    }

    /// Notes that a key was used, now and then. A store that is busy is not in the request's way.
    async fn key_used(&self, row: &LiveRow, now: Timestamp) {
        if row
            .last_used_at
            .is_some_and(|at| now.since(at) < WRITE_EVERY)
        {
            return;
        }
        let (id, before) = (row.id, now.minus(WRITE_EVERY));
        let noted = self
            .db
            .write(async move |tx| store::used(tx, id, now, before).await);
        match noted.await {
            Ok(()) => self.api_keys.forget(row.account_id),
            Err(error) => tracing::warn!(%error, "the use of an API key could not be noted"),
        }
    }
}

impl LiveKey {
    /// What a key may do: what it lists and its owner holds.
    fn new(row: LiveRow, roles: Vec<String>, own: &[String]) -> Self {
        let held = role::permissions(&roles, own);
        let both = row.permissions.0.iter().filter(|name| held.contains(name));
        Self {
            permissions: both.map(String::as_str).collect::<PermissionSet>(),
            is_allowed: held.contains(ApiAccess::NAME),
            roles: roles.into(),
            name: row.name.as_str().into(),
            row,
        }
    }
}

/// A key's owner, as every app sees them.
fn caller(live: &LiveKey) -> Caller {
    let row = &live.row;
    Caller {
        account: row.account_id,
        name: Arc::clone(&live.name),
        session: None,
        api_key: Some(row.id.uuid()),
        via: Via::ApiKey,
        permissions: live.permissions.clone(),
        roles: Arc::clone(&live.roles),
        version: row.version,
        password_confirmed_at: None,
        locale: row.locale.as_deref().and_then(locale),
        theme: row.theme.as_deref().and_then(|word| word.parse().ok()),
    }
}
