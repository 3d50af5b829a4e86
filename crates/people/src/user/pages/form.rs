//! `/admin/people/new` and `/admin/people/{id}/edit`: somebody's account is made, and what is known of them changed.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hanok_accounts::AccountId;
use hanok_accounts::account::AccountRow;
use hanok_accounts::permission::UserManagement;
use hanok_base::Secret;
use hanok_web::error::Error;
use hanok_web::page::{Check, filters};
use hanok_web::{Allowed, Ctx, Field, Flash, Flashed, Form, Page, Path, Redirected};
use serde::Deserialize;

use super::{address, once};
use crate::answer::{done, refused};
use crate::context::People;
use crate::fault::Fault;
use crate::text;
use crate::text::people_pages as said;
use crate::user::input::{EditUserIn, NewUserIn};
use crate::user::list::Emails;

/// Where the form of a new account is.
const NEW: &str = "/admin/people/new";

/// What the form of a new account sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewForm {
    username: String,
    name: String,
    email: String,
    phone_number: String,
    birthdate: String,
    department: String,
    password: Option<Secret>,
}

/// What the form of a change sends. What is masked is not filled in: left empty, it stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct EditForm {
    name: String,
    department: String,
    email: String,
    phone_number: String,
    birthdate: String,
    no_email: Option<String>,
    no_phone: Option<String>,
    no_birthdate: Option<String>,
}

#[derive(Template)]
#[template(path = "user/new.html")]
struct NewBody {
    fields: [Field; 7],
}

/// `GET /admin/people/new`.
pub(super) async fn new(_: Allowed<UserManagement>, Flashed(flash): Flashed) -> Page {
    let password = Field::password("password", said::password(), "new-password");
    let fields = [
        Field::new("username", said::username())
            .hint(said::username_hint())
            .longest(64)
            .required(),
        Field::new("name", said::name()).longest(100).required(),
        Field::new("email", said::email())
            .kind("email")
            .hint(said::email_hint())
            .longest(254),
        Field::phone("phone_number", said::phone()).hint(said::phone_hint()),
        Field::new("birthdate", said::birthdate()).kind("date"),
        Field::new("department", said::department())
            .hint(said::department_hint())
            .longest(60),
        password.hint(said::password_hint()),
    ];
    let body = NewBody {
        fields: fields.map(|field| field.filled(&flash)),
    };
    super::page(said::new(), said::new_purpose(), body)
}

impl NewForm {
    fn typed(&self) -> [(&'static str, String); 6] {
        [
            ("username", self.username.clone()),
            ("name", self.name.clone()),
            ("email", self.email.clone()),
            ("phone_number", self.phone_number.clone()),
            ("birthdate", self.birthdate.clone()),
            ("department", self.department.clone()),
        ]
    }

    fn input(self) -> NewUserIn {
        NewUserIn {
            username: Some(self.username),
            name: Some(self.name),
            password: self.password,
            email: Some(self.email),
            birthdate: Some(self.birthdate),
            phone_number: Some(self.phone_number),
            department: Some(self.department),
            ..NewUserIn::default()
        }
    }
}

/// `POST /admin/people`: the new account, and the password that was made for it, shown this once.
pub(super) async fn create(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Form(form): Form<NewForm>,
) -> Result<Response, Error> {
    let typed = form.typed();
    match people.create_user(&ctx, &form.input()).await {
        Ok(made) => {
            let row = made.user.row;
            let who = (row.name, row.username);
            Ok(match made.temporary_password {
                Some(shown) => once::password(row.id, who, shown, said::made()).into_response(),
                None => done(address(row.id), said::made()).into_response(),
            })
        }
        Err(fault) => Ok(refused(NEW, fault, typed)?.into_response()),
    }
}

#[derive(Template)]
#[template(path = "user/edit.html")]
struct EditBody {
    back: String,
    name: Field,
    department: Field,
    /// Each with the box that takes it away, where there is something.
    masked: Vec<(Field, Option<Check>)>,
}

/// `GET /admin/people/{id}/edit`.
pub(super) async fn edit(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let detail = people.user(&ctx, id, Emails::Masked).await?;
    if !detail.may_act {
        return Err(Error::forbidden());
    }
    let row = detail.user.row;
    let body = EditBody {
        back: address(id),
        name: Field::new("name", said::name())
            .longest(100)
            .required()
            .value(row.name.as_str())
            .filled(&flash),
        department: Field::new("department", said::department())
            .hint(said::department_there_hint())
            .longest(60)
            .value(row.department.clone().unwrap_or_default())
            .filled(&flash),
        masked: masked(&row, detail.has_birthdate, &flash),
    };
    Ok(super::page(
        said::edit_of(&row.name),
        said::edit_purpose(),
        body,
    ))
}

/// What is sealed, but for what its owner has proven: that only the owner changes.
fn masked(row: &AccountRow, has_birthdate: bool, flash: &Flash) -> Vec<(Field, Option<Check>)> {
    let gone = |name, label, is_there: bool| {
        let check = || Check::new(name, label).filled(flash);
        is_there.then(check)
    };
    let now = |masked: &Option<String>| match masked {
        Some(masked) => said::masked_hint(masked),
        None => said::empty_hint(),
    };
    let mut fields = Vec::new();
    if row.email_verified_at.is_none() {
        let field = Field::new("email", said::email()).kind("email");
        let field = field.hint(now(&row.email_masked)).longest(254);
        let is_there = row.email_masked.is_some();
        fields.push((
            field.filled(flash),
            gone("no_email", said::no_email(), is_there),
        ));
    }
    if row.phone_proven_at.is_none() {
        let field = Field::phone("phone_number", said::phone());
        let field = field.hint(now(&row.phone_masked));
        let is_there = row.phone_masked.is_some();
        fields.push((
            field.filled(flash),
            gone("no_phone", said::no_phone(), is_there),
        ));
    }
    let hint = if has_birthdate {
        said::birthdate_known_hint()
    } else {
        said::empty_hint()
    };
    let field = Field::new("birthdate", said::birthdate())
        .kind("date")
        .hint(hint);
    let check = gone("no_birthdate", said::no_birthdate(), has_birthdate);
    fields.push((field.filled(flash), check));
    fields
}

impl EditForm {
    fn typed(&self) -> Vec<(&'static str, String)> {
        let mut typed = vec![
            ("name", self.name.clone()),
            ("department", self.department.clone()),
            ("email", self.email.clone()),
            ("phone_number", self.phone_number.clone()),
            ("birthdate", self.birthdate.clone()),
        ];
        let boxes = [
            ("no_email", &self.no_email),
            ("no_phone", &self.no_phone),
            ("no_birthdate", &self.no_birthdate),
        ];
        let ticked = boxes.into_iter().filter(|(_, ticked)| ticked.is_some());
        typed.extend(ticked.map(|(name, _)| (name, "on".to_owned())));
        typed
    }

    /// What is changed of somebody who is in `department`: a name that stays is not looked up, since several may have it.
    fn input(self, department: Option<&str>) -> EditUserIn {
        let typed = self.department.trim().to_owned();
        let is_moved = typed != department.unwrap_or_default();
        // One that goes, one that comes, or none that changes.
        let value = |typed: String, is_gone: bool| {
            let given = Some(typed).filter(|typed| !is_gone && !typed.trim().is_empty());
            (is_gone || given.is_some()).then_some(given)
        };
        EditUserIn {
            name: Some(self.name),
            email: value(self.email, self.no_email.is_some()),
            birthdate: value(self.birthdate, self.no_birthdate.is_some()),
            phone_number: value(self.phone_number, self.no_phone.is_some()),
            department: is_moved.then(|| Some(typed).filter(|typed| !typed.is_empty())),
            status: None,
        }
    }
}

async fn change_person(
    people: &People,
    ctx: &Ctx,
    id: AccountId,
    form: EditForm,
) -> Result<bool, Fault> {
    let detail = people.user(ctx, id, Emails::Masked).await?;
    let department = detail.user.row.department;
    let input = form.input(department.as_deref());
    people.edit_user(ctx, id, &input).await
}

/// `POST /admin/people/{id}/edit`.
pub(super) async fn change(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Form(form): Form<EditForm>,
) -> Result<Redirected, Error> {
    let typed = form.typed();
    match change_person(&people, &ctx, id, form).await {
        Ok(true) => Ok(done(address(id), said::changed())),
        Ok(false) => Ok(done(address(id), said::as_it_was())),
        Err(fault) => refused(&format!("{}/edit", address(id)), fault, typed),
    }
}
