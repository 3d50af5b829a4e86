//! Accounts over HTTP: registering, and one's own.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Ctx, Json, SignedIn};
use serde::Serialize;
use utoipa::ToSchema;

use super::input::RegisterIn;
use super::my::MePatch;
use super::{AccountRow, AccountStatus, store};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::role;
use crate::session::UserOut;

/// An account, as its owner sees it: sealed values masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountOut {
    /// Who it is.
    #[serde(flatten)]
    user: UserOut,
    /// `active`, `locked` or `disabled`.
    #[schema(value_type = String)]
    status: AccountStatus,
    /// The phone number, masked.
    phone_number: Option<String>,
    /// Whether the number is proven: only then it counts.
    phone_proven: bool,
    /// Whether the e-mail address is verified.
    email_verified: bool,
    /// Whether a PIN is set.
    pin_set: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The last sign-in.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_login_at: Option<Timestamp>,
}

impl AccountOut {
    fn new(row: &AccountRow, roles: Vec<String>, pin_set: bool) -> Self {
        Self {
            user: UserOut::new(row, roles),
            status: row.status,
            phone_number: row.phone_masked.clone(),
            phone_proven: row.phone_proven_at.is_some(),
            email_verified: row.email_verified_at.is_some(),
            pin_set,
            created_at: row.created_at,
            last_login_at: row.last_login_at,
        }
    }
}

/// Register an account.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "sign-in", responses((status = 201, body = AccountOut), Error))]
pub async fn register(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    Json(input): Json<RegisterIn>,
) -> Result<(StatusCode, Json<AccountOut>), Error> {
    let row = accounts.register(&ctx, &input).await?;
    let out = AccountOut::new(&row, vec![role::USER.to_owned()], false);
    Ok((StatusCode::CREATED, Json(out)))
}

/// My account.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "me", responses((status = 200, body = AccountOut), Error))]
pub async fn me(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    caller: SignedIn,
) -> Result<Json<AccountOut>, Error> {
    accounts
        .my_account(&ctx, &caller)
        .await
        .map(Json)
        .map_err(Error::from)
}

/// My account, at its other address.
#[utoipa::path(get, path = "/api/v1/me", tag = "me", responses((status = 200, body = AccountOut), Error))]
pub async fn my_account(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    caller: SignedIn,
) -> Result<Json<AccountOut>, Error> {
    accounts
        .my_account(&ctx, &caller)
        .await
        .map(Json)
        .map_err(Error::from)
}

/// Change my account. Name and birthdate ask for the password; language and theme do not.
#[utoipa::path(patch, path = "/api/v1/me", tag = "me", responses((status = 200, body = AccountOut), Error))]
pub async fn change_me(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    caller: SignedIn,
    Json(patch): Json<MePatch>,
) -> Result<Json<AccountOut>, Error> {
    let profile = patch.check(accounts.today(ctx.now))?;
    accounts.change_profile(&ctx, profile).await?;
    Ok(Json(accounts.my_account(&ctx, &caller).await?))
}

impl Accounts {
    async fn my_account(&self, _ctx: &Ctx, caller: &SignedIn) -> Result<AccountOut, Fault> {
        let id = caller.account;
        let read = self.db.read(async move |conn| {
            let row = store::find(conn, id).await?.ok_or(Fault::Unauthorized)?;
            let pin = crate::pin_code::store::hash(conn, id).await?;
            Ok::<_, Fault>((row, pin.is_some()))
        });
        let (row, pin_set) = read.await?;
        Ok(AccountOut::new(&row, caller.roles.to_vec(), pin_set))
    }

    /// Registers an account for whoever asks.
    ///
    /// # Errors
    /// [`Fault::Fields`] for every field that is wrong at once; [`Fault::TooOften`], [`Fault::Busy`].
    pub async fn register(&self, ctx: &Ctx, input: &RegisterIn) -> Result<AccountRow, Fault> {
        self.limit_registrations(ctx).await?;
        let new = input.check(self.today(ctx.now))?;
        if !self.is_founded().await? {
            return Err(Fault::NotFounded);
        }
        let email = new.email.clone();
        let made = self.create(ctx, new).await;
        let row = made.map_err(|fault| input.point(fault))?;
        if let Some(email) = email {
            self.verify_registered_email(ctx, row.id, email).await?;
        }
        Ok(row)
    }

    async fn limit_registrations(&self, ctx: &Ctx) -> Result<(), Fault> {
        let count = self.limits.register_per_address_per_minute;
        if count == 0 {
            return Ok(());
        }
        let key = format!(
            "register|{}",
            hanok_web::rate_limit::limited_network(ctx.address)
        );
        let limit = hanok_base::counters::Limit::per_minute(count);
        let decision = self.counters.hit(&key, limit, ctx.now).await;
        decision
            .allowed
            .then_some(())
            .ok_or(Fault::TooOften(decision.reset))
    }
}
