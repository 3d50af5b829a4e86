//! What needs the password again: asked of the session, inside the unit that does it.

use hanok_db::Conn;
use hanok_web::{Caller, Ctx, Via};

use super::store;
use crate::context::Accounts;
use crate::fault::Fault;

impl Accounts {
    /// Refuses unless the caller's session gave the password within `accounts.password_confirm_minutes`.
    ///
    /// # Errors
    /// [`Fault::PasswordRequired`], or [`Fault::Unauthorized`] where the session has ended meanwhile.
    pub async fn require_password(&self, conn: &mut Conn, ctx: &Ctx) -> Result<(), Fault> {
        self.require_password_within(conn, ctx, self.config.password_confirm())
            .await
    }

    /// Whether the caller's session gave the password a moment ago, for a page that offers what asks for it; what
    /// asks for it [looks itself](Self::require_password), inside its unit.
    pub fn password_is_fresh(&self, ctx: &Ctx) -> bool {
        let caller = ctx.principal.caller();
        self.is_recent(
            caller.and_then(|caller| caller.password_confirmed_at),
            ctx.now,
        )
    }

    /// As [`require_password`](Self::require_password), within another time.
    ///
    /// # Errors
    /// As there.
    pub async fn require_password_within(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        within: std::time::Duration,
    ) -> Result<(), Fault> {
        let caller = signed_in(ctx)?;
        let session = caller.session.ok_or(Fault::PasswordRequired)?;
        let confirmed =
            store::confirmed_at(conn, store::SessionId::from_uuid(session), caller.account).await?;
        let at = confirmed.ok_or(Fault::Unauthorized)?;
        let fresh = at.is_some_and(|at| ctx.now.since(at) < within);
        fresh.then_some(()).ok_or(Fault::PasswordRequired)
    }
}

/// The caller, where it is a person's session or token.
pub(crate) fn signed_in(ctx: &Ctx) -> Result<&Caller, Fault> {
    ctx.principal.caller().ok_or(Fault::Unauthorized)
}

/// The caller as a person at the keyboard: a server with an API key changes nothing of how its owner is known.
///
/// # Errors
/// [`Fault::Unauthorized`]; [`Fault::Forbidden`] for an API key.
pub(crate) fn in_person(ctx: &Ctx) -> Result<&Caller, Fault> {
    let caller = signed_in(ctx)?;
    (caller.via != Via::ApiKey)
        .then_some(caller)
        .ok_or(Fault::Forbidden)
}
