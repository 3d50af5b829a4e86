//! Taking back what people were told and have not read.

use hanok_accounts::AccountId;
use hanok_db::{DbError, Tx};

use crate::change::{Change, What};
use crate::context::Notifications;
use crate::held::{self, Held};
use crate::store;
use crate::subject::Subject;

impl Notifications {
    /// Takes back what this source told, in every type: a burst shrinks, and what tells nothing any more goes. What was
    /// read stays. It is the last thing that a unit does.
    ///
    /// # Errors
    /// The store's.
    pub async fn withdraw(&self, tx: &mut Tx, source: &str) -> Result<(), DbError> {
        let mut changes = Vec::new();
        for held in held::hold_made_by(tx, source).await? {
            let left = store::remove_source(tx, held.id, source).await?;
            let what = left.map_or(What::Withdrawn, What::Shrunk);
            changes.push(Change::of(held, what));
        }
        self.write(tx, changes).await
    }

    /// Takes back what was told about a subject that nobody may see any more, or only those in `keep`. What was read is
    /// not shown while they may not see it. It is the last thing that a unit does.
    ///
    /// # Errors
    /// The store's.
    pub async fn withdraw_subject(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        keep: Option<&[AccountId]>,
    ) -> Result<(), DbError> {
        let kept = |account: &AccountId| keep.is_some_and(|keep| keep.contains(account));
        let mut held = held::hold_about(tx, subject).await?;
        held.retain(|held| !kept(&held.account));
        self.withdraw_held(tx, held).await
    }

    /// Takes back notifications that the unit holds.
    pub(crate) async fn withdraw_held(&self, tx: &mut Tx, held: Vec<Held>) -> Result<(), DbError> {
        let mut changes = Vec::new();
        for held in held {
            store::remove_sources(tx, held.id).await?;
            changes.push(Change::of(held, What::Withdrawn));
        }
        self.write(tx, changes).await
    }
}
