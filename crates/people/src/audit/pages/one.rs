//! `/admin/audit/{id}`: one row and all that it says.

use askama::Template;
use axum::extract::State;
use hanok_accounts::audit::AuditId;
use hanok_accounts::permission::AuditRead;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Page, Path};

use super::ENTRY;
use super::line::Line;
use crate::context::People;
use crate::text;
use crate::text::trail_pages as said;

#[derive(Template)]
#[template(path = "audit/one.html")]
struct OneBody {
    line: Line,
}

/// `GET /admin/audit/{id}`.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AuditRead>,
    Path(id): Path<AuditId>,
) -> Result<Page, Error> {
    let row = people.audit_log(&ctx, &caller, id).await?;
    let body = OneBody {
        line: Line::of(row, &caller),
    };
    let page = Page::new(said::one(), body).purpose(said::one_purpose());
    Ok(page.active(ENTRY))
}
