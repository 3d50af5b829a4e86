//! Sending a code to a number: who may, how often, and what it takes to leave a proven one.

use hanok_base::counters::Limit;
use hanok_base::{Id, Place, Secret, Timestamp};
use hanok_db::Tx;
use hanok_web::Ctx;

use super::store::{self, Proof};
use crate::account::{self, AccountRow};
use crate::attempt::PIN;
use crate::config::minutes;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::phone::PhoneNumber;
use crate::pin::PinCode;
use crate::session::confirm::in_person;
use crate::{AccountId, text};

impl Accounts {
    /// Sends a code to a number that the caller says is theirs. To change a proven number needs the
    /// password and, where there is one, the PIN.
    ///
    /// # Errors
    /// [`Fault::TooOften`], [`Fault::PasswordRequired`], [`Fault::InvalidPin`], [`Fault::Locked`],
    /// [`Fault::Forbidden`] within a day of a password reset.
    pub async fn start_phone_proof(
        &self,
        ctx: &Ctx,
        phone: &PhoneNumber,
        pin: Option<&PinCode>,
    ) -> Result<Timestamp, Fault> {
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
        let other = !self.is_phone_of(&row, sealed.phone.as_deref(), phone)?;
        if other {
            self.not_just_reset(&row, ctx.now)?;
        }
        let changes = other && row.phone_proven_at.is_some();
        if changes {
            self.may_change_number(ctx, account, sealed.pin_hash.as_deref(), pin)
                .await?;
        }
        self.limit_codes(ctx, phone).await?;
        self.send_code(ctx, account, phone, changes).await
    }

    pub(super) fn is_phone_of(
        &self,
        row: &AccountRow,
        sealed: Option<&[u8]>,
        phone: &PhoneNumber,
    ) -> Result<bool, Fault> {
        let held = sealed
            .map(|sealed| self.phone_of(row.id, sealed))
            .transpose()?;
        Ok(held.is_some_and(|held| *held.normalised() == *phone.normalised()))
    }

    async fn may_change_number(
        &self,
        ctx: &Ctx,
        account: AccountId,
        pin_hash: Option<&[u8]>,
        pin: Option<&PinCode>,
    ) -> Result<(), Fault> {
        let context = ctx.clone();
        let accounts = self.clone();
        self.db
            .read(async move |conn| accounts.require_password(conn, &context).await)
            .await?;
        let Some(sealed) = pin_hash else {
            return Ok(());
        };
        let pin = pin.ok_or_else(|| Fault::field("/pin_code", "required"))?;
        let reserved = self.check_pin(ctx, account, sealed, pin).await?;
        let version = reserved.version;
        self.db
            .write(async move |tx| PIN.succeed(tx, account, version).await)
            .await?;
        Ok(())
    }

    /// A few codes an hour, by number (known only by its blind index) and by address.
    async fn limit_codes(&self, ctx: &Ctx, phone: &PhoneNumber) -> Result<(), Fault> {
        let limit = Limit::per_hour(self.config.phone_code_sends_per_hour);
        let number = hanok_base::encoding::base64url_encode(
            &self.keys.blind_index("phone_code", &phone.normalised()),
        );
        let address = hanok_web::rate_limit::limited_network(ctx.address);
        for key in [
            format!("phone-code|{number}"),
            format!("phone-code|{address}"),
        ] {
            let decision = self.counters.hit(&key, limit, ctx.now).await;
            decision
                .allowed
                .then_some(())
                .ok_or(Fault::TooOften(decision.reset))?;
        }
        Ok(())
    }

    async fn send_code(
        &self,
        ctx: &Ctx,
        account: AccountId,
        phone: &PhoneNumber,
        changes: bool,
    ) -> Result<Timestamp, Fault> {
        let id: Id<Proof> = Id::new(&self.clock, &self.random);
        let code = Secret::new(format!("{:06}", self.random.below(1_000_000)));
        let sealed = self.keys.seal(
            Place::new("phone_proof", "phone", id.uuid()),
            phone.normalised().as_bytes(),
        );
        let (mac, expires_at) = (
            self.code_mac(id, &code),
            ctx.now.plus(minutes(self.config.phone_code_minutes)),
        );
        let told = text::sms::code(code.expose());
        let (accounts, context, number) = (self.clone(), ctx.clone(), phone.clone());
        self.db
            .write(async move |tx| {
                // The unit that reads the session again: a code is not sent for one that has ended.
                if changes {
                    accounts.require_password(tx, &context).await?;
                } else if accounts.leaves_number(tx, account, &number).await? {
                    // Proven meanwhile: what leaving a number asks for was not asked.
                    return Err(Fault::Busy);
                }
                store::start(tx, account, id, &sealed, &mac, context.now, expires_at).await?;
                accounts
                    .text(tx, account, &number, context.locale, &told)
                    .await
            })
            .await?;
        Ok(expires_at)
    }

    /// Whether the account has a proven number and this is another one; the account's lock is taken.
    async fn leaves_number(
        &self,
        tx: &mut Tx,
        account: AccountId,
        phone: &PhoneNumber,
    ) -> Result<bool, Fault> {
        account::store::lock(tx, account).await?;
        let row = account::find(tx, account).await?;
        let row = row.ok_or(Fault::Unauthorized)?;
        let sealed = account::store::sealed(tx, account).await?;
        let held = sealed.and_then(|sealed| sealed.phone);
        Ok(row.phone_proven_at.is_some() && !self.is_phone_of(&row, held.as_deref(), phone)?)
    }

    /// The code's MAC: six digits alone would be found in a million guesses.
    pub(super) fn code_mac(&self, id: Id<Proof>, code: &Secret) -> [u8; 32] {
        self.keys
            .blind_index("phone_proof_code", &format!("{id}|{}", code.expose()))
    }
}
