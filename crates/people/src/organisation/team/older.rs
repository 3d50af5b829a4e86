//! Teams at the older address: the same rules, and what older clients look for in the answer.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::organisation::TeamId;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::{Allowed, AllowedAny, Ctx, Json, Query, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::input::TeamIn;
use super::output::TeamsOut;
use super::rules::TeamsIn;
use crate::context::People;
use crate::organisation::{LEADING, Leading, RUNNING};

/// A team was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamMadeOut {
    /// Always true: a refusal is a problem.
    success: bool,
    /// The team's id.
    #[schema(value_type = String)]
    team_id: TeamId,
}

/// The routes of the older address.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(older_list), LEADING)
        .add(routes!(older_create), RUNNING)
}

/// As `GET /api/v1/teams`.
#[utoipa::path(get, path = "/api/teams", tag = "older addresses", params(
    ("q" = Option<String>, Query, description = "A part of the name"),
    ("sort" = Option<String>, Query, description = "As at `/api/v1/teams`"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("per_page" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = TeamsOut), Error))]
pub async fn older_list(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Query(input): Query<TeamsIn>,
) -> Result<Json<TeamsOut>, Error> {
    let (filter, page) = input.check()?;
    Ok(Json(people.teams(&caller, filter, page).await?.into()))
}

/// As `POST /api/v1/teams`, with a shorter answer.
#[utoipa::path(post, path = "/api/teams", tag = "older addresses",
    responses((status = 201, body = TeamMadeOut), Error))]
pub async fn older_create(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Json(input): Json<TeamIn>,
) -> Result<(StatusCode, Json<TeamMadeOut>), Error> {
    let team_id = people.create_team(&ctx, &caller, input.check()?).await?;
    let made = TeamMadeOut {
        success: true,
        team_id,
    };
    Ok((StatusCode::CREATED, Json(made)))
}
