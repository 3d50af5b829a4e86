//! `/admin/transactions/export`: the requests that the filters let through as a CSV file, read part by part while it
//! is sent.

use std::io;

use axum::extract::State;
use futures_util::stream;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::Timestamp;
use hanok_web::csv::{Csv, line};
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Query};

use super::rules::TransactionsIn;
use super::service::{AT_ONCE, Listed};
use super::statement::Wanted;
use super::store;
use crate::context::Identity;
use crate::fault::Fault;

const HEADS: [&str; 12] = [
    "transaction_id",
    "provider",
    "provider_id",
    "username",
    "account_id",
    "phone_masked",
    "status",
    "reason",
    "binding_message",
    "created_at",
    "expires_at",
    "ended_at",
];

/// `GET /admin/transactions/export`.
pub(super) async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    caller: Allowed<ProviderManagement>,
    Query(input): Query<TransactionsIn>,
) -> Result<Csv, Error> {
    let (asked, _) = input.check()?;
    let wanted = identity.export_transactions(&ctx, &caller, asked).await?;
    let name = format!("transactions-{}.csv", identity.accounts.today(ctx.now));
    let lines = stream::try_unfold(wanted, move |wanted| part(identity.clone(), wanted));
    Ok(Csv::new(name, &HEADS, lines))
}

/// The next lines, and what comes behind them.
async fn part(
    identity: Identity,
    next: Option<Wanted>,
) -> io::Result<Option<(String, Option<Wanted>)>> {
    match next {
        Some(wanted) => rows(&identity, wanted).await.map(Some),
        None => Ok(None),
    }
}

async fn rows(identity: &Identity, mut wanted: Wanted) -> io::Result<(String, Option<Wanted>)> {
    let asked = wanted.clone();
    let read = identity.accounts.db.report(async move |conn| {
        let rows = store::rows(conn, &asked).await?;
        Ok::<_, Fault>(rows)
    });
    let rows = read.await.map_err(io::Error::other)?;
    let goes_on = u32::try_from(rows.len()).is_ok_and(|count| count >= AT_ONCE);
    let last = rows
        .last()
        .filter(|_| goes_on)
        .map(|(row, _)| (row.created_at.micros(), row.id.uuid()));
    let (sight, now) = (wanted.sight, wanted.now);
    let lines: io::Result<String> = rows
        .into_iter()
        .map(|row| row_of(&identity.listed(sight, row, now)))
        .collect();
    let next = last.map(|place| {
        wanted.span.before = place;
        wanted
    });
    Ok((lines?, next))
}

fn row_of(Listed { request, person }: &Listed) -> io::Result<String> {
    let moment = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339).unwrap_or_default();
    let person = person.as_ref();
    line([
        request.id.to_string(),
        request.provider_name.clone(),
        request.provider.to_string(),
        person.map(|it| it.username.clone()).unwrap_or_default(),
        person.map(|it| it.id.to_string()).unwrap_or_default(),
        person.and_then(|it| it.phone.clone()).unwrap_or_default(),
        request.status.to_string(),
        request.reason.map(|it| it.to_string()).unwrap_or_default(),
        request.message.clone().unwrap_or_default(),
        moment(Some(request.created_at)),
        moment(Some(request.expires_at)),
        moment(request.ended_at),
    ])
}
