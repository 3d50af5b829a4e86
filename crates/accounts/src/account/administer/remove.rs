//! Removing an account that nothing else stands on.

use hanok_db::{Tx, params};
use hanok_web::Ctx;
use serde_json::json;

use super::{Others, other_super_admin};
use crate::AccountId;
use crate::audit::{Action, Entry};
use crate::authority::{By, Oneself};
use crate::context::Accounts;
use crate::fault::Fault;

impl Accounts {
    /// Removes an account and what belongs to it alone; its audit rows stay.
    ///
    /// # Errors
    /// [`hanok_db::DbError::ForeignKey`] where something else stands on it; [`Fault::NotFound`];
    /// [`Fault::Forbidden`]; [`Fault::LastSuperAdmin`].
    pub async fn remove(&self, ctx: &Ctx, by: By, id: AccountId) -> Result<(), Fault> {
        const REMOVE: &str = "DELETE FROM account WHERE id = $1";
        let (accounts, ctx) = (self.clone(), ctx.clone());
        self.db
            .write(async move |tx: &mut Tx| {
                let others = other_super_admin(tx, id).await?;
                let target = accounts.target(tx, &by, id, Oneself::Refused).await?;
                if others == Others::None {
                    return Err(Fault::LastSuperAdmin);
                }
                let entry = Entry::new(Action::AdminAction).details(json!({ "removed": true }));
                let version = target.row.version + 1;
                accounts.record_change(tx, &ctx, id, version, entry).await?;
                accounts.end_sessions(tx, id, None, ctx.now).await?;
                accounts.tell_change(tx, &ctx, id).await?;
                tx.execute(REMOVE, params![id]).await?;
                Ok(())
            })
            .await
    }
}
