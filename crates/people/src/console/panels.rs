//! What the overview says of accounts: how many there are, who signs in, who is locked out, what wants upkeep.

mod accounts;
mod locked;
mod sign_ins;
mod upkeep;

use std::sync::Arc;

use hanok_accounts::home::Panel;

use crate::context::People;

/// The panels, in their order.
pub(crate) fn panels(people: &People) -> Vec<Arc<dyn Panel>> {
    vec![
        Arc::new(accounts::AccountsPanel(people.clone())),
        Arc::new(sign_ins::SignInsPanel(people.clone())),
        Arc::new(locked::LockedPanel(people.clone())),
        Arc::new(upkeep::UpkeepPanel(people.clone())),
    ]
}
