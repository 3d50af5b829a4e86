//! People over HTTP, and at the older addresses.

mod act;
mod older;

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::AccountId;
use hanok_accounts::permission::{PeopleRead, TeamManagement, UserManagement};
use hanok_web::error::Error;
use hanok_web::{
    Access, Allowed, AllowedAny, Ctx, Json, Path, Permission, PermissionGroup, Query, Routes,
};
use utoipa_axum::routes;

use super::input::{EditUserIn, NewUserIn};
use super::list::Emails;
use super::output::{NewUserOut, UserDetailOut, UsersOut};
use super::rules::UsersIn;
use crate::context::People;

/// Who reads of people: everybody's administrators, those who lead some, and those whose providers some answered.
pub enum Readers {}

impl PermissionGroup for Readers {
    const NAMES: &'static [&'static str] =
        &[UserManagement::NAME, TeamManagement::NAME, PeopleRead::NAME];
}

/// Who may read the list and a person.
pub(super) const READING: Access = Access::AnyOf(Readers::NAMES);
/// Who may act on accounts; on which is asked of each.
pub(super) const MANAGING: Access = Access::Permission(UserManagement::NAME);

/// The routes of people.
pub(crate) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(list), READING)
        .add(routes!(create), MANAGING)
        .add(routes!(show), READING)
        .add(routes!(replace, change, remove), MANAGING)
        .merge(act::routes())
        .merge(older::routes())
}

/// The people whom I may see.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(
    ("q" = Option<String>, Query, description = "A part of a name or username; a whole phone number or e-mail address"),
    ("department" = Option<String>, Query, description = "A department, by name or id"),
    ("role" = Option<String>, Query, description = "The name of a role that they hold"),
    ("status" = Option<String>, Query, description = "`active` (the default), `locked`, `disabled`, `closed` (by their people), `no_password` or `all`"),
    ("sort" = Option<String>, Query, description = "`name` (the default), `username`, `created` or `last_login`; with `-` the other way round"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("per_page" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = UsersOut), Error))]
pub async fn list(
    State(people): State<People>,
    ctx: Ctx,
    _: AllowedAny<Readers>,
    Query(input): Query<UsersIn>,
) -> Result<Json<UsersOut>, Error> {
    let (filter, page) = input.check()?;
    people.limit_user_list(&ctx).await?;
    let list = people
        .list_users(&ctx, filter, page, Emails::AsHeld)
        .await?;
    Ok(Json(list.into()))
}

/// Make an account for somebody. A password that was made for it is shown in this answer and never again.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", responses((status = 201, body = NewUserOut), Error))]
pub async fn create(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Json(input): Json<NewUserIn>,
) -> Result<(StatusCode, Json<NewUserOut>), Error> {
    let new = people.create_user(&ctx, &input).await?;
    Ok((StatusCode::CREATED, Json(new.into())))
}

/// One person whom I may see.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserDetailOut), Error))]
pub async fn show(
    State(people): State<People>,
    ctx: Ctx,
    _: AllowedAny<Readers>,
    Path(id): Path<AccountId>,
) -> Result<Json<UserDetailOut>, Error> {
    Ok(Json(people.user(&ctx, id, Emails::AsHeld).await?.into()))
}

/// Change a person; what is left out stays.
#[utoipa::path(put, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserDetailOut), Error))]
pub async fn replace(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Json(input): Json<EditUserIn>,
) -> Result<Json<UserDetailOut>, Error> {
    edited(&people, &ctx, id, &input).await
}

/// Change a person; what is left out stays, and null takes away.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path)), responses((status = 200, body = UserDetailOut), Error))]
pub async fn change(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Json(input): Json<EditUserIn>,
) -> Result<Json<UserDetailOut>, Error> {
    edited(&people, &ctx, id, &input).await
}

async fn edited(
    people: &People,
    ctx: &Ctx,
    id: AccountId,
    input: &EditUserIn,
) -> Result<Json<UserDetailOut>, Error> {
    people.edit_user(ctx, id, input).await?;
    Ok(Json(people.user(ctx, id, Emails::Masked).await?.into()))
}

/// Remove an account that no record needs; 409 says that it can be switched off instead.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users", params(("id" = String, Path)), responses((status = 204), Error))]
pub async fn remove(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<StatusCode, Error> {
    people.delete_user(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
