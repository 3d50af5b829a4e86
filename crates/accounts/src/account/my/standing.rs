//! What the pages of one's own account have to know of it.

use hanok_base::Timestamp;
use hanok_web::Ctx;

use crate::account::store::SealedRow;
use crate::account::{self, AccountRow};
use crate::context::Accounts;
use crate::device::store as device_store;
use crate::fault::Fault;
use crate::session;
use crate::session::confirm::signed_in;

/// How an account stands: its row, its sealed values, and what may be done now.
pub(crate) struct Standing {
    /// The row.
    pub(crate) row: AccountRow,
    /// The sealed values.
    pub(crate) sealed: SealedRow,
    /// How many phones are paired.
    pub(crate) devices: usize,
    /// Whether this session gave the password a moment ago.
    pub(crate) is_confirmed: bool,
    /// Whether a fresh password reset holds changes back.
    pub(crate) is_held: bool,
}

impl Standing {
    /// Whether the number is proven.
    pub(crate) const fn is_proven(&self) -> bool {
        self.row.phone_proven_at.is_some()
    }

    /// Whether a PIN is set.
    pub(crate) const fn has_pin(&self) -> bool {
        self.sealed.pin_hash.is_some()
    }
}

impl Accounts {
    /// How the caller's account stands.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`]; the store's.
    pub(crate) async fn my_standing(&self, ctx: &Ctx) -> Result<Standing, Fault> {
        let caller = signed_in(ctx)?;
        let (id, session) = (caller.account, caller.session);
        let read = self.db.read(async move |conn| {
            let row = account::find(conn, id).await?.ok_or(Fault::Unauthorized)?;
            let sealed = account::store::sealed(conn, id).await?;
            let devices = device_store::of_account(conn, id).await?.len();
            let given = match session {
                Some(session) => session::password_given_at(conn, session, id).await?,
                None => None,
            };
            Ok::<_, Fault>((row, sealed.ok_or(Fault::Unauthorized)?, devices, given))
        });
        let (row, sealed, devices, given) = read.await?;
        Ok(Standing {
            is_held: self.not_just_reset(&row, ctx.now).is_err(),
            is_confirmed: self.is_recent(given, ctx.now),
            row,
            sealed,
            devices,
        })
    }

    /// Whether something was proven as recently as what asks for it wants.
    pub(crate) fn is_recent(&self, at: Option<Timestamp>, now: Timestamp) -> bool {
        at.is_some_and(|at| now.since(at) < self.config.password_confirm())
    }
}
