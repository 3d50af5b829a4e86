//! The preview of a text, as it will look.

use hanok_accounts::permission::BoardUse;
use hanok_web::error::Error;
use hanok_web::{Allowed, FieldError, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::render;

/// The most characters that are shown.
const LONGEST: usize = 50_000;

/// A text that is being written.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PreviewIn {
    /// Markdown, at most 50,000 characters.
    #[schema(max_length = 50_000)]
    content: String,
}

/// How it will look.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewOut {
    /// HTML that is safe to put into a page.
    html: String,
}

/// How a text will look.
#[utoipa::path(post, path = "/api/v1/posts/preview", tag = "board", request_body = PreviewIn,
    responses((status = 200, body = PreviewOut), Error))]
pub(crate) async fn preview(
    _: Allowed<BoardUse>,
    Json(input): Json<PreviewIn>,
) -> Result<Json<PreviewOut>, Error> {
    if input.content.chars().count() > LONGEST {
        let fault = FieldError::new("/content", "board_too_long").arg("max", LONGEST);
        return Err(Error::invalid_request([fault]));
    }
    let html = render(&input.content).to_string();
    Ok(Json(PreviewOut { html }))
}
