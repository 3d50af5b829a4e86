//! `/admin/providers`: who may ask, with filters above and pages below.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::ProviderManagement;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{Choice, ListQuery, Pager, SortHeader, filters};
use hanok_web::{Allowed, Field, Page, Query};

use super::words::{self, Badge};
use super::{PATH, create};
use crate::context::Identity;
use crate::provider::By;
use crate::provider::search::{DEFAULT_SORT, ListedRow, SearchIn};
use crate::text;

#[derive(Template)]
#[template(path = "providers/list.html")]
struct ListBody {
    words: Field,
    state: Choice,
    query: ListQuery,
    rows: Vec<ListedRow>,
    pager: Pager,
    /// Whether the reader sees no more than the providers that they own.
    is_of_own: bool,
}

/// `GET /admin/providers`.
pub(super) async fn show(
    State(identity): State<Identity>,
    caller: Allowed<ProviderManagement>,
    Query(asked): Query<SearchIn>,
) -> Result<Page, Error> {
    let found = identity.search_providers(&caller, asked.check()?).await?;
    let query = ListQuery::new(PATH)
        .with("q", asked.q.as_deref())
        .with("state", asked.state.as_deref())
        .with("sort", asked.sort.as_deref());
    let body = ListBody {
        is_of_own: By::Person(caller.clone()).only_own().is_some(),
        words: Field::new("q", text::providers::words())
            .kind("search")
            .longest(100)
            .filter()
            .value(asked.q.unwrap_or_default()),
        state: states(asked.state),
        pager: Pager::numbered(query.clone(), found.page, found.pages, found.total),
        query,
        rows: found.rows,
    };
    let page = super::page(text::providers::title(), text::providers::purpose(), body);
    Ok(page.action(text::providers::create(), create::PATH))
}

fn states(chosen: Option<String>) -> Choice {
    Choice::new("state", text::providers::state())
        .filter()
        .option("", text::providers::any())
        .option("active", text::providers::active())
        .option("inactive", text::providers::inactive())
        .value(chosen.unwrap_or_default())
}

impl ListBody {
    fn header(&self, column: &str, label: Text) -> SortHeader {
        SortHeader::new(&self.query, column, label, DEFAULT_SORT)
    }

    fn standing(row: &ListedRow) -> Badge {
        words::standing(row.active)
    }

    fn delivery(row: &ListedRow) -> Text {
        words::delivery(row.delivery)
    }
}
