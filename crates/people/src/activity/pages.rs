//! `/account/activity`, what I did, and `/admin/activity`, what everybody did and how much of it on which day.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::account::Tab;
use hanok_accounts::activity::ActivityType;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Access, AllowedAll, Ctx, MenuEntry, Page, Routes, Section, SignedIn};

use super::rules::{ALL, OWN};
use super::service::DayOfActivity;
use super::words::{Line, of_type};
use super::{WATCHING, Watchers};
use crate::context::People;
use crate::text;

/// What pages call its line of the navigation.
const ENTRY: &str = "activity";
/// Where the organisation's lies.
const PATH: &str = "/admin/activity";

/// The pages of activities.
pub(super) fn routes() -> Routes<People> {
    Routes::new()
        .page(Method::GET, Tab::Activity.path(), mine, Access::SignedIn)
        .page(Method::GET, PATH, all, WATCHING)
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

#[derive(Template)]
#[template(path = "activity/mine.html")]
struct MineBody {
    tab: Tab,
    lines: Vec<Line>,
}

/// `GET /account/activity`.
async fn mine(State(people): State<People>, ctx: Ctx, caller: SignedIn) -> Result<Page, Error> {
    let rows = people.my_activities(caller.account, ctx.now, OWN.usual);
    let body = MineBody {
        tab: Tab::Activity,
        lines: rows.await?.into_iter().map(Line::of).collect(),
    };
    Ok(Tab::page(
        text::activity::own_title(),
        text::activity::own_purpose(),
        body,
    ))
}

#[derive(Template)]
#[template(path = "activity/all.html")]
struct AllBody {
    kinds: Vec<Text>,
    days: Vec<DayOfActivity>,
    lines: Vec<Line>,
}

/// `GET /admin/activity`.
async fn all(
    State(people): State<People>,
    ctx: Ctx,
    caller: AllowedAll<Watchers>,
) -> Result<Page, Error> {
    let days = people.activity_days(&ctx, &caller).await?;
    let rows = people.all_activities(&ctx, &caller, ALL.usual).await?;
    let body = AllBody {
        kinds: ActivityType::ALL.iter().copied().map(of_type).collect(),
        days,
        lines: rows.into_iter().map(Line::of).collect(),
    };
    let page = Page::new(text::activity::title(), body).purpose(text::activity::purpose());
    Ok(page.active(ENTRY))
}
