//! What a refused form shows once more: kept sealed for five minutes, taken once.

use futures_util::future::BoxFuture;
use hanok_base::secret::sha256;
use hanok_base::{Place, Timestamp};
use hanok_db::{DbError, Tx, params};
use hanok_web::flash::FLASH_LIFE;
use hanok_web::{Error, Flash, FlashStore};
use uuid::Uuid;

use crate::context::Accounts;
use crate::fault::Fault;

impl FlashStore for Accounts {
    fn put(&self, flash: Flash, now: Timestamp) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async move {
            let payload = serde_json::to_vec(&flash).map_err(Error::internal)?;
            Ok(self.put_flash(&payload, now).await?)
        })
    }

    fn take<'a>(
        &'a self,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Flash>, Error>> {
        Box::pin(async move {
            let payload = self.take_flash(token, now).await?;
            let flash = payload.map(|payload| serde_json::from_slice(&payload));
            flash.transpose().map_err(Error::internal)
        })
    }
}

impl Accounts {
    /// Keeps a payload and answers the token that takes it, once.
    async fn put_flash(&self, payload: &[u8], now: Timestamp) -> Result<String, Fault> {
        const SQL: &str = "INSERT INTO flash (token_hash, payload, expires_at) VALUES ($1, $2, $3)";
        let token = self.random.token();
        let hash = sha256(token.as_bytes());
        let sealed = self.keys.seal(place(&hash), payload);
        let expires_at = now.plus(FLASH_LIFE);
        let kept: Result<u64, DbError> = self
            .db
            .write(async move |tx: &mut Tx| {
                tx.execute(SQL, params![hash, sealed, expires_at]).await
            })
            .await;
        kept?;
        Ok(token)
    }

    /// Takes what a token was given for; `None` where it was taken before or its time is over.
    async fn take_flash(&self, token: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Fault> {
        const SQL: &str = "DELETE FROM flash WHERE token_hash = $1 RETURNING payload, expires_at";
        let hash = sha256(token.as_bytes());
        let taken: Result<Option<(Vec<u8>, Timestamp)>, DbError> = self
            .db
            .write(async move |tx: &mut Tx| tx.optional(SQL, params![hash]).await)
            .await;
        let Some((sealed, _)) = taken?.filter(|(_, expires_at)| *expires_at > now) else {
            return Ok(None);
        };
        Ok(Some(self.keys.unseal(place(&hash), &sealed)?.to_vec()))
    }
}

/// Forgets what nobody came back for.
pub(crate) async fn sweep(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.execute("DELETE FROM flash WHERE expires_at < $1", params![now])
        .await
        .map(|_| ())
}

/// Where a payload lies: its row is known by half of the token's hash.
fn place(hash: &[u8; 32]) -> Place<'static> {
    let half = hash.first_chunk().copied().unwrap_or_default();
    Place::new("flash", "payload", Uuid::from_bytes(half))
}
