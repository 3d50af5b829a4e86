//! The audit trail as a test reads it.

use const_format::concatcp;
use hanok_db::{Db, params};
use serde_json::Value;
use uuid::Uuid;

hanok_db::record! {
    struct Row {
        action: String,
        actor_id: Option<Uuid>,
        subject_id: Option<Uuid>,
        target_kind: Option<String>,
        target_id: Option<Uuid>,
        target_version: Option<String>,
        details: String,
        origin: String,
    }
}

/// A row of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// What was done.
    pub action: String,
    /// Who did it.
    pub actor: Option<Uuid>,
    /// Whose account it concerns.
    pub subject: Option<Uuid>,
    /// What was acted on: kind and id.
    pub target: Option<(String, Uuid)>,
    /// What it has become.
    pub version: Option<String>,
    /// What else is said.
    pub details: Value,
    /// `program`, or `database` where hand-written SQL did it.
    pub origin: String,
}

impl From<Row> for AuditLine {
    fn from(row: Row) -> Self {
        Self {
            action: row.action,
            actor: row.actor_id,
            subject: row.subject_id,
            target: row.target_kind.zip(row.target_id),
            version: row.target_version,
            details: serde_json::from_str(&row.details).expect("details are JSON"),
            origin: row.origin,
        }
    }
}

/// Every row, oldest first; those of one moment of the test's clock in any order.
pub(crate) async fn lines(db: &Db) -> Vec<AuditLine> {
    const SQL: &str = concatcp!("SELECT ", Row::COLUMNS, " FROM audit_log ORDER BY at, id");
    let rows: Result<Vec<Row>, hanok_db::DbError> =
        db.report(async |conn| conn.all(SQL, params![]).await).await;
    rows.unwrap().into_iter().map(AuditLine::from).collect()
}
