//! Taking a code back within five minutes and five tries: the number is proven, and what that changes.

use hanok_base::secret::constant_time_eq;
use hanok_base::{Place, Secret};
use hanok_db::Tx;
use hanok_events::Event;
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;

use super::store::{self, ProofRow};
use crate::account::{self, AccountRow, PHONE};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::device::store as device_store;
use crate::fault::Fault;
use crate::mail::{Notice, reads};
use crate::phone::PhoneNumber;
use crate::session::confirm::in_person;
use crate::{AccountId, session, text};

/// A person has proven a number.
#[derive(Serialize)]
struct PhoneProven {
    account_id: AccountId,
    changed: bool,
}

impl Event for PhoneProven {
    const TYPE: &'static str = "account.phone_proven";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

/// What a try at a code came to; a wrong one must be committed as well.
enum Tried {
    Proven,
    Wrong,
}

impl Accounts {
    /// Takes the code back: the number is proven, and whoever proves it first has it.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a wrong or late code, one tried too often, or a number that another has proven.
    pub async fn verify_phone(&self, ctx: &Ctx, code: Secret) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (accounts, context) = (self.clone(), ctx.clone());
        let tried = self
            .db
            .write(async move |tx| accounts.try_code(tx, &context, account, &code).await)
            .await?;
        match tried {
            Tried::Proven => Ok(()),
            Tried::Wrong => Err(Fault::field("/code", "code_invalid")),
        }
    }

    async fn try_code(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        code: &Secret,
    ) -> Result<Tried, Fault> {
        // The account first: every unit takes locks in one order.
        let version = account::store::next_version(tx, account)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let Some(proof) =
            store::spend_try(tx, account, self.config.phone_code_tries, ctx.now).await?
        else {
            return Ok(Tried::Wrong);
        };
        if !constant_time_eq(&self.code_mac(proof.id, code), &proof.code_mac) {
            return Ok(Tried::Wrong);
        }
        self.prove(tx, ctx, account, version, proof).await?;
        Ok(Tried::Proven)
    }

    async fn prove(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        version: i64,
        proof: ProofRow,
    ) -> Result<(), Fault> {
        let phone = self.proof_phone(&proof)?;
        store::finish(tx, account).await?;
        let row = account::find(tx, account)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let sealed = account::store::sealed(tx, account)
            .await?
            .ok_or(Fault::Unauthorized)?;
        let same = self.is_phone_of(&row, sealed.phone.as_deref(), &phone)?;
        if same && row.phone_proven_at.is_some() {
            return self.prove_again(tx, ctx, account).await;
        }
        if !same {
            self.not_just_reset(&row, ctx.now)?;
        }
        let changed = row.phone_proven_at.is_some();
        let had_pin = changed && sealed.pin_hash.is_some();
        // The trail first: the database's guard asks it for what announces a blind index.
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(account)
            .target("account", account.uuid())
            .version(version);
        let details = json!({ "field": "phone", "proven": true, "changed": changed });
        self.audit
            .record(tx, &Origin::from(ctx), entry.details(details))
            .await?;
        if changed {
            self.leave_number(tx, ctx, &row, sealed.phone.as_deref())
                .await?;
        }
        let free =
            account::store::insert_lookup(tx, PHONE, &self.phone_indexes(&phone), account).await?;
        free.then_some(())
            .ok_or_else(|| Fault::field("/code", "phone_taken"))?;
        let sealed = self.seal(account, "phone", phone.normalised().as_bytes());
        let stored =
            store::set_phone(tx, account, &sealed, &phone.masked(), version, ctx.now).await?;
        stored.then_some(()).ok_or(Fault::Busy)?;
        if changed {
            self.end_with_number(tx, ctx, account, had_pin.then_some(version + 1))
                .await?;
        }
        self.outbox
            .publish(
                tx,
                &PhoneProven {
                    account_id: account,
                    changed,
                },
            )
            .await?;
        self.forget_after_commit(tx, account);
        Ok(())
    }

    /// What ends with a number that is left, once the new one stands: the PIN, where there is one to be
    /// cleared under a new version, and every other session.
    async fn end_with_number(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        pin_version: Option<i64>,
    ) -> Result<(), Fault> {
        if let Some(version) = pin_version {
            let cleared = self.clear_pin_with_audit(tx, ctx, account, version).await?;
            cleared.then_some(()).ok_or(Fault::Busy)?;
        }
        let session = ctx.principal.caller().and_then(|caller| caller.session);
        let session = session.map(session::store::SessionId::from_uuid);
        self.end_sessions(tx, account, session, ctx.now).await?;
        Ok(())
    }

    pub(super) fn proof_phone(&self, proof: &ProofRow) -> Result<PhoneNumber, Fault> {
        let place = Place::new("phone_proof", "phone", proof.id.uuid());
        let text = self.keys.unseal(place, &proof.phone)?;
        let text = std::str::from_utf8(&text)
            .map_err(|_| Fault::Internal("a proof holds no text".to_owned()))?;
        PhoneNumber::parse(text).map_err(|fault| Fault::Internal(fault.to_string()))
    }

    /// The number an account has, proven again: this lifts the PIN's lock.
    async fn prove_again(&self, tx: &mut Tx, ctx: &Ctx, account: AccountId) -> Result<(), Fault> {
        if self.unlock_pin(tx, account).await? {
            let entry = Entry::new(Action::AccountUnlocked)
                .subject(account)
                .target("account", account.uuid());
            self.audit
                .record(
                    tx,
                    &Origin::from(ctx),
                    entry.details(json!({ "lock": "pin" })),
                )
                .await?;
        }
        store::proven_again(tx, account, ctx.now).await?;
        Ok(())
    }

    /// A changed number takes phones and PIN with it, and the old number is told.
    async fn leave_number(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
        sealed: Option<&[u8]>,
    ) -> Result<(), Fault> {
        account::store::remove_lookup(tx, PHONE, row.id).await?;
        if device_store::revoke_all(tx, row.id, ctx.now).await? > 0 {
            let entry = Entry::new(Action::DeviceRevoked)
                .subject(row.id)
                .target("account", row.id.uuid());
            self.audit
                .record(
                    tx,
                    &Origin::from(ctx),
                    entry.details(json!({ "reason": "phone_changed" })),
                )
                .await?;
        }
        self.notify(tx, ctx, row.id, Notice::PhoneChanged).await?;
        let Some(sealed) = sealed else { return Ok(()) };
        let old = self.phone_of(row.id, sealed)?;
        let told = text::sms::phone_changed();
        self.text(tx, row.id, &old, reads(row, ctx), &told).await
    }

    async fn clear_pin_with_audit(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        version: i64,
    ) -> Result<bool, Fault> {
        let entry = Entry::new(Action::PinChange)
            .subject(account)
            .target("account", account.uuid())
            .version(version);
        self.audit
            .record(
                tx,
                &Origin::from(ctx),
                entry.details(json!({ "reason": "phone_changed" })),
            )
            .await?;
        self.clear_pin(tx, account, version, ctx.now).await
    }
}
