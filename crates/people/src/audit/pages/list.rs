//! `/admin/audit`: the rows, with filters above and pages below.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use hanok_accounts::audit::read::Sight;
use hanok_accounts::audit::{Action, words};
use hanok_accounts::permission::{AuditRead, DataExport};
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters};
use hanok_web::{Allowed, Caller, Ctx, Field, Flash, Page, Permission, Query};

use super::chain::Chain;
use super::line::Line;
use super::{ENTRY, PATH};
use crate::audit::rules::AuditIn;
use crate::audit::service::AuditPage;
use crate::context::People;
use crate::fault::Fault;
use crate::text::{self, trail_pages as said};

#[derive(Template)]
#[template(path = "audit/list.html")]
struct ListBody {
    chain: Chain,
    person: Field,
    action: Choice,
    address: Field,
    request_id: Field,
    from: Field,
    to: Field,
    query: ListQuery,
    /// Nothing where a filter is wrong.
    found: Option<(Vec<Line>, Pager)>,
    export: Option<String>,
    /// Whether the reader sees their own providers alone.
    is_of_own: bool,
}

/// `GET /admin/audit`: what the filters let through; what is wrong with them is said beside each.
pub(super) async fn show(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AuditRead>,
    Query(asked): Query<AuditIn>,
) -> Result<Page, Error> {
    let chain = Chain::of(people.audit_check().await?.as_ref(), ctx.now);
    let (found, faults) = match found(&people, &ctx, &caller, &asked).await {
        Ok(found) => (Some(found), Flash::default()),
        Err(fault @ Fault::Accounts(hanok_accounts::Fault::Fields(_))) => {
            (None, Flash::of(&fault.into()))
        }
        Err(fault) => return Err(fault.into()),
    };
    let status = if found.is_some() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let is_of_own = people.audit_sight(&caller) != Sight::All;
    let body = ListBody::of(chain, found, &faults, (&asked, is_of_own), &caller);
    let page = Page::new(said::title(), body).purpose(said::purpose());
    Ok(page.active(ENTRY).status(status))
}

async fn found(
    people: &People,
    ctx: &Ctx,
    caller: &Caller,
    asked: &AuditIn,
) -> Result<AuditPage, Fault> {
    let (search, page) = asked.check(&people.accounts.organisation.get().zone)?;
    people.audit_logs(ctx, caller, search, page, true).await
}

impl ListBody {
    fn of(
        chain: Chain,
        found: Option<AuditPage>,
        faults: &Flash,
        (asked, is_of_own): (&AuditIn, bool),
        caller: &Caller,
    ) -> Self {
        let query = asked
            .filters()
            .fold(ListQuery::new(PATH), |query, (name, value)| {
                query.with(name, Some(value))
            });
        let given = |value: &Option<String>| value.clone().unwrap_or_default();
        let date = |name, label, value| {
            Field::new(name, label)
                .kind("date")
                .filter()
                .value(given(value))
        };
        let may_export = caller.permissions.contains(DataExport::NAME);
        Self {
            is_of_own,
            chain,
            person: Field::new("person", said::person())
                .longest(64)
                .filter()
                .value(given(&asked.person))
                .filled(faults),
            action: actions(given(&asked.action)).filled(faults),
            address: Field::new("address", said::address())
                .longest(45)
                .filter()
                .value(given(&asked.address))
                .filled(faults),
            request_id: Field::new("request_id", said::request())
                .longest(255)
                .filter()
                .value(given(&asked.request_id))
                .filled(faults),
            from: date("from", said::from(), &asked.from).filled(faults),
            to: date("to", said::to(), &asked.to).filled(faults),
            export: (may_export && found.is_some()).then(|| query.at("/admin/audit/export")),
            found: found.map(|found| rows(found, &query, caller)),
            query,
        }
    }
}

fn rows(found: AuditPage, query: &ListQuery, caller: &Caller) -> (Vec<Line>, Pager) {
    let (page, counted) = (found.page, found.counted);
    let pager = Pager::keyset(query.clone(), page.previous, page.next, counted.rows)
        .at_least(counted.is_at_least);
    let lines = page.items.into_iter().map(|row| Line::of(row, caller));
    (lines.collect(), pager)
}

fn actions(chosen: String) -> Choice {
    let any = Choice::new("action", said::action())
        .filter()
        .option("", text::trail_pages::any());
    Action::ALL
        .iter()
        .fold(any, |choice, action| {
            choice.option(action.as_str(), words::said(*action))
        })
        .value(chosen)
}
