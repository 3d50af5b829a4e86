//! `/admin/moderation/restrictions`: who may write nothing at the moment, a further one, and letting one write again.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::AccountId;
use hanok_accounts::permission::BoardModeration;
use hanok_accounts::username::Username;
use hanok_db::params;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters};
use hanok_web::{
    Allowed, Caller, Ctx, Field, Flashed, Form, Page, Path, Query, Redirected, Routes,
};
use serde::Deserialize;

use super::pages::{PATH as QUEUE, page};
use super::restriction::RestrictionRow;
use super::rules::{self, Reason};
use crate::answer::{done, refused};
use crate::category::MODERATION;
use crate::context::Board;
use crate::fault::Fault;
use crate::text;
use crate::words;

/// Where the list lies.
pub(super) const PATH: &str = "/admin/moderation/restrictions";
/// The days for which somebody may be kept from writing.
const DAYS: [&str; 4] = ["1", "7", "30", "365"];

/// The pages of restrictions.
pub(super) fn routes() -> Routes<Board> {
    Routes::new()
        .page(Method::GET, PATH, show, MODERATION)
        .page(Method::POST, PATH, restrict, MODERATION)
        .page(
            Method::POST,
            "/admin/moderation/restrictions/{id}/end",
            release,
            MODERATION,
        )
}

#[derive(Template)]
#[template(path = "moderation/restrictions.html")]
struct RestrictionsBody {
    rows: Vec<RestrictionRow>,
    pager: Pager,
    username: Field,
    days: Choice,
    reason: Field,
    queue: &'static str,
}

/// What the address of the list says; `username` is filled into the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: Option<u32>,
    username: String,
}

/// `GET /admin/moderation/restrictions`.
async fn show(
    State(board): State<Board>,
    ctx: Ctx,
    _: Allowed<BoardModeration>,
    Flashed(flash): Flashed,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let numbered = words::numbered(asked.page, None)?;
    let (rows, total) = board.restrictions(ctx.now, numbered).await?;
    let pages = numbered.pages(total);
    let query = ListQuery::new(PATH);
    let body = RestrictionsBody {
        rows,
        pager: Pager::numbered(query, numbered.number(), pages, total),
        username: Field::new("username", text::moderation::username())
            .required()
            .value(asked.username)
            .filled(&flash),
        days: days().filled(&flash),
        reason: Field::new("reason", text::moderation::reason())
            .hint(text::moderation::restrict_hint())
            .longest(200)
            .required()
            .filled(&flash),
        queue: QUEUE,
    };
    Ok(page(text::moderation::restrictions(), body))
}

fn days() -> Choice {
    let choice = Choice::new("days", text::moderation::how_long());
    let choice = DAYS.iter().fold(choice, |choice, days| {
        choice.option(*days, text::moderation::days(days))
    });
    let choice = choice.option("", text::moderation::until_lifted());
    choice.required().value("7")
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RestrictForm {
    username: String,
    days: String,
    reason: String,
}

/// `POST /admin/moderation/restrictions`.
async fn restrict(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Form(form): Form<RestrictForm>,
) -> Result<Redirected, Error> {
    match board.restrict_by_form(&ctx, &caller, &form).await {
        Ok(()) => Ok(done(PATH, text::moderation::restricted())),
        Err(fault) => {
            let RestrictForm {
                username,
                days,
                reason,
            } = form;
            let typed = [("username", username), ("days", days), ("reason", reason)];
            refused(PATH, fault, typed)
        }
    }
}

impl Board {
    async fn restrict_by_form(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        form: &RestrictForm,
    ) -> Result<(), Fault> {
        let reason = Reason::parse(&form.reason)?;
        let days = Some(form.days.as_str()).filter(|days| !days.is_empty());
        let days = days.map(str::parse::<u32>).transpose();
        let days = days.map_err(|_| Fault::field("/days", "invalid_value"))?;
        let until = rules::until(days, ctx.now)?;
        let account = self.account_named(&form.username).await?;
        self.restrict(ctx, caller, account, until, reason).await
    }

    async fn account_named(&self, typed: &str) -> Result<AccountId, Fault> {
        const SQL: &str = "SELECT id FROM account WHERE username_key = $1";
        let unknown = || Fault::field("/username", "person_unknown");
        let name = Username::parse(typed).map_err(|_| unknown())?;
        let read = self.accounts.db.read(async move |conn| {
            let found: Option<AccountId> = conn.optional(SQL, params![name.normalised()]).await?;
            Ok::<_, Fault>(found)
        });
        read.await?.ok_or_else(unknown)
    }
}

/// `POST /admin/moderation/restrictions/{id}/end`.
async fn release(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardModeration>,
    Path(account): Path<AccountId>,
) -> Result<Redirected, Error> {
    board.release(&ctx, &caller, account).await?;
    Ok(done(PATH, text::moderation::released()))
}
