//! RSS: the newest posts of a category, or of all that one may read, for a program that knows one's personal key.
//!
//! Invariants: a key opens what its person may read now, and nothing else; it is kept as its hash and shown once; a
//! new one ends the one before. Tables: `board_feed_key`.

mod api;
mod key;
mod pages;
mod read;
mod write;

use axum::http::Method;
use axum::routing::get;
use hanok_web::{Access, Routes};

use crate::context::Board;

/// The routes of feeds; a feed asks for its key itself.
pub(crate) fn routes() -> Routes<Board> {
    Routes::new()
        .undocumented(Method::GET, "/feed", get(read::of_all), Access::Public)
        .undocumented(
            Method::GET,
            "/feed/{category}",
            get(read::of_category),
            Access::Public,
        )
        .merge(api::routes())
        .merge(pages::routes())
}
