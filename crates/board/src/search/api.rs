//! The search over HTTP.

use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Json, Query, Routes};
use utoipa_axum::routes;

use super::output::SearchOut;
use super::rules::SearchIn;
use crate::context::Board;
use crate::fault::Fault;
use crate::page::USE;

/// The routes of the search.
pub(super) fn routes() -> Routes<Board> {
    Routes::new().add(routes!(search), USE)
}

/// Look for posts and comments that you may read.
///
/// All words have to be there. Korean is found as it is written: `회의` also in 회의실 and 회의를, one syllable in every
/// word that holds it; a word of letters is found whole.
#[utoipa::path(get, path = "/api/v1/search", tag = "board", params(
    ("q" = String, Query, max_length = 100, description = "What is looked for"),
    ("sort" = Option<String>, Query, description = "`new` (the default), or `title`: posts with the words in the title first"),
    ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 50, description = "How many posts and how many comments; 20 where it is left out")),
    responses((status = 200, body = SearchOut), Error))]
pub async fn search(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<SearchIn>,
) -> Result<Json<SearchOut>, Error> {
    let asked = input.check()?;
    if asked.typed.is_empty() {
        return Err(Fault::field("/q", "required").into());
    }
    let found = board.search(&ctx, &caller, asked).await?;
    Ok(Json(found.into()))
}
