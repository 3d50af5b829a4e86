//! How many alerts wait for somebody, on the console's first page.

use std::sync::Arc;

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::home::{Panel, PanelView};
use hanok_base::i18n::Text;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error};

use super::READING;
use super::pages::PATH;
use crate::context::People;
use crate::text;

/// The panel.
pub(crate) fn panel(people: &People) -> Arc<dyn Panel> {
    Arc::new(OpenAlerts(people.clone()))
}

struct OpenAlerts(People);

#[derive(Template)]
#[template(path = "alert/panel.html")]
struct OpenAlertsBody {
    line: Text,
}

impl Panel for OpenAlerts {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let caller = ctx.principal.caller();
            if !caller.is_some_and(|caller| READING.is_held_by(caller)) {
                return Ok(None);
            }
            let open = self.0.open_alerts().await?;
            let line = if open > 0 {
                text::alerts::so_many(open)
            } else {
                text::alerts::none()
            };
            let view = PanelView::new(text::alerts::title(), OpenAlertsBody { line });
            let view = view.more(text::alerts::more(), PATH);
            Ok(Some(if open > 0 { view.calling() } else { view }))
        })
    }
}
