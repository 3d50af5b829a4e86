//! The proof that is under way, and one's own number proven once more.

use hanok_base::Timestamp;
use hanok_web::Ctx;

use super::store;
use crate::account;
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::confirm::signed_in;

/// A code that was sent and still counts.
pub(super) struct UnderWay {
    /// The number it went to, masked.
    pub masked: String,
    /// Until when it counts.
    pub expires_at: Timestamp,
}

impl Accounts {
    /// The proof that the caller has begun, where its code still counts.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`]; the store's.
    pub(super) async fn my_proof(&self, ctx: &Ctx) -> Result<Option<UnderWay>, Fault> {
        let (account, now) = (signed_in(ctx)?.account, ctx.now);
        let tries = self.config.phone_code_tries;
        let read = self
            .db
            .read(async move |conn| store::under_way(conn, account, tries, now).await);
        let Some(proof) = read.await? else {
            return Ok(None);
        };
        Ok(Some(UnderWay {
            masked: self.proof_phone(&proof)?.masked(),
            expires_at: proof.expires_at,
        }))
    }

    /// Sends a code to the number that the caller has proven before.
    ///
    /// # Errors
    /// As [`start_phone_proof`](Self::start_phone_proof); [`Fault::Fields`] where there is none.
    pub(super) async fn prove_my_phone_again(&self, ctx: &Ctx) -> Result<Timestamp, Fault> {
        let account = signed_in(ctx)?.account;
        let read = self
            .db
            .read(async move |conn| account::store::sealed(conn, account).await);
        let sealed = read.await?.and_then(|sealed| sealed.phone);
        let sealed = sealed.ok_or_else(|| Fault::field("/phone_number", "required"))?;
        let phone = self.phone_of(account, &sealed)?;
        self.start_phone_proof(ctx, &phone, None).await
    }
}
