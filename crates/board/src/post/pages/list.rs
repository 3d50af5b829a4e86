//! `/posts`: the list of all that one may read, or of one category.

use askama::Template;
use axum::extract::State;
use hanok_accounts::permission::BoardUse;
use hanok_base::i18n::Text;
use hanok_web::error::Error;
use hanok_web::page::{ListQuery, Pager, filters};
use hanok_web::{Allowed, Ctx, Page, Query};

use super::PATH;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page;
use crate::post::list::{Line, Posts, PostsIn, Sort};
use crate::text;

/// The rows of a list of posts, as every page shows them.
#[derive(Template)]
#[template(path = "posts/rows.html")]
pub(super) struct Rows {
    pub(super) lines: Vec<Line>,
    /// Whether each can be restored.
    pub(super) is_deleted: bool,
}

/// A link above the list.
struct Tab {
    label: Label,
    href: String,
    is_current: bool,
}

/// What a link says: a text of ours, or a category's name.
enum Label {
    Ours(Text),
    Theirs(String),
}

#[derive(Template)]
#[template(path = "posts/list.html")]
struct ListBody {
    tabs: Vec<Tab>,
    sorts: Vec<Tab>,
    must_read: usize,
    pinned: Option<page::Part>,
    rows: Option<page::Part>,
    is_empty: bool,
    /// Where one writes in what is listed.
    new: String,
    pager: Pager,
}

/// `GET /posts`.
pub(super) async fn show(
    State(board): State<Board>,
    ctx: Ctx,
    caller: Allowed<BoardUse>,
    Query(input): Query<PostsIn>,
) -> Result<Page, Error> {
    let (viewer, wanted) = (Viewer::of(&caller), input.wanted()?);
    let found = match input.by_cursor()?.filter(|_| input.cursor().is_some()) {
        Some(page) => board.posts_from(viewer, wanted, page, ctx.now).await?,
        None => board.posts(viewer, wanted, input.page()?, ctx.now).await?,
    };
    let chosen = wanted.category.map(|id| id.to_string());
    let sort = input.sort.as_deref();
    let query = ListQuery::new(PATH)
        .with("category", chosen.as_deref())
        .with("sort", sort);
    let category = found.categories.iter();
    let mut category = category.filter(|it| Some(it.id) == wanted.category);
    let purpose = category.next().map(|it| it.description.clone());
    let new = chosen.map_or("/post/new".to_owned(), |id| {
        format!("/post/new?category={id}")
    });
    let chosen = (wanted.category.is_some(), wanted.sort);
    let body = ListBody::new(found, &query, chosen, new.clone());
    let page = page::page(text::board::title(), body);
    let page = match purpose.filter(|text| !text.is_empty()) {
        Some(said) => page.purpose(text::board::described(said)),
        None => page.purpose(text::board::purpose()),
    };
    Ok(page.action(text::posts::write(), new))
}

impl ListBody {
    fn new(
        mut found: Posts,
        query: &ListQuery,
        (is_chosen, sort): (bool, Sort),
        new: String,
    ) -> Self {
        // What stands above the list does not stand in it once more.
        let above = &found.pinned;
        found
            .lines
            .retain(|line| above.iter().all(|it| it.serial != line.serial));
        let mut tabs = vec![Tab {
            label: Label::Ours(text::posts::all()),
            href: query.address("category", ""),
            is_current: !is_chosen,
        }];
        tabs.extend(found.categories.iter().map(|one| {
            let href = query.address("category", &one.id.to_string());
            Tab {
                label: Label::Theirs(one.name.clone()),
                is_current: is_chosen && query.address("", "").contains(&one.id.to_string()),
                href,
            }
        }));
        let sorts = [
            (Sort::New, text::posts::newest()),
            (Sort::Commented, text::posts::commented()),
            (Sort::Recommended, text::posts::recommended()),
        ];
        let sorts = sorts.map(|(one, label)| Tab {
            label: Label::Ours(label),
            href: query.address("sort", one.as_str()),
            is_current: one == sort,
        });
        // Behind the last page that has a number the list goes on from row to row.
        let goes_on = found.page == found.pages && found.next.is_some();
        let pager = if found.is_numbered && !goes_on {
            Pager::numbered(query.clone(), found.page, found.pages, found.total)
        } else {
            Pager::keyset(query.clone(), found.previous, found.next, found.total)
        };
        Self {
            tabs,
            sorts: sorts.into(),
            must_read: found.must_read.len(),
            pinned: part(found.pinned),
            is_empty: found.total == 0,
            rows: part(found.lines),
            new,
            pager,
        }
    }
}

fn part(lines: Vec<Line>) -> Option<page::Part> {
    let rows = Rows {
        lines,
        is_deleted: false,
    };
    (!rows.lines.is_empty()).then(|| Box::new(rows) as page::Part)
}
