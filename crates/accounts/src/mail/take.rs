//! Taking a link back: the address is verified, and only now it counts. Whoever verifies it first has it.

use hanok_base::Secret;
use hanok_base::secret::sha256;
use hanok_db::Tx;
use hanok_events::Event;
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;

use super::notice::Notice;
use super::store::{self, ProofRow};
use super::verify::place;
use crate::account::{self, AccountRow, AccountStatus, EMAIL};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::fault::Fault;
use crate::{AccountId, password_reset};

/// A person has verified an address.
#[derive(Serialize)]
struct EmailVerified {
    account_id: AccountId,
    changed: bool,
}

impl Event for EmailVerified {
    const TYPE: &'static str = "account.email_verified";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

impl Accounts {
    /// Takes a link back: the address is verified, and whoever verifies it first has it.
    ///
    /// # Errors
    /// [`Fault::NotFound`] for a link that does not count; [`Fault::Fields`] for an address that another account has
    /// verified; [`Fault::Forbidden`] for another address within a day of a password reset.
    pub async fn verify_email(&self, ctx: &Ctx, code: &Secret) -> Result<(), Fault> {
        let hash = sha256(code.expose().as_bytes());
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| accounts.verify_link(tx, &context, &hash).await)
            .await
    }

    async fn verify_link(&self, tx: &mut Tx, ctx: &Ctx, hash: &[u8; 32]) -> Result<(), Fault> {
        let gone = || Fault::NotFound;
        let proof = store::proof(tx, hash, ctx.now).await?.ok_or_else(gone)?;
        // The account first: every unit takes locks in one order.
        let version = account::store::next_version(tx, proof.account_id).await?;
        let version = version.ok_or_else(gone)?;
        store::finish(tx, hash)
            .await?
            .then_some(())
            .ok_or_else(gone)?;
        let row = account::find(tx, proof.account_id).await?;
        let row = row.filter(|row| row.status == AccountStatus::Active);
        let row = row.ok_or_else(gone)?;
        let email = self.proof_email(&proof)?;
        self.take_email(tx, ctx, &row, version, &email).await
    }

    /// Makes an address the verified one of an account, inside the unit that has locked it.
    async fn take_email(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        row: &AccountRow,
        version: i64,
        email: &EmailAddress,
    ) -> Result<(), Fault> {
        let account = row.id;
        let held = self.held_email(tx, account).await?;
        let same = (held.as_ref()).is_some_and(|held| held.normalised() == email.normalised());
        let before = held.filter(|_| row.email_verified_at.is_some() && !same);
        if same && row.email_verified_at.is_some() {
            return Ok(());
        }
        if !same {
            self.not_just_reset(row, ctx.now)?;
        }
        // The trail first: the database's guard asks it for what announces a blind index.
        let details = json!({ "field": "email", "verified": true, "changed": before.is_some() });
        let entry = Entry::new(Action::UserInfoUpdate)
            .subject(account)
            .target("account", account.uuid())
            .version(version)
            .details(details);
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        if let Some(before) = &before {
            account::store::remove_lookup(tx, EMAIL, account).await?;
            let notice = Notice::EmailChanged;
            self.publish_notice(tx, account, notice).await?;
            self.notify_at(tx, ctx, row, before, notice).await?;
        }
        let indexes = self.email_indexes(email);
        let free = account::store::insert_lookup(tx, EMAIL, &indexes, account).await?;
        free.then_some(())
            .ok_or_else(|| Fault::field("/email", "email_taken"))?;
        let sealed = self.seal(account, "email", email.address().as_bytes());
        let masked = email.masked();
        let stored = store::set_email(tx, account, &sealed, &masked, version, ctx.now).await?;
        stored.then_some(()).ok_or(Fault::Busy)?;
        password_reset::forget(tx, account).await?;
        let event = EmailVerified {
            account_id: account,
            changed: before.is_some(),
        };
        self.outbox.publish(tx, &event).await?;
        self.forget_after_commit(tx, account);
        Ok(())
    }

    /// Takes an account's address as verified without a letter: only the demo and an import may say so, and it is on
    /// the record.
    ///
    /// # Errors
    /// [`Fault::Fields`] where another account has verified it; [`Fault::NotFound`].
    pub async fn accept_email(
        &self,
        ctx: &Ctx,
        account: AccountId,
        email: EmailAddress,
    ) -> Result<(), Fault> {
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| {
                let version = account::store::next_version(tx, account).await?;
                let row = account::find(tx, account).await?;
                let (version, row) = version.zip(row).ok_or(Fault::NotFound)?;
                accounts
                    .take_email(tx, &context, &row, version, &email)
                    .await
            })
            .await
    }

    pub(super) fn proof_email(&self, proof: &ProofRow) -> Result<EmailAddress, Fault> {
        let text = self.keys.unseal(place(proof.id), &proof.email)?;
        let text = std::str::from_utf8(&text)
            .map_err(|_| Fault::Internal("a proof holds no text".to_owned()))?;
        EmailAddress::parse(text).map_err(|fault| Fault::Internal(fault.to_string()))
    }
}
