//! How many reports wait for somebody, on the console's first page.

use std::sync::Arc;

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::home::{Panel, PanelView};
use hanok_base::i18n::Text;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error};

use super::pages::PATH;
use crate::category::MODERATION;
use crate::context::Board;
use crate::text;

/// The panel.
pub(crate) fn panel(board: &Board) -> Arc<dyn Panel> {
    Arc::new(OpenReports(board.clone()))
}

struct OpenReports(Board);

#[derive(Template)]
#[template(path = "moderation/panel.html")]
struct OpenReportsBody {
    line: Text,
}

impl Panel for OpenReports {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let caller = ctx.principal.caller();
            if !caller.is_some_and(|caller| MODERATION.is_held_by(caller)) {
                return Ok(None);
            }
            let open = self.0.open_reports().await?;
            let line = if open > 0 {
                text::moderation::so_many(open)
            } else {
                text::moderation::none()
            };
            let view = PanelView::new(text::moderation::title(), OpenReportsBody { line });
            let view = view.more(text::moderation::more(), PATH);
            Ok(Some(if open > 0 { view.calling() } else { view }))
        })
    }
}
