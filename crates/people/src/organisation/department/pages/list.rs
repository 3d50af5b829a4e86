//! `/admin/departments`: the tree.

use askama::Template;
use axum::extract::State;
use hanok_web::error::Error;
use hanok_web::page::filters;
use hanok_web::{AllowedAny, Page};

use super::NEW;
use crate::context::People;
use crate::organisation::Leading;
use crate::organisation::department::tree::Place;
use crate::organisation::sight::Sight;
use crate::text;

#[derive(Template)]
#[template(path = "organisation/departments.html")]
struct ListBody {
    places: Vec<Place>,
    may_change: bool,
}

/// `GET /admin/departments`.
pub(super) async fn show(
    State(people): State<People>,
    caller: AllowedAny<Leading>,
) -> Result<Page, Error> {
    let may_change = Sight::of(&caller).is_everything();
    let body = ListBody {
        places: people.departments(&caller).await?,
        may_change,
    };
    let page = super::page(
        text::departments::title(),
        text::departments::purpose(),
        body,
    );
    Ok(if may_change {
        page.action(text::departments::create(), NEW)
    } else {
        page
    })
}

impl ListBody {
    /// How far a name is moved in: the classes stand here whole, so that the build of the styles finds them.
    fn depth(place: &Place) -> &'static str {
        match place.depth() {
            0 => "tree-depth-0",
            1 => "tree-depth-1",
            2 => "tree-depth-2",
            3 => "tree-depth-3",
            4 => "tree-depth-4",
            5 => "tree-depth-5",
            6 => "tree-depth-6",
            _ => "tree-depth-7",
        }
    }
}
