//! What sockets are told of a transaction, once its unit has committed: a hint, that nothing waits for and
//! nothing depends on. The phone asks for what is pending whenever it connects.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_accounts::{AccountId, device, session};
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_web::live::{Audience, Judge, event};
use serde::Serialize;
use uuid::Uuid;

use super::rules::{Status, choices};
use super::store::{NewTransaction, TransactionId, TransactionRow};
use crate::context::Identity;
use crate::provider::{OWN, ProviderId, ProviderRow};

/// `auth_request`: what waits for the person, as `pending` shows it.
#[derive(Clone, Serialize)]
struct Asked {
    transaction_id: TransactionId,
    provider_name: String,
    choices: Vec<String>,
    expires_at: Timestamp,
    binding_message: Option<String>,
    /// Somebody wants to sign in to Hanok itself.
    #[serde(skip_serializing_if = "is_no")]
    sign_in: bool,
}

/// `auth_done`: it waits no more.
#[derive(Clone, Serialize)]
struct Done {
    transaction_id: TransactionId,
    status: Status,
}

/// The name of those whose sockets may confirm: phones, and sessions where the rules allow it.
const CONFIRMING: &str = "identity.confirming";

/// Whose sockets may confirm a provider's request: a sign-in is for phones alone.
fn audience(provider: ProviderId) -> Audience {
    if provider == OWN {
        Audience::Devices
    } else {
        Audience::DevicesAnd(CONFIRMING.into())
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference over"
)]
pub(super) const fn is_no(flag: &bool) -> bool {
    !*flag
}

impl Identity {
    /// Shows a new request to the account's sockets that may confirm it.
    pub(super) fn show_request(
        &self,
        tx: &mut Tx,
        provider: &ProviderRow,
        new: &NewTransaction<'_>,
    ) {
        let asked = Asked {
            transaction_id: new.id,
            provider_name: provider.name.clone(),
            choices: choices(new.choices),
            expires_at: new.expires_at,
            binding_message: new.binding_message.map(str::to_owned),
            sign_in: provider.is_own(),
        };
        let audience = audience(provider.id);
        self.show(tx, new.account, audience, event::AUTH_REQUEST, asked);
    }

    /// Tells the same sockets that a request has ended.
    pub(super) fn show_end(&self, tx: &mut Tx, row: &TransactionRow, status: Status) {
        let done = Done {
            transaction_id: row.id,
            status,
        };
        let audience = audience(row.provider_id);
        self.show(tx, row.account_id, audience, event::AUTH_DONE, done);
    }

    fn show(
        &self,
        tx: &mut Tx,
        account: Option<AccountId>,
        audience: Audience,
        event: &'static str,
        payload: impl Serialize + Send + Sync + 'static,
    ) {
        // A decoy has nobody.
        let Some(account) = account else { return };
        let live = self.accounts.live.clone();
        tx.after_commit(move || live.emit_to(account, &audience, event, &payload));
    }

    /// Has the socket ask who may confirm.
    pub(crate) fn judge_sockets(&self) {
        let judge = Arc::new(Confirming(self.clone()));
        self.accounts.live.judge(CONFIRMING, judge);
    }

    /// Those of an account's sessions that may confirm: as `pending` shows them the numbers.
    async fn confirming_sessions(
        &self,
        account: AccountId,
        sessions: HashSet<Uuid>,
    ) -> Result<HashSet<Uuid>, DbError> {
        let minutes = u64::from(self.accounts.config.approval_password_minutes);
        let since = self
            .accounts
            .clock
            .now()
            .minus(Duration::from_secs(minutes * 60));
        let with_phone = self.config.confirm_by_session;
        self.accounts
            .db
            .read(async move |conn| {
                let mut confirming = HashSet::new();
                if !with_phone && device::store::any(conn, account).await? {
                    return Ok(confirming);
                }
                for id in sessions {
                    let given = session::password_given_at(conn, id, account).await?;
                    if given.is_some_and(|at| at > since) {
                        confirming.insert(id);
                    }
                }
                Ok(confirming)
            })
            .await
    }
}

/// Says which sessions may confirm.
struct Confirming(Identity);

impl Judge for Confirming {
    fn admitted(
        &self,
        account: AccountId,
        sessions: HashSet<Uuid>,
    ) -> BoxFuture<'static, Result<HashSet<Uuid>, String>> {
        let identity = self.0.clone();
        Box::pin(async move {
            let confirming = identity.confirming_sessions(account, sessions).await;
            confirming.map_err(|error| error.to_string())
        })
    }
}
