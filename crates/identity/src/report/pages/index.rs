//! `/admin/reports`: the reports that the reader may open.

use askama::Template;
use hanok_web::page::filters;
use hanok_web::{AllowedAny, Page};

use super::{ENTRY, PATH};
use crate::report::kind::Kind;
use crate::report::told::{Reporting, owner};
use crate::text;

#[derive(Template)]
#[template(path = "reports/list.html")]
struct IndexBody {
    kinds: Vec<Kind>,
    /// Whether they tell of the reader's own providers alone.
    is_of_own: bool,
}

/// `GET /admin/reports`.
pub(super) async fn show(caller: AllowedAny<Reporting>) -> Page {
    let open = |kind: &Kind| owner(&caller, *kind).is_ok();
    let body = IndexBody {
        kinds: Kind::ALL.iter().copied().filter(open).collect(),
        is_of_own: matches!(owner(&caller, Kind::ProviderSuccess), Ok(Some(_))),
    };
    let page = Page::new(text::reports::title(), body).purpose(text::reports::purpose());
    page.active(ENTRY)
}

impl Kind {
    /// Where it lies.
    fn address(self) -> String {
        format!("{PATH}/{self}")
    }
}
