//! What the rest of the house, and whoever reads the topic `notifications`, hears: ids and public words only.

use hanok_accounts::AccountId;
use hanok_events::{Event, Topic};
use serde::Serialize;

use crate::store::NotificationId;
use crate::telling::NotificationType;

/// What every event of a notification says.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct About {
    /// The notification.
    pub(crate) id: NotificationId,
    /// The person's number of this change.
    pub(crate) seq: i64,
    /// Of which type it is.
    #[serde(rename = "type")]
    pub(crate) kind: NotificationType,
    /// The post's number, where it is about a post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) post_id: Option<i64>,
    /// What its person signs in with.
    pub(crate) receiver: String,
    /// When the newest of what it tells happened, in the organisation's zone.
    pub(crate) timestamp: String,
    /// Whose it is.
    #[serde(skip)]
    pub(crate) account: AccountId,
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $type:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Serialize)]
            #[serde(transparent)]
            pub(crate) struct $name(pub(crate) About);

            impl Event for $name {
                const TYPE: &'static str = $type;
                const TOPIC: Topic = Topic::Notifications;

                fn key(&self) -> String {
                    self.0.account.to_string()
                }
            }
        )+
    };
}

events! {
    /// Somebody is told of something, or of more of it, or of less.
    Told = "notification.told";
    /// There is nothing to be told any more.
    Withdrawn = "notification.withdrawn";
}
