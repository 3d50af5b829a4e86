//! Who is locked out and waits for somebody to let them in.

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::home::{Panel, PanelView};
use hanok_accounts::permission::UserManagement;
use hanok_db::paging::NumberedPage;
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, Permission};

use crate::context::People;
use crate::text;
use crate::text::people_panels as said;
use crate::user::{Emails, User, UserFilter, UserState};

/// How many are named.
const SHOWN: u32 = 5;

/// Locked accounts; it is not there while there is none.
pub(super) struct LockedPanel(pub(super) People);

#[derive(Template)]
#[template(path = "panel/locked.html")]
struct LockedBody {
    users: Vec<User>,
    total: u64,
}

impl Panel for LockedPanel {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let caller = ctx.principal.caller();
            if !caller.is_some_and(|it| it.permissions.contains(UserManagement::NAME)) {
                return Ok(None);
            }
            let filter = UserFilter {
                state: UserState::Locked,
                ..UserFilter::default()
            };
            let page = NumberedPage::new(None, Some(SHOWN)).map_err(Error::internal)?;
            let list = self.0.list_users(ctx, filter, page, Emails::Masked).await?;
            if list.total == 0 {
                return Ok(None);
            }
            let body = LockedBody {
                users: list.users,
                total: list.total,
            };
            let view = PanelView::new(said::locked(), body).calling();
            Ok(Some(
                view.more(said::to_locked(), "/admin/people?status=locked"),
            ))
        })
    }
}
