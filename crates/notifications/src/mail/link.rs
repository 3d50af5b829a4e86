//! The link by which a reader ends letters of a sort: it holds whose and of which sort, sealed, and nothing else knows of
//! it. It does not end by itself, because letters are kept for years; it can do nothing but end letters.

use hanok_accounts::AccountId;
use hanok_base::encoding::{base64url_decode, base64url_encode};
use hanok_base::{Id, Place};
use uuid::Uuid;

use super::unsubscribe_pages::PATH;
use crate::context::Notifications;
use crate::telling::NotificationType;

/// Which letters a link ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Those about one type.
    Type(NotificationType),
    /// Those of the day.
    Digest,
}

/// What [`Ends::Digest`] is called in a link.
const DIGEST: &str = "digest";

/// Where links are sealed for: no row has one.
const fn place() -> Place<'static> {
    Place::new("notification_mail", "unsubscribe", Uuid::nil())
}

impl Ends {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Type(kind) => kind.as_str(),
            Self::Digest => DIGEST,
        }
    }

    fn of(word: &str) -> Option<Self> {
        if word == DIGEST {
            return Some(Self::Digest);
        }
        word.parse().ok().map(Self::Type)
    }
}

impl Notifications {
    /// The link that ends letters of a sort to an account.
    pub(super) fn unsubscribe_link(&self, account: AccountId, ends: Ends) -> String {
        let mut plain = account.uuid().as_bytes().to_vec();
        plain.extend_from_slice(ends.as_str().as_bytes());
        let token = base64url_encode(&self.accounts.keys.seal(place(), &plain));
        format!("{}{PATH}/{token}", self.accounts.origin)
    }

    /// Whose letters of which sort a link's token ends; nothing where it is none of ours.
    pub(super) fn unsubscribe_token(&self, token: &str) -> Option<(AccountId, Ends)> {
        let sealed = base64url_decode(token)?;
        let plain = self.accounts.keys.unseal(place(), &sealed).ok()?;
        let (account, word) = plain.split_first_chunk::<16>()?;
        let ends = Ends::of(std::str::from_utf8(word).ok()?)?;
        Some((Id::from_uuid(Uuid::from_bytes(*account)), ends))
    }
}
