//! Roles over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::{Access, Allowed, Ctx, Json, Path, Permission, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::rules::{RoleIn, RolePatch};
use super::service::{Role, Roles};
use crate::context::People;

/// Who reads roles; only a super_admin makes, changes and removes one.
pub(super) const READING: Access = Access::Permission(UserManagement::NAME);

/// The calls about roles.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(list, create), READING)
        .add(routes!(show, change, remove), READING)
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleOut {
    /// Its name, in lower case.
    name: String,
    /// Whether every installation has it; such a role cannot be changed.
    built_in: bool,
    /// What it allows; of `super_admin` all that there is.
    permissions: Vec<String>,
    /// How many accounts hold it; `null` for `user`, which every account holds.
    held_by: Option<i64>,
}

impl From<Role> for RoleOut {
    fn from(role: Role) -> Self {
        Self {
            name: role.name,
            built_in: role.is_built_in,
            permissions: role.permissions,
            held_by: role.held_by,
        }
    }
}

/// Every role and every permission.
#[derive(Debug, Serialize, ToSchema)]
pub struct RolesOut {
    /// The roles: the built-in ones, the highest first, then the organisation's own by name.
    roles: Vec<RoleOut>,
    /// Every permission that a role can list.
    permissions: Vec<String>,
}

impl From<Roles> for RolesOut {
    fn from(all: Roles) -> Self {
        let names = all.permissions.iter();
        Self {
            permissions: names.map(ToString::to_string).collect(),
            roles: all.roles.into_iter().map(RoleOut::from).collect(),
        }
    }
}

/// Every role, what it allows and how many hold it.
#[utoipa::path(get, path = "/api/v1/roles", tag = "roles", responses((status = 200, body = RolesOut), Error))]
pub async fn list(
    State(people): State<People>,
    _: Allowed<UserManagement>,
) -> Result<Json<RolesOut>, Error> {
    Ok(Json(people.roles().await?.into()))
}

/// Make a role of the organisation's own. For a super_admin, who gives the password again.
#[utoipa::path(post, path = "/api/v1/roles", tag = "roles", responses((status = 201, body = RoleOut), Error))]
pub async fn create(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Json(input): Json<RoleIn>,
) -> Result<(StatusCode, Json<RoleOut>), Error> {
    let new = input.check(people.accounts.known_permissions())?;
    let role = people.create_role(&ctx, new).await?;
    Ok((StatusCode::CREATED, Json(role.into())))
}

/// A role.
#[utoipa::path(get, path = "/api/v1/roles/{name}", tag = "roles", params(("name" = String, Path)), responses((status = 200, body = RoleOut), Error))]
pub async fn show(
    State(people): State<People>,
    _: Allowed<UserManagement>,
    Path(name): Path<String>,
) -> Result<Json<RoleOut>, Error> {
    Ok(Json(people.role(&name).await?.into()))
}

/// Change a role of the organisation's own; what it allows counts at once for all who hold it.
#[utoipa::path(patch, path = "/api/v1/roles/{name}", tag = "roles", params(("name" = String, Path)), responses((status = 200, body = RoleOut), Error))]
pub async fn change(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(name): Path<String>,
    Json(patch): Json<RolePatch>,
) -> Result<Json<RoleOut>, Error> {
    let change = patch.check(people.accounts.known_permissions())?;
    Ok(Json(people.change_role(&ctx, &name, change).await?.into()))
}

/// Remove a role of the organisation's own that nobody holds; 409 while somebody does.
#[utoipa::path(delete, path = "/api/v1/roles/{name}", tag = "roles", params(("name" = String, Path)), responses((status = 204), Error))]
pub async fn remove(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(name): Path<String>,
) -> Result<StatusCode, Error> {
    people.delete_role(&ctx, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
