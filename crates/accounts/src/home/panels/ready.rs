//! What an account still lacks to approve requests on a phone, and the way there.

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_base::i18n::Text;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error};

use crate::account::my::Standing;
use crate::context::Accounts;
use crate::home::{Panel, PanelView};
use crate::text;

/// The steps to a ready account; nothing once all are done.
pub(in crate::home) struct Ready(pub(in crate::home) Accounts);

#[derive(Template)]
#[template(path = "panel/ready.html")]
struct ReadyBody {
    steps: [Step; 3],
}

/// A step, in the order in which they can be taken.
struct Step {
    text: Text,
    action: Text,
    path: &'static str,
    is_done: bool,
    /// Whether what has to come before is done.
    is_open: bool,
}

impl Panel for Ready {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let steps = steps(&self.0.my_standing(ctx).await?);
            let is_ready = steps.iter().all(|step| step.is_done);
            let view = || PanelView::new(text::ready::title(), ReadyBody { steps }).calling();
            Ok((!is_ready).then(view))
        })
    }
}

fn steps(account: &Standing) -> [Step; 3] {
    [
        Step {
            text: text::ready::phone(),
            action: text::ready::phone_action(),
            path: "/account/phone",
            is_done: account.is_proven(),
            is_open: true,
        },
        Step {
            text: text::ready::pin(),
            action: text::ready::pin_action(),
            path: "/account/pin",
            is_done: account.has_pin(),
            is_open: account.is_proven(),
        },
        Step {
            text: text::ready::device(),
            action: text::ready::device_action(),
            path: "/account/devices",
            is_done: account.devices > 0,
            is_open: account.is_proven(),
        },
    ]
}
