//! The pages of posts: `/posts`, `/post/…`.

mod acts;
pub(super) mod form;
mod history;
mod list;
mod own;
mod readers;
mod show;

use axum::http::Method;
use hanok_web::Routes;

use crate::context::Board;
use crate::page::USE;

/// The list.
const PATH: &str = "/posts";

/// The routes of the pages.
pub(super) fn routes() -> Routes<Board> {
    let at = |path: &str| format!("/post/{{id}}{path}");
    Routes::new()
        .page(Method::GET, PATH, list::show, USE)
        .page(Method::GET, "/posts/bookmarks", own::bookmarks, USE)
        .page(Method::GET, "/posts/must-read", own::must_read, USE)
        .page(Method::GET, "/posts/deleted", own::deleted, USE)
        .page(Method::GET, "/post/new", form::new, USE)
        .page(Method::POST, "/post/new", form::create, USE)
        .page(Method::GET, &at(""), show::show, USE)
        .page(Method::GET, &at("/edit"), form::edit, USE)
        .page(Method::POST, &at("/edit"), form::change, USE)
        .page(Method::GET, &at("/history"), history::show, USE)
        .page(Method::POST, &at("/delete"), acts::delete, USE)
        .page(Method::POST, &at("/restore"), acts::restore, USE)
        .page(Method::POST, &at("/recommend"), acts::recommend, USE)
        .page(Method::POST, &at("/bookmark"), acts::bookmark, USE)
        .page(Method::POST, &at("/pin"), acts::pin, USE)
        .page(Method::POST, &at("/must-read"), acts::demand, USE)
        .page(Method::GET, &at("/readers"), readers::show, USE)
        .page(Method::POST, &at("/remind"), acts::remind, USE)
}
