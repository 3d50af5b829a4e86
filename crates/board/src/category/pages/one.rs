//! `/admin/categories/{id}`: a category is changed, moved, closed and opened again.

use std::num::NonZeroU16;

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardModeration;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Flashed, Form, Page, Path, Redirected};
use serde::Deserialize;

use super::form::{CategoryFields, CategoryForm, by_field};
use super::{PATH, address};
use crate::answer::{done, refused};
use crate::category::api::category;
use crate::category::input::CategoryPatch;
use crate::category::store::Listed;
use crate::context::Board;
use crate::page::Part;
use crate::text;

#[derive(Template)]
#[template(path = "categories/one.html")]
struct OneBody {
    listed: Listed,
    fields: Part,
}

/// Where a category is to stand.
#[derive(Debug, Deserialize)]
pub(super) struct MoveForm {
    position: NonZeroU16,
}

/// `GET /admin/categories/{id}`.
pub(super) async fn show(
    State(board): State<Board>,
    _caller: Allowed<BoardModeration>,
    Flashed(flash): Flashed,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let managed = board.managed_category(category(&id)?).await?;
    let action = address(managed.listed.id);
    let fields = CategoryFields::new(action, Some(&managed), &flash);
    let title = text::categories::one(&managed.listed.name);
    let body = OneBody {
        listed: managed.listed,
        fields: Box::new(fields),
    };
    Ok(super::page(title, text::categories::one_purpose(), body))
}

/// `POST /admin/categories/{id}`.
pub(super) async fn change(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
    Form(form): Form<CategoryForm>,
) -> Result<Redirected, Error> {
    let id = category(&id)?;
    let changed = match form.patch().check() {
        Ok(change) => board.change_category(&ctx, id, change).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(()) => Ok(done(PATH, text::categories::changed())),
        Err(fault) => refused(&address(id), by_field(fault), form.typed()),
    }
}

/// `POST /admin/categories/{id}/close`.
pub(super) async fn close(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    board.close_category(&ctx, category(&id)?, true).await?;
    Ok(done(PATH, text::categories::closed_now()))
}

/// `POST /admin/categories/{id}/reopen`.
pub(super) async fn reopen(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    board.close_category(&ctx, category(&id)?, false).await?;
    Ok(done(PATH, text::categories::reopened()))
}

/// `POST /admin/categories/{id}/move`.
pub(super) async fn put(
    State(board): State<Board>,
    ctx: Ctx,
    _caller: Allowed<BoardModeration>,
    Path(id): Path<String>,
    Form(form): Form<MoveForm>,
) -> Result<Redirected, Error> {
    let change = CategoryPatch {
        position: Some(form.position),
        ..CategoryPatch::default()
    };
    board
        .change_category(&ctx, category(&id)?, change.check()?)
        .await?;
    Ok(done(PATH, text::categories::changed()))
}
