//! `/admin/alerts`: what nobody has taken note of yet, and what somebody has.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use hanok_accounts::detection::{AlertKind, said};
use hanok_accounts::permission::AlertAcknowledge;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters, local_path};
use hanok_web::{
    Allowed, Ctx, Flash, Form, MenuEntry, Page, Path, Query, Redirected, Routes, Section,
};
use serde::Deserialize;

use super::READING;
use super::rules::{self, AlertState, AlertsIn};
use super::service::AlertList;
use super::store::{AlertId, AlertRow};
use crate::context::People;
use crate::fault::Fault;
use crate::text;

/// What pages call its line of the navigation.
const ENTRY: &str = "alerts";
/// Where the list lies.
pub(super) const PATH: &str = "/admin/alerts";

/// The pages of alerts.
pub(super) fn routes() -> Routes<People> {
    Routes::new().page(Method::GET, PATH, show, READING).page(
        Method::POST,
        "/admin/alerts/{id}/acknowledge",
        acknowledge,
        READING,
    )
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::alerts::title(),
        path: PATH,
        icon: "alert-triangle",
        section: Section::Console,
        needs: READING,
    }
}

/// An alert, as the list shows it.
struct Line {
    id: AlertId,
    what: Text,
    /// Route and error of a fault of ours.
    fault: Option<String>,
    /// Whom it concerns: where their page is, and what they sign in with.
    person: Option<(String, String)>,
    times: i64,
    first_at: Timestamp,
    last_at: Timestamp,
    /// Who took note of it, and when.
    noted: Option<(String, Timestamp)>,
    note: Option<String>,
}

#[derive(Template)]
#[template(path = "alert/list.html")]
struct ListBody {
    state: Choice,
    kind: Choice,
    is_narrowed: bool,
    /// Where this page of the list lies, to come back to.
    here: String,
    /// Nothing where a filter is wrong.
    found: Option<(Vec<Line>, Pager)>,
}

/// `GET /admin/alerts`.
async fn show(
    State(people): State<People>,
    _: Allowed<AlertAcknowledge>,
    Query(asked): Query<AlertsIn>,
) -> Result<Page, Error> {
    let (found, faults) = match asked.check() {
        Ok((filter, page)) => (Some(people.alerts(filter, page).await?), Flash::default()),
        Err(fault) => (None, Flash::of(&fault.into())),
    };
    let status = if found.is_some() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let body = ListBody::of(found, &faults, &asked);
    let page = Page::new(text::alerts::title(), body).purpose(text::alerts::purpose());
    Ok(page.active(ENTRY).status(status))
}

impl ListBody {
    fn of(found: Option<AlertList>, faults: &Flash, asked: &AlertsIn) -> Self {
        let query = ListQuery::new(PATH)
            .with("state", asked.state.as_deref())
            .with("kind", asked.kind.as_deref());
        let given = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            state: states(given(&asked.state)).filled(faults),
            kind: kinds(given(&asked.kind)).filled(faults),
            is_narrowed: asked.kind.as_deref().is_some_and(|kind| !kind.is_empty()),
            here: query.address("page", asked.page.as_deref().unwrap_or_default()),
            found: found.map(|list| rows(list, query)),
        }
    }
}

fn rows(list: AlertList, query: ListQuery) -> (Vec<Line>, Pager) {
    let pager = Pager::numbered(query, list.page, list.pages, list.total);
    (list.alerts.into_iter().map(Line::of).collect(), pager)
}

impl Line {
    fn of(row: AlertRow) -> Self {
        let person = row.account_id.zip(row.username);
        Self {
            id: row.id,
            what: said(row.kind),
            fault: (row.kind == AlertKind::ServerError).then_some(row.subject),
            person: person.map(|(id, username)| (format!("/admin/people/{id}"), username)),
            times: row.times,
            first_at: row.first_at,
            last_at: row.last_at,
            noted: row
                .acknowledged_at
                .map(|at| (row.acknowledged_name.unwrap_or_default(), at)),
            note: row.note,
        }
    }
}

fn states(chosen: String) -> Choice {
    let chosen = if chosen.is_empty() {
        AlertState::Open.as_str().to_owned()
    } else {
        chosen
    };
    Choice::new("state", text::alerts::state())
        .filter()
        .option(AlertState::Open.as_str(), text::alerts::open())
        .option(
            AlertState::Acknowledged.as_str(),
            text::alerts::acknowledged(),
        )
        .option(AlertState::All.as_str(), text::alerts::all())
        .value(chosen)
}

fn kinds(chosen: String) -> Choice {
    let any = Choice::new("kind", text::alerts::kind())
        .filter()
        .option("", text::alerts::any());
    AlertKind::ALL
        .iter()
        .fold(any, |choice, kind| {
            choice.option(kind.as_str(), said(*kind))
        })
        .value(chosen)
}

/// What the form of one alert sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NoteForm {
    note: String,
    next: String,
}

/// `POST /admin/alerts/{id}/acknowledge`.
async fn acknowledge(
    State(people): State<People>,
    ctx: Ctx,
    caller: Allowed<AlertAcknowledge>,
    Path(id): Path<AlertId>,
    Form(form): Form<NoteForm>,
) -> Result<Redirected, Error> {
    let back = local_path(&form.next).filter(|path| path.starts_with(PATH));
    let back = back.unwrap_or(PATH).to_owned();
    let done = match rules::note(&form.note) {
        Ok(note) => people.acknowledge_alert(&ctx, &caller, id, note).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => Ok(Redirected::to(back).flash(Flash::success(text::alerts::done()))),
        Err(fault @ (Fault::Conflict(_) | Fault::Accounts(hanok_accounts::Fault::Fields(_)))) => {
            Ok(Redirected::failed(
                back,
                fault.into(),
                [("note", form.note)],
            ))
        }
        Err(fault) => Err(fault.into()),
    }
}
