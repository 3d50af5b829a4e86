//! A row of the trail, and what of it is there for its reader.

use std::str::FromStr as _;

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::record;
use serde_json::Value as Json;
use uuid::Uuid;

use super::search::Sight;
use super::statement::{Statement, named as named_as};
use crate::AccountId;
use crate::audit::row::PROGRAM;
use crate::audit::{Action, AuditId};

/// What those of a provider may know was acted on.
const OF_PROVIDERS: &[&str] = &[
    "auth_transaction",
    "service_provider",
    "provider_key",
    "callback_delivery",
];

/// Somebody whom a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// The account.
    pub id: AccountId,
    /// The person's name, and the one they sign in with; an account that was removed has none.
    pub names: Option<(String, String)>,
}

/// A provider that a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedProvider {
    /// Its id.
    pub id: Uuid,
    /// Its name, where it is known.
    pub name: Option<String>,
}

/// A row of the trail, as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    /// Its id.
    pub id: AuditId,
    /// Its place in the chain, once it is linked.
    pub seq: Option<i64>,
    /// When it was done.
    pub at: Timestamp,
    /// What was done, as it is stored.
    pub action: String,
    /// Who did it.
    pub actor: Option<Somebody>,
    /// Whose account it concerns.
    pub subject: Option<Somebody>,
    /// The provider it concerns.
    pub provider: Option<NamedProvider>,
    /// The kind and id of what was acted on.
    pub target: Option<(String, Uuid)>,
    /// What that has become.
    pub target_version: Option<String>,
    /// What else there is to say: an object.
    pub details: Json,
    /// The request, as the log names it.
    pub request_id: Option<String>,
    /// Whether it came by hand-written SQL and not by the program.
    pub is_by_hand: bool,
    /// Where it came from.
    pub address: Option<String>,
    /// What the client called itself.
    pub agent: Option<String>,
    /// Whether address and agent were erased.
    pub is_erased: bool,
}

impl AuditLine {
    /// What was done, where this version knows the word.
    pub fn known_action(&self) -> Option<Action> {
        Action::from_str(&self.action).ok()
    }

    /// Whether a command or a job did it, and no request.
    pub fn is_by_itself(&self) -> bool {
        let request = self.request_id.as_deref().unwrap_or_default();
        self.actor.is_none()
            && !self.is_by_hand
            && (request.is_empty() || request.starts_with("job:"))
    }

    /// A word of the details.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name)?.as_str()
    }
}

record! {
    /// A row and who is beside it, where the reader may know them.
    pub(super) struct Row {
        pub(super) id: AuditId = "l.id",
        pub(super) at: Timestamp = "l.at",
        action: String = "l.action",
        actor_id: Option<AccountId> = "l.actor_id",
        actor_seen: Option<AccountId> = "actor.id",
        actor_name: Option<String> = "actor.name",
        actor_username: Option<String> = "actor.username",
        subject_id: Option<AccountId> = "l.subject_id",
        subject_seen: Option<AccountId> = "subject.id",
        subject_name: Option<String> = "subject.name",
        subject_username: Option<String> = "subject.username",
        provider_id: Option<Uuid> = "l.provider_id",
        provider_name: Option<String> = "p.name",
        target_kind: Option<String> = "l.target_kind",
        target_id: Option<Uuid> = "l.target_id",
        target_version: Option<String> = "l.target_version",
        details: String = "l.details",
        request_id: Option<String> = "l.request_id",
        origin: String = "l.origin",
        origin_mac: Option<Vec<u8>> = "l.origin_mac",
        address: Option<String> = "o.address",
        agent: Option<String> = "o.agent",
        seq: Option<i64> = "c.seq",
    }
}

pub(super) const COLUMNS: &str = concatcp!("SELECT ", Row::COLUMNS);
/// Where no app knows providers, they have no names.
const NO_NAMES: &str = "SELECT id, action AS name FROM audit_log WHERE FALSE";

/// What stands beside a row.
pub(super) fn beside(
    sight: Sight,
    named: Option<&'static str>,
    statement: &mut Statement<'_>,
) -> String {
    let (actor, subject) = (
        named_as("actor", sight, statement),
        named_as("subject", sight, statement),
    );
    format!(
        " LEFT JOIN audit_origin o ON o.audit_id = l.id LEFT JOIN audit_chain c ON c.audit_id = l.id \
         LEFT JOIN account actor ON actor.id = l.actor_id{actor} \
         LEFT JOIN account subject ON subject.id = l.subject_id{subject} \
         LEFT JOIN ({}) p ON p.id = l.provider_id",
        named.unwrap_or(NO_NAMES)
    )
}

impl Row {
    /// What of it a reader may see.
    pub(super) fn seen(self, sight: Sight) -> AuditLine {
        let told = |id: Option<AccountId>, seen: Option<AccountId>, names| {
            let is_told = sight == Sight::All || seen.is_some();
            id.filter(|_| is_told).map(|id| Somebody { id, names })
        };
        let shows_place = match sight {
            Sight::All => true,
            Sight::Own { viewer, .. } => self.actor_id.is_none_or(|actor| actor == viewer),
        };
        let target = self.target_kind.zip(self.target_id);
        let target =
            target.filter(|(kind, _)| sight == Sight::All || OF_PROVIDERS.contains(&kind.as_str()));
        AuditLine {
            id: self.id,
            seq: self.seq,
            at: self.at,
            is_erased: shows_place && self.origin_mac.is_some() && self.agent.is_none(),
            is_by_hand: self.origin != PROGRAM,
            action: self.action,
            actor: told(
                self.actor_id,
                self.actor_seen,
                self.actor_name.zip(self.actor_username),
            ),
            subject: told(
                self.subject_id,
                self.subject_seen,
                self.subject_name.zip(self.subject_username),
            ),
            provider: self.provider_id.map(|id| NamedProvider {
                id,
                name: self.provider_name,
            }),
            target,
            target_version: self.target_version,
            details: serde_json::from_str(&self.details).unwrap_or(Json::Null),
            request_id: self.request_id,
            address: self.address.filter(|_| shows_place),
            agent: self.agent.filter(|agent| shows_place && !agent.is_empty()),
        }
    }
}
