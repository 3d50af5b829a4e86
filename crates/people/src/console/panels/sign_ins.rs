//! Who signed in today, beside the same hours of the week before.

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_accounts::audit::Action;
use hanok_accounts::audit::read::Window;
use hanok_accounts::home::{Panel, PanelView};
use hanok_accounts::permission::UserManagement;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use hanok_web::page::filters;
use hanok_web::{Ctx, Error, Permission};
use jiff::Span;

use crate::context::People;
use crate::fault::Fault;
use crate::text;
use crate::text::people_panels as said;

/// Sign-ins and refused ones, for who runs everybody's accounts.
pub(super) struct SignInsPanel(pub(super) People);

/// How often something happened today, and by the same time a week ago.
struct Count {
    today: i64,
    before: i64,
}

#[derive(Template)]
#[template(path = "panel/sign_ins_today.html")]
struct SignInsBody {
    done: Count,
    refused: Count,
}

impl Panel for SignInsPanel {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let caller = ctx.principal.caller();
            if !caller.is_some_and(|it| it.permissions.contains(UserManagement::NAME)) {
                return Ok(None);
            }
            let body = self.count(ctx.now).await?;
            let path = "/admin/audit?action=USER_LOGIN";
            let view = PanelView::new(said::sign_ins(), body);
            Ok(Some(view.more(said::to_sign_ins(), path)))
        })
    }
}

impl SignInsPanel {
    async fn count(&self, now: Timestamp) -> Result<SignInsBody, Fault> {
        let zone = self.0.accounts.organisation.get().zone.clone();
        let today = self.0.accounts.today(now);
        let week_ago = today.checked_sub(Span::new().days(7)).unwrap_or(today);
        let begins = Window::of_days(Some(today), None, &zone).from;
        let began = Window::of_days(Some(week_ago), None, &zone).from;
        let so_far = now.micros().saturating_sub(begins);
        let spans = [
            (begins, now.micros()),
            (began, began.saturating_add(so_far)),
        ];
        let read = self.0.accounts.db.report(async move |conn: &mut Conn| {
            Ok::<_, DbError>(SignInsBody {
                done: times(conn, Action::UserLogin, spans).await?,
                refused: times(conn, Action::UserLoginFailed, spans).await?,
            })
        });
        Ok(read.await?)
    }
}

async fn times(conn: &mut Conn, action: Action, spans: [(i64, i64); 2]) -> Result<Count, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM audit_log WHERE action = $1 AND at >= $2 AND at <= $3";
    let [(begins, now), (began, then)] = spans;
    Ok(Count {
        today: conn.one(SQL, params![action, begins, now]).await?,
        before: conn.one(SQL, params![action, began, then]).await?,
    })
}
