//! Setting a PIN. No administrator can: only the person, and only with a proven number.

use hanok_base::{Place, Secret};
use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;
use zeroize::Zeroizing;

use super::store;
use crate::AccountId;
use crate::account::{self, AccountRow};
use crate::attempt::{PIN, Reserved, Rule};
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::pin::{self, PinCode};
use crate::session::confirm::in_person;

impl Accounts {
    /// Opens the hash of an account's PIN: a PHC string that is itself sealed, because a million guesses
    /// is nothing.
    ///
    /// # Errors
    /// When it does not open.
    pub fn pin_hash(&self, account: AccountId, sealed: &[u8]) -> Result<Zeroizing<String>, Fault> {
        self.unseal(account, "pin_hash", sealed)
    }

    /// How many wrong PINs within which window lock the PIN.
    pub fn pin_rule(&self, ctx: &Ctx) -> Rule {
        Rule {
            failures: self.config.pin_failures,
            since: ctx.now.minus(self.config.pin_window()),
        }
    }

    /// Sets the caller's PIN. Where there is one it is asked for, unless the number was proven again in
    /// the last five minutes; the first one needs a password given as recently.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a PIN that is easy to guess or where no number is proven,
    /// [`Fault::InvalidPin`], [`Fault::Locked`], [`Fault::PasswordRequired`], [`Fault::Busy`].
    pub async fn set_pin(
        &self,
        ctx: &Ctx,
        new: &PinCode,
        current: Option<&PinCode>,
    ) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (row, sealed) = self
            .db
            .read(async move |conn| {
                let row = account::find(conn, account)
                    .await?
                    .ok_or(Fault::Unauthorized)?;
                let sealed = account::store::sealed(conn, account)
                    .await?
                    .ok_or(Fault::Unauthorized)?;
                Ok::<_, Fault>((row, sealed))
            })
            .await?;
        self.may_change_proofs(&row, ctx.now)?;
        let phone = sealed
            .phone
            .as_deref()
            .map(|phone| self.phone_of(account, phone))
            .transpose()?;
        let birthdate = sealed
            .birthdate
            .as_deref()
            .map(|date| self.birthdate_of(account, date))
            .transpose()?;
        pin::check(new, birthdate.as_ref(), phone.as_ref())
            .map_err(|fault| Fault::field("/pin_code", fault.code()))?;
        let place = self.hashes.reserve()?;
        let proof = self
            .prove_for_pin(ctx, &row, sealed.pin_hash.as_deref(), current)
            .await?;
        let hash = Zeroizing::new(place.hash(new.expose()).await?);
        let sealed = self.keys.seal(
            Place::new("account", "pin_hash", account.uuid()),
            hash.as_bytes(),
        );
        self.store_pin(ctx, &row, proof, sealed).await
    }

    /// What allows the change: the current PIN, or none where the phone or the password was just proven.
    async fn prove_for_pin(
        &self,
        ctx: &Ctx,
        row: &AccountRow,
        sealed: Option<&[u8]>,
        current: Option<&PinCode>,
    ) -> Result<Option<Reserved>, Fault> {
        let just_proven = row
            .phone_proven_at
            .is_some_and(|at| ctx.now.since(at) < self.config.password_confirm());
        match (sealed, current) {
            (Some(sealed), Some(current)) => {
                self.check_pin(ctx, row.id, sealed, current).await.map(Some)
            }
            // The number's next proof lifts the lock; the last one has been before it.
            (Some(_), None) if row.pin_locked_at.is_some() => Err(Fault::Locked),
            (Some(_), None) if !just_proven => Err(Fault::field("/current_pin", "required")),
            _ => Ok(None),
        }
    }

    /// Checks a PIN outside of a confirm; it shares the count and the lock.
    ///
    /// # Errors
    /// [`Fault::InvalidPin`], [`Fault::Locked`], [`Fault::Busy`].
    pub(crate) async fn check_pin(
        &self,
        ctx: &Ctx,
        account: AccountId,
        sealed: &[u8],
        typed: &PinCode,
    ) -> Result<Reserved, Fault> {
        let place = self.hashes.reserve()?;
        let hash = self.pin_hash(account, sealed)?;
        let (rule, now) = (self.pin_rule(ctx), ctx.now);
        let reserved = self
            .db
            .write(async move |tx| PIN.reserve(tx, account, rule, now).await)
            .await?;
        if place.verify(typed.expose(), &hash).await?.ok {
            return Ok(reserved);
        }
        let (accounts, origin) = (self.clone(), Origin::from(ctx));
        self.db
            .write(async move |tx| {
                accounts
                    .pin_failed(tx, &origin, account, reserved, rule, now)
                    .await
                    .map(|_| ())
            })
            .await?;
        Err(Fault::InvalidPin)
    }

    /// Locks the PIN where this failure was the last that may be; says whether it did.
    ///
    /// # Errors
    /// The store's.
    pub async fn pin_failed(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        account: AccountId,
        reserved: Reserved,
        rule: Rule,
        now: hanok_base::Timestamp,
    ) -> Result<bool, Fault> {
        let locked = PIN.fail(tx, account, reserved, rule, now).await?;
        if locked {
            let entry = Entry::new(Action::AccountLocked)
                .subject(account)
                .target("account", account.uuid());
            self.audit
                .record(tx, origin, entry.details(json!({ "lock": "pin" })))
                .await?;
        }
        Ok(locked)
    }

    async fn store_pin(
        &self,
        ctx: &Ctx,
        row: &AccountRow,
        proof: Option<Reserved>,
        sealed: Vec<u8>,
    ) -> Result<(), Fault> {
        let (accounts, context, account, version) =
            (self.clone(), ctx.clone(), row.id, row.version);
        self.db
            .write(async move |tx| {
                match proof {
                    Some(reserved) => {
                        let unchanged = reserved.version == version
                            && PIN.succeed(tx, account, version).await?;
                        unchanged.then_some(()).ok_or(Fault::Busy)?;
                    }
                    None => accounts.require_password(tx, &context).await?,
                }
                let next = version + 1;
                let entry = Entry::new(Action::PinChange)
                    .subject(account)
                    .target("account", account.uuid())
                    .version(next);
                accounts
                    .audit
                    .record(tx, &Origin::from(&context), entry)
                    .await?;
                let stored = store::set(tx, account, Some(&sealed), next, context.now).await?;
                stored.then_some(()).ok_or(Fault::Busy)?;
                accounts.forget_after_commit(tx, account);
                Ok(())
            })
            .await
    }

    /// Takes an account's PIN away, inside the unit of what asks for it, which raises the version.
    pub(crate) async fn clear_pin(
        &self,
        tx: &mut Tx,
        account: AccountId,
        version: i64,
        now: hanok_base::Timestamp,
    ) -> Result<bool, Fault> {
        Ok(store::set(tx, account, None, version, now).await?)
    }
}

/// A PIN as it is typed: six digits, or the field's error.
pub(super) fn typed(pointer: &'static str, text: &Secret) -> Result<PinCode, Fault> {
    PinCode::parse(text.expose()).map_err(|fault| Fault::field(pointer, fault.code()))
}
