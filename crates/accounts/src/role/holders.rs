//! What happens to those who hold a role when it allows something else.

use hanok_db::{DbError, Tx, params};
use hanok_web::Ctx;

use crate::AccountId;
use crate::context::Accounts;

impl Accounts {
    /// Makes what a role allows now count for all who hold it, in every process: their versions rise, so that what was
    /// read of them does not count any more. Inside the unit that changes the role; answers how many there are.
    ///
    /// # Errors
    /// The store's.
    pub async fn renew_holders(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        role: &str,
    ) -> Result<usize, DbError> {
        const LOCK: &str = "SELECT a.id FROM account a JOIN role_assignment r ON r.account_id = a.id \
            WHERE r.role = $1 ORDER BY a.id /*for_update*/";
        const RAISE: &str = "UPDATE account SET version = version + 1 \
            WHERE id IN (SELECT account_id FROM role_assignment WHERE role = $1)";
        let holders: Vec<AccountId> = tx.all(LOCK, params![role]).await?;
        tx.execute(RAISE, params![role]).await?;
        for holder in &holders {
            self.tell_change(tx, ctx, *holder).await?;
        }
        Ok(holders.len())
    }
}
