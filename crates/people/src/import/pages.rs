//! `/admin/people/import`: a file is given, every row's fate is shown, the good rows are made, and what became of it.

mod show;

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::UserManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{TextArea, filters};
use hanok_web::{Allowed, Ctx, Flash, Flashed, Page, Path, Redirected, Routes, Upload};

use super::IMPORTING;
use super::rules::ImportId;
use crate::answer::refused;
use crate::context::People;
use crate::fault::Fault;
use crate::text;
use crate::text::people_import as said;
use crate::user::{ENTRY, PATH};

/// Where a file is given.
const NEW: &str = "/admin/people/import";

/// The routes of the pages.
pub(super) fn routes() -> Routes<People> {
    let discard = "/admin/people/import/{id}/discard";
    let one = "/admin/people/import/{id}";
    Routes::new()
        .page(Method::GET, NEW, new, IMPORTING)
        .page(Method::POST, NEW, take, IMPORTING)
        .page(Method::GET, one, show::show, IMPORTING)
        .page(Method::POST, one, start, IMPORTING)
        .page(Method::POST, discard, forget, IMPORTING)
}

/// Where an import lies.
fn address(id: ImportId) -> String {
    format!("{NEW}/{id}")
}

fn page(title: Text, purpose: Text, body: impl Template + Send + Sync + 'static) -> Page {
    Page::new(title, body).purpose(purpose).active(ENTRY)
}

#[derive(Template)]
#[template(path = "import/new.html")]
struct NewBody {
    pasted: TextArea,
    fault: Option<Text>,
}

/// `GET /admin/people/import`.
async fn new(_: Allowed<UserManagement>, Flashed(flash): Flashed) -> Page {
    let body = NewBody {
        pasted: TextArea::new("pasted", said::pasted())
            .hint(said::pasted_hint())
            .rows(8),
        fault: flash.error("file").cloned(),
    };
    page(said::title(), said::purpose(), body)
}

/// `POST /admin/people/import`: the file, or what was pasted.
async fn take(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    upload: Upload,
) -> Result<Redirected, Error> {
    let given = |name| upload.bytes(name).filter(|bytes| !bytes.is_empty());
    let kept = match given("file").or_else(|| given("pasted")) {
        Some(file) => people.preview_import(&ctx, &caller, file).await,
        None => Err(Fault::field("/file", "import_nothing")),
    };
    match kept {
        Ok(id) => Ok(Redirected::to(address(id))),
        // What was pasted is not kept for the form: it is people's data, and may be long.
        Err(fault) => refused(NEW, fault, [("", ""); 0]),
    }
}

/// `POST /admin/people/import/{id}`: the good rows are made.
async fn start(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<ImportId>,
) -> Result<Redirected, Error> {
    match people.start_import(&ctx, &caller, id).await {
        Ok(()) => Ok(Redirected::to(address(id))),
        Err(fault) => refused(&address(id), fault, [("", ""); 0]),
    }
}

/// `POST /admin/people/import/{id}/discard`.
async fn forget(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<ImportId>,
) -> Result<Redirected, Error> {
    people.discard_import(&ctx, caller.account, id).await?;
    Ok(Redirected::to(PATH).flash(Flash::success(said::discarded())))
}
