//! The places where a person is signed in: seen, and ended one by one or all but this one.

use hanok_db::Tx;
use hanok_web::Ctx;
use serde_json::json;

use super::confirm::{in_person, signed_in};
use super::store::{self, PlaceRow, SessionId};
use crate::AccountId;
use crate::audit::{Action, Entry, Origin};
use crate::context::Accounts;
use crate::device::store as device_store;
use crate::fault::Fault;
use crate::mail::store as mail;

impl Accounts {
    /// The places where the caller is signed in, the last seen first.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`]; the store's.
    pub async fn my_places(&self, ctx: &Ctx) -> Result<Vec<PlaceRow>, Fault> {
        let (account, now) = (signed_in(ctx)?.account, ctx.now);
        let places = self
            .db
            .read(async move |conn| store::of_account(conn, account, now).await);
        Ok(places.await?)
    }

    /// Signs the caller out at one of their places, at once.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where it is none of the caller's, or has ended.
    pub async fn end_place(&self, ctx: &Ctx, id: SessionId) -> Result<(), Fault> {
        let account = in_person(ctx)?.account;
        let (accounts, context) = (self.clone(), ctx.clone());
        let ended = self
            .db
            .write(async move |tx| accounts.end_session(tx, &context, account, id).await);
        ended.await?.then_some(()).ok_or(Fault::NotFound)
    }

    /// Signs the caller out everywhere but here; says whether there was another place.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`]; the store's.
    pub async fn end_other_places(&self, ctx: &Ctx) -> Result<bool, Fault> {
        let caller = in_person(ctx)?;
        let (account, here) = (caller.account, caller.session.map(SessionId::from_uuid));
        let (accounts, context) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx| {
                let places = store::of_account(tx, account, context.now).await?;
                let others: Vec<SessionId> = places
                    .into_iter()
                    .map(|place| place.id)
                    .filter(|id| Some(*id) != here)
                    .collect();
                for other in &others {
                    accounts.end_session(tx, &context, account, *other).await?;
                }
                Ok(!others.is_empty())
            })
            .await
    }

    /// Ends one session of an account with its audit row, in every process; says whether it lived.
    pub(super) async fn end_session(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        account: AccountId,
        session: SessionId,
    ) -> Result<bool, Fault> {
        if !store::end_of(tx, session, account, ctx.now).await? {
            return Ok(false);
        }
        let entry = Entry::new(Action::UserLogout)
            .subject(account)
            .target("session", session.uuid())
            .details(json!({}));
        self.audit.record(tx, &Origin::from(ctx), entry).await?;
        // What the place may have begun ends with it: a phone to be paired, an address to be taken.
        device_store::forget_pairing(tx, account).await?;
        mail::forget_proof(tx, account).await?;
        self.revoke(tx, account, Some(session), ctx.now).await?;
        Ok(true)
    }
}
