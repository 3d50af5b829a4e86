//! What is written down about one person: where they were, who gave them roles, what was done to their account.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::audit::AuditId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params, record};

/// How many rows of each a page shows.
const SHOWN: i64 = 20;

/// A stay in a department or a team: its name, since when and until when.
pub(in crate::user) type StayRow = (String, Timestamp, Option<Timestamp>);

record! {
    /// A role that is held.
    #[derive(Clone, Debug)]
    pub(in crate::user) struct GivenRow {
        pub(in crate::user) role: String = "r.role",
        pub(in crate::user) at: Timestamp = "r.assigned_at",
        /// The name of who gave it.
        pub(in crate::user) by: Option<String> = "giver.name",
    }
}

record! {
    /// Something that was done to the account.
    #[derive(Clone, Debug)]
    pub(in crate::user) struct ActRow {
        pub(in crate::user) id: AuditId = "l.id",
        pub(in crate::user) at: Timestamp = "l.at",
        pub(in crate::user) action: String = "l.action",
        pub(in crate::user) details: String = "l.details",
        pub(in crate::user) actor: Option<AccountId> = "l.actor_id",
        pub(in crate::user) actor_name: Option<String> = "actor.name",
    }
}

/// The departments that somebody was in, the newest stay first; with `leader` those alone that this person manages.
pub(in crate::user) async fn departments(
    conn: &mut Conn,
    id: AccountId,
    leader: Option<AccountId>,
) -> Result<Vec<StayRow>, DbError> {
    const SQL: &str = "SELECT d.name, m.since, m.until FROM department_membership m \
        JOIN department d ON d.id = m.department_id WHERE m.account_id = $1 \
        AND (CAST($3 AS UUID) IS NULL OR d.manager_id = $3) ORDER BY m.since DESC, m.id DESC LIMIT $2";
    conn.all(SQL, params![id, SHOWN, leader]).await
}

/// The teams that somebody was in, the newest stay first; with `leader` those alone that this person leads.
pub(in crate::user) async fn teams(
    conn: &mut Conn,
    id: AccountId,
    leader: Option<AccountId>,
) -> Result<Vec<StayRow>, DbError> {
    const SQL: &str = "SELECT t.name, m.joined_at, m.left_at FROM team_membership m \
        JOIN team t ON t.id = m.team_id WHERE m.account_id = $1 \
        AND (CAST($3 AS UUID) IS NULL OR t.leader_id = $3) ORDER BY m.joined_at DESC, m.id DESC LIMIT $2";
    conn.all(SQL, params![id, SHOWN, leader]).await
}

/// The roles that somebody was given.
pub(in crate::user) async fn given(
    conn: &mut Conn,
    id: AccountId,
) -> Result<Vec<GivenRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        GivenRow::COLUMNS,
        " FROM role_assignment r LEFT JOIN account giver ON giver.id = r.assigned_by \
         WHERE r.account_id = $1 AND r.role <> 'user' ORDER BY r.assigned_at DESC, r.role"
    );
    conn.all(SQL, params![id]).await
}

/// What was done to an account, the newest first. That somebody read the trail is not among it: the trail itself says so.
pub(in crate::user) async fn acts(conn: &mut Conn, id: AccountId) -> Result<Vec<ActRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ActRow::COLUMNS,
        " FROM audit_log l LEFT JOIN account actor ON actor.id = l.actor_id \
         WHERE l.subject_id = $1 AND l.action <> 'AUDIT_SEARCH' ORDER BY l.at DESC, l.id DESC LIMIT $2"
    );
    conn.all(SQL, params![id, SHOWN]).await
}
