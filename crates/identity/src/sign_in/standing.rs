//! Where a sign-in stands for the browser that asked.

use hanok_base::secret::sha256;
use hanok_base::{Secret, Timestamp};
use hanok_web::Ctx;
use serde::Serialize;

use super::store::{self, SignInRow};
use crate::context::Identity;
use crate::fault::Fault;
use crate::transaction::{FailureReason, Status, is_expired};

/// Where a sign-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    /// The phone has not answered.
    Waiting,
    /// The phone said yes: the browser may go in.
    Approved,
    /// The phone said no.
    Denied,
    /// Another number, or a wrong PIN.
    NotConfirmed,
    /// Its time has passed.
    Expired,
}

/// A sign-in, as its browser shows it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) standing: Standing,
    /// The number to pick on the phone.
    pub(super) number: i64,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl Identity {
    /// The sign-in that a browser's secret is of; `None` where there is none, or it was redeemed.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn see_sign_in(
        &self,
        ctx: &Ctx,
        secret: &Secret,
    ) -> Result<Option<Seen>, Fault> {
        let hash = sha256(secret.expose().as_bytes());
        let row = self
            .accounts
            .db
            .read(async move |conn| store::find(conn, &hash).await)
            .await?;
        let row = row.filter(|row| row.redeemed_at.is_none());
        Ok(row.map(|row| Seen {
            standing: self.standing(&row, ctx.now),
            number: row.binding_code,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }))
    }

    /// Where a sign-in stands now.
    pub(super) fn standing(&self, row: &SignInRow, now: Timestamp) -> Standing {
        let until_expiry = || {
            if is_expired(row.expires_at, now) {
                Standing::Expired
            } else {
                Standing::Waiting
            }
        };
        match (row.status, row.failure_reason) {
            (Status::Completed, _) => {
                let window = self.config.sign_in_window();
                match row.ended_at {
                    Some(at) if at.plus(window) > now => Standing::Approved,
                    _ => Standing::Expired,
                }
            }
            (Status::Expired, _) => Standing::Expired,
            (Status::Failed, Some(FailureReason::Denied)) => Standing::Denied,
            (Status::Failed, Some(FailureReason::NotConfirmed)) => Standing::NotConfirmed,
            // That another browser asked for the same person would tell that there is such a person.
            (Status::Failed | Status::Pending, _) => until_expiry(),
        }
    }
}
