//! What the dashboard shows of a person's requests: those that wait, and the last ones.

use std::sync::Arc;

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::home::{Panel, PanelView};
use hanok_web::page::filters;
use hanok_web::{Ctx, Error};

use super::rules::Filter;
use super::service::Request;
use crate::context::Identity;
use crate::text;
use crate::transaction::Status;

/// How many a panel names.
const SHOWN: u32 = 5;

/// The panels, in their order.
pub(crate) fn panels(identity: &Identity) -> Vec<Arc<dyn Panel>> {
    vec![
        Arc::new(Waiting(identity.clone())),
        Arc::new(Recent(identity.clone())),
    ]
}

/// The requests that wait for an answer; it is not there while none does.
struct Waiting(Identity);

#[derive(Template)]
#[template(path = "panel/waiting.html")]
struct WaitingBody {
    requests: Vec<Request>,
}

impl Panel for Waiting {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let filter = Filter {
                state: Some(Status::Pending),
                ..Filter::default()
            };
            let requests = self.0.newest(ctx, filter, SHOWN).await?;
            let view = |requests| {
                PanelView::new(text::panel::waiting(), WaitingBody { requests })
                    .calling()
                    .more(text::panel::waiting_more(), "/history?state=PENDING")
            };
            Ok((!requests.is_empty()).then(|| view(requests)))
        })
    }
}

/// The last requests, whatever became of them.
struct Recent(Identity);

#[derive(Template)]
#[template(path = "panel/recent.html")]
struct RecentBody {
    requests: Vec<Request>,
}

impl Panel for Recent {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let requests = self.0.newest(ctx, Filter::default(), SHOWN).await?;
            let view = PanelView::new(text::panel::recent(), RecentBody { requests });
            Ok(Some(view.more(text::panel::recent_more(), "/history")))
        })
    }
}
