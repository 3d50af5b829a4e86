//! `/admin/departments/new`: a department is made.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::UserManagement;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Allowed, Ctx, Flash, Flashed, Form, Page, Query, Redirected};
use serde::Deserialize;

use super::form::{DepartmentForm, Fields};
use super::{NEW, address};
use crate::answer::refused;
use crate::context::People;
use crate::text;

/// Where the new one is to be.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BelowIn {
    parent: Option<String>,
}

#[derive(Template)]
#[template(path = "organisation/department_new.html")]
struct NewBody {
    fields: Fields,
}

/// `GET /admin/departments/new`.
pub(super) async fn show(
    State(people): State<People>,
    caller: Allowed<UserManagement>,
    Flashed(flash): Flashed,
    Query(below): Query<BelowIn>,
) -> Result<Page, Error> {
    let places = people.departments(&caller).await?;
    let empty = DepartmentForm::below(below.parent);
    let body = NewBody {
        fields: Fields::new(places.iter(), &empty, &flash),
    };
    let title = text::departments::create();
    Ok(super::page(title, text::departments::create_note(), body))
}

/// `POST /admin/departments`.
pub(super) async fn create(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Form(form): Form<DepartmentForm>,
) -> Result<Redirected, Error> {
    let made = match form.new_department() {
        Ok(new) => people.create_department(&ctx, &caller, new).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(id) => {
            let word = Flash::success(text::departments::created());
            Ok(Redirected::to(address(id)).flash(word))
        }
        Err(fault) => refused(NEW, fault, form.typed()),
    }
}
