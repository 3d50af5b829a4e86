//! `/admin/audit/export`: the rows of a search as a CSV file, read page by page while it is sent.

use std::io;

use axum::extract::State;
use futures_util::stream;
use hanok_accounts::audit::read::{self, AuditLine, Somebody};
use hanok_accounts::permission::AuditRead;
use hanok_db::PageRequest;
use hanok_db::paging::MAX_LIMIT;
use hanok_web::csv::{self, Csv};
use hanok_web::error::Error;
use hanok_web::{Allowed, Ctx, Query};

use super::rules::AuditIn;
use super::service::Export;
use crate::context::People;
use crate::fault::Fault;

const HEADS: [&str; 15] = [
    "seq",
    "at",
    "action",
    "actor",
    "actor_id",
    "subject",
    "subject_id",
    "provider",
    "target_kind",
    "target_id",
    "details",
    "request_id",
    "origin",
    "address",
    "agent",
];

/// `GET /admin/audit/export`.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AuditRead>,
    Query(input): Query<AuditIn>,
) -> Result<Csv, Error> {
    let zone = people.accounts.organisation.get().zone.clone();
    let (asked, _) = input.check(&zone)?;
    let export = people.export_audit(&ctx, &caller, asked).await?;
    let name = format!("audit-{}.csv", people.accounts.today(ctx.now));
    let sending = Sending {
        people,
        export,
        next: Next::Rows(None),
    };
    let lines = stream::try_unfold(sending, Sending::part);
    Ok(Csv::new(name, &HEADS, lines))
}

/// A file on its way.
struct Sending {
    people: People,
    export: Export,
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
        let (search, sight) = (self.export.search.clone(), self.export.sight);
        let named = self.people.accounts.named_providers();
        let read = self.people.accounts.db.read(async move |conn| {
            let found = read::search(conn, &search, sight, named, (&request, false)).await?;
            Ok::<_, Fault>(found)
        });
        let (page, _) = read.await.map_err(io::Error::other)?;
        let lines: Result<String, io::Error> = page.items.iter().map(row).collect();
        let next = page
            .next
            .map_or(Next::Nothing, |next| Next::Rows(Some(next)));
        Ok((lines?, next))
    }
}

fn row(line: &AuditLine) -> Result<String, io::Error> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let named = |somebody: &Option<Somebody>| {
        let names = somebody.as_ref().and_then(|it| it.names.clone());
        let id = somebody.as_ref().map(|it| it.id.to_string());
        (
            names.map(|(_, username)| username).unwrap_or_default(),
            id.unwrap_or_default(),
        )
    };
    let (actor, actor_id) = named(&line.actor);
    let (subject, subject_id) = named(&line.subject);
    let provider = line.provider.as_ref();
    let (kind, target) = line.target.clone().unzip();
    csv::line([
        line.seq.map(|seq| seq.to_string()).unwrap_or_default(),
        line.at.to_rfc3339(),
        line.action.clone(),
        actor,
        actor_id,
        subject,
        subject_id,
        provider
            .map(|it| it.name.clone().unwrap_or_else(|| it.id.to_string()))
            .unwrap_or_default(),
        kind.unwrap_or_default(),
        target.map(|id| id.to_string()).unwrap_or_default(),
        line.details.to_string(),
        text(&line.request_id),
        if line.is_by_hand {
            "database"
        } else {
            "program"
        }
        .to_owned(),
        text(&line.address),
        text(&line.agent),
    ])
}
