//! `/admin/activity/export`: what a search finds as a CSV file, read page by page while it is sent.

use std::io;

use axum::extract::State;
use futures_util::stream;
use hanok_db::PageRequest;
use hanok_db::paging::MAX_LIMIT;
use hanok_web::csv::{self, Csv};
use hanok_web::error::Error;
use hanok_web::{AllowedAll, Ctx, Query};

use super::Watchers;
use super::rules::{ALL, ActivitiesIn};
use super::search::{self, Search};
use super::store::ActivityRow;
use crate::context::People;
use crate::fault::Fault;

const HEADS: [&str; 7] = [
    "id",
    "timestamp",
    "user_id",
    "activity_type",
    "details",
    "ip_address",
    "user_agent",
];

/// `GET /admin/activity/export`.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAll<Watchers>,
    Query(input): Query<ActivitiesIn>,
) -> Result<Csv, Error> {
    let asked = input.check(ALL, &people.accounts.organisation.get().zone)?;
    let search = people.export_activities(&ctx, &caller, asked).await?;
    let name = format!("activity-{}.csv", people.accounts.today(ctx.now));
    let sending = Sending {
        people,
        search,
        next: Next::Rows(None),
    };
    let lines = stream::try_unfold(sending, Sending::part);
    Ok(Csv::new(name, &HEADS, lines))
}

/// A file on its way.
struct Sending {
    people: People,
    search: Search,
    next: Next,
}

/// What is sent next.
enum Next {
    Rows(Option<String>),
    Nothing,
}

impl Sending {
    async fn part(mut self) -> io::Result<Option<(String, Self)>> {
        let (part, next) = match &self.next {
            Next::Nothing => return Ok(None),
            Next::Rows(cursor) => self.rows(cursor.as_deref()).await?,
        };
        self.next = next;
        Ok(Some((part, self)))
    }

    async fn rows(&self, cursor: Option<&str>) -> Result<(String, Next), io::Error> {
        let request = PageRequest::new(Some(MAX_LIMIT), cursor).map_err(io::Error::other)?;
        let search = self.search;
        let read = self.people.accounts.db.read(async move |conn| {
            let found = search::page(conn, &search, (&request, false)).await?;
            Ok::<_, Fault>(found.page)
        });
        let page = read.await.map_err(io::Error::other)?;
        let lines: Result<String, io::Error> = page.items.iter().map(row).collect();
        let next = page
            .next
            .map_or(Next::Nothing, |next| Next::Rows(Some(next)));
        Ok((lines?, next))
    }
}

fn row(row: &ActivityRow) -> Result<String, io::Error> {
    csv::line([
        row.id.to_string(),
        row.at.to_rfc3339(),
        row.username.clone(),
        row.activity_type.as_str().to_owned(),
        row.details.clone(),
        row.address.clone().unwrap_or_default(),
        row.agent.clone().unwrap_or_default(),
    ])
}
