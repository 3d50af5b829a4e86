//! `/history`: the requests, with filters above and pages below.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{Ctx, Flash, Page, Query};

use super::{ENTRY, PATH};
use crate::context::Identity;
use crate::history::rules::{Filter, HistoryIn, PageOf};
use crate::history::service::History;
use crate::history::words;
use crate::provider::ProviderId;
use crate::text;
use crate::transaction::Status;

#[derive(Template)]
#[template(path = "history/list.html")]
struct ListBody {
    asked: HistoryIn,
    faults: Flash,
    history: History,
}

/// `GET /history`: the filter that was sent, and what it lets through; what is wrong with it is said beside it.
pub(super) async fn show(
    State(identity): State<Identity>,
    ctx: Ctx,
    Query(asked): Query<HistoryIn>,
) -> Result<Page, Error> {
    let (filter, page, faults, status) = match asked.check() {
        Ok((filter, page)) => (filter, page, Flash::default(), StatusCode::OK),
        Err(fault) => {
            let faults = Flash::of(&fault.into());
            let (filter, page) = (Filter::default(), PageOf::first()?);
            (filter, page, faults, StatusCode::BAD_REQUEST)
        }
    };
    let body = ListBody {
        asked,
        faults,
        history: identity.history(&ctx, filter, page).await?,
    };
    let page = Page::new(text::history::title(), body).purpose(text::history::purpose());
    Ok(page.active(ENTRY).status(status))
}

impl ListBody {
    fn is_wrong(&self) -> bool {
        !self.faults.errors.is_empty()
    }

    fn states(&self) -> Vec<(&'static str, Text, bool)> {
        let of = |status: &Status| {
            let word = status.as_str();
            let is_chosen = self.asked.state.as_deref() == Some(word);
            (word, words::state(*status), is_chosen)
        };
        Status::ALL.iter().map(of).collect()
    }

    fn is_provider(&self, id: &ProviderId) -> bool {
        self.asked.provider.as_deref() == Some(id.to_string().as_str())
    }

    fn fault(&self, name: &str) -> Option<&Text> {
        self.faults.error(name)
    }

    /// The number of this page.
    fn page_number(&self) -> u32 {
        self.history.number.unwrap_or(1)
    }

    fn has_next(&self) -> bool {
        self.page_number() < self.history.pages && self.history.page.next.is_some()
    }

    /// The address of another page of the same list.
    fn address(&self, page: u32) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.asked.filters() {
            query.append_pair(name, value);
        }
        query.append_pair("page", &page.to_string());
        format!("{PATH}?{}", query.finish())
    }

    fn total(&self) -> Text {
        text::history::total(grouped(self.history.total))
    }
}

impl HistoryIn {
    /// The filters that say something.
    fn filters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let given = [
            ("state", &self.state),
            ("provider", &self.provider),
            ("from", &self.from),
            ("to", &self.to),
        ];
        given.into_iter().filter_map(|(name, value)| {
            let value = value.as_deref().filter(|value| !value.is_empty())?;
            Some((name, value))
        })
    }

    fn is_filtered(&self) -> bool {
        self.filters().next().is_some()
    }

    fn from(&self) -> &str {
        self.from.as_deref().unwrap_or_default()
    }

    fn to(&self) -> &str {
        self.to.as_deref().unwrap_or_default()
    }
}

/// `1,234`, as people write numbers in both languages.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
