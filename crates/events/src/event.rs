//! What an event is, for those who publish and those who handle it.

use futures_util::future::BoxFuture;
use hanok_base::{Id, Timestamp};
use hanok_db::{DbError, Tx};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The id of a published event: what makes twice once.
pub type EventId = Id<Received>;

hanok_db::text_enum! {
    /// The streams events are sorted into. On Kafka each is a topic.
    pub enum Topic {
        /// The apps' typed events, from which handlers write notifications, mail and statistics.
        DomainEvents = "domain_events",
        /// Notifications as they are shown to a person.
        Notifications = "notifications",
        /// What people did, for their activity pages.
        UserActivities = "user_activities",
        /// Mail to be sent.
        EmailNotifications = "email_notifications",
        /// What providers are to be told.
        ProviderCallbacks = "provider_callbacks",
        /// Price alerts.
        MarketAlerts = "market_alerts",
    }
}

/// Something that happened. It serialises to ids and public words only: never e-mail, phone, codes or
/// secrets, because payloads are stored and sent in plain text.
pub trait Event: Serialize + Send + Sync {
    /// Its name, `aggregate.happened`, as `transaction.completed`.
    const TYPE: &'static str;
    /// The stream it belongs to.
    const TOPIC: Topic = Topic::DomainEvents;
    /// Raised when a field changes its meaning; a new field does not raise it.
    const VERSION: u32 = 1;

    /// The aggregate's id: events of one key are handled in the order they were published in.
    fn key(&self) -> String;
}

hanok_db::record! {
    /// An event as a handler receives it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Received {
        /// Unique for each published event.
        pub event_id: EventId,
        /// The stream it came by.
        pub topic: Topic,
        /// The aggregate's id.
        pub key: String = "event_key",
        /// [`Event::TYPE`].
        pub event_type: String,
        /// [`Event::VERSION`].
        pub version: u32,
        /// UTF-8 JSON.
        pub payload: String,
        /// When it was published.
        pub occurred_at: Timestamp,
    }
}

impl Received {
    /// Reads the payload.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, HandlerError> {
        Ok(serde_json::from_str(&self.payload)?)
    }
}

/// Turns events into effects in the store. What reaches outside (mail, HTTP) is a job that the handler
/// enqueues.
pub trait Handler: Send + Sync {
    /// Its name, unique in the program and never changed: what it has handled is remembered by it.
    fn consumer(&self) -> &'static str;

    /// Whether it handles events of this type.
    fn wants(&self, topic: Topic, event_type: &str) -> bool;

    /// Writes the effect. It runs in the unit that also remembers the event as handled, so it happens
    /// once however often the event comes; on an error all of it is undone and tried again later.
    /// Within one key events come in order. It may wait for nothing but `tx`.
    fn handle<'a>(
        &'a self,
        tx: &'a mut Tx,
        event: &'a Received,
    ) -> BoxFuture<'a, Result<(), HandlerError>>;
}

/// Why an event was not handled. A store that is busy or away ([`DbError::is_temporary`]) is no fault of
/// the handler: the event comes again and does not count as tried. Any other error's text is stored with
/// the event and shown to operators, so it holds no personal data.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The store refused or failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The payload is not what the handler expects.
    #[error("the payload does not fit: {0}")]
    Payload(#[from] serde_json::Error),
    /// Any other reason, in words.
    #[error("{0}")]
    Failed(String),
}
