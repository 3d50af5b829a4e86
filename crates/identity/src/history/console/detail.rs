//! `/admin/transactions/{id}`: one request, who was asked, and what happened to it.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::{PeopleRead, ProviderManagement, UserManagement};
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Caller, Ctx, Page, Path, Permission};

use super::service::{Detail, Person};
use super::{ENTRY, PATH, words};
use crate::context::Identity;
use crate::fault::Fault;
use crate::history::timeline::Step;
use crate::provider::OWN;
use crate::provider::console::{Tab, address};
use crate::text;
use crate::transaction::Status;

#[derive(Template)]
#[template(path = "transactions/one.html")]
struct OneBody {
    detail: Detail,
    /// Whether the reader may open the pages of people.
    sees_people: bool,
}

/// `GET /admin/transactions/{id}`.
pub(super) async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Path(id): Path<String>,
) -> Result<Page, Error> {
    let id = id.parse().map_err(|_| Fault::UnknownTransaction)?;
    let detail = identity.transaction_detail(&ctx, &caller, id).await?;
    let title = text::transaction::title(&detail.listed.request.provider_name);
    let body = OneBody {
        detail,
        sees_people: sees_people(&caller),
    };
    let page = Page::new(title, body).purpose(text::transaction::purpose());
    Ok(page.active(ENTRY))
}

fn sees_people(caller: &Caller) -> bool {
    [UserManagement::NAME, PeopleRead::NAME]
        .iter()
        .any(|name| caller.permissions.contains(name))
}

impl OneBody {
    const fn list() -> &'static str {
        PATH
    }

    fn why(&self) -> Option<Text> {
        words::why(&self.detail.listed.request)
    }

    fn message_label(&self) -> Text {
        words::message(&self.detail.listed.request)
    }

    fn said(step: &Step) -> Text {
        words::said(step)
    }

    fn is_waiting(&self) -> bool {
        self.detail.listed.request.status == Status::Pending
    }

    /// The provider's page; Hanok itself has none.
    fn provider(&self) -> Option<String> {
        let id = self.detail.listed.request.provider;
        (id != OWN).then(|| address(id))
    }

    /// The page of what the provider was told.
    fn delivery(&self) -> Option<String> {
        let id = self.detail.delivery?;
        let list = Tab::Deliveries.path(self.detail.listed.request.provider);
        self.provider().map(|_| format!("{list}/{id}"))
    }

    fn page_of(&self, person: &Person) -> Option<String> {
        self.sees_people
            .then(|| format!("/admin/people/{}", person.id))
    }
}
