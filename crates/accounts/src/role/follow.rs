//! What apps keep under a role's name follows the role.

use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use hanok_db::{DbError, Tx};

use crate::context::Accounts;

/// Follows a role of the organisation's own in the unit that renames it (to the second name) or removes it (to none).
/// Answers whether it may be so: what still names a role keeps it from being removed.
pub type FollowRole = Arc<
    dyn for<'a> Fn(&'a mut Tx, &'a str, Option<&'a str>) -> BoxFuture<'a, Result<bool, DbError>>
        + Send
        + Sync,
>;

/// Who follows roles.
#[derive(Default)]
pub(crate) struct Followers(OnceLock<FollowRole>);

impl Accounts {
    /// Names what follows the roles; the first call counts.
    pub fn follow_roles(&self, follow: FollowRole) {
        let _ = self.followers.0.set(follow);
    }

    /// Tells what follows roles that one is renamed, or removed, in its unit; answers whether it may be so.
    ///
    /// # Errors
    /// The store's.
    pub async fn role_becomes(
        &self,
        tx: &mut Tx,
        name: &str,
        new: Option<&str>,
    ) -> Result<bool, DbError> {
        match self.followers.0.get() {
            Some(follow) => follow(tx, name, new).await,
            None => Ok(true),
        }
    }
}
