//! Who sits on the live socket: a phone's signature counts once, and a seat lasts as long as its right.

use hanok_base::Timestamp;
use hanok_web::DeviceCaller;
use hanok_web::live::{Seat, SeatVia};

use super::store::{self, SessionId};
use crate::account::AccountStatus;
use crate::context::Accounts;
use crate::device::{self, DeviceId};
use crate::fault::Fault;

impl Accounts {
    /// Notes that a phone took a seat, its nonce with it.
    pub(super) async fn record_seat(
        &self,
        phone: &DeviceCaller,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let (id, nonce) = (DeviceId::from_uuid(phone.device), phone.nonce.clone());
        self.db
            .write(async move |tx| {
                let live = device::store::used(tx, id, now).await?
                    && device::store::record_nonce(tx, id, &nonce, now).await?;
                live.then_some(())
                    .ok_or(Fault::InvalidDevice("revoked, or the nonce was used"))
            })
            .await
    }

    /// Whether a seat's session or phone still counts. Whoever's rights changed is to connect anew.
    pub(super) async fn may_stay(&self, seat: &Seat, now: Timestamp) -> Result<bool, Fault> {
        match (seat.via, seat.session, seat.device) {
            (SeatVia::Session | SeatVia::Token, Some(session), _) => {
                let id = SessionId::from_uuid(session);
                let row = self.db.read(async move |conn| store::live(conn, id).await);
                Ok(row.await?.is_some_and(|row| {
                    row.account_id == seat.account
                        && row.version == seat.version
                        && row.status == AccountStatus::Active
                        && row.expires_at > now
                }))
            }
            (SeatVia::Device, _, Some(device)) => {
                let id = DeviceId::from_uuid(device);
                let read = async move |conn: &mut _| device::store::live(conn, id).await;
                let row = self.db.read(read).await?;
                Ok(row.is_some_and(|row| {
                    row.account_id == seat.account && row.status == AccountStatus::Active
                }))
            }
            _ => Ok(false),
        }
    }
}
