//! A provider's client secret: shown once, kept as its SHA-256, replaced with an overlap.

use std::time::Duration;

use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::secret::sha256;
use hanok_base::{Id, Secret, Timestamp};
use hanok_db::{DbError, Tx};
use hanok_web::Ctx;
use hanok_web::error::FieldError;
use serde_json::json;

use super::by::By;
use super::store::{self, Provider, ProviderId};
use crate::context::Identity;
use crate::fault::Fault;

/// How long the secret before counts beside a new one, where nothing else is asked for.
const OVERLAP_HOURS: u32 = 24;
/// The longest it may.
const LONGEST_OVERLAP_HOURS: u32 = 24 * 30;

/// A new client secret, as it is shown once.
pub struct CreatedSecret {
    /// The provider's client id.
    pub client_id: String,
    /// The secret.
    pub client_secret: Secret,
    /// Until when the one before counts.
    pub previous_expires_at: Timestamp,
}

impl Identity {
    /// Makes a new client secret, valid at once. The one before counts for `overlap_hours` more (24 where
    /// that is not said; 0 ends it now), one before that no longer.
    ///
    /// # Errors
    /// Not found; `PasswordRequired`; a field error for an overlap of more than 720 hours.
    pub async fn rotate_secret(
        &self,
        ctx: &Ctx,
        by: By,
        provider: ProviderId,
        overlap_hours: Option<u32>,
    ) -> Result<CreatedSecret, Fault> {
        let hours = checked_overlap(overlap_hours)?;
        let secret = Secret::new(self.accounts.random.token());
        let id = Id::<Provider>::new(&self.accounts.clock, &self.accounts.random).uuid();
        let (identity, context, hash) = (
            self.clone(),
            ctx.clone(),
            sha256(secret.expose().as_bytes()),
        );
        let until = ctx.now.plus(Duration::from_hours(u64::from(hours)));
        let client_id = self
            .accounts
            .db
            .write(async move |tx| {
                let row = identity.provider_to_change(tx, &by, provider).await?;
                identity.ask_again(tx, &context, &by).await?;
                identity.raise(tx, &row, context.now).await?;
                store::replace_secret(tx, id, provider, &hash, context.now, until).await?;
                let entry = Entry::new(Action::SecretRotation).version(row.version + 1);
                let entry = entry.details(json!({ "by": by.word(), "overlap_hours": hours }));
                identity
                    .tell_of_provider(
                        tx,
                        &Origin::from(&context),
                        provider,
                        "secret_rotated",
                        entry,
                    )
                    .await?;
                Ok::<_, Fault>(row.client_id)
            })
            .await?;
        Ok(CreatedSecret {
            client_id,
            client_secret: secret,
            previous_expires_at: until,
        })
    }

    /// Makes the first secret of a provider.
    pub(super) async fn first_secret(
        &self,
        tx: &mut Tx,
        provider: ProviderId,
        now: Timestamp,
    ) -> Result<Secret, DbError> {
        let secret = Secret::new(self.accounts.random.token());
        let id = Id::<Provider>::new(&self.accounts.clock, &self.accounts.random).uuid();
        store::insert_secret(tx, id, provider, &sha256(secret.expose().as_bytes()), now).await?;
        Ok(secret)
    }
}

fn checked_overlap(hours: Option<u32>) -> Result<u32, Fault> {
    let hours = hours.unwrap_or(OVERLAP_HOURS);
    let out_of_range = || {
        let field = FieldError::new("/overlap_hours", "out_of_range");
        Fault::fields(vec![field.arg("min", 0).arg("max", LONGEST_OVERLAP_HOURS)])
    };
    (hours <= LONGEST_OVERLAP_HOURS)
        .then_some(hours)
        .ok_or_else(out_of_range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_before_counts_for_a_day_unless_said_otherwise() {
        assert_eq!(checked_overlap(None).unwrap(), 24);
        assert_eq!(checked_overlap(Some(0)).unwrap(), 0);
        assert!(checked_overlap(Some(721)).is_err());
    }
}
