//! How many accounts there are of those whom the caller sees, and how they stand.

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::account::AccountStatus;
use hanok_accounts::home::{Panel, PanelView};
use hanok_accounts::organisation::Reach;
use hanok_db::{Conn, DbError, params};
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, PermissionGroup};

use crate::context::People;
use crate::fault::Fault;
use crate::text;
use crate::text::people_panels as said;
use crate::user::Readers;

/// Accounts by how they stand; nothing for who sees nobody.
pub(super) struct AccountsPanel(pub(super) People);

#[derive(Template)]
#[template(path = "panel/accounts.html")]
struct AccountsBody {
    active: i64,
    locked: i64,
    disabled: i64,
}

impl Panel for AccountsPanel {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let Some(caller) = ctx.principal.caller() else {
                return Ok(None);
            };
            let mut names = Readers::NAMES.iter();
            if !names.any(|name| caller.permissions.contains(name)) {
                return Ok(None);
            }
            let reach = self.0.reach(caller);
            let body = self.count(reach).await?;
            let is_any = body.active + body.locked + body.disabled > 0;
            let title = if reach.is_everybody() {
                said::accounts()
            } else {
                said::own_people()
            };
            let view = || PanelView::new(title, body).more(said::to_people(), "/admin/people");
            Ok(is_any.then(view))
        })
    }
}

impl AccountsPanel {
    async fn count(&self, reach: Reach) -> Result<AccountsBody, Fault> {
        let read = self
            .0
            .accounts
            .db
            .report(async move |conn: &mut Conn| counted(conn, reach).await);
        let rows: Vec<(AccountStatus, i64)> = read.await?;
        let of = |status: AccountStatus| {
            let found = rows.iter().find(|(known, _)| *known == status);
            found.map_or(0, |(_, count)| *count)
        };
        Ok(AccountsBody {
            active: of(AccountStatus::Active),
            locked: of(AccountStatus::Locked),
            disabled: of(AccountStatus::Disabled),
        })
    }
}

async fn counted(conn: &mut Conn, reach: Reach) -> Result<Vec<(AccountStatus, i64)>, DbError> {
    let condition = reach.condition("$1");
    let sql =
        format!("SELECT a.status, COUNT(*) FROM account a WHERE {condition} GROUP BY a.status");
    conn.all(&sql, params![reach.viewer()]).await
}
