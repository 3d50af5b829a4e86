//! `/history/{id}`: one request, and what its person may do while it waits.

use askama::Template;
use axum::extract::State;
use hanok_base::Secret;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Ctx, Field, Flash, Flashed, Form, Page, Path, Redirected};
use serde::Deserialize;

use super::{ENTRY, PATH};
use crate::context::Identity;
use crate::fault::Fault;
use crate::history::service::Detail;
use crate::text;
use crate::transaction::portal::Portal;
use crate::transaction::{Status, TransactionId};

/// What the form sends to approve.
#[derive(Debug, Deserialize)]
pub(super) struct ApproveIn {
    binding_code: Option<String>,
    pin_code: Option<Secret>,
}

#[derive(Template)]
#[template(path = "history/request.html")]
struct RequestBody {
    detail: Detail,
    portal: Option<Portal>,
    pin: Field,
    number_fault: Option<Text>,
}

/// `GET /history/{id}`: facts, time line, and while it waits the way to answer it.
pub(super) async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    Flashed(flash): Flashed,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let id = transaction(&id)?;
    let detail = identity.history_detail(&ctx, id).await?;
    let portal = match detail.request.status {
        Status::Pending => identity.portal(&ctx, id).await?,
        Status::Completed | Status::Failed | Status::Expired => None,
    };
    let title = text::request::title(&detail.request.provider_name);
    let page = Page::new(title, RequestBody::new(detail, portal, &flash));
    Ok(page.purpose(text::request::purpose()).active(ENTRY))
}

/// `POST /history/{id}/approve`: back to the request, which then says how it went.
pub(super) async fn approve(
    State(identity): State<Identity>,
    ctx: Ctx,
    Path(id): Path<String>,
    Form(form): Form<ApproveIn>,
) -> Result<Redirected, Error> {
    let id = transaction(&id)?;
    let ApproveIn {
        binding_code,
        pin_code,
    } = form;
    let outcome = identity.approve_here(&ctx, id, binding_code, pin_code);
    answered(&identity, &ctx, id, outcome.await, text::request::approved).await
}

/// `POST /history/{id}/deny`: the same.
pub(super) async fn deny(
    State(identity): State<Identity>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    let id = transaction(&id)?;
    let outcome = identity.deny_here(&ctx, id).await;
    answered(&identity, &ctx, id, outcome, text::request::denied).await
}

/// The way back to the request, with a word of what became of the answer.
async fn answered(
    identity: &Identity,
    ctx: &Ctx,
    id: TransactionId,
    outcome: Result<(), Fault>,
    done: impl FnOnce(String) -> Text,
) -> Result<Redirected, Error> {
    // Of another person's request nothing is said, not even where it is.
    let detail = identity.history_detail(ctx, id).await?;
    let back = format!("{PATH}/{id}");
    Ok(match outcome {
        Ok(()) => {
            let word = Flash::success(done(detail.request.provider_name));
            Redirected::to(back).flash(word)
        }
        Err(fault) => Redirected::failed(back, fault.into(), [("", ""); 0]),
    })
}

fn transaction(id: &str) -> Result<TransactionId, Fault> {
    id.parse().map_err(|_| Fault::UnknownTransaction)
}

impl RequestBody {
    fn new(detail: Detail, portal: Option<Portal>, flash: &Flash) -> Self {
        Self {
            detail,
            portal,
            pin: Field::pin("pin_code", text::request::pin())
                .required()
                .filled(flash),
            number_fault: flash.error("binding_code").cloned(),
        }
    }

    fn is_waiting(&self) -> bool {
        self.detail.request.status == Status::Pending
    }

    /// Where the form of this request is sent to.
    fn action(&self, what: &str) -> String {
        format!("{PATH}/{}/{what}", self.detail.request.id)
    }

    /// The page that asks for the password and leads back here.
    fn confirm(&self) -> String {
        format!("/account/confirm?next={PATH}/{}", self.detail.request.id)
    }
}
