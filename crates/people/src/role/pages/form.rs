//! The form of a role of the organisation's own, and what it sends.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hanok_accounts::permission::{self, UserManagement};
use hanok_web::error::Error;
use hanok_web::page::{Check, filters};
use hanok_web::{Allowed, Ctx, Field, Flash, Flashed, Form, Page, Path, Redirected};

use super::{ENTRY, PATH, makes_roles};
use crate::context::People;
use crate::fault::Fault;
use crate::role::rules::{RoleIn, RolePatch};
use crate::role::service::Role;
use crate::text;

/// The fields of a role.
pub(super) struct RoleForm {
    pub(super) name: Field,
    pub(super) permissions: Vec<Check>,
}

impl RoleForm {
    /// Of a role as it is.
    pub(super) fn of(role: &Role, known: &[&'static str], flash: &Flash) -> Self {
        Self::new(&role.name, |name| role.allows(name), known, flash)
    }

    fn new(
        name: &str,
        is_ticked: impl Fn(&str) -> bool,
        known: &[&'static str],
        flash: &Flash,
    ) -> Self {
        let boxes = known.iter().map(|permission| {
            let said = permission::said(permission);
            let ticked = is_ticked(permission);
            Check::new(permission, said).ticked(ticked).filled(flash)
        });
        Self {
            name: Field::new("name", text::roles::name())
                .hint(text::roles::name_hint())
                .longest(40)
                .required()
                .value(name)
                .filled(flash),
            permissions: boxes.collect(),
        }
    }
}

/// Where a role lies.
pub(super) fn path_of(role: &str) -> String {
    format!("{PATH}/{role}")
}

/// Where the password is given again before `next`.
pub(super) fn confirm(next: &str) -> String {
    format!("/account/confirm?next={next}")
}

#[derive(Template)]
#[template(path = "role/new.html")]
struct NewBody {
    form: Option<RoleForm>,
    confirm: String,
}

/// `GET /admin/roles/new`.
pub(super) async fn new(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<UserManagement>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    if !makes_roles(&caller) {
        return Err(Error::forbidden());
    }
    let (known, path) = (people.accounts.known_permissions(), path_of("new"));
    let form = || RoleForm::new("", |_| false, known, &flash);
    let body = NewBody {
        form: people.accounts.password_is_fresh(&ctx).then(form),
        confirm: confirm(&path),
    };
    let page = Page::new(text::roles::new(), body).active(ENTRY);
    Ok(page.purpose(text::roles::new_purpose()))
}

/// What a form sends: the name, and each permission that is ticked.
type Sent = Vec<(String, String)>;

fn name_in(sent: &Sent) -> String {
    let found = sent.iter().find(|(name, _)| name == "name");
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

fn ticked(sent: &Sent, known: &[&str]) -> Vec<String> {
    let is_sent = |permission: &&&str| sent.iter().any(|(name, _)| name == **permission);
    let names = known.iter().filter(is_sent);
    names.map(|name| (*name).to_owned()).collect()
}

/// Back to the form with what was refused; to where the password is given, where that is what is missing.
fn refused(path: String, fault: Fault, typed: Sent) -> Response {
    match fault {
        Fault::Accounts(hanok_accounts::Fault::PasswordRequired) => {
            Redirected::to(confirm(&path)).into_response()
        }
        Fault::Accounts(hanok_accounts::Fault::Forbidden | hanok_accounts::Fault::NotFound) => {
            Error::from(fault).into_response()
        }
        other => Redirected::failed(path, other.into(), typed).into_response(),
    }
}

/// `POST /admin/roles`.
pub(super) async fn create(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Form(sent): Form<Sent>,
) -> Response {
    let known = people.accounts.known_permissions();
    let input = RoleIn {
        name: name_in(&sent),
        permissions: ticked(&sent, known),
    };
    let made = match input.check(known) {
        Ok(new) => people.create_role(&ctx, new).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(role) => done(path_of(&role.name), text::roles::made()),
        Err(fault) => refused(path_of("new"), fault, sent),
    }
}

/// `POST /admin/roles/{name}`.
pub(super) async fn change(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(name): Path<String>,
    Form(sent): Form<Sent>,
) -> Response {
    let known = people.accounts.known_permissions();
    let patch = RolePatch {
        name: Some(name_in(&sent)),
        permissions: Some(ticked(&sent, known)),
    };
    let changed = match patch.check(known) {
        Ok(change) => people.change_role(&ctx, &name, change).await,
        Err(fault) => Err(fault),
    };
    match changed {
        Ok(role) => done(path_of(&role.name), text::roles::changed()),
        Err(fault) => refused(path_of(&name), fault, sent),
    }
}

/// `POST /admin/roles/{name}/delete`.
pub(super) async fn delete(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(name): Path<String>,
) -> Response {
    match people.delete_role(&ctx, &name).await {
        Ok(()) => done(PATH.to_owned(), text::roles::deleted()),
        Err(fault) => refused(path_of(&name), fault, Sent::new()),
    }
}

fn done(path: String, word: hanok_base::i18n::Text) -> Response {
    Redirected::to(path)
        .flash(Flash::success(word))
        .into_response()
}
