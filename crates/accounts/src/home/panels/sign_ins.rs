//! Where an account was last signed in.

use askama::Template;
use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use hanok_web::page::filters;
use hanok_web::{Ctx, Error};

use crate::AccountId;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::home::{Panel, PanelView};
use crate::session::agent::told;
use crate::session::{SessionId, SessionKind};
use crate::text;

/// How many are shown.
const SHOWN: i64 = 5;

/// The last sign-ins, this one among them.
pub(in crate::home) struct SignIns(pub(in crate::home) Accounts);

#[derive(Template)]
#[template(path = "panel/sign_ins.html")]
struct SignInsBody {
    sign_ins: Vec<SignIn>,
}

/// A sign-in.
struct SignIn {
    agent: String,
    address: String,
    at: Timestamp,
    is_program: bool,
    is_here: bool,
    is_over: bool,
}

impl Panel for SignIns {
    fn show<'a>(&'a self, ctx: &'a Ctx) -> BoxFuture<'a, Result<Option<PanelView>, Error>> {
        Box::pin(async move {
            let sign_ins = self.last(ctx).await?;
            let view = || {
                PanelView::new(text::sign_ins::title(), SignInsBody { sign_ins })
                    .more(text::sign_ins::more(), "/account/sessions")
            };
            Ok(Some(view()))
        })
    }
}

impl SignIns {
    async fn last(&self, ctx: &Ctx) -> Result<Vec<SignIn>, Fault> {
        let caller = ctx.principal.caller().ok_or(Fault::Unauthorized)?;
        let (account, here) = (caller.account, caller.session.map(SessionId::from_uuid));
        let rows = self
            .0
            .db
            .read(async move |conn| newest(conn, account).await);
        let sign_in = |row: Row| {
            let (id, kind, at, expires_at, ended_at, address, agent) = row;
            SignIn {
                agent: told(&agent),
                address,
                at,
                is_program: kind == SessionKind::Api,
                is_here: Some(id) == here,
                is_over: ended_at.is_some() || expires_at <= ctx.now,
            }
        };
        Ok(rows.await?.into_iter().map(sign_in).collect())
    }
}

type Row = (
    SessionId,
    SessionKind,
    Timestamp,
    Timestamp,
    Option<Timestamp>,
    String,
    String,
);

async fn newest(conn: &mut Conn, account: AccountId) -> Result<Vec<Row>, DbError> {
    const SQL: &str = "SELECT id, kind, created_at, expires_at, ended_at, address, agent FROM session \
        WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    conn.all(SQL, params![account, SHOWN]).await
}
