//! Mail: letters in the reader's language, kept by the simulation or handed to an SMTP server; and the address
//! of an account, which counts once a link in a letter was followed.
//!
//! A letter is written in the unit of what it tells, sealed, and leaves by a job; once handed over it is erased.

mod alert;
pub(crate) mod api;
mod captured;
mod config;
mod job;
mod letter;
mod notice;
pub mod pages;
mod smtp;
pub(crate) mod store;
mod take;
mod verify;

use hanok_base::Timestamp;
use uuid::Uuid;

pub use captured::{CapturedMail, CapturedMessage};
pub use config::{MailConfig, MailMode, MailSecurity};
pub use job::{LetterReader, MailJob};
pub use letter::{Entry, Fact, Group, Letter};
pub use smtp::{SmtpMail, smtp};
pub use verify::EmailState;

pub(crate) use notice::{Notice, reads};

use crate::context::Accounts;
use crate::email::EmailAddress;
use crate::sms::Pending;

/// A letter on its way. It has no `Debug`: it holds an address and what only its reader may see.
#[derive(Clone)]
pub struct Outgoing {
    /// The same at every attempt, so that a mailbox that gets it twice shows it once.
    pub id: Uuid,
    /// When it was written.
    pub written_at: Timestamp,
    /// Whom it is for.
    pub to: EmailAddress,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The address that ends letters of this sort by one click (RFC 8058), where its reader may.
    pub unsubscribe: Option<String>,
}

/// Why a letter was not handed over. It names neither address nor text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailFault {
    /// The server will never take it (5xx).
    #[error("the mail server refused for good: {0}")]
    Refused(String),
    /// The server does not take it now (4xx).
    #[error("the mail server refused for now: {0}")]
    Later(String),
    /// It cannot be reached, or does not speak as it should.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
}

impl MailFault {
    /// Whether trying again may help.
    pub const fn may_pass(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }
}

/// What becomes of letters, as pages say it where they promise one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letters {
    /// They leave.
    Leave,
    /// They are kept and nobody sees them.
    Kept,
    /// They are kept, and the demo shows them.
    Shown,
}

impl Letters {
    /// What becomes of those of this installation.
    pub(crate) fn of(accounts: &Accounts) -> Self {
        match (accounts.mailer.is_captured(), accounts.demo) {
            (false, _) => Self::Leave,
            (true, false) => Self::Kept,
            (true, true) => Self::Shown,
        }
    }

    pub(crate) const fn are_kept(self) -> bool {
        !matches!(self, Self::Leave)
    }

    pub(crate) const fn are_shown(self) -> bool {
        matches!(self, Self::Shown)
    }
}

/// A way to send mail.
pub trait Mail: Send + Sync {
    /// Hands a letter over; `Ok` means that it was taken, not that it arrived.
    fn send<'a>(&'a self, mail: &'a Outgoing) -> Pending<'a, Result<(), MailFault>>;

    /// Whether letters are kept instead of sent.
    fn is_captured(&self) -> bool {
        false
    }
}
