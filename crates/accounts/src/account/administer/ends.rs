//! Ending somebody's sessions.

use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::authority::{By, Oneself};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::store::{self as session_store, PlaceRow};

impl Accounts {
    /// The places where an account is signed in, the last seen first.
    ///
    /// # Errors
    /// The store's.
    pub async fn places_of(&self, ctx: &Ctx, id: AccountId) -> Result<Vec<PlaceRow>, Fault> {
        let now = ctx.now;
        let places = self
            .db
            .read(async move |conn| session_store::of_account(conn, id, now).await);
        Ok(places.await?)
    }

    /// Ends every session of an account, in every process; says how many there were.
    ///
    /// # Errors
    /// [`Fault::NotFound`]; [`Fault::Forbidden`].
    pub async fn end_sessions_by(&self, ctx: &Ctx, by: By, id: AccountId) -> Result<usize, Fault> {
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                accounts.target(tx, &by, id, Oneself::Allowed).await?;
                let places = session_store::of_account(tx, id, ctx.now).await?.len();
                let entry = Entry::new(Action::AdminAction)
                    .subject(id)
                    .target("account", id.uuid())
                    .details(json!({ "sessions_ended": places }));
                let origin = Origin::from(&ctx);
                accounts.audit.record(tx, &origin, entry).await?;
                accounts.end_sessions(tx, id, None, ctx.now).await?;
                Ok(places)
            })
            .await
    }
}
