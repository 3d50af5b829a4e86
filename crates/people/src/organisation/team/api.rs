//! Teams over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::organisation::TeamId;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::{Allowed, AllowedAny, Caller, Ctx, Json, Path, Query, Routes};
use utoipa_axum::routes;

use super::input::{TeamIn, TeamPatch};
use super::output::{TeamDetailOut, TeamsOut};
use super::rules::TeamsIn;
use crate::context::People;
use crate::fault::Fault;
use crate::organisation::page::PageIn;
use crate::organisation::person::Who;
use crate::organisation::{LEADING, Leading, RUNNING};

/// The routes of teams, each with who may call it.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(list), LEADING)
        .add(routes!(create), RUNNING)
        .add(routes!(show, change), LEADING)
        .add(routes!(close), RUNNING)
        .add(routes!(join, leave), LEADING)
}

/// The teams: all, or those that I lead.
#[utoipa::path(get, path = "/api/v1/teams", tag = "teams", params(
    ("q" = Option<String>, Query, description = "A part of the name"),
    ("sort" = Option<String>, Query, description = "`name` (the default), `members` or `created`; with `-` the other way round"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("per_page" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = TeamsOut), Error))]
pub async fn list(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Query(input): Query<TeamsIn>,
) -> Result<Json<TeamsOut>, Error> {
    let (filter, page) = input.check()?;
    Ok(Json(people.teams(&caller, filter, page).await?.into()))
}

/// Make a team, with everybody it names or not at all.
#[utoipa::path(post, path = "/api/v1/teams", tag = "teams",
    responses((status = 201, body = TeamDetailOut), Error))]
pub async fn create(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Json(input): Json<TeamIn>,
) -> Result<(StatusCode, Json<TeamDetailOut>), Error> {
    let id = people.create_team(&ctx, &caller, input.check()?).await?;
    let made = shown(&people, &caller, id).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// A team, its people and its history.
#[utoipa::path(get, path = "/api/v1/teams/{id}", tag = "teams",
    params(("id" = String, Path), ("page" = Option<u32>, Query, minimum = 1, maximum = 500)),
    responses((status = 200, body = TeamDetailOut), Error))]
pub async fn show(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Path(id): Path<String>,
    Query(page): Query<PageIn>,
) -> Result<Json<TeamDetailOut>, Error> {
    let detail = people.team(&caller, team(&id)?, page.check()?).await?;
    Ok(Json(detail.into()))
}

/// Rename a team, also one that I lead, or give it another leader.
#[utoipa::path(patch, path = "/api/v1/teams/{id}", tag = "teams", params(("id" = String, Path)),
    responses((status = 200, body = TeamDetailOut), Error))]
pub async fn change(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Leading>,
    Path(id): Path<String>,
    Json(input): Json<TeamPatch>,
) -> Result<Json<TeamDetailOut>, Error> {
    let id = team(&id)?;
    people
        .change_team(&ctx, &caller, id, input.check()?)
        .await?;
    Ok(Json(shown(&people, &caller, id).await?))
}

/// Close a team; whoever is in it leaves.
#[utoipa::path(delete, path = "/api/v1/teams/{id}", tag = "teams", params(("id" = String, Path)),
    responses((status = 204), Error))]
pub async fn close(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    people.close_team(&ctx, &caller, team(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let somebody join a team; who leads it adds those whom they reach already.
#[utoipa::path(put, path = "/api/v1/teams/{id}/members/{account}", tag = "teams",
    params(("id" = String, Path), ("account" = String, Path)),
    responses((status = 204), Error))]
pub async fn join(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Leading>,
    Path((id, account)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    let who = Who::by_id(&account);
    people.add_to_team(&ctx, &caller, team(&id)?, who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let somebody leave a team.
#[utoipa::path(delete, path = "/api/v1/teams/{id}/members/{account}", tag = "teams",
    params(("id" = String, Path), ("account" = String, Path)),
    responses((status = 204), Error))]
pub async fn leave(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Leading>,
    Path((id, account)): Path<(String, String)>,
) -> Result<StatusCode, Error> {
    let (id, account) = (team(&id)?, account.parse().map_err(|_| Fault::not_found())?);
    people.take_from_team(&ctx, &caller, id, account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A team that has just been made or changed.
async fn shown(people: &People, caller: &Caller, id: TeamId) -> Result<TeamDetailOut, Fault> {
    let first = PageIn::default().check()?;
    Ok(people.team(caller, id, first).await?.into())
}

/// An id that is none names nothing.
pub(super) fn team(id: &str) -> Result<TeamId, Fault> {
    id.parse().map_err(|_| Fault::not_found())
}
