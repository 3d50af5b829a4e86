//! `/admin/departments/{id}`: who is there, who came and went, and what may be done.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{
    Allowed, AllowedAny, Ctx, Field, Flash, Flashed, Form, Page, Path, Query, Redirected,
};
use serde::Deserialize;

use super::form::{DepartmentForm, Fields};
use super::{NEW, PATH, address};
use crate::answer::{brought_in, done, refused};
use crate::context::People;
use crate::organisation::Leading;
use crate::organisation::department::api::department;
use crate::organisation::department::service::Detail;
use crate::organisation::department::tree::Place;
use crate::organisation::page::PageIn;
use crate::organisation::person::Who;
use crate::organisation::sight::Sight;
use crate::text;

#[derive(Template)]
#[template(path = "organisation/department.html")]
struct DetailBody {
    detail: Detail,
    pager: Pager,
    forms: Option<Forms>,
}

/// What may be done here.
struct Forms {
    edit: Fields,
    username: Field,
}

/// Somebody to be put into the department.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlaceForm {
    username: String,
}

/// `GET /admin/departments/{id}`.
pub(super) async fn show(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Flashed(flash): Flashed,
    Path(id): Path<String>,
    Query(page): Query<PageIn>,
) -> Result<Page, Error> {
    let id = department(&id)?;
    let detail = people.department(&caller, id, page.check()?).await?;
    let may_change = Sight::of(&caller).is_everything();
    let total = u64::try_from(detail.place.line.people).unwrap_or_default();
    let title = text::departments::one(&detail.place.line.name);
    let body = DetailBody {
        pager: Pager::numbered(
            ListQuery::new(address(id)),
            detail.page,
            detail.pages,
            total,
        )
        .of_people(),
        forms: may_change.then(|| Forms::new(&detail, &flash)),
        detail,
    };
    Ok(super::page(title, text::departments::one_purpose(), body))
}

impl Forms {
    fn new(detail: &Detail, flash: &Flash) -> Self {
        let own = detail.place.path();
        let inside = format!("{own} › ");
        // Not itself and none below it.
        let others = detail
            .all
            .iter()
            .filter(|place| place.path() != own && !place.path().starts_with(&inside));
        Self {
            edit: Fields::new(others, &DepartmentForm::of(&detail.place), flash),
            username: Field::new("username", text::departments::username())
                .hint(text::departments::username_hint())
                .longest(64)
                .required()
                .filled(flash),
        }
    }
}

/// `POST /admin/departments/{id}`.
pub(super) async fn change(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
    Form(form): Form<DepartmentForm>,
) -> Result<Redirected, Error> {
    let id = department(&id)?;
    let changed = match form.change() {
        Ok(change) => people.change_department(&ctx, &caller, id, change).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(_) => Ok(done(address(id), text::departments::changed())),
        Err(fault) => refused(&address(id), fault, form.typed()),
    }
}

/// `POST /admin/departments/{id}/close`.
pub(super) async fn close(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
) -> Result<Redirected, Error> {
    let id = department(&id)?;
    match people.close_department(&ctx, &caller, id).await {
        Ok(()) => Ok(done(PATH.to_owned(), text::departments::closed())),
        Err(fault) => refused(&address(id), fault, [("", ""); 0]),
    }
}

/// `POST /admin/departments/{id}/members`.
pub(super) async fn place(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path(id): Path<String>,
    Form(form): Form<PlaceForm>,
) -> Result<Redirected, Error> {
    let id = department(&id)?;
    let who = Who::by_username(&form.username);
    let came = people.place_in_department(&ctx, &caller, id, who).await;
    let words = (
        text::departments::placed(),
        text::departments::there_already(),
    );
    brought_in(came, address(id), form.username, words)
}

/// `POST /admin/departments/{id}/members/{account}/remove`.
pub(super) async fn take(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Path((id, account)): Path<(String, String)>,
) -> Result<Redirected, Error> {
    let (id, who) = (department(&id)?, Who::by_id(&account));
    people.take_from_department(&ctx, &caller, id, who).await?;
    Ok(done(address(id), text::departments::taken()))
}

impl DetailBody {
    fn action(&self, what: &str) -> String {
        format!("{}{what}", address(self.detail.place.line.id))
    }

    fn new_below(&self) -> String {
        format!("{NEW}?parent={}", self.detail.place.line.id)
    }

    fn parent(&self) -> Option<&Place> {
        let parent = self.detail.place.line.parent_id?;
        let all = &self.detail.all;
        all.iter().find(|place| place.line.id == parent)
    }

    fn is_empty(&self) -> bool {
        self.detail.place.line.people == 0 && self.detail.below.is_empty()
    }
}
