//! `/account/privacy`: who looked at my data, and what is recorded about me.

use askama::Template;
use axum::extract::State;
use axum::http::Method;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Access, Ctx, Page, Query, Routes, SignedIn};

use serde_json::Value as Json;

use super::service::{Record, RecordIn};
use super::{close, download};
use crate::AccountId;
use crate::account::my::Tab;
use crate::audit::Action;
use crate::audit::read::AuditLine;
use crate::audit::words;
use crate::context::Accounts;
use crate::session::agent;
use crate::text;

/// The page.
pub(crate) fn routes() -> Routes<Accounts> {
    Routes::new()
        .page(Method::GET, Tab::Privacy.path(), show, Access::SignedIn)
        .page(
            Method::GET,
            "/account/privacy/download",
            download::show,
            Access::SignedIn,
        )
        .page(Method::GET, close::PATH, close::show, Access::SignedIn)
        .page(Method::POST, close::PATH, close::close, Access::SignedIn)
}

/// Who did something: a text of ours, or a name.
enum Who {
    Said(Text),
    Named(String),
}

/// Why something was done, or came to nothing: a text of ours, or what somebody wrote.
enum Why {
    Said(Text),
    Written(String),
}

/// A row, as its person reads it.
struct Line {
    at: Timestamp,
    what: Text,
    who: Who,
    /// What was seen of the person, where that is what was done.
    saw: Option<Text>,
    reason: Option<Why>,
    place: String,
    is_erased: bool,
    is_by_hand: bool,
}

#[derive(Template)]
#[template(path = "account/privacy.html")]
struct PrivacyBody {
    tab: Tab,
    /// The last who looked; `None` where the list below is of them.
    looks: Option<Vec<Line>>,
    has_more_looks: bool,
    lines: Vec<Line>,
    is_of_looks: bool,
    pager: Pager,
}

/// `GET /account/privacy`.
async fn show(
    State(accounts): State<Accounts>,
    ctx: Ctx,
    _: SignedIn,
    Query(asked): Query<RecordIn>,
) -> Result<Page, Error> {
    let (is_of_looks, page) = (asked.wants_looks()?, asked.page()?);
    let record = accounts.my_record(&ctx, is_of_looks, page, true).await?;
    let looks = if is_of_looks {
        None
    } else {
        let first = RecordIn::default().page()?;
        Some(accounts.my_record(&ctx, true, first, false).await?)
    };
    let body = PrivacyBody::of(record, looks, &asked);
    let title = text::my::privacy::title();
    Ok(Tab::page(title, text::my::privacy::purpose(), body))
}

impl PrivacyBody {
    fn of(record: Record, looks: Option<Record>, asked: &RecordIn) -> Self {
        let lines = |record: Record| -> Vec<Line> {
            let account = record.account;
            let all = record.page.items.iter();
            all.map(|line| Line::of(line, account)).collect()
        };
        let query = ListQuery::new(Tab::Privacy.path()).with("what", asked.what.as_deref());
        let (previous, next) = (record.page.previous.clone(), record.page.next.clone());
        let pager = Pager::keyset(query, previous, next, record.counted.rows)
            .at_least(record.counted.is_at_least);
        Self {
            tab: Tab::Privacy,
            has_more_looks: looks
                .as_ref()
                .is_some_and(|looks| looks.page.next.is_some()),
            looks: looks.map(lines),
            is_of_looks: asked.wants_looks().unwrap_or_default(),
            lines: lines(record),
            pager,
        }
    }
}

impl Line {
    fn of(line: &AuditLine, account: AccountId) -> Self {
        let agent = line.agent.as_deref().map(agent::told).unwrap_or_default();
        let parts = [line.address.clone().unwrap_or_default(), agent];
        let parts: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let known = line.known_action();
        Self {
            at: line.at,
            what: known.map_or_else(text::my::privacy::other, |act| what(act, line)),
            who: Who::of(line, account),
            saw: (known == Some(Action::DataRevealed)).then(|| saw(line.detail("field"))),
            reason: line.detail("reason").map(Why::of),
            place: parts.join(" · "),
            is_erased: line.is_erased,
            is_by_hand: line.is_by_hand,
        }
    }
}

impl Who {
    fn of(line: &AuditLine, account: AccountId) -> Self {
        match (&line.actor, &line.provider) {
            (Some(actor), _) if actor.id == account => Self::Said(text::my::privacy::me()),
            (Some(actor), _) => match &actor.names {
                Some((name, _)) => Self::Named(name.clone()),
                None => Self::Said(text::my::privacy::removed()),
            },
            (None, _) if line.is_by_hand => Self::Said(text::my::privacy::by_hand()),
            (None, _) if line.is_by_itself() => Self::Said(text::my::privacy::system()),
            (None, Some(provider)) => match &provider.name {
                Some(name) => Self::Named(name.clone()),
                None => Self::Said(text::my::privacy::system()),
            },
            (None, None) if line.detail("by") == Some("link in a letter") => {
                Self::Said(text::my::privacy::me_by_link())
            }
            (None, None) if line.address.is_some() => Self::Said(text::my::privacy::stranger()),
            (None, None) => Self::Said(text::my::privacy::system()),
        }
    }
}

impl Why {
    fn of(word: &str) -> Self {
        words::of_reason(word).map_or_else(|| Self::Written(word.to_owned()), Self::Said)
    }
}

/// What was done; of a CI and DI that were handed over, to whom.
fn what(act: Action, line: &AuditLine) -> Text {
    let provider = line.provider.as_ref().and_then(|it| it.name.as_ref());
    let values = line.details.get("values").and_then(Json::as_array);
    match (act, provider, values) {
        (Action::CiDiAccess, Some(provider), Some(values)) => {
            let names = values.iter().filter_map(Json::as_str);
            let names: Vec<String> = names.map(str::to_uppercase).collect();
            text::my::privacy::handed_over(provider, names.join(", "))
        }
        _ => words::told(act, &line.details),
    }
}

fn saw(field: Option<&str>) -> Text {
    match field {
        Some("email") => text::my::privacy::field_email(),
        Some("phone_number") => text::my::privacy::field_phone(),
        Some("birthdate") => text::my::privacy::field_birthdate(),
        _ => text::my::privacy::field_other(),
    }
}
