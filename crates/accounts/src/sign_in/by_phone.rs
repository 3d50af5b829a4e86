//! Signing in by approval on the paired phone: what accounts lend to whoever asks the phone.
//!
//! Whether a name has an account, a phone or a lock is told to nobody: whoever asks gets the same answer.

use hanok_base::counters::Limit;
use hanok_base::{Secret, Timestamp};
use hanok_db::{DbError, Tx, params, record};
use hanok_web::Ctx;
use hanok_web::rate_limit::limited_network;
use serde_json::json;
use uuid::Uuid;

use crate::AccountId;
use crate::account::AccountStatus;
use crate::attempt::PASSWORD;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::device;
use crate::fault::Fault;
use crate::metrics::{self, Way};
use crate::session::SignedInBy;
use crate::username::Username;

/// An account that can approve on a phone, locked until the unit ends.
#[derive(Clone, Copy, Debug)]
pub struct PhoneOwner {
    /// The account.
    pub account: AccountId,
    /// Its version now: a change of its credentials voids what was asked before.
    pub version: i64,
    /// The blind index of its proven number.
    pub phone_index: [u8; 32],
}

/// What stands for a name that was typed.
#[derive(Clone, Copy, Debug)]
pub struct TypedName {
    /// For the name: how often it is asked for is counted by it.
    pub name: [u8; 32],
    /// For the phone of somebody who has none.
    pub phone: [u8; 32],
}

record! {
    /// What decides whether an account can approve on a phone.
    struct OwnerRow from "account" {
        id: AccountId,
        version: i64,
        status: AccountStatus,
        phone: Option<Vec<u8>>,
        phone_proven_at: Option<Timestamp>,
        has_pin: bool = "pin_hash IS NOT NULL",
        pin_locked_at: Option<Timestamp>,
    }
}

impl OwnerRow {
    fn can_approve(&self) -> bool {
        self.status == AccountStatus::Active
            && self.phone_proven_at.is_some()
            && self.has_pin
            && self.pin_locked_at.is_none()
    }
}

const NOBODY: AccountId = AccountId::from_uuid(Uuid::nil());

async fn lock_by_username(tx: &mut Tx, key: &str) -> Result<Option<OwnerRow>, DbError> {
    const SQL: &str = const_format::concatcp!(
        "SELECT ",
        OwnerRow::COLUMNS,
        " FROM account WHERE username_key = $1 /*for_update*/"
    );
    tx.optional(SQL, params![key]).await
}

impl Accounts {
    /// Counts a sign-in by phone from the caller's address.
    ///
    /// # Errors
    /// [`Fault::TooOften`].
    pub async fn limit_phone_sign_in(&self, ctx: &Ctx) -> Result<(), Fault> {
        let count = self.limits.phone_sign_in_per_address_per_minute;
        if count == 0 {
            return Ok(());
        }
        let key = format!("phone-sign-in|{}", limited_network(ctx.address));
        let decision = self
            .counters
            .hit(&key, Limit::per_minute(count), ctx.now)
            .await;
        let allowed = decision.allowed.then_some(());
        allowed.ok_or(Fault::TooOften(decision.reset))
    }

    /// The blind indexes that stand for a name that was typed, whoever has it.
    pub fn typed_name_indexes(&self, username: &Username) -> TypedName {
        let index = |column| self.keys.blind_index(column, username.normalised());
        TypedName {
            name: index("typed_name"),
            phone: index("typed_name_phone"),
        }
    }

    /// The account of this name, locked first of all, if it can approve on a phone: it is active, has a proven
    /// number, a PIN that is not locked and a paired phone. A locked password is no hindrance.
    ///
    /// # Errors
    /// The store's.
    pub async fn lock_phone_owner(
        &self,
        tx: &mut Tx,
        username: &Username,
    ) -> Result<Option<PhoneOwner>, Fault> {
        let row = lock_by_username(tx, username.normalised()).await?;
        // Asked for a name that nobody has as well: it is the same work.
        let id = row.as_ref().map_or(NOBODY, |row| row.id);
        let has_phone = device::store::any(tx, id).await?;
        let Some(row) = row.filter(|row| has_phone && row.can_approve()) else {
            return Ok(None);
        };
        let Some(sealed) = row.phone else {
            return Ok(None);
        };
        let phone = self.phone_of(row.id, &sealed)?;
        let indexes = self.phone_indexes(&phone);
        Ok(indexes.first().map(|(_, index)| PhoneOwner {
            account: row.id,
            version: row.version,
            phone_index: *index,
        }))
    }

    /// Signs a browser in for an account that approved on its phone, inside the unit that redeems the approval
    /// and holds the account's lock. It also lifts a lock of the password. Answers the cookie's value.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_in_approved(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
    ) -> Result<Secret, Fault> {
        let was_locked = PASSWORD.is_locked(tx, account).await?;
        PASSWORD.unlock(tx, account).await?;
        if was_locked {
            let origin = Origin {
                actor: Some(account),
                ..Origin::from(ctx)
            };
            let entry = Entry::new(Action::AccountUnlocked)
                .subject(account)
                .target("account", account.uuid())
                .details(json!({ "password": true, "pin": false, "by": "phone" }));
            self.audit.record(tx, &origin, entry).await?;
        }
        metrics::signs_in(tx, Way::Phone);
        self.open_browser_session(tx, ctx, account, SignedInBy::Phone)
            .await
    }
}
