//! Pairing a phone and letting it go.

use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use hanok_base::encoding::base64url_decode;
use hanok_base::secret::sha256;
use hanok_base::{Id, Secret, Timestamp};
use hanok_db::Tx;
use hanok_events::Event;
use hanok_web::Ctx;
use serde::Serialize;
use serde_json::json;

use super::api::{Jwk, PairIn};
use super::store::{self, DeviceId, DeviceRow};
use crate::account::{self, AccountRow, AccountStatus};
use crate::audit::{Action, Entry, Origin};
use crate::config::minutes;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::mail::Notice;
use crate::person_name::PersonName;
use crate::session::confirm::{in_person, signed_in};
use crate::{AccountId, attempt, text};

/// A phone was paired: every channel of the person tells it.
#[derive(Serialize)]
struct DevicePaired {
    account_id: AccountId,
    device_id: DeviceId,
}

impl Event for DevicePaired {
    const TYPE: &'static str = "device.paired";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

/// A phone was let go.
#[derive(Serialize)]
struct DeviceRevoked {
    account_id: AccountId,
    device_id: DeviceId,
}

impl Event for DeviceRevoked {
    const TYPE: &'static str = "device.revoked";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

impl Accounts {
    /// Makes a pairing code of one use for the caller; a `password` in the call counts as given again.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`]; [`Fault::Fields`] where no phone number is proven or as many phones
    /// are paired as may be; [`Fault::Forbidden`] within a day of a password reset.
    pub async fn start_pairing(
        &self,
        ctx: &Ctx,
        password: Option<&Secret>,
    ) -> Result<(Secret, Timestamp), Fault> {
        let account = in_person(ctx)?.account;
        if let Some(password) = password {
            self.confirm_password(ctx, password).await?;
        }
        let code = Secret::new(self.random.token());
        let expires_at = ctx.now.plus(minutes(self.config.pairing_code_minutes));
        let (accounts, context, hash) =
            (self.clone(), ctx.clone(), sha256(code.expose().as_bytes()));
        self.db
            .write(async move |tx| {
                account::store::lock(tx, account).await?;
                accounts.require_password(tx, &context).await?;
                let row = account::find(tx, account)
                    .await?
                    .ok_or(Fault::Unauthorized)?;
                accounts.may_change_proofs(&row, context.now)?;
                accounts.room_for_device(tx, account).await?;
                let id = Id::new(&accounts.clock, &accounts.random);
                store::insert_pairing(tx, id, account, &hash, context.now, expires_at).await?;
                Ok::<_, Fault>(())
            })
            .await?;
        Ok((code, expires_at))
    }

    async fn room_for_device(&self, tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
        let paired = store::of_account(tx, account).await?.len();
        let most = usize::try_from(self.config.devices_max).unwrap_or(usize::MAX);
        (paired < most)
            .then_some(())
            .ok_or_else(|| Fault::field("/", "too_many_devices"))
    }

    /// What PIN, phones and approval ask of an account: a proven number, and no fresh password reset.
    pub(crate) fn may_change_proofs(&self, row: &AccountRow, now: Timestamp) -> Result<(), Fault> {
        self.not_just_reset(row, now)?;
        row.phone_proven_at
            .map(|_| ())
            .ok_or_else(|| Fault::field("/phone_number", "phone_not_proven"))
    }

    /// For a day after a password reset a session changes neither PIN, phones, number nor e-mail.
    pub(crate) fn not_just_reset(&self, row: &AccountRow, now: Timestamp) -> Result<(), Fault> {
        let hold = Duration::from_hours(u64::from(self.config.reset_hold_hours));
        let held = row.password_reset_at.is_some_and(|at| now.since(at) < hold);
        (!held).then_some(()).ok_or(Fault::Forbidden)
    }

    /// Pairs the phone that shows this code.
    ///
    /// # Errors
    /// [`Fault::Fields`] for a wrong, used or expired code, a key that is not P-256 or one paired before.
    pub async fn pair_device(&self, ctx: &Ctx, input: PairIn) -> Result<DeviceId, Fault> {
        let name =
            PersonName::parse(&input.name).map_err(|fault| Fault::field("/name", fault.code()))?;
        let key = public_key(&input.public_key)
            .ok_or_else(|| Fault::field("/public_key", "public_key_not_p256"))?;
        let hash = sha256(input.pairing_code.expose().as_bytes());
        let id = Id::new(&self.clock, &self.random);
        let (accounts, context) = (self.clone(), ctx.clone());
        let (origin, now) = (Origin::from(ctx), ctx.now);
        let paired = self.db.write(async move |tx| {
            let account = accounts.use_code(tx, &hash, now).await?;
            let entry = Entry::new(Action::DevicePaired)
                .subject(account)
                .target("device", id.uuid());
            let origin = Origin {
                actor: Some(account),
                ..origin
            };
            accounts
                .audit
                .record(tx, &origin, entry.details(json!({})))
                .await?;
            store::insert(tx, id, account, name.as_str(), &key, now).await?;
            accounts
                .outbox
                .publish(
                    tx,
                    &DevicePaired {
                        account_id: account,
                        device_id: id,
                    },
                )
                .await?;
            accounts
                .notify(tx, &context, account, Notice::PhonePaired)
                .await?;
            accounts
                .text_notice(tx, &context, account, &text::sms::phone_paired())
                .await?;
            Ok(id)
        });
        paired.await.map_err(|fault| match fault {
            Fault::Store(hanok_db::DbError::Unique { .. }) => {
                Fault::field("/public_key", "public_key_taken")
            }
            other => other,
        })
    }

    /// Uses up a pairing code and answers whose it was, the account's lock taken first.
    async fn use_code(
        &self,
        tx: &mut Tx,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<AccountId, Fault> {
        let refused = || Fault::field("/pairing_code", "pairing_code_invalid");
        let account = store::pairing_owner(tx, hash).await?.ok_or_else(refused)?;
        account::store::lock(tx, account).await?;
        let used = store::use_pairing(tx, hash, now).await?;
        used.then_some(()).ok_or_else(refused)?;
        let row = account::find(tx, account).await?;
        let row = row.filter(|row| row.status == AccountStatus::Active);
        self.may_change_proofs(&row.ok_or_else(refused)?, now)?;
        self.room_for_device(tx, account).await?;
        Ok(account)
    }

    /// The caller's paired phones.
    ///
    /// # Errors
    /// The store's.
    pub async fn my_devices(&self, ctx: &Ctx) -> Result<Vec<DeviceRow>, Fault> {
        let account = signed_in(ctx)?.account;
        Ok(self
            .db
            .read(async move |conn| store::of_account(conn, account).await)
            .await?)
    }

    /// Lets one of the caller's phones go, at once.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where it is not a phone of the caller's.
    pub async fn revoke_device(&self, ctx: &Ctx, id: DeviceId) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (accounts, origin, now) = (self.clone(), Origin::from(ctx), ctx.now);
        self.db
            .write(async move |tx| {
                if !store::revoke(tx, id, account, now).await? {
                    return Err(Fault::NotFound);
                }
                let entry = Entry::new(Action::DeviceRevoked)
                    .subject(account)
                    .target("device", id.uuid());
                accounts.audit.record(tx, &origin, entry).await?;
                accounts
                    .outbox
                    .publish(
                        tx,
                        &DeviceRevoked {
                            account_id: account,
                            device_id: id,
                        },
                    )
                    .await?;
                accounts.revoke(tx, account, None, now).await?;
                Ok(())
            })
            .await
    }

    /// Forgets nonces and pairing codes that have had their time; a duty of every minute.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep_devices(&self) -> Result<(), hanok_db::DbError> {
        let now = self.clock.now();
        let nonces = now.minus(minutes(self.config.device_nonce_minutes));
        self.db
            .write(async move |tx| store::sweep(tx, nonces, now).await)
            .await
    }

    /// Lifts the PIN's lock and count, as the proven phone or an administrator may.
    pub(crate) async fn unlock_pin(&self, tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
        Ok(attempt::PIN.unlock(tx, account).await?)
    }
}

/// The uncompressed point of a JWK (RFC 7518, section 6.2.1), where it is one of P-256.
fn public_key(jwk: &Jwk) -> Option<Vec<u8>> {
    let coordinate = |text: &str| base64url_decode(text).filter(|bytes| bytes.len() == 32);
    if jwk.kty != "EC" || jwk.crv != "P-256" {
        return None;
    }
    let point = [&[4_u8][..], &coordinate(&jwk.x)?, &coordinate(&jwk.y)?].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).ok()?;
    Some(point)
}
