//! The payload for a provider, made anew each time: in one unit with the audit row of what was unsealed
//! and the count of the key's use.

use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::ci::Di;
use hanok_accounts::leaving::is_erased;
use hanok_base::{Id, Secret, Timestamp};
use hanok_db::Tx;
use serde_json::json;

use super::claims::{Claims, End, Envelope, Person};
use super::store::{DeliveryRow, code_place};
use super::subject::ToldCi;
use super::token::{self, TokenFault};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{ProviderRow, keys};
use crate::transaction::{Status, TransactionRow};

/// A code is told for no longer than this after its transaction's completion, whatever else holds.
pub(super) const CODE_LIFE: Duration = Duration::from_hours(24);

/// Which transaction is told to whom, and on whose behalf.
pub(super) struct Telling<'a> {
    pub(super) provider: &'a ProviderRow,
    pub(super) transaction: &'a TransactionRow,
    /// As anybody sees it: never PENDING once its time has passed.
    pub(super) status: Status,
    /// The code, unless it was erased.
    pub(super) code: Option<Secret>,
    pub(super) origin: &'a Origin,
}

/// The values of a person that were unsealed for one payload.
struct Unsealed {
    di: Di,
    ci: Option<ToldCi>,
}

impl Identity {
    /// A new JWE of what there is to tell.
    ///
    /// # Errors
    /// [`Fault::NotCompleted`] while the transaction is pending, [`Fault::PersonErased`] where it would tell who an
    /// erased account was, before anything is written; the store's.
    pub(super) async fn payload(
        &self,
        tx: &mut Tx,
        telling: &Telling<'_>,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let (provider, transaction) = (telling.provider, telling.transaction);
        let unsealed = match (telling.status, transaction.account_id) {
            (Status::Completed, Some(account)) => Some(self.unseal(tx, account, telling).await?),
            _ => None,
        };
        let end = match (telling.status, &unsealed) {
            (Status::Completed, Some(unsealed)) => End::Completed {
                person: unsealed.person(telling.code.as_ref()),
                at: transaction.ended_at,
            },
            (Status::Completed, None) => {
                return Err(Fault::internal("a completed transaction has no account"));
            }
            (Status::Failed, _) => End::Failed(transaction.failure_reason),
            (Status::Expired, _) => End::Expired,
            (Status::Pending, _) => return Err(Fault::NotCompleted),
        };
        let envelope = Envelope {
            issuer: &self.accounts.origin,
            client_id: &provider.client_id,
            transaction: transaction.id,
            state: transaction.state.as_deref(),
        };
        self.encrypted(tx, provider, &Claims::new(&envelope, end, now), now)
            .await
    }

    /// A JWE by which a provider's callback address is tried: it is about no transaction and nobody.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn trial_payload(
        &self,
        tx: &mut Tx,
        provider: &ProviderRow,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let envelope = Envelope {
            issuer: &self.accounts.origin,
            client_id: &provider.client_id,
            transaction: Id::new(&self.accounts.clock, &self.accounts.random),
            state: None,
        };
        let claims = Claims::new(&envelope, End::Trial, now);
        self.encrypted(tx, provider, &claims, now).await
    }

    /// The claims under the provider's key in use, whose use is counted.
    async fn encrypted(
        &self,
        tx: &mut Tx,
        provider: &ProviderRow,
        claims: &Claims<'_>,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let plain = claims.to_json()?;
        let key = keys::current(tx, provider.id, now).await?;
        let key = key.ok_or_else(|| Fault::internal("the provider has no key in use"))?;
        let value = self.open_key(&key)?;
        // Last: it holds the key's row until the unit ends.
        if !keys::count_use(tx, key.id).await? {
            return Err(Fault::internal("the provider's key is used up"));
        }
        Ok(token::encrypt(&key.key_name, value.as_slice(), plain)?)
    }

    /// DI and CI for one payload, on the record.
    async fn unseal(
        &self,
        tx: &mut Tx,
        account: AccountId,
        telling: &Telling<'_>,
    ) -> Result<Unsealed, Fault> {
        if is_erased(tx, account).await? {
            return Err(Fault::PersonErased);
        }
        let di = self
            .subject_di(tx, account, &telling.provider.site_code)
            .await?;
        let ci = self.told_ci(tx, account, telling.provider).await?;
        let values: &[&str] = if ci.is_some() { &["di", "ci"] } else { &["di"] };
        let entry = Entry::new(Action::CiDiAccess)
            .subject(account)
            .provider(telling.provider.id.uuid())
            .target("auth_transaction", telling.transaction.id.uuid())
            .details(json!({ "values": values }));
        self.accounts
            .audit
            .record(tx, telling.origin, entry)
            .await?;
        Ok(Unsealed { di, ci })
    }

    /// The code of a delivery; `None` once it was erased or should have been.
    pub(super) fn code_of(
        &self,
        row: &DeliveryRow,
        now: Timestamp,
    ) -> Result<Option<Secret>, Fault> {
        let Some(sealed) = row
            .code
            .as_deref()
            .filter(|_| now.since(row.created_at) < CODE_LIFE)
        else {
            return Ok(None);
        };
        let text = self.accounts.keys.unseal(code_place(row.id), sealed)?;
        let text =
            std::str::from_utf8(&text).map_err(|_| Fault::internal("a sealed code is no text"))?;
        Ok(Some(Secret::new(text.to_owned())))
    }
}

impl Unsealed {
    fn person<'a>(&'a self, code: Option<&'a Secret>) -> Person<'a> {
        Person {
            auth_code: code.map(Secret::expose),
            ci: self.ci.as_ref().map(|told| told.ci.expose()),
            ci_synthetic: self
                .ci
                .as_ref()
                .and_then(|told| told.synthetic.then_some(true)),
            di: self.di.expose(),
        }
    }
}

impl From<TokenFault> for Fault {
    fn from(fault: TokenFault) -> Self {
        Self::internal(fault.to_string())
    }
}
