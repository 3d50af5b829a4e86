//! Departments over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::organisation::DepartmentId;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::{Allowed, AllowedAny, Ctx, Json, Path, Query, Routes};
use utoipa_axum::routes;

use super::input::{DepartmentIn, DepartmentPatch};
use super::output::{DepartmentDetailOut, DepartmentOut, DepartmentsOut};
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::page::PageIn;
use crate::organisation::person::Who;
use crate::organisation::{LEADING, Leading, RUNNING};

/// The routes of departments, each with who may call it.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(list), LEADING)
        .add(routes!(create), RUNNING)
        .add(routes!(show), LEADING)
        .add(routes!(change, close), RUNNING)
        .add(routes!(place, take), RUNNING)
}

/// The departments: all, or those that I lead and what is below them.
#[utoipa::path(get, path = "/api/v1/departments", tag = "departments",
    responses((status = 200, body = DepartmentsOut), Error))]
pub async fn list(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
) -> Result<Json<DepartmentsOut>, Error> {
    Ok(Json(people.departments(&caller).await?.into()))
}

/// Make a department.
#[utoipa::path(post, path = "/api/v1/departments", tag = "departments",
    responses((status = 201, body = DepartmentOut), Error))]
pub async fn create(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Json(input): Json<DepartmentIn>,
) -> Result<(StatusCode, Json<DepartmentOut>), Error> {
    let id = people
        .create_department(&ctx, &caller, input.check()?)
        .await?;
    let made = shown(&people, &caller, id).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// A department, its people and its history.
#[utoipa::path(get, path = "/api/v1/departments/{id}", tag = "departments",
    params(("id" = String, Path), ("page" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = DepartmentDetailOut), Error))]
pub async fn show(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Path(id): Path<String>,
    Query(page): Query<PageIn>,
) -> Result<Json<DepartmentDetailOut>, Error> {
    let detail = people.department(&caller, department(&id)?, page.check()?);
    Ok(Json(detail.await?.into()))
}

/// Rename a department, move it, or give it another manager.
#[utoipa::path(patch, path = "/api/v1/departments/{id}", tag = "departments", params(("id" = String, Path)),
    responses((status = 200, body = DepartmentOut), Error))]
pub async fn change(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
    Json(input): Json<DepartmentPatch>,
) -> Result<Json<DepartmentOut>, Error> {
    let (id, change) = (department(&id)?, input.check()?);
    people.change_department(&ctx, &caller, id, change).await?;
    Ok(Json(shown(&people, &caller, id).await?))
}

/// Close a department that nobody is in and that has none below it.
#[utoipa::path(delete, path = "/api/v1/departments/{id}", tag = "departments", params(("id" = String, Path)),
    responses((status = 204), Error))]
pub async fn close(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    people
        .close_department(&ctx, &caller, department(&id)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put somebody into a department; their stay in another ends.
#[utoipa::path(put, path = "/api/v1/departments/{id}/members/{account}", tag = "departments",
    params(("id" = String, Path), ("account" = String, Path)),
    responses((status = 204), Error))]
pub async fn place(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path((id, account)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    let (id, who) = (department(&id)?, Who::by_id(&account));
    people.place_in_department(&ctx, &caller, id, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take somebody out of a department.
#[utoipa::path(delete, path = "/api/v1/departments/{id}/members/{account}", tag = "departments",
    params(("id" = String, Path), ("account" = String, Path)),
    responses((status = 204), Error))]
pub async fn take(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path((id, account)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    let (id, who) = (department(&id)?, Who::by_id(&account));
    people.take_from_department(&ctx, &caller, id, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A department that has just been made or changed.
async fn shown(
    people: &People,
    caller: &Allowed<UserManagement>,
    id: DepartmentId,
) -> Result<DepartmentOut, Fault> {
    let places = people.departments(caller).await?;
    let found = places.into_iter().find(|place| place.line.id == id);
    found.map(Into::into).ok_or_else(Fault::not_found)
}

/// An id that is none names nothing.
pub(super) fn department(id: &str) -> Result<DepartmentId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}
