//! `/admin/people/export`: the people of a selection as a CSV file, masked, read page by page while it is sent.

use std::io;

use axum::extract::State;
use futures_util::stream;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_web::csv::{Csv, line};
use hanok_web::error::Error;
use hanok_web::{AllowedAny, Ctx, Query};

use crate::context::People;
use crate::user::api::Readers;
use crate::user::export::Export;
use crate::user::list::User;
use crate::user::rules::UsersIn;

const HEADS: [&str; 13] = [
    "username",
    "name",
    "department",
    "roles",
    "status",
    "password_locked",
    "pin_locked",
    "email",
    "email_verified",
    "phone_number",
    "phone_proven",
    "created_at",
    "last_login",
];

/// `GET /admin/people/export`.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAny<Readers>,
    Query(asked): Query<UsersIn>,
) -> Result<Csv, Error> {
    let (filter, _) = asked.check()?;
    let export = people.export_users(&ctx, &caller, filter).await?;
    let name = format!("people-{}.csv", people.accounts.today(ctx.now));
    let part = move |next| part(people.clone(), export.clone(), next);
    let lines = stream::try_unfold(Next::Begin, part);
    Ok(Csv::new(name, &HEADS, lines))
}

/// Where the file goes on.
enum Next {
    /// At its first account.
    Begin,
    /// Behind this one.
    Behind(AccountId),
    /// Nowhere: it is whole.
    End,
}

async fn part(people: People, export: Export, next: Next) -> io::Result<Option<(String, Next)>> {
    let after = match next {
        Next::Begin => None,
        Next::Behind(account) => Some(account),
        Next::End => return Ok(None),
    };
    let users = people.users_after(&export, after).await;
    let users = users.map_err(io::Error::other)?;
    let lines: io::Result<String> = users.iter().map(row).collect();
    let last = users.last().map(|user| Next::Behind(user.row.id));
    Ok(Some((lines?, last.unwrap_or(Next::End))))
}

fn row(user: &User) -> io::Result<String> {
    let row = &user.row;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let last_login = row.last_login_at.map(Timestamp::to_rfc3339);
    line([
        row.username.clone(),
        row.name.clone(),
        text(&row.department),
        user.roles.join(" "),
        row.status.as_str().to_owned(),
        yes(row.password_locked_at.is_some()),
        yes(row.pin_locked_at.is_some()),
        text(&user.email),
        yes(row.email_verified_at.is_some()),
        text(&row.phone_masked),
        yes(row.phone_proven_at.is_some()),
        row.created_at.to_rfc3339(),
        last_login.unwrap_or_default(),
    ])
}
