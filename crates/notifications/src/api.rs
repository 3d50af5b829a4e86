//! Notifications over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use hanok_web::error::Error;
use hanok_web::{Access, Ctx, Json, Path, Query, Routes, SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::asked::{self, HistoryIn};
use crate::context::Notifications;
use crate::item::ItemOut;
use crate::store::NotificationId;

/// The routes.
pub(crate) fn routes() -> Routes<Notifications> {
    Routes::new()
        .add(routes!(list), Access::SignedIn)
        .add(routes!(read), Access::SignedIn)
        .add(routes!(read_all), Access::SignedIn)
}

/// A page of notifications, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationsOut {
    /// At most 20 where nothing else is asked for; fewer where I may not see any more what some are about.
    notifications: Vec<ItemOut>,
    /// How many I have not read, on all pages.
    unread: i64,
    /// My newest number: what `read-all` takes as `upto` so that nothing newer is marked.
    seq: i64,
    /// The `cursor` of the page behind.
    next: Option<String>,
    /// The `cursor` of the page before.
    previous: Option<String>,
}

/// Up to which of them all are read.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ReadAllIn {
    /// The `seq` of the newest that I have seen: newer ones stay unread. Without it all are read.
    #[schema(minimum = 0)]
    upto: Option<i64>,
}

/// What I was told, the newest first; kept for 90 days.
#[utoipa::path(get, path = "/api/v1/notifications", operation_id = "notifications", tag = "notifications", params(
    ("unread" = Option<bool>, Query, description = "Those alone that I have not read"),
    ("page" = Option<u32>, Query, minimum = 1, maximum = 500),
    ("cursor" = Option<String>, Query, description = "In place of `page`: `next` or `previous` of another page"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = NotificationsOut), Error))]
pub async fn list(
    State(notifications): State<Notifications>,
    caller: SignedIn,
    Query(asked): Query<HistoryIn>,
) -> Result<Json<NotificationsOut>, Error> {
    let (is_unread, wanted) = (asked.is_unread()?, asked.wanted()?);
    let found = notifications
        .history(caller.account, is_unread, wanted)
        .await?;
    let receiver = &found.counter.username;
    let items = found.shown.into_iter();
    let items = items.map(|shown| notifications.item(receiver, shown));
    Ok(Json(NotificationsOut {
        notifications: items.collect(),
        unread: found.counter.unread,
        seq: found.counter.seq,
        next: found.next,
        previous: found.previous,
    }))
}

/// Mark a notification as read.
#[utoipa::path(post, path = "/api/v1/notifications/{id}/read", operation_id = "read_notification",
    tag = "notifications", params(("id" = String, Path)), responses((status = 204), Error))]
pub async fn read(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    Path(id): Path<NotificationId>,
) -> Result<StatusCode, Error> {
    notifications.read(&ctx, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mark all notifications as read.
#[utoipa::path(post, path = "/api/v1/notifications/read-all", operation_id = "read_all_notifications",
    tag = "notifications", request_body = inline(Option<ReadAllIn>), responses((status = 204), Error))]
pub async fn read_all(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    input: Option<Json<ReadAllIn>>,
) -> Result<StatusCode, Error> {
    let upto = asked::upto(input.and_then(|Json(input)| input.upto))?;
    notifications.read_all(&ctx, &caller, upto).await?;
    Ok(StatusCode::NO_CONTENT)
}
