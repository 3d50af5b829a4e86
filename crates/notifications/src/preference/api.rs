//! What one has chosen, over HTTP.

use axum::extract::State;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Json, Routes, SignedIn};
use utoipa_axum::routes;

use super::wire::NotificationPreferences;
use crate::context::Notifications;

/// The routes.
pub(crate) fn routes() -> Routes<Notifications> {
    Routes::new().add(routes!(show, change), Access::SignedIn)
}

/// What I want to be told, and how.
#[utoipa::path(get, path = "/api/v1/me/notification-preferences", operation_id = "notification_preferences",
    tag = "notifications", responses((status = 200, body = NotificationPreferences), Error))]
pub async fn show(
    State(notifications): State<Notifications>,
    caller: SignedIn,
) -> Result<Json<NotificationPreferences>, Error> {
    let preferences = notifications.preferences(caller.account).await?;
    let shown = NotificationPreferences::of(&preferences);
    Ok(Json(shown.numbered(preferences.rev)))
}

/// Choose what I want to be told, and how: all of it at once, as it was given; 409 `stale` where `rev` is not that of what
/// I have chosen.
#[utoipa::path(put, path = "/api/v1/me/notification-preferences", operation_id = "set_notification_preferences",
    tag = "notifications", request_body = NotificationPreferences,
    responses((status = 200, body = NotificationPreferences), Error))]
pub async fn change(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    Json(sent): Json<NotificationPreferences>,
) -> Result<Json<NotificationPreferences>, Error> {
    let new = sent.check().map_err(Error::invalid_request)?;
    let kept = NotificationPreferences::of(&new);
    let changed = notifications.change_preferences(&ctx, &caller, new, sent.rev);
    Ok(Json(kept.numbered(changed.await?)))
}
