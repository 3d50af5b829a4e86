//! Activities over HTTP.

use axum::extract::State;
use hanok_web::error::Error;
use hanok_web::{Access, AllowedAll, Ctx, Json, Query, Routes, SignedIn};
use utoipa_axum::routes;

use super::output::ActivitiesOut;
use super::rules::{ALL, ActivitiesIn, OWN};
use super::{WATCHING, Watchers};
use crate::context::People;

/// The routes.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .add(routes!(mine), Access::SignedIn)
        .add(routes!(all), WATCHING)
}

/// What I did in the last 24 hours, the newest first.
#[utoipa::path(get, path = "/api/v1/me/activities", operation_id = "my_activities", tag = "me", params(
    ("activity_type" = Option<String>, Query, description = "One kind alone"),
    ("from" = Option<String>, Query, description = "The first day, `YYYY-MM-DD`, in the organisation's time zone"),
    ("to" = Option<String>, Query, description = "The last day"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "50 where it is left out"),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page")),
    responses((status = 200, body = ActivitiesOut), Error))]
pub async fn mine(
    State(people): State<People>,
    ctx: Ctx,
    caller: SignedIn,
    Query(input): Query<ActivitiesIn>,
) -> Result<Json<ActivitiesOut>, Error> {
    let asked = input.check(OWN, &people.accounts.organisation.get().zone)?;
    let found = people.my_activities(caller.account, ctx.now, (asked, false));
    Ok(Json(found.await?.page.into()))
}

/// What everybody did, the newest first: the last 10,000 of 90 days are kept.
#[utoipa::path(get, path = "/api/v1/activities", operation_id = "activities", tag = "people", params(
    ("activity_type" = Option<String>, Query, description = "One kind alone"),
    ("person" = Option<String>, Query, description = "Who did it, by username or id"),
    ("from" = Option<String>, Query, description = "The first day, `YYYY-MM-DD`, in the organisation's time zone"),
    ("to" = Option<String>, Query, description = "The last day"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 10000, description = "100 where it is left out"),
    ("cursor" = Option<String>, Query, description = "`next` or `previous` of another page")),
    responses((status = 200, body = ActivitiesOut), Error))]
pub async fn all(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAll<Watchers>,
    Query(input): Query<ActivitiesIn>,
) -> Result<Json<ActivitiesOut>, Error> {
    let asked = input.check(ALL, &people.accounts.organisation.get().zone)?;
    let found = people.all_activities(&ctx, &caller, (asked, false));
    Ok(Json(found.await?.page.into()))
}
