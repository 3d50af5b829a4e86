//! Registering in a browser.

use askama::Template;
use axum::extract::State;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Ctx, Field, Flash, Flashed, Form, Layout, OwnPage, Page, Redirected};

use super::input::RegisterIn;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::text;

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterBody {
    fields: Vec<Field>,
    /// Whether anybody may register yet.
    is_founded: bool,
}

/// `GET /register`: the form; before the first start is done, what is to be done first.
pub async fn register_page(
    State(accounts): State<Accounts>,
    Flashed(flash): Flashed,
) -> Result<Page, Error> {
    let new_password = |name, label| Field::password(name, label, "new-password").required();
    let fields = [
        Field::new("name", text::register::name())
            .autocomplete("name")
            .required(),
        Field::new("user_id", text::register::user_id())
            .autocomplete("username")
            .hint(text::register::user_id_hint())
            .required(),
        new_password("password", text::register::password()).hint(text::register::password_hint()),
        new_password("password_confirm", text::register::password_confirm()),
        Field::new("birthdate", text::register::birthdate())
            .kind("date")
            .autocomplete("bday"),
        Field::new("email", text::register::email())
            .kind("email")
            .autocomplete("email")
            .hint(text::register::email_hint()),
        Field::phone("phone_number", text::register::phone_number())
            .hint(text::register::phone_number_hint()),
    ];
    let body = RegisterBody {
        fields: fields.map(|field| field.filled(&flash)).into(),
        is_founded: accounts.is_founded().await?,
    };
    Ok(Page::new(text::register::title(), body)
        .purpose(text::register::purpose())
        .layout(Layout::Card))
}

/// `POST /register`: on to `/login`; else back to the form.
pub async fn register(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: OwnPage,
    Form(input): Form<RegisterIn>,
) -> Result<Redirected, Error> {
    let input = input.completed();
    match accounts.register(&ctx, &input).await {
        Ok(row) => {
            let done =
                Flash::success(text::register::done()).with_values([("user_id", row.username)]);
            Ok(Redirected::to("/login").flash(done))
        }
        // The page says it.
        Err(Fault::NotFounded) => Ok(Redirected::to("/register")),
        Err(fault) => Ok(Redirected::failed("/register", fault.into(), input.typed())),
    }
}
