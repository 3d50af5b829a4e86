//! `/admin/moderation`: what was reported.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use hanok_accounts::permission::BoardModeration;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters};
use hanok_web::{Allowed, Flash, Flashed, MenuEntry, Page, Query, Routes, Section};

use super::queue::ReportList;
use super::reason_field::{FORM, ReasonField};
use super::restrictions::PATH as RESTRICTIONS;
use super::rules::{Outcome, ReportState, ReportsIn};
use super::service::Thing;
use super::store::ReportRow;
use crate::category::MODERATION;
use crate::context::Board;
use crate::text;

/// What pages call its line of the navigation.
const ENTRY: &str = "board_moderation";
/// Where the queue lies.
pub(super) const PATH: &str = "/admin/moderation";

/// The page of the queue.
pub(super) fn routes() -> Routes<Board> {
    Routes::new().page(Method::GET, PATH, show, MODERATION)
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::moderation::title(),
        path: PATH,
        icon: "shield-check",
        section: Section::Console,
        needs: MODERATION,
    }
}

/// A page of moderation.
pub(super) fn page(title: Text, body: impl Template + Send + Sync + 'static) -> Page {
    Page::new(title, body)
        .purpose(text::moderation::purpose())
        .active(ENTRY)
}

#[derive(Template)]
#[template(path = "moderation/list.html")]
struct ListBody {
    state: Choice,
    is_closed: bool,
    /// Where this page of the list lies, to come back to.
    here: String,
    /// Nothing where a filter is wrong.
    found: Option<(Vec<(ReportRow, ReasonField)>, Pager)>,
}

/// `GET /admin/moderation`.
async fn show(
    State(board): State<Board>,
    _: Allowed<BoardModeration>,
    Flashed(flash): Flashed,
    Query(asked): Query<ReportsIn>,
) -> Result<Page, Error> {
    let (found, faults) = match asked.check() {
        Ok((state, page)) => (Some(board.reports(state, page).await?), flash),
        Err(fault) => (None, Flash::of(&fault.into())),
    };
    let status = if found.is_some() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let body = ListBody::of(found, &faults, &asked);
    Ok(page(text::moderation::title(), body).status(status))
}

impl ListBody {
    fn of(found: Option<ReportList>, faults: &Flash, asked: &ReportsIn) -> Self {
        let query = ListQuery::new(PATH).with("state", asked.state.as_deref());
        let chosen = asked.state.as_deref().filter(|state| !state.is_empty());
        let chosen = chosen.unwrap_or(ReportState::Open.as_str());
        let rows = |list: ReportList| {
            let pager = Pager::numbered(query.clone(), list.page, list.pages, list.total);
            (with_reasons(list.reports, faults), pager)
        };
        Self {
            state: Choice::new("state", text::moderation::state())
                .filter()
                .option(ReportState::Open.as_str(), text::moderation::open())
                .option(ReportState::Closed.as_str(), text::moderation::closed())
                .value(chosen)
                .filled(faults),
            is_closed: chosen == ReportState::Closed.as_str(),
            here: query.address("page", asked.page.as_deref().unwrap_or_default()),
            found: found.map(rows),
        }
    }
}

/// The reports, each with the field of a reason to hide what it is about: at first the reason that it was reported for.
fn with_reasons(reports: Vec<ReportRow>, flash: &Flash) -> Vec<(ReportRow, ReasonField)> {
    let typed = flash.value(FORM);
    let of_form = |row: &ReportRow| format!("{}/hide", row.thing()) == typed;
    // The same thing may have been reported twice.
    let refused = reports.iter().position(of_form);
    let with = |(at, row): (usize, ReportRow)| {
        let field = if refused == Some(at) {
            ReasonField::refused(flash)
        } else {
            ReasonField::offering(format!("reason-{}", row.id), row.reason.clone())
        };
        (row, field)
    };
    reports.into_iter().enumerate().map(with).collect()
}

impl ReportRow {
    /// What was reported: where it is read, and under which forms send what is to be done about it.
    fn thing(&self) -> Thing {
        self.comment.map_or(Thing::Post(self.post), Thing::Comment)
    }

    /// Where its author is kept from writing.
    fn restrict_href(&self) -> String {
        ListQuery::new(RESTRICTIONS).address("username", &self.author_username)
    }

    fn decided(&self) -> Text {
        match self.outcome {
            Some(Outcome::Hidden) => text::moderation::was_hidden(),
            Some(Outcome::Dismissed) | None => text::moderation::was_dismissed(),
        }
    }
}
