//! What is told, and of which types it can be.

use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::text_enum;

use crate::subject::Subject;

/// How long after its beginning an unread notification still grows.
pub(crate) const BURST: Duration = Duration::from_hours(1);

text_enum! {
    /// What sort of thing somebody is told.
    pub enum NotificationType {
        /// Somebody commented on what they wrote.
        Comment = "comment",
        /// Somebody answered their comment.
        Reply = "reply",
        /// Somebody named them.
        Mention = "mention",
        /// Somebody recommends what they wrote.
        Recommend = "recommend",
        /// They must read something.
        MustRead = "must_read",
        /// What they wrote was hidden or shown again, or they may not write for a while.
        Moderation = "moderation",
        /// A provider asks them to confirm.
        IdentityRequest = "identity_request",
        /// Their account was signed in to from a new place.
        SignIn = "sign_in",
        /// Something of their account has changed.
        Account = "account",
    }
}

impl NotificationType {
    /// Whether many of it about one subject are told as one.
    pub const fn comes_in_bursts(self) -> bool {
        matches!(
            self,
            Self::Comment | Self::Reply | Self::Mention | Self::Recommend
        )
    }
}

/// Something that happened, and whom it concerns.
#[derive(Clone, Debug)]
pub struct Telling<'a> {
    /// Whom it concerns; the actor among them is not told.
    pub to: &'a [AccountId],
    /// What sort of thing it is.
    pub kind: NotificationType,
    /// What it is about.
    pub subject: Subject,
    /// What makes it this one and no other, as a comment's id or `recommend:<post>:<actor>`: of one source a person is
    /// told once in each type, and by it it is taken back.
    pub source: String,
    /// The place within the subject, as `comment-45`: the fragment of the subject's path.
    pub anchor: Option<String>,
    /// Who did it, whose name is shown; nobody where the program did.
    pub actor: Option<AccountId>,
    /// When it happened.
    pub at: Timestamp,
}
