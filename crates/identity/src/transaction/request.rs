//! A provider asks: one unit that counts, supersedes and writes the new transaction.

use hanok_accounts::account::{self, AccountStatus};
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::phone::PhoneNumber;
use hanok_accounts::{AccountId, device};
use hanok_base::{Id, Timestamp};
use hanok_db::Tx;
use hanok_events::Event;
use hanok_web::Ctx;
use serde::{Deserialize, Serialize};

use super::approve::lock_account;
use super::idempotency::{self, IdempotencyKey};
use super::phone_limit;
use super::rules::{Asked, RequestIn, draw_numbers};
use super::store::{self, NewTransaction, TransactionId};
use crate::context::Identity;
use crate::fault::Fault;
use crate::metrics;
use crate::provider::{ProviderId, ProviderRow};

/// A transaction was made: the phone is to be told.
#[derive(Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "an event's fields are named as on the wire"
)]
pub(crate) struct TransactionRequested {
    pub(crate) transaction_id: TransactionId,
    pub(crate) provider_id: ProviderId,
    /// A decoy has none.
    pub(crate) account_id: Option<AccountId>,
}

impl Event for TransactionRequested {
    const TYPE: &'static str = "transaction.requested";

    fn key(&self) -> String {
        self.transaction_id.to_string()
    }
}

/// The answer to a request; its field order is the order on the wire.
#[derive(Serialize)]
struct RequestAnswer {
    transaction_id: TransactionId,
    status: &'static str,
    expires_at: Timestamp,
    expires_in: u64,
    interval: u32,
    binding_code: String,
}

/// What one pass of the unit came to; counts of an unknown number must be committed as well.
enum Made {
    New,
    Before(String),
    UnknownUser,
    /// Another call with the same key was first and has just committed.
    Overtaken,
}

/// Everything a request's unit needs, checked and drawn beforehand.
pub(super) struct Plan {
    pub(super) provider: ProviderRow,
    pub(super) phone_index: [u8; 32],
    pub(super) indexes: Vec<(u32, [u8; 32])>,
    pub(super) asked: Asked,
    pub(super) id: TransactionId,
    pub(super) numbers: String,
    pub(super) binding_code: u32,
    pub(super) expires_at: Timestamp,
    pub(super) answer: String,
    pub(super) key: Option<IdempotencyKey>,
}

impl Identity {
    /// Makes a transaction and returns the answer's JSON, which an `Idempotency-Key` repeats byte for byte.
    ///
    /// # Errors
    /// Wrong fields, [`Fault::TooManyForPhone`], [`Fault::UnknownUser`], [`Fault::IdempotencyConflict`].
    pub(super) async fn request(
        &self,
        ctx: &Ctx,
        provider: ProviderRow,
        input: &RequestIn,
        key: Option<IdempotencyKey>,
    ) -> Result<String, Fault> {
        let provider_id = provider.id;
        let plan = self.plan(ctx, provider, input, key.clone())?;
        let answer = plan.answer.clone();
        let (identity, origin, now) = (self.clone(), Origin::from(ctx), ctx.now);
        let made = self
            .accounts
            .db
            .write(
                async move |tx| match identity.make(tx, &origin, &plan, now).await? {
                    // Rolled back: the first call's answer counts.
                    Made::Overtaken => Err(Fault::IdempotencyConflict),
                    made => Ok(made),
                },
            )
            .await;
        match (made, key) {
            (Ok(Made::New), _) => Ok(answer),
            (Ok(Made::Before(answer)), _) => Ok(answer),
            (Ok(Made::UnknownUser), _) => Err(Fault::UnknownUser),
            (Err(Fault::IdempotencyConflict), Some(key)) => {
                let first = self.accounts.db.read(async move |conn| {
                    idempotency::first_answer(conn, provider_id, &key).await
                });
                first.await?.ok_or(Fault::IdempotencyConflict)
            }
            (Ok(Made::Overtaken), _) => Err(Fault::IdempotencyConflict),
            (Err(fault), _) => Err(fault),
        }
    }

    fn plan(
        &self,
        ctx: &Ctx,
        provider: ProviderRow,
        input: &RequestIn,
        key: Option<IdempotencyKey>,
    ) -> Result<Plan, Fault> {
        let phone = PhoneNumber::parse(input.user_phone_number.expose());
        let checked = input.check(&self.config);
        let (phone, asked) = match (phone, checked) {
            (Ok(phone), Ok(asked)) => (phone, asked),
            (phone, checked) => {
                let mut faults = checked.err().unwrap_or_default();
                if let Err(fault) = phone {
                    faults.insert(
                        0,
                        hanok_web::FieldError::new("/user_phone_number", fault.code()),
                    );
                }
                return Err(Fault::fields(faults));
            }
        };
        let (numbers, binding_code) = draw_numbers(&self.accounts.random);
        let id = Id::new(&self.accounts.clock, &self.accounts.random);
        let expires_at = ctx.now.plus(asked.lives);
        let answer = RequestAnswer {
            transaction_id: id,
            status: "PENDING",
            expires_at,
            expires_in: asked.lives.as_secs(),
            interval: self.config.poll_interval_seconds,
            binding_code: binding_code.to_string(),
        };
        let answer =
            serde_json::to_string(&answer).map_err(|error| Fault::internal(error.to_string()))?;
        let indexes = self.accounts.phone_indexes(&phone);
        let phone_index = indexes.first().map(|(_, index)| *index).unwrap_or_default();
        let numbers = numbers.map(|number| number.to_string()).join(",");
        Ok(Plan {
            provider,
            phone_index,
            indexes,
            asked,
            id,
            numbers,
            binding_code,
            expires_at,
            answer,
            key,
        })
    }

    async fn make(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<Made, Fault> {
        let provider = &plan.provider;
        if let Some(key) = &plan.key
            && let Some(answer) = idempotency::first_answer(tx, provider.id, key).await?
        {
            return Ok(Made::Before(answer));
        }
        let account = self.asked_for(tx, &plan.indexes).await?;
        phone_limit::count(tx, &plan.phone_index, provider.id, &self.config, now).await?;
        if account.is_none() && !provider.hide_unknown_users {
            return Ok(Made::UnknownUser);
        }
        if let Some(pending) = store::pending_of_phone(tx, provider.id, &plan.phone_index).await? {
            self.supersede(tx, origin, &pending, now).await?;
        }
        self.write_down(tx, origin, plan, account, now).await?;
        match &plan.key {
            Some(key)
                if !idempotency::remember(tx, provider.id, key, &plan.answer, now).await? =>
            {
                Ok(Made::Overtaken)
            }
            _ => Ok(Made::New),
        }
    }

    /// The account that has proven this number and is not switched off, locked first of all: the new row
    /// refers to it, and a confirm of the request before holds it. One with a lock on its PIN is asked for
    /// like any other: no provider learns of it.
    async fn asked_for(
        &self,
        tx: &mut Tx,
        indexes: &[(u32, [u8; 32])],
    ) -> Result<Option<AccountId>, Fault> {
        let Some((account, _)) = account::find_by_phone(tx, indexes).await? else {
            return Ok(None);
        };
        let locked = lock_account(tx, account).await?;
        Ok(locked
            .filter(|locked| locked.status != AccountStatus::Disabled)
            .map(|_| account))
    }

    pub(super) async fn write_down(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        plan: &Plan,
        account: Option<AccountId>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let new = NewTransaction {
            id: plan.id,
            provider: plan.provider.id,
            account,
            phone_index: plan.phone_index,
            created_at: now,
            expires_at: plan.expires_at,
            binding_code: i64::from(plan.binding_code),
            choices: &plan.numbers,
            binding_message: plan
                .asked
                .message
                .as_ref()
                .map(super::rules::BindingMessage::as_str),
            state: plan.asked.state.as_deref(),
        };
        store::insert(tx, &new).await?;
        let mut entry = Entry::new(Action::AuthRequest)
            .target("auth_transaction", plan.id.uuid())
            .version("PENDING")
            .provider(plan.provider.id.uuid());
        if let Some(account) = account {
            entry = entry.subject(account);
            self.record_push(tx, plan.id, account, now).await?;
        }
        self.accounts.audit.record(tx, origin, entry).await?;
        let event = TransactionRequested {
            transaction_id: plan.id,
            provider_id: plan.provider.id,
            account_id: account,
        };
        self.accounts.outbox.publish(tx, &event).await?;
        metrics::requested(tx);
        self.show_request(tx, &plan.provider, &new);
        Ok(())
    }

    /// What the phone is told, in the notification log: without a paired phone the request waits in the
    /// portal, and the log says so.
    async fn record_push(
        &self,
        tx: &mut Tx,
        id: TransactionId,
        account: AccountId,
        now: Timestamp,
    ) -> Result<(), Fault> {
        const SQL: &str = "INSERT INTO notification_log (id, account_id, transaction_id, notification_type, \
            channel, message, sent_at, status) VALUES ($1, $2, $3, 'auth_request', 'push', $4, $5, $6)";
        let paired = device::store::any(tx, account).await?;
        let (message, status) = if paired {
            ("auth_request", "QUEUED")
        } else {
            ("no_device", "FAILED")
        };
        let row: Id<()> = Id::new(&self.accounts.clock, &self.accounts.random);
        tx.execute(
            SQL,
            hanok_db::params![row, account, id, message, now, status],
        )
        .await?;
        Ok(())
    }
}
