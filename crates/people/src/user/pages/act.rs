//! What the page of a person sends: locks, status, password, roles, sessions, a look at what is masked, removal.

use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use hanok_accounts::AccountId;
use hanok_accounts::account::{AccountStatus, Hidden, Locks, Reset, ResetWay, RoleChange};
use hanok_accounts::permission::UserManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Form, Path, Redirected, Routes};
use serde::Deserialize;

use super::{PATH, address, once};
use crate::answer::{done, refused};
use crate::context::People;
use crate::fault::Fault;
use crate::text::people_pages as said;
use crate::user::api::MANAGING;
use crate::user::list::Emails;

/// The routes of what is done to an account.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .page(Method::POST, "/admin/people/{id}/status", status, MANAGING)
        .page(Method::POST, "/admin/people/{id}/unlock", unlock, MANAGING)
        .page(Method::POST, "/admin/people/{id}/password", reset, MANAGING)
        .page(Method::POST, "/admin/people/{id}/roles", roles, MANAGING)
        .page(
            Method::POST,
            "/admin/people/{id}/promote",
            promote,
            MANAGING,
        )
        .page(Method::POST, "/admin/people/{id}/demote", demote, MANAGING)
        .page(
            Method::POST,
            "/admin/people/{id}/sessions",
            sessions,
            MANAGING,
        )
        .page(Method::POST, "/admin/people/{id}/reveal", reveal, MANAGING)
        .page(Method::POST, "/admin/people/{id}/delete", delete, MANAGING)
}

/// A form without fields, or whose fields are told elsewhere.
const NOTHING: [(&str, &str); 0] = [];

/// Back to the person with a word, or with what was refused.
fn answered(id: AccountId, what: Result<Text, Fault>) -> Result<Redirected, Error> {
    match what {
        Ok(word) => Ok(done(address(id), word)),
        Err(fault) => refused(&address(id), fault, NOTHING),
    }
}

/// How the account is to stand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusForm {
    status: String,
}

/// `POST /admin/people/{id}/status`.
async fn status(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Form(form): Form<StatusForm>,
) -> Result<Redirected, Error> {
    let Ok(status) = form.status.parse::<AccountStatus>() else {
        return answered(id, Err(Fault::field("/status", "invalid_value")));
    };
    let set = people.set_user_status(&ctx, id, status).await;
    answered(
        id,
        set.map(|_| match status {
            AccountStatus::Active => said::is_active_now(),
            AccountStatus::Locked => said::is_locked_now(),
            AccountStatus::Disabled => said::is_disabled_now(),
        }),
    )
}

/// Which locks are lifted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct UnlockForm {
    lock: String,
}

/// `POST /admin/people/{id}/unlock`.
async fn unlock(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Form(form): Form<UnlockForm>,
) -> Result<Redirected, Error> {
    let locks = match form.lock.as_str() {
        "password" => Locks {
            pin: false,
            ..Locks::ALL
        },
        "pin" => Locks {
            password: false,
            ..Locks::ALL
        },
        _ => Locks::ALL,
    };
    let unlocked = people.unlock_user(&ctx, id, locks).await;
    answered(
        id,
        unlocked.map(|was_locked| {
            if was_locked {
                said::unlocked()
            } else {
                said::no_lock()
            }
        }),
    )
}

/// How they come to a new password.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ResetForm {
    by: String,
}

/// `POST /admin/people/{id}/password`: a letter goes, or a temporary password is shown this once.
async fn reset(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Form(form): Form<ResetForm>,
) -> Result<Response, Error> {
    let way: Option<ResetWay> = form.by.parse().ok();
    match people.reset_password(&ctx, id, way).await {
        Ok(Reset::Letter(_)) => Ok(done(address(id), said::letter_sent()).into_response()),
        Ok(Reset::Temporary(password)) => {
            let who = named(&people, &ctx, id).await?;
            Ok(once::password(id, who, password, said::reset_done()).into_response())
        }
        Err(fault) => Ok(refused(&address(id), fault, NOTHING)?.into_response()),
    }
}

/// The person's name and the one they sign in with.
async fn named(people: &People, ctx: &Ctx, id: AccountId) -> Result<(String, String), Fault> {
    let row = people.user(ctx, id, Emails::Masked).await?.user.row;
    Ok((row.name, row.username))
}

/// `POST /admin/people/{id}/roles`: those that are ticked, and no others.
async fn roles(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Redirected, Error> {
    let ticked = sent.into_iter().filter(|(name, _)| name == "role");
    let wanted = RoleChange::Set(ticked.map(|(_, role)| role).collect());
    let changed = people.change_roles(&ctx, id, wanted).await;
    answered(id, changed.map(roles_changed))
}

fn roles_changed(is_news: bool) -> Text {
    if is_news {
        said::roles_changed()
    } else {
        said::as_it_was()
    }
}

/// `POST /admin/people/{id}/promote`.
async fn promote(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Redirected, Error> {
    answered(id, people.promote(&ctx, id).await.map(roles_changed))
}

/// `POST /admin/people/{id}/demote`.
async fn demote(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Redirected, Error> {
    answered(id, people.demote(&ctx, id).await.map(roles_changed))
}

/// `POST /admin/people/{id}/sessions`: they are signed in nowhere any more.
async fn sessions(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Redirected, Error> {
    let ended = people.end_sessions(&ctx, id).await;
    answered(id, ended.map(said::sessions_ended))
}

/// What is to be shown, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RevealForm {
    field: String,
    reason: String,
}

/// `POST /admin/people/{id}/reveal`: the value, shown this once.
async fn reveal(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
    Form(form): Form<RevealForm>,
) -> Result<Response, Error> {
    let shown = match form.field.parse::<Hidden>() {
        Ok(field) => {
            let value = people.reveal(&ctx, id, field, &form.reason).await;
            value.map(|value| (field, value))
        }
        Err(_) => Err(Fault::field("/field", "invalid_value")),
    };
    match shown {
        Ok((field, value)) => {
            let who = named(&people, &ctx, id).await?;
            Ok(once::revealed(id, who, label(field), value).into_response())
        }
        Err(fault) => {
            let typed = [("field", form.field), ("reason", form.reason)];
            Ok(refused(&address(id), fault, typed)?.into_response())
        }
    }
}

fn label(field: Hidden) -> Text {
    match field {
        Hidden::Email => said::email(),
        Hidden::Phone => said::phone(),
        Hidden::Birthdate => said::birthdate(),
    }
}

/// `POST /admin/people/{id}/delete`: to the list, or back with why it cannot be.
async fn delete(
    State(people): State<People>,
    ctx: Ctx,
    _: Allowed<UserManagement>,
    Path(id): Path<AccountId>,
) -> Result<Redirected, Error> {
    match people.delete_user(&ctx, id).await {
        Ok(()) => Ok(done(PATH.to_owned(), said::deleted())),
        Err(fault) => refused(&address(id), fault, NOTHING),
    }
}
