//! What somebody who runs the organisation should look at: what an app says it has seen, in words that every app knows.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hanok_base::Timestamp;
use hanok_base::i18n::Text;

use crate::AccountId;
use crate::text::alert_kind;

hanok_db::text_enum! {
    /// What kind of thing was seen.
    pub enum AlertKind {
        /// Sign-ins fail faster than people mistype.
        FailedSignIns = "failed_sign_ins",
        /// A person's requests failed again and again.
        FailingPerson = "failing_person",
        /// An account was tried from many addresses.
        ManyAddresses = "many_addresses",
        /// A request ended in a fault of ours.
        ServerError = "server_error",
    }
}

/// What people read for a kind.
pub const fn said(kind: AlertKind) -> Text {
    match kind {
        AlertKind::FailedSignIns => alert_kind::failed_sign_ins(),
        AlertKind::FailingPerson => alert_kind::failing_person(),
        AlertKind::ManyAddresses => alert_kind::many_addresses(),
        AlertKind::ServerError => alert_kind::server_error(),
    }
}

/// Something that was seen. Two of one kind and subject within one hour are one alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Of which kind it is.
    pub kind: AlertKind,
    /// What tells it from others of its kind: public words and ids, no secrets.
    pub subject: String,
    /// Whose account it concerns.
    pub account: Option<AccountId>,
    /// How often it happened.
    pub times: i64,
    /// When it happened last.
    pub at: Timestamp,
}

/// A look for such things; what it finds again, with the same last moment, is the same.
pub type Look =
    Arc<dyn Fn(Timestamp) -> BoxFuture<'static, Result<Vec<Sighting>, String>> + Send + Sync>;

/// Something that is looked for again and again, once across all processes.
#[derive(Clone)]
pub struct Detection {
    /// Its name, unique in the program and never changed.
    pub name: &'static str,
    /// The time from one look to the next.
    pub every: Duration,
    /// The look; an error's text is stored and shown to operators.
    pub look: Look,
}
