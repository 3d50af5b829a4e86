//! `/admin/teams`: the teams, with a search above and pages below.

use askama::Template;
use axum::extract::State;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, SortHeader, filters};
use hanok_web::{AllowedAny, Field, Page, Query};

use super::{NEW, PATH};
use crate::context::People;
use crate::organisation::Leading;
use crate::organisation::sight::Sight;
use crate::organisation::team::rules::TeamsIn;
use crate::organisation::team::store::Line;
use crate::text;

#[derive(Template)]
#[template(path = "organisation/teams.html")]
struct ListBody {
    words: Field,
    query: ListQuery,
    lines: Vec<Line>,
    pager: Pager,
    may_change: bool,
}

/// `GET /admin/teams`.
pub(super) async fn show(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
    Query(asked): Query<TeamsIn>,
) -> Result<Page, Error> {
    let (filter, page) = asked.check()?;
    let found = people.teams(&caller, filter, page).await?;
    let may_change = Sight::of(&caller).is_everything();
    let query = ListQuery::new(PATH)
        .with("q", asked.q.as_deref())
        .with("sort", asked.sort.as_deref());
    let body = ListBody {
        words: Field::new("q", text::teams::name())
            .kind("search")
            .longest(60)
            .filter()
            .value(asked.q.unwrap_or_default()),
        pager: Pager::numbered(query.clone(), found.page, found.pages, found.total),
        query,
        lines: found.lines,
        may_change,
    };
    let page = super::page(text::teams::title(), text::teams::purpose(), body);
    Ok(if may_change {
        page.action(text::teams::create(), NEW)
    } else {
        page
    })
}

impl ListBody {
    fn header(&self, column: &str, label: Text) -> SortHeader {
        SortHeader::new(&self.query, column, label, "name")
    }
}
