//! What waits for a person: the requests their phone or portal shows.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Tx, params};
use hanok_web::{Ctx, Principal};
use serde::Serialize;
use utoipa::ToSchema;

use super::approve::Approver;
use super::live::is_no;
use super::rules::choices;
use super::store::{self, TransactionId, TransactionRow};
use crate::context::Identity;
use crate::fault::Fault;
use crate::provider::{self, OWN};

/// A request that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingOut {
    /// Its id.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// Who asks, by the name in the database.
    provider_name: String,
    /// Three numbers to pick from; none where the caller may not confirm.
    choices: Vec<String>,
    /// What the provider says it is for.
    binding_message: Option<String>,
    /// Somebody wants to sign in to Hanok itself; only a phone can answer.
    #[serde(skip_serializing_if = "is_no")]
    #[schema(required = false)]
    sign_in: bool,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when it counts.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl Identity {
    /// The requests that wait for the caller.
    ///
    /// # Errors
    /// A fault of the phone's signature, or of the session.
    pub(super) async fn pending(&self, ctx: &Ctx) -> Result<Vec<PendingOut>, Fault> {
        let (identity, context) = (self.clone(), ctx.clone());
        match &ctx.principal {
            Principal::Device(phone) => {
                let (account, approver) = (phone.account, self.approver(ctx)?);
                self.accounts
                    .db
                    .write(async move |tx| {
                        identity.admit(tx, &context, &approver, context.now).await?;
                        identity
                            .mark_shown(tx, &approver, account, context.now)
                            .await?;
                        identity
                            .waiting(tx, account, Numbers::All, context.now)
                            .await
                    })
                    .await
            }
            Principal::Account(caller) => {
                let account = caller.account;
                self.accounts
                    .db
                    .read(async move |conn| {
                        let may = identity
                            .may_session_confirm(conn, &context, account)
                            .await?;
                        let numbers = if may { Numbers::OfSites } else { Numbers::None };
                        identity.waiting(conn, account, numbers, context.now).await
                    })
                    .await
            }
            Principal::Nobody => Err(Fault::Accounts(hanok_accounts::Fault::Unauthorized)),
        }
    }

    async fn waiting(
        &self,
        conn: &mut hanok_db::Conn,
        account: AccountId,
        numbers: Numbers,
        now: Timestamp,
    ) -> Result<Vec<PendingOut>, Fault> {
        let rows = store::pending_of_account(conn, account, now).await?;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let name = if row.provider_id == OWN {
                self.own_name()
            } else {
                let provider = provider::find(conn, row.provider_id).await?;
                provider.map(|provider| provider.name).unwrap_or_default()
            };
            out.push(shown(row, name, numbers));
        }
        Ok(out)
    }

    /// A phone that fetches its requests has been shown them.
    async fn mark_shown(
        &self,
        tx: &mut Tx,
        approver: &Approver,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const SQL: &str = "UPDATE notification_log SET status = 'SHOWN', shown_at = $2 WHERE account_id = $1 \
            AND channel = 'push' AND status IN ('QUEUED', 'SENT') AND transaction_id IN \
            (SELECT id FROM auth_transaction WHERE account_id = $1 AND status = 'PENDING')";
        if approver.device().is_some() {
            tx.execute(SQL, params![account, now]).await?;
        }
        Ok(())
    }
}

/// Which requests' numbers the caller is shown: of those they may confirm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    All,
    /// Not of a sign-in to Hanok itself.
    OfSites,
    None,
}

fn shown(row: TransactionRow, provider_name: String, numbers: Numbers) -> PendingOut {
    let sign_in = row.provider_id == OWN;
    let may_confirm = match numbers {
        Numbers::All => true,
        Numbers::OfSites => !sign_in,
        Numbers::None => false,
    };
    PendingOut {
        transaction_id: row.id,
        provider_name,
        sign_in,
        choices: if may_confirm {
            choices(&row.choices)
        } else {
            Vec::new()
        },
        binding_message: row.binding_message,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}
