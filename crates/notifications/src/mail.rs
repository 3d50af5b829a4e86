//! What people are told by mail: at once, or once a day in their morning.
//!
//! The unit that writes a notification, or has it grow, asks for its letter (topic `email_notifications`); whoever
//! hears that judges anew and writes it: what was read meanwhile, was taken back or may not be seen any more is not
//! written about. In quiet hours the letter waits for their end and is judged then.
//!
//! Invariants: of a notification one letter is written, however often it grows and however often it is asked for; every
//! letter says how it is ended by one click (RFC 8058), by a sealed link that needs neither sign-in nor a row; what
//! concerns the safety of an account is accounts' own to write.

mod ask;
mod digest;
mod judge;
mod letter;
mod link;
mod unsubscribe;
mod unsubscribe_pages;

use std::sync::Arc;

use hanok_base::i18n::Catalogue;
use hanok_events::{Handler, JobHandler, Schedule};
use hanok_web::Routes;

use crate::context::Notifications;
#[cfg(test)]
pub(crate) use digest::DUE;

/// The words of letters: those of accounts, which frame them, and those of notifications. The build has checked both.
pub(crate) fn texts() -> Arc<Catalogue> {
    let all = [hanok_accounts::MESSAGES, crate::MESSAGES].concat();
    Arc::new(Catalogue::new(&all).unwrap_or_default())
}

/// The pages that links in letters lead to.
pub(crate) fn routes() -> Routes<Notifications> {
    unsubscribe_pages::routes()
}

/// Who hears that letters are asked for.
pub(crate) fn handler(notifications: &Notifications) -> Arc<dyn Handler> {
    Arc::new(judge::Letters(notifications.clone()))
}

/// Who writes letters that had to wait.
pub(crate) fn job(notifications: &Notifications) -> Arc<dyn JobHandler> {
    Arc::new(judge::Waiting(notifications.clone()))
}

/// Writes the letters of the day.
pub(crate) fn schedule(notifications: &Notifications) -> Schedule {
    digest::schedule(notifications)
}
