//! `/admin/transactions/export`: the requests that the filters let through as a CSV file, read part by part while it
//! is sent.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::Timestamp;
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Query};

use super::rules::TransactionsIn;
use super::service::{AT_ONCE, Listed};
use super::statement::Wanted;
use super::store;
use crate::context::Identity;
use crate::fault::Fault;
use crate::spreadsheet::{BOM, headers, line};

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
) -> Result<Response, Error> {
    let (asked, _) = input.check()?;
    let wanted = identity.export_transactions(&ctx, &caller, asked).await?;
    let name = format!("transactions-{}.csv", identity.accounts.today(ctx.now));
    let sending = Sending {
        identity,
        next: Next::Head(wanted),
    };
    let body = Body::from_stream(stream::try_unfold(sending, Sending::part));
    Ok((headers(&name), body).into_response())
}

/// A file on its way.
struct Sending {
    identity: Identity,
    next: Next,
}

/// What is sent next.
enum Next {
    Head(Option<Wanted>),
    Rows(Wanted),
    Nothing,
}

impl Sending {
    async fn part(self) -> io::Result<Option<(Bytes, Self)>> {
        let Self { identity, next } = self;
        let (part, next) = match next {
            Next::Nothing => return Ok(None),
            Next::Head(wanted) => {
                let head = line(HEADS)?;
                let next = wanted.map_or(Next::Nothing, Next::Rows);
                (format!("{BOM}{head}"), next)
            }
            Next::Rows(wanted) => rows(&identity, wanted).await?,
        };
        Ok(Some((Bytes::from(part), Self { identity, next })))
    }
}

async fn rows(identity: &Identity, mut wanted: Wanted) -> io::Result<(String, Next)> {
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
    let next = match last {
        Some(place) => {
            wanted.span.before = place;
            Next::Rows(wanted)
        }
        None => Next::Nothing,
    };
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
