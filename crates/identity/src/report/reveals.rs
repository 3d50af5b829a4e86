//! Who was given somebody's CI or DI.

use std::time::Duration;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Param, Value, record};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{Line, Query, Report, cell};
use crate::provider::ProviderId;

/// Reveals of CI and DI in 24 hours, the newest first: the first 1,000.
#[derive(Clone, Copy, Debug)]
pub struct CiDiReveals {
    /// Reveals from this moment on.
    pub from: Timestamp,
    /// Reveals before this moment.
    pub until: Timestamp,
}

impl CiDiReveals {
    /// The 24 hours that end at `now`.
    pub fn until(now: Timestamp) -> Self {
        Self {
            from: now.minus(Duration::from_hours(24)),
            until: now,
        }
    }
}

record! {
    /// A CI or DI that was unsealed.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
    pub struct Reveal {
        /// Its row in the audit trail.
        pub audit_id: Uuid = "l.id",
        /// When.
        pub at: Timestamp = "l.at",
        /// Who unsealed it; nobody, where a provider was told.
        pub actor_id: Option<AccountId> = "l.actor_id",
        /// What they sign in with.
        pub actor: Option<String> = "w.username",
        /// Whose it is.
        pub account_id: Option<AccountId> = "l.subject_id",
        /// What they sign in with.
        pub username: Option<String> = "s.username",
        /// Their name.
        pub name: Option<String> = "s.name",
        /// Which provider was told.
        pub provider_id: Option<ProviderId> = "l.provider_id",
        /// The provider's name.
        pub provider_name: Option<String> = "p.name",
        /// What was unsealed, as the trail says it.
        #[serde(serialize_with = "as_json")]
        pub details: String = "l.details",
        /// The request that asked for it.
        pub request_id: Option<String> = "l.request_id",
        /// The identity request that it was for.
        pub transaction_id: Option<Uuid> =
            "CASE WHEN l.target_kind = 'auth_transaction' THEN l.target_id END",
    }
}

/// What the trail keeps as text is an object again.
fn as_json<S: Serializer>(details: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_str::<serde_json::Value>(details) {
        Ok(object) => object.serialize(serializer),
        Err(_) => serializer.serialize_str(details),
    }
}

const SQL: &str = concatcp!(
    "SELECT ",
    Reveal::COLUMNS,
    " FROM audit_log l LEFT JOIN account w ON w.id = l.actor_id \
    LEFT JOIN account s ON s.id = l.subject_id LEFT JOIN service_provider p ON p.id = l.provider_id \
    WHERE l.action = 'CI_DI_ACCESS' AND l.at >= $1 AND l.at < $2 ORDER BY l.at DESC, l.id DESC LIMIT 1000"
);

impl Query for CiDiReveals {
    fn name(&self) -> &'static str {
        "ci-di-reveals"
    }

    fn title(&self) -> &'static str {
        "reveals of CI and DI in 24 hours, the newest 1000"
    }

    fn sql(&self) -> &'static str {
        SQL
    }

    fn indexes(&self) -> &'static [&'static str] {
        &["audit_log_action"]
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![self.from.value(), self.until.value()]
    }

    fn names_people(&self) -> bool {
        true
    }
}

impl Report for CiDiReveals {
    type Row = Reveal;
}

impl Line for Reveal {
    const HEADS: &'static [&'static str] = &[
        "at", "whose", "by", "provider", "details", "request", "audit id",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.at.to_rfc3339(),
            cell(self.username.as_ref()),
            cell(self.actor.as_ref()),
            cell(self.provider_name.as_ref()),
            self.details.clone(),
            cell(self.request_id.as_ref()),
            self.audit_id.to_string(),
        ]
    }
}
