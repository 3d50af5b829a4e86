//! What is done to an account beyond its data: locks, password, roles, sessions, a look at what is masked.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use hanok_accounts::AccountId;
use hanok_accounts::account::{Hidden, Locks, ResetWay, RoleChange};
use hanok_accounts::permission::UserManagement;
use hanok_web::error::{Error, FieldError};
use hanok_web::{Allowed, Ctx, Json, Path, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::MANAGING;
use crate::context::People;
use crate::user::list::Emails;
use crate::user::output::{EndedOut, ResetOut, RevealedOut, UnlockedOut, UserRolesOut};

/// The routes of what is done to an account.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(roles, set_roles, add_roles), MANAGING)
        .add(routes!(take_role), MANAGING)
        .add(routes!(promote), MANAGING)
        .add(routes!(demote), MANAGING)
        .add(routes!(unlock), MANAGING)
        .add(routes!(reset), MANAGING)
        .add(routes!(end_sessions), MANAGING)
        .add(routes!(reveal), MANAGING)
}

/// What is unlocked.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct UnlockIn {
    /// `password`, `pin` or `both` (the default).
    lock: Option<String>,
}

/// How a person comes to a new password.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ResetIn {
    /// `letter` (the default where there is a verified address) or `temporary`.
    by: Option<String>,
}

/// Roles: one, or several.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RolesIn {
    /// A role.
    role: Option<String>,
    /// Roles.
    roles: Option<Vec<String>>,
}

/// What is to be shown, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RevealIn {
    /// `email`, `phone_number` or `birthdate`.
    #[schema(value_type = String)]
    field: Option<String>,
    /// Why, in 3 to 200 characters; the person can read it.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl RolesIn {
    fn names(self) -> Result<Vec<String>, Error> {
        if self.role.is_none() && self.roles.is_none() {
            let missing = FieldError::new("/roles", "required");
            return Err(Error::invalid_request([missing]));
        }
        let several = self.roles.into_iter().flatten();
        Ok(self.role.into_iter().chain(several).collect())
    }
}

/// One of the words of a field.
fn word<T: std::str::FromStr>(
    pointer: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<T, Error> {
    text.trim().parse().map_err(|_| {
        let fault = FieldError::new(pointer, "unknown_value").arg("expected", expected);
        Error::invalid_request([fault])
    })
}

impl UnlockIn {
    fn locks(&self) -> Result<Locks, Error> {
        match self.lock.as_deref().map(str::trim) {
            None | Some("" | "both") => Ok(Locks::ALL),
            Some("password") => Ok(Locks {
                pin: false,
                ..Locks::ALL
            }),
            Some("pin") => Ok(Locks {
                password: false,
                ..Locks::ALL
            }),
            Some(_) => {
                let fault = FieldError::new("/lock", "unknown_value");
                let fault = fault.arg("expected", "password, pin, both");
                Err(Error::invalid_request([fault]))
            }
        }
    }
}

async fn roles_now(people: &People, ctx: &Ctx, id: AccountId) -> Result<Json<UserRolesOut>, Error> {
    Ok(Json(people.user(ctx, id, Emails::Masked).await?.into()))
}

async fn changed(
    people: &People,
    ctx: &Ctx,
    id: AccountId,
    change: RoleChange,
) -> Result<Json<UserRolesOut>, Error> {
    people.change_roles(ctx, id, change).await?;
    roles_now(people, ctx, id).await
}

/// The roles of a person.
#[utoipa::path(get, path = "/api/v1/users/{id}/roles", operation_id = "user_roles", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserRolesOut), Error))]
pub async fn roles(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Json<UserRolesOut>, Error> {
    roles_now(&people, &ctx, id).await
}

/// Give a person these roles and no others; asks for the caller's password.
#[utoipa::path(put, path = "/api/v1/users/{id}/roles", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserRolesOut), Error))]
pub async fn set_roles(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Json(input): Json<RolesIn>,
) -> Result<Json<UserRolesOut>, Error> {
    changed(&people, &ctx, id, RoleChange::Set(input.names()?)).await
}

/// Give a person these roles too; asks for the caller's password.
#[utoipa::path(post, path = "/api/v1/users/{id}/roles", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserRolesOut), Error))]
pub async fn add_roles(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Json(input): Json<RolesIn>,
) -> Result<Json<UserRolesOut>, Error> {
    changed(&people, &ctx, id, RoleChange::Grant(input.names()?)).await
}

/// Take a role from a person; asks for the caller's password.
#[utoipa::path(delete, path = "/api/v1/users/{id}/roles/{role}", tag = "users", params(("id" = String, Path), ("role" = String, Path)), responses((status = 200, body = UserRolesOut), Error))]
pub async fn take_role(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path((id, role)): Path<(AccountId, String)>,
) -> Result<Json<UserRolesOut>, Error> {
    changed(&people, &ctx, id, RoleChange::Withdraw(vec![role])).await
}

/// Make a user an admin: a super_admin's to do; asks for their password.
#[utoipa::path(post, path = "/api/v1/users/{id}/promote", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserRolesOut), Error))]
pub async fn promote(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Json<UserRolesOut>, Error> {
    people.promote(&ctx, id).await?;
    roles_now(&people, &ctx, id).await
}

/// Make an admin a user: a super_admin's to do; asks for their password.
#[utoipa::path(post, path = "/api/v1/users/{id}/demote", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserRolesOut), Error))]
pub async fn demote(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Json<UserRolesOut>, Error> {
    people.demote(&ctx, id).await?;
    roles_now(&people, &ctx, id).await
}

/// Lift the locks of a person.
#[utoipa::path(post, path = "/api/v1/users/{id}/unlock", tag = "users", request_body = inline(Option<UnlockIn>), params(("id" = String, Path)), responses((status = 200, body = UnlockedOut), Error))]
pub async fn unlock(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    input: Option<Json<UnlockIn>>,
) -> Result<Json<UnlockedOut>, Error> {
    let locks = input.map(|Json(input)| input).unwrap_or_default().locks()?;
    let unlocked = people.unlock_user(&ctx, id, locks).await?;
    Ok(Json(UnlockedOut { unlocked }))
}

/// Take a person's password away, so that they choose another; asks for the caller's password. A temporary one is shown
/// in this answer and never again.
#[utoipa::path(post, path = "/api/v1/users/{id}/password/reset", tag = "users", request_body = inline(Option<ResetIn>), params(("id" = String, Path)), responses((status = 200, body = ResetOut), Error))]
pub async fn reset(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    input: Option<Json<ResetIn>>,
) -> Result<impl IntoResponse, Error> {
    let typed = input.and_then(|Json(input)| input.by);
    let way: Option<ResetWay> = match typed.as_deref().filter(|by| !by.trim().is_empty()) {
        Some(by) => Some(word("/by", by, "letter, temporary")?),
        None => None,
    };
    let reset = people.reset_password(&ctx, id, way).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(ResetOut::from(reset))))
}

/// End every session of a person, in every process.
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", tag = "users", params(("id" = String, Path)), responses((status = 200, body = EndedOut), Error))]
pub async fn end_sessions(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Json<EndedOut>, Error> {
    let ended = people.end_sessions(&ctx, id).await?;
    Ok(Json(EndedOut { ended }))
}

/// Show one masked value of a person, for a reason that they can read: for who holds `full_user_info`.
#[utoipa::path(post, path = "/api/v1/users/{id}/reveal", tag = "users", params(("id" = String, Path)), responses((status = 200, body = RevealedOut), Error))]
pub async fn reveal(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Json(input): Json<RevealIn>,
) -> Result<impl IntoResponse, Error> {
    let field: Hidden = word(
        "/field",
        input.field.as_deref().unwrap_or_default(),
        "email, phone_number, birthdate",
    )?;
    let reason = input.reason.unwrap_or_default();
    let value = people.reveal(&ctx, id, field, &reason).await?;
    Ok((
        [(CACHE_CONTROL, "no-store")],
        Json(RevealedOut { field, value }),
    ))
}
