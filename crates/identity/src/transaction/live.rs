//! What sockets are told of a transaction, once its unit has committed: a hint, that nothing waits for and
//! nothing depends on. The phone asks for what is pending whenever it connects.

use std::collections::HashSet;
use std::time::Duration;

use hanok_accounts::{AccountId, device, session};
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx};
use hanok_web::live::{Seat, SeatVia, event};
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

/// Whose sockets may confirm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Phones, and sessions where the rules allow it.
    All,
    /// A sign-in: phones alone.
    Phones,
}

impl Audience {
    fn of(provider: ProviderId) -> Self {
        if provider == OWN {
            Self::Phones
        } else {
            Self::All
        }
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
        let who = Audience::of(provider.id);
        self.show(tx, new.account, who, event::AUTH_REQUEST, asked);
    }

    /// Tells the same sockets that a request has ended.
    pub(super) fn show_end(&self, tx: &mut Tx, row: &TransactionRow, status: Status) {
        let done = Done {
            transaction_id: row.id,
            status,
        };
        let who = Audience::of(row.provider_id);
        self.show(tx, row.account_id, who, event::AUTH_DONE, done);
    }

    /// Phones are told at once; sessions beside everything else, since whether they may confirm is read.
    fn show(
        &self,
        tx: &mut Tx,
        account: Option<AccountId>,
        who: Audience,
        event: &'static str,
        payload: impl Serialize + Send + Sync + 'static,
    ) {
        // A decoy has nobody.
        let Some(account) = account else { return };
        let identity = self.clone();
        tx.after_commit(move || {
            let live = identity.accounts.live.clone();
            let phone = |seat: &Seat| seat.via == SeatVia::Device;
            live.emit_to(account, phone, event, &payload);
            if who == Audience::Phones || live.seats(account).iter().all(phone) {
                return;
            }
            let sending = live.clone();
            live.spawn(async move {
                match identity.confirming_sessions(account).await {
                    Ok(sessions) => sending.emit_to(
                        account,
                        |seat| seat.session.is_some_and(|id| sessions.contains(&id)),
                        event,
                        &payload,
                    ),
                    Err(error) => tracing::warn!(%error, "sessions were not told of a request"),
                }
            });
        });
    }

    /// The sessions on an account's sockets that may confirm: as `pending` shows them the numbers.
    async fn confirming_sessions(&self, account: AccountId) -> Result<HashSet<Uuid>, DbError> {
        let seats = self.accounts.live.seats(account);
        let sessions: HashSet<Uuid> = seats.into_iter().filter_map(|seat| seat.session).collect();
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
