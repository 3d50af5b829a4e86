//! What the caller says of an act: where it came from and what it was.

use std::fmt::Display;
use std::net::IpAddr;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::AccountId;
use crate::audit::Action;

/// The longest agent that is kept, in characters.
const AGENT_CHARACTERS: usize = 255;

/// What the request of a job or a command begins with.
const JOB: &str = "job:";

/// Where an act came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Who acted, where that is known.
    pub actor: Option<AccountId>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// What the client calls itself; 255 characters of it are kept.
    pub agent: String,
    /// The request, as its log line names it.
    pub request_id: String,
}

impl Origin {
    /// The program itself, in the job or command of this name.
    pub fn system(job: &str) -> Self {
        Self {
            actor: None,
            address: None,
            agent: String::new(),
            request_id: format!("{JOB}{job}"),
        }
    }

    /// Whether a job or a command acts, be it for somebody. A client, which has an address, may call its request so.
    pub(crate) fn is_job(&self) -> bool {
        self.address.is_none() && self.request_id.starts_with(JOB)
    }

    /// The agent as it is stored: short, without control characters (PostgreSQL refuses NUL).
    pub(crate) fn stored_agent(&self) -> String {
        printable(&self.agent)
    }

    pub(super) fn stored_request_id(&self) -> String {
        printable(&self.request_id)
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(|it| !it.is_control())
        .take(AGENT_CHARACTERS)
        .collect()
}

/// What was done. `details` hold public words and ids only: no secrets, no names, no numbers.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub action: Action,
    /// Whose account it concerns.
    pub subject: Option<AccountId>,
    /// The provider it concerns.
    pub provider: Option<Uuid>,
    /// The kind and id of the thing that was acted on.
    pub target: Option<(&'static str, Uuid)>,
    /// What the thing has become: an account's new version, a transaction's new status.
    pub target_version: Option<String>,
    /// What else there is to say, as a JSON object.
    pub details: Value,
    /// Whether the subject did it, by a proof that was given to them alone, while nobody has to be signed in: the
    /// activity is theirs. The trail's actor stays who the request says.
    pub is_proven: bool,
}

impl Entry {
    /// An act about which nothing more is said.
    pub const fn new(action: Action) -> Self {
        Self {
            action,
            subject: None,
            provider: None,
            target: None,
            target_version: None,
            details: Value::Null,
            is_proven: false,
        }
    }

    /// Whose account it concerns.
    #[must_use]
    pub const fn subject(mut self, account: AccountId) -> Self {
        self.subject = Some(account);
        self
    }

    /// The provider it concerns.
    #[must_use]
    pub const fn provider(mut self, provider: Uuid) -> Self {
        self.provider = Some(provider);
        self
    }

    /// The thing that was acted on: its table's word and its id.
    #[must_use]
    pub const fn target(mut self, kind: &'static str, id: Uuid) -> Self {
        self.target = Some((kind, id));
        self
    }

    /// What the thing has become.
    #[must_use]
    pub fn version(mut self, version: impl Display) -> Self {
        self.target_version = Some(version.to_string());
        self
    }

    /// What else there is to say: a JSON object.
    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }

    /// That the subject did it themselves, by a proof that was given to them alone.
    #[must_use]
    pub const fn proven(mut self) -> Self {
        self.is_proven = true;
        self
    }

    /// The details as they are stored: always an object.
    pub(super) fn stored_details(&self) -> String {
        match &self.details {
            Value::Null => "{}".to_owned(),
            object @ Value::Object(_) => object.to_string(),
            other => {
                Value::Object(Map::from_iter([("value".to_owned(), other.clone())])).to_string()
            }
        }
    }
}
