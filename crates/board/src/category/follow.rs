//! The rights of categories follow the roles that they name.

use std::sync::Arc;

use hanok_accounts::role::FollowRole;
use hanok_db::{Tx, params};

use crate::context::Board;

impl Board {
    /// Has the rights of categories follow the roles.
    pub(crate) fn follow_roles(&self) {
        let follow: FollowRole = Arc::new(|tx: &mut Tx, name: &str, new: Option<&str>| {
            Box::pin(async move {
                const RENAME: &str = "UPDATE board_category_right SET role = $2 WHERE role = $1";
                const NAMED: &str = "SELECT COUNT(*) FROM board_category_right WHERE role = $1";
                if let Some(new) = new {
                    tx.execute(RENAME, params![name, new]).await?;
                    return Ok(true);
                }
                let named: i64 = tx.one(NAMED, params![name]).await?;
                Ok(named == 0)
            })
        });
        self.accounts.follow_roles(follow);
    }
}
