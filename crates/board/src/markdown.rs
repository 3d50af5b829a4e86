//! Markdown as people write it, made into HTML that is safe to show, and into plain text.
//!
//! Invariants: raw HTML is shown as it was typed, never interpreted; what the renderer makes still passes the
//! sanitiser; no image is loaded but what was attached here; no address runs a script.

mod address;
mod api;
mod cells;
mod image;
mod linkify;
mod plain;
mod render;
mod sanitise;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter, Write};

use askama::filters::HtmlSafe;
use askama::{FastWritable, Values};
use hanok_web::Routes;
use pulldown_cmark::{Event, Options, Parser, TextMergeStream};
use utoipa_axum::routes;

use crate::context::Board;
use crate::page::USE;
use cells::Cells;

pub(crate) use plain::plain;
pub(crate) use render::render;

/// HTML that passed the sanitiser: templates show it as it is (`{{ html }}`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Display for Html {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FastWritable for Html {
    fn write_into(&self, dest: &mut dyn Write, _values: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.0)?)
    }
}

impl HtmlSafe for Html {}

/// The routes of Markdown: the preview.
pub(crate) fn routes() -> Routes<Board> {
    Routes::new().add(routes!(api::preview), USE)
}

/// The parts of a text: CommonMark with tables, struck-out text and lists of tasks.
fn events(text: &str) -> impl Iterator<Item = Event<'_>> {
    let more = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut cells = Cells::default();
    TextMergeStream::new(Parser::new_ext(text, more)).flat_map(move |event| cells.pass(event))
}
