//! What a notification says, in no language yet.

use hanok_base::i18n::Text;

use crate::shown::Shown;
use crate::telling::NotificationType;
use crate::text;

/// What notifications of a type are called.
pub(crate) fn called(kind: NotificationType) -> Text {
    match kind {
        NotificationType::Comment => text::sort::comment(),
        NotificationType::Reply => text::sort::reply(),
        NotificationType::Mention => text::sort::mention(),
        NotificationType::Recommend => text::sort::recommend(),
        NotificationType::MustRead => text::sort::must_read(),
        NotificationType::Moderation => text::sort::moderation(),
        NotificationType::IdentityRequest => text::sort::identity_request(),
        NotificationType::SignIn => text::sort::sign_in(),
        NotificationType::Account => text::sort::account(),
    }
}

/// What happened: `who` made it, and so many `others`.
pub(crate) fn said(kind: NotificationType, who: &str, others: i64) -> Text {
    use text::notifications as said;
    match (kind, others) {
        (NotificationType::Comment, 0) => said::comment(who),
        (NotificationType::Comment, _) => said::comment_many(others, who),
        (NotificationType::Reply, 0) => said::reply(who),
        (NotificationType::Reply, _) => said::reply_many(others, who),
        (NotificationType::Mention, 0) => said::mention(who),
        (NotificationType::Mention, _) => said::mention_many(others, who),
        (NotificationType::Recommend, 0) => said::recommend(who),
        (NotificationType::Recommend, _) => said::recommend_many(others, who),
        (NotificationType::MustRead, _) => said::must_read(),
        (NotificationType::Moderation, _) => said::moderation(),
        (NotificationType::IdentityRequest, _) => said::identity_request(),
        (NotificationType::SignIn, _) => said::sign_in(),
        (NotificationType::Account, _) => said::account(),
    }
}

impl Shown {
    /// What happened; `gone` is how somebody is called whose account is erased.
    pub(crate) fn said(&self, gone: &str) -> Text {
        let who = self.row.actor.as_deref().unwrap_or(gone);
        said(self.row.kind, who, self.others())
    }
}
