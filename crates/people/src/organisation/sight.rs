//! Whether somebody runs the organisation or leads a part of it, and what follows from that.

use hanok_accounts::AccountId;
use hanok_accounts::authority::still_holds;
use hanok_accounts::organisation::Reach;
use hanok_accounts::permission::UserManagement;
use hanok_db::Tx;
use hanok_web::{Caller, Permission};

use crate::fault::Fault;

/// What somebody sees of departments and teams.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    caller: Caller,
}

impl Sight {
    /// What `caller` sees, whom the route has let in.
    pub(super) fn of(caller: &Caller) -> Self {
        Self {
            caller: caller.clone(),
        }
    }

    /// Whether that is everything, to be changed at will.
    pub(super) fn is_everything(&self) -> bool {
        self.caller.permissions.contains(UserManagement::NAME)
    }

    /// Whose departments and teams are all that is seen; `None` where that is everything.
    pub(super) fn only_led_by(&self) -> Option<AccountId> {
        (!self.is_everything()).then_some(self.caller.account)
    }

    /// Whether they see a team that `leader` leads.
    pub(super) fn sees_team_of(&self, leader: Option<AccountId>) -> bool {
        self.is_everything() || leader == Some(self.caller.account)
    }

    /// Who looks.
    pub(super) const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whom they may add to what they lead.
    pub(super) fn reach(&self) -> Reach {
        Reach::leading(&self.caller)
    }

    /// Refuses whoever may not change everything.
    ///
    /// # Errors
    /// `Forbidden`.
    pub(super) fn must_be_everything(&self) -> Result<(), Fault> {
        let is_everything = self.is_everything();
        is_everything.then_some(()).ok_or_else(Fault::forbidden)
    }

    /// Inside the unit that changes something: refuses a caller whose rights have changed since they were read.
    ///
    /// # Errors
    /// `Unauthorized`; the store's.
    pub(super) async fn still_holds(&self, tx: &mut Tx) -> Result<(), Fault> {
        Ok(still_holds(tx, &self.caller).await?)
    }
}
