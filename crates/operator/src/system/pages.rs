//! `/admin/system`.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::permission::SystemConfiguration;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_events::{DeadLetter, DeadLetterId, Source};
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{
    AlertKind, Allowed, Ctx, Flash, Form, MenuEntry, Page, Path, Query, Redirected, Routes, Section,
};
use serde::Deserialize;

use super::examine::Examined;
use super::letters::{Moved, SetLevel, Standing};
use super::{READING, System, flow_pages};
use crate::doctor::{Finding, State as Found};
use crate::text;

/// What pages call its line of the navigation.
pub(super) const ENTRY: &str = "system";
/// Where it lies.
const PATH: &str = "/admin/system";
/// Nothing was typed that may be shown again.
const NOTHING: [(&str, &str); 0] = [];

/// The pages.
pub(super) fn routes() -> Routes<System> {
    Routes::new()
        .page(Method::GET, PATH, show, READING)
        .page(Method::POST, "/admin/system/examine", examine, READING)
        .page(
            Method::POST,
            "/admin/system/dead-letters/{id}/replay",
            replay,
            READING,
        )
        .page(
            Method::POST,
            "/admin/system/dead-letters/{id}/discard",
            discard,
            READING,
        )
}

/// The line of the navigation that leads here.
pub(super) const fn menu_entry() -> MenuEntry {
    MenuEntry {
        id: ENTRY,
        text: text::system::title(),
        path: PATH,
        icon: "server",
        section: Section::Console,
        needs: READING,
    }
}

/// Where a list of dead letters goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SystemIn {
    /// The last one that was shown.
    pub(super) before: Option<DeadLetterId>,
}

/// A finding, as the page shows it.
struct Line {
    name: Option<Text>,
    check: &'static str,
    class: &'static str,
    icon: &'static str,
    state: Text,
    found: String,
    remedy: Option<String>,
}

/// Something that was given up, as the page shows it.
pub(super) struct Letter {
    pub(super) id: DeadLetterId,
    pub(super) what: String,
    pub(super) by: String,
    pub(super) key: String,
    pub(super) tries: u32,
    pub(super) error: String,
    pub(super) failed_at: Timestamp,
    pub(super) can_replay: bool,
}

/// A log level that an operator set, as the page shows it.
struct Level {
    /// Nothing for all that has no level of its own.
    target: Option<String>,
    set_to: String,
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Level {
    fn of((target, level, since, until): SetLevel) -> Self {
        Self {
            target: (target != "*").then_some(target),
            set_to: level,
            since,
            until,
        }
    }
}

#[derive(Template)]
#[template(path = "system/system.html")]
struct SystemBody {
    can_look: bool,
    looked_at: Option<Timestamp>,
    lines: Vec<Line>,
    waiting: i64,
    jobs_due: i64,
    jobs_later: i64,
    retries: i64,
    dead: i64,
    letters: Vec<Letter>,
    here: &'static str,
    is_first: bool,
    older: Option<String>,
    levels: Vec<Level>,
}

/// `GET /admin/system`: what the last look found; none is made by opening the page.
async fn show(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
    Query(asked): Query<SystemIn>,
) -> Result<Page, Error> {
    let standing = system.standing(ctx.now, asked.before).await?;
    let last = system.last_look();
    let body = SystemBody::of(standing, last, system.can_look(), asked.before.is_none());
    let page = Page::new(text::system::title(), body).purpose(text::system::purpose());
    Ok(page.active(ENTRY))
}

impl SystemBody {
    fn of(standing: Standing, last: Option<Examined>, can_look: bool, is_first: bool) -> Self {
        let backlog = &standing.backlog;
        let older = standing.older.map(|id| format!("{PATH}?before={id}"));
        let looked_at = last.as_ref().map(|look| look.at);
        let findings = last.map(|look| look.findings).unwrap_or_default();
        Self {
            can_look,
            looked_at,
            lines: findings.into_iter().map(Line::of).collect(),
            waiting: backlog.waiting(),
            jobs_due: backlog.jobs_due,
            jobs_later: backlog.jobs_later,
            retries: backlog.retries,
            dead: backlog.dead_letters,
            letters: standing.letters.into_iter().map(Letter::of).collect(),
            here: PATH,
            is_first,
            older,
            levels: standing.levels.into_iter().map(Level::of).collect(),
        }
    }
}

impl Line {
    fn of(finding: Finding) -> Self {
        let (class, icon, state) = match finding.state {
            Found::Ok => ("state-completed", "circle-check", text::system::ok()),
            Found::Skipped => ("state-expired", "ban", text::system::skipped()),
            Found::Warning => ("state-warned", "alert-triangle", text::system::warning()),
            Found::Failed => ("state-failed", "circle-x", text::system::failed()),
        };
        Self {
            name: named(finding.check),
            check: finding.check,
            class,
            icon,
            state,
            found: finding.found,
            remedy: finding.remedy,
        }
    }
}

/// What people read for a check; `None` for one without a word.
fn named(check: &str) -> Option<Text> {
    use text::system::check;
    Some(match check {
        "configuration" => check::configuration(),
        "store" => check::store(),
        "migrations" => check::migrations(),
        "audit" => check::audit(),
        "clock" => check::clock(),
        "keys" => check::keys(),
        "events" => check::events(),
        "kafka" => check::kafka(),
        "redis" => check::redis(),
        "mail" => check::mail(),
        "sms" => check::sms(),
        "port" => check::port(),
        "metrics" => check::metrics(),
        "address" => check::address(),
        "space" => check::space(),
        "directory" => check::directory(),
        "permissions" => check::permissions(),
        _ => return None,
    })
}

impl Letter {
    pub(super) fn of(letter: DeadLetter) -> Self {
        Self {
            id: letter.id,
            can_replay: letter.source != Source::Kafka,
            what: letter.item_type,
            by: letter.consumer,
            key: letter.item_key,
            tries: letter.attempts,
            error: letter.error,
            failed_at: letter.failed_at,
        }
    }
}

/// `POST /admin/system/examine`.
async fn examine(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
) -> Redirected {
    match system.look(ctx.now).await {
        Ok(()) => Redirected::to(PATH),
        Err(fault) => Redirected::failed(PATH, fault.into(), NOTHING),
    }
}

/// Which page a form of a dead letter was on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LetterForm {
    next: String,
}

/// `POST /admin/system/dead-letters/{id}/replay`.
async fn replay(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
    Path(id): Path<DeadLetterId>,
    Form(form): Form<LetterForm>,
) -> Result<Redirected, Error> {
    let moved = system.replay_letter(&ctx, id).await?;
    Ok(back(&form, moved, text::system::replayed()))
}

/// `POST /admin/system/dead-letters/{id}/discard`.
async fn discard(
    State(system): State<System>,
    ctx: Ctx,
    _: Allowed<SystemConfiguration>,
    Path(id): Path<DeadLetterId>,
    Form(form): Form<LetterForm>,
) -> Result<Redirected, Error> {
    let moved = system.discard_letter(&ctx, id).await?;
    Ok(back(&form, moved, text::system::discarded()))
}

fn back(form: &LetterForm, moved: Moved, done: Text) -> Redirected {
    let flash = match moved {
        Moved::Done => Flash::success(done),
        Moved::Gone => Flash::alert(AlertKind::Warning, text::system::gone()),
        Moved::NoEvent => Flash::alert(AlertKind::Warning, text::system::no_event()),
    };
    let mut pages = [PATH, flow_pages::PATH].into_iter();
    let back = pages.find(|path| *path == form.next);
    Redirected::to(back.unwrap_or(PATH)).flash(flash)
}
