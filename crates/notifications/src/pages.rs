//! `/notifications`: what one was told, day by day.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_accounts::account::Tab;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Access, Ctx, Flash, Form, Page, Path, Query, Redirected, Routes, SignedIn};
use jiff::civil::Date;
use serde::Deserialize;

use crate::asked::{self, HistoryIn};
use crate::context::Notifications;
use crate::history::{History, Wanted};
use crate::said::said;
use crate::shown::Shown;
use crate::store::NotificationId;
use crate::telling::NotificationType;
use crate::text;

/// Where the list lies.
pub(crate) const PATH: &str = "/notifications";

/// The pages.
pub(crate) fn routes() -> Routes<Notifications> {
    Routes::new()
        .page(Method::GET, PATH, show, Access::SignedIn)
        .page(
            Method::POST,
            "/notifications/{id}/read",
            open,
            Access::SignedIn,
        )
        .page(
            Method::POST,
            "/notifications/read-all",
            read_all,
            Access::SignedIn,
        )
}

/// What one was told on a day.
struct Day {
    /// A moment of it.
    at: Timestamp,
    lines: Vec<Line>,
}

/// A notification, as the list shows it.
struct Line {
    id: NotificationId,
    kind: NotificationType,
    /// Who made it, and how many others.
    actor: Option<String>,
    others: i64,
    title: String,
    at: Timestamp,
    is_unread: bool,
}

#[derive(Template)]
#[template(path = "notifications/list.html")]
struct ListBody {
    days: Vec<Day>,
    is_unread: bool,
    unread: i64,
    /// The newest number that this page knows: newer ones are not marked by it.
    upto: i64,
    pager: Pager,
}

/// `GET /notifications`.
async fn show(
    State(notifications): State<Notifications>,
    caller: SignedIn,
    Query(asked): Query<HistoryIn>,
) -> Result<Page, Error> {
    let (is_unread, wanted) = (asked.is_unread()?, asked.wanted()?);
    let found = notifications
        .history(caller.account, is_unread, wanted.clone())
        .await?;
    let zone = notifications.accounts.organisation.get().zone.clone();
    let body = ListBody::of(found, is_unread, &wanted, |at| at.local_date(&zone));
    let settings = text::notifications::preferences::link();
    Ok(Page::new(text::notifications::title(), body)
        .purpose(text::notifications::purpose())
        .action(settings, Tab::Notifications.path()))
}

/// `POST /notifications/{id}/read`: the notification is read, and leads to what it is about.
async fn open(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    Path(id): Path<NotificationId>,
) -> Result<Redirected, Error> {
    notifications.read(&ctx, &caller, id).await?;
    let there = notifications.leads_to(caller.account, id).await?;
    Ok(there.map_or_else(
        || {
            let gone = Flash::success(text::notifications::gone());
            Redirected::to(PATH).flash(gone)
        },
        Redirected::to,
    ))
}

/// What the form above the list sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReadAllForm {
    upto: Option<i64>,
}

/// `POST /notifications/read-all`.
async fn read_all(
    State(notifications): State<Notifications>,
    ctx: Ctx,
    caller: SignedIn,
    Form(form): Form<ReadAllForm>,
) -> Result<Redirected, Error> {
    let upto = asked::upto(form.upto)?;
    notifications.read_all(&ctx, &caller, upto).await?;
    Ok(Redirected::to(PATH).flash(Flash::success(text::notifications::all_read())))
}

impl ListBody {
    fn of(
        found: History,
        is_unread: bool,
        wanted: &Wanted,
        day: impl Fn(Timestamp) -> Date,
    ) -> Self {
        let limit = wanted.limit().map(|limit| limit.to_string());
        let query = ListQuery::new(PATH)
            .with("unread", is_unread.then_some("1"))
            .with("limit", limit.as_deref());
        let pager = match wanted {
            // Behind the last page that has a number the list goes on from row to row.
            Wanted::Numbered(page)
                if page.number() < page.pages(found.total) || found.next.is_none() =>
            {
                let pages = page.pages(found.total);
                Pager::numbered(query, page.number(), pages, found.total)
            }
            _ => Pager::keyset(query, found.previous, found.next, found.total),
        };
        let mut days: Vec<Day> = Vec::new();
        for shown in found.shown {
            let line = Line::of(shown);
            match days.last_mut().filter(|last| day(last.at) == day(line.at)) {
                Some(last) => last.lines.push(line),
                None => days.push(Day {
                    at: line.at,
                    lines: vec![line],
                }),
            }
        }
        Self {
            days,
            is_unread,
            unread: found.counter.unread,
            upto: found.counter.seq,
            pager,
        }
    }
}

impl Line {
    fn of(shown: Shown) -> Self {
        Self {
            id: shown.row.id,
            kind: shown.row.kind,
            others: shown.others(),
            at: shown.row.updated_at,
            is_unread: shown.row.read_at.is_none(),
            actor: shown.row.actor,
            title: shown.title,
        }
    }

    /// What happened; `gone` is how somebody is called whose account is erased.
    fn said(&self, gone: &str) -> Text {
        said(
            self.kind,
            self.actor.as_deref().unwrap_or(gone),
            self.others,
        )
    }

    /// The icon of its type.
    const fn icon(&self) -> &'static str {
        match self.kind {
            NotificationType::Comment | NotificationType::Reply => "message",
            NotificationType::Mention => "user",
            NotificationType::Recommend => "thumb-up",
            NotificationType::MustRead | NotificationType::Moderation => "alert-triangle",
            NotificationType::IdentityRequest => "fingerprint",
            NotificationType::SignIn => "login",
            NotificationType::Account => "settings",
        }
    }
}
