//! `/account/activity`, what I did, and `/admin/activity`, what everybody did and how much of it on which day.

use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use hanok_accounts::account::Tab;
use hanok_accounts::activity::ActivityType;
use hanok_accounts::permission::DataExport;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, filters};
use hanok_web::{
    Access, AllowedAll, Ctx, Field, Flash, MenuEntry, Page, Permission, Query, Routes, Section,
    SignedIn,
};

use super::rules::{ALL, ActivitiesIn, OWN};
use super::search::Found;
use super::service::DayOfActivity;
use super::words::{Line, of_type};
use super::{WATCHING, Watchers, export};
use crate::context::People;
use crate::fault::Fault;
use crate::text::{self, trail_pages as said};

/// What pages call its line of the navigation.
const ENTRY: &str = "activity";
/// Where the organisation's lies.
const PATH: &str = "/admin/activity";
/// Where its file lies.
const EXPORT: &str = "/admin/activity/export";

/// The pages of activities.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .page(Method::GET, Tab::Activity.path(), mine, Access::SignedIn)
        .page(Method::GET, PATH, all, WATCHING)
        .page(Method::GET, EXPORT, export::show, WATCHING)
}

/// The line of the navigation that leads here.
pub(crate) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::activity::title(),
        path: PATH,
        icon: "history",
        section: Section::Console,
        needs: WATCHING,
    }
}

/// The fields above a list, and the list.
struct Listed {
    kind: Choice,
    person: Field,
    from: Field,
    to: Field,
    query: ListQuery,
    /// Nothing where a filter is wrong.
    found: Option<(Vec<Line>, Pager)>,
}

impl Listed {
    /// What was found, or what is wrong with what was asked, beside each field; and the page's status.
    fn of(
        path: &'static str,
        asked: &ActivitiesIn,
        found: Result<Found, Fault>,
    ) -> Result<(Self, StatusCode), Error> {
        let (found, faults, status) = match found {
            Ok(found) => (Some(found), Flash::default(), StatusCode::OK),
            Err(fault @ Fault::Accounts(hanok_accounts::Fault::Fields(_))) => {
                (None, Flash::of(&fault.into()), StatusCode::BAD_REQUEST)
            }
            Err(fault) => return Err(fault.into()),
        };
        let query = asked
            .filters()
            .fold(ListQuery::new(path), |query, (name, value)| {
                query.with(name, Some(value))
            });
        let day = |name, label, value| {
            let field = Field::new(name, label).kind("date").filter();
            field.value(given(value)).filled(&faults)
        };
        let person = Field::new("person", said::person()).longest(64).filter();
        let listed = Self {
            kind: kinds(given(asked.activity_type.as_deref())).filled(&faults),
            person: person.value(given(asked.person.as_deref())).filled(&faults),
            from: day("from", said::from(), asked.from.as_deref()),
            to: day("to", said::to(), asked.to.as_deref()),
            found: found.map(|found| rows(found, &query)),
            query,
        };
        Ok((listed, status))
    }
}

fn given(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

fn rows(found: Found, query: &ListQuery) -> (Vec<Line>, Pager) {
    let page = found.page;
    let pager = Pager::keyset(query.clone(), page.previous, page.next, found.rows)
        .at_least(found.is_at_least);
    (page.items.into_iter().map(Line::of).collect(), pager)
}

fn kinds(chosen: String) -> Choice {
    let any = Choice::new("activity_type", text::activity::what())
        .filter()
        .option("", said::any());
    let all = ActivityType::ALL.iter().fold(any, |choice, kind| {
        choice.option(kind.as_str(), of_type(*kind))
    });
    all.value(chosen)
}

#[derive(Template)]
#[template(path = "activity/mine.html")]
struct MineBody {
    tab: Tab,
    listed: Listed,
}

/// `GET /account/activity`.
async fn mine(
    State(people): State<People>,
    ctx: Ctx,
    caller: SignedIn,
    Query(asked): Query<ActivitiesIn>,
) -> Result<Page, Error> {
    // Whose they are is no question here.
    let asked = ActivitiesIn {
        person: None,
        ..asked
    };
    let found = match asked.check(OWN, &people.accounts.organisation.get().zone) {
        Ok(wanted) => {
            let found = people.my_activities(caller.account, ctx.now, (wanted, true));
            found.await
        }
        Err(fault) => Err(fault),
    };
    let (listed, status) = Listed::of(Tab::Activity.path(), &asked, found)?;
    let body = MineBody {
        tab: Tab::Activity,
        listed,
    };
    let page = Tab::page(
        text::activity::own_title(),
        text::activity::own_purpose(),
        body,
    );
    Ok(page.status(status))
}

#[derive(Template)]
#[template(path = "activity/all.html")]
struct AllBody {
    kinds: Vec<Text>,
    days: Vec<DayOfActivity>,
    listed: Listed,
    export: Option<String>,
}

/// `GET /admin/activity`.
async fn all(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAll<Watchers>,
    Query(asked): Query<ActivitiesIn>,
) -> Result<Page, Error> {
    let days = people.activity_days(&ctx, &caller).await?;
    let found = match asked.check(ALL, &people.accounts.organisation.get().zone) {
        Ok(wanted) => people.all_activities(&ctx, &caller, (wanted, true)).await,
        Err(fault) => Err(fault),
    };
    let (listed, status) = Listed::of(PATH, &asked, found)?;
    let may_export = caller.permissions.contains(DataExport::NAME) && listed.found.is_some();
    let body = AllBody {
        kinds: ActivityType::ALL.iter().copied().map(of_type).collect(),
        days,
        export: may_export.then(|| listed.query.at(EXPORT)),
        listed,
    };
    let page = Page::new(text::activity::title(), body).purpose(text::activity::purpose());
    Ok(page.active(ENTRY).status(status))
}
