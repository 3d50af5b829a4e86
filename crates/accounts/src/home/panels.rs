//! The panels of accounts themselves.

mod ready;
mod sign_ins;

use std::sync::Arc;

use super::Panel;
use crate::context::Accounts;

/// What an account lacks, and where it was signed in.
pub(crate) fn own(accounts: &Accounts) -> Vec<Arc<dyn Panel>> {
    vec![
        Arc::new(ready::Ready(accounts.clone())),
        Arc::new(sign_ins::SignIns(accounts.clone())),
    ]
}
