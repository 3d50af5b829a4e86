//! Rows of the trail as the interface tells them.

use hanok_accounts::AccountId;
use hanok_accounts::audit::AuditId;
use hanok_accounts::audit::read::{AuditLine, Somebody};
use hanok_base::Timestamp;
use hanok_db::Page;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A row of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLogOut {
    /// Its id.
    #[schema(value_type = String)]
    id: AuditId,
    /// Its place in the chain, once it is linked.
    seq: Option<i64>,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What was done.
    action: String,
    /// Who did it.
    #[schema(value_type = Option<String>)]
    actor_id: Option<AccountId>,
    /// The username of who did it.
    actor: Option<String>,
    /// Whose account it concerns.
    #[schema(value_type = Option<String>)]
    subject_id: Option<AccountId>,
    /// The username of whose account it concerns.
    subject: Option<String>,
    /// The provider it concerns.
    provider_id: Option<Uuid>,
    /// That provider's name.
    provider: Option<String>,
    /// The kind of what was acted on.
    target_kind: Option<String>,
    /// Its id.
    target_id: Option<Uuid>,
    /// What it has become: an account's version, a transaction's status.
    target_version: Option<String>,
    /// What else there is to say.
    #[schema(value_type = Object)]
    details: serde_json::Value,
    /// The request.
    request_id: Option<String>,
    /// `program`, or `database` for what was changed by hand-written SQL.
    origin: &'static str,
    /// Where it came from.
    address: Option<String>,
    /// What the client called itself.
    agent: Option<String>,
    /// Whether address and agent were erased.
    erased: bool,
}

impl From<AuditLine> for AuditLogOut {
    fn from(line: AuditLine) -> Self {
        let (actor_id, actor) = person(line.actor);
        let (subject_id, subject) = person(line.subject);
        let (target_kind, target_id) = line.target.unzip();
        Self {
            id: line.id,
            seq: line.seq,
            at: line.at,
            action: line.action,
            actor_id,
            actor,
            subject_id,
            subject,
            provider_id: line.provider.as_ref().map(|provider| provider.id),
            provider: line.provider.and_then(|provider| provider.name),
            target_kind,
            target_id,
            target_version: line.target_version,
            details: line.details,
            request_id: line.request_id,
            origin: if line.is_by_hand {
                "database"
            } else {
                "program"
            },
            address: line.address,
            agent: line.agent,
            erased: line.is_erased,
        }
    }
}

fn person(somebody: Option<Somebody>) -> (Option<AccountId>, Option<String>) {
    let username = |names: Option<(String, String)>| names.map(|(_, username)| username);
    somebody.map_or((None, None), |it| (Some(it.id), username(it.names)))
}

/// A page of the trail, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLogsOut {
    /// The rows.
    logs: Vec<AuditLogOut>,
    /// The `cursor` of the older page.
    next: Option<String>,
    /// The `cursor` of the newer page.
    previous: Option<String>,
}

impl From<Page<AuditLine>> for AuditLogsOut {
    fn from(page: Page<AuditLine>) -> Self {
        Self {
            logs: page.items.into_iter().map(Into::into).collect(),
            next: page.next,
            previous: page.previous,
        }
    }
}

/// A row with the keys that older clients read besides.
#[derive(Debug, Serialize)]
pub(super) struct OlderLogOut {
    #[serde(flatten)]
    log: AuditLogOut,
    admin_id: Option<AccountId>,
    admin_name: Option<String>,
    target: Option<String>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    timestamp: Timestamp,
}

/// A page of them.
#[derive(Debug, Serialize)]
pub(super) struct OlderLogsOut {
    logs: Vec<OlderLogOut>,
    next: Option<String>,
    previous: Option<String>,
}

impl From<AuditLine> for OlderLogOut {
    fn from(line: AuditLine) -> Self {
        let log = AuditLogOut::from(line);
        let target = log.target_kind.as_ref().zip(log.target_id);
        Self {
            admin_id: log.actor_id,
            admin_name: log.actor.clone(),
            target: target
                .map(|(kind, id)| format!("{kind}:{id}"))
                .or_else(|| log.subject.clone()),
            ip_address: log.address.clone(),
            user_agent: log.agent.clone(),
            timestamp: log.at,
            log,
        }
    }
}

impl From<Page<AuditLine>> for OlderLogsOut {
    fn from(page: Page<AuditLine>) -> Self {
        Self {
            logs: page.items.into_iter().map(Into::into).collect(),
            next: page.next,
            previous: page.previous,
        }
    }
}
