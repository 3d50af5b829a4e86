//! What the dashboard shows of the board: what one must read and has not yet.

use std::sync::Arc;

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::home::{Panel, PanelView};
use hanok_web::page::filters;
use hanok_web::{Ctx, Error};

use super::list::Line;
use crate::category::right::Viewer;
use crate::context::Board;
use crate::page::USE;
use crate::text;

/// How many the panel names.
const SHOWN: usize = 5;

/// The panel.
pub(crate) fn panel(board: &Board) -> Arc<dyn Panel> {
    Arc::new(MustRead(board.clone()))
}

/// The posts that must be read; it is not there while none must.
struct MustRead(Board);

#[derive(Template)]
#[template(path = "posts/panel.html")]
struct MustReadBody {
    lines: Vec<Line>,
}

impl Panel for MustRead {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let caller = ctx.principal.caller();
            let Some(caller) = caller.filter(|caller| USE.is_held_by(caller)) else {
                return Ok(None);
            };
            let mut lines = self.0.must_read(Viewer::of(caller), ctx.now).await?;
            lines.truncate(SHOWN);
            let view = |lines| {
                PanelView::new(text::posts::must_read_list(), MustReadBody { lines })
                    .calling()
                    .more(text::posts::must_read_more(), "/posts/must-read")
            };
            Ok((!lines.is_empty()).then(|| view(lines)))
        })
    }
}
