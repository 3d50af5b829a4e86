//! What the buttons of a post do. Each leads back to it.

use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Form, Path, Redirected};
use serde::Deserialize;

use super::PATH;
use crate::answer::{done, refused};
use crate::context::Board;
use crate::post::notice::Announcement;
use crate::post::{address, number};
use crate::text;

/// Whether something is to be, or no longer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    /// `no` takes it back.
    on: String,
}

impl Wish {
    fn is_on(&self) -> bool {
        self.on != "no"
    }
}

/// `POST /post/{id}/delete`.
pub(super) async fn delete(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    board.delete_post(&ctx, &caller, number(&id)?).await?;
    let days = board.config.deleted_days.to_string();
    Ok(done(PATH, text::posts::deleted(days)))
}

/// `POST /post/{id}/restore`.
pub(super) async fn restore(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    let serial = number(&id)?;
    board.restore_post(&ctx, &caller, serial).await?;
    Ok(done(address(serial), text::posts::restored()))
}

/// `POST /post/{id}/recommend`.
pub(super) async fn recommend(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Form(wish): Form<Wish>,
) -> Result<Redirected, Error> {
    let serial = number(&id)?;
    board.recommend(&ctx, &caller, serial, wish.is_on()).await?;
    Ok(Redirected::to(address(serial)))
}

/// `POST /post/{id}/bookmark`.
pub(super) async fn bookmark(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Form(wish): Form<Wish>,
) -> Result<Redirected, Error> {
    let serial = number(&id)?;
    board.bookmark(&ctx, &caller, serial, wish.is_on()).await?;
    Ok(Redirected::to(address(serial)))
}

/// `POST /post/{id}/pin`.
pub(super) async fn pin(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Form(wish): Form<Wish>,
) -> Result<Redirected, Error> {
    let (serial, on) = (number(&id)?, wish.is_on());
    let how = (Announcement::Pinned, on);
    board.announce(&ctx, &caller, serial, how).await?;
    let word = if on {
        text::posts::pinned_now()
    } else {
        text::posts::unpinned()
    };
    Ok(done(address(serial), word))
}

/// `POST /post/{id}/must-read`.
pub(super) async fn demand(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
    Form(wish): Form<Wish>,
) -> Result<Redirected, Error> {
    let (serial, on) = (number(&id)?, wish.is_on());
    let how = (Announcement::MustRead, on);
    board.announce(&ctx, &caller, serial, how).await?;
    let word = if on {
        text::posts::demanded()
    } else {
        text::posts::released()
    };
    Ok(done(address(serial), word))
}

/// `POST /post/{id}/remind`.
pub(super) async fn remind(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    let serial = number(&id)?;
    let back = format!("{}/readers?read=no", address(serial));
    match board.remind(&ctx, &caller, serial).await {
        Ok(people) => Ok(done(back, text::posts::reminded(people.to_string()))),
        Err(fault) => refused(&back, fault, [("", "")]),
    }
}
