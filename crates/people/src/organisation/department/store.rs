//! What is read of departments, and how they change.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::account::AccountStatus;
use hanok_accounts::app::of_viewer;
use hanok_accounts::organisation::department::LED_DEPARTMENTS;
use hanok_accounts::organisation::{DepartmentId, GroupName};
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::tree::Parents;
use crate::organisation::history::{SHOWN, Turn, TurnRow, turns};

record! {
    /// A department with what the tree shows of it.
    #[derive(Clone, Debug)]
    pub(crate) struct Line from "d" {
        pub(crate) id: DepartmentId,
        pub(crate) parent_id: Option<DepartmentId>,
        pub(crate) name: String,
        pub(crate) manager_id: Option<AccountId>,
        pub(crate) manager_name: Option<String> = "m.name",
        pub(crate) manager_username: Option<String> = "m.username",
        pub(crate) people: i64 = "(SELECT COUNT(*) FROM department_membership n \
            WHERE n.department_id = d.id AND n.until IS NULL)",
        pub(crate) created_at: Timestamp,
    }
}

record! {
    /// Somebody who is in a department.
    #[derive(Clone, Debug)]
    pub(crate) struct MemberRow from "a" {
        pub(crate) id: AccountId,
        pub(crate) username: String,
        pub(crate) name: String,
        pub(crate) status: AccountStatus,
        pub(crate) since: Timestamp = "p.since",
    }
}

pub(in crate::organisation) const LINES: &str = concatcp!(
    "SELECT ",
    Line::COLUMNS,
    " FROM department d LEFT JOIN account m ON m.id = d.manager_id WHERE d.closed_at IS NULL"
);

/// Every department, or those that somebody leads and what is below them, by name.
pub(super) async fn lines(
    conn: &mut Conn,
    only_led_by: Option<AccountId>,
) -> Result<Vec<Line>, DbError> {
    let Some(leader) = only_led_by else {
        let sql = concatcp!(LINES, " ORDER BY d.name_key, d.id");
        return conn.all(sql, params![]).await;
    };
    let led = of_viewer(LED_DEPARTMENTS, "$1");
    let sql = format!("{LINES} AND d.id IN ({led}) ORDER BY d.name_key, d.id");
    conn.all(&sql, params![leader]).await
}

pub(in crate::organisation) const MEMBERS: &str = concatcp!(
    "SELECT ",
    MemberRow::COLUMNS,
    " FROM (SELECT account_id, since FROM department_membership \
     WHERE department_id = $1 AND until IS NULL ORDER BY since DESC, account_id DESC \
     LIMIT $2 OFFSET $3) p JOIN account a ON a.id = p.account_id \
     ORDER BY p.since DESC, p.account_id DESC"
);

pub(in crate::organisation) const CAME: &str = "SELECT m.account_id, a.name, m.since FROM department_membership m \
        JOIN account a ON a.id = m.account_id \
        WHERE m.department_id = $1 ORDER BY m.since DESC LIMIT $2";
pub(in crate::organisation) const LEFT: &str = "SELECT m.account_id, a.name, m.until FROM department_membership m \
        JOIN account a ON a.id = m.account_id \
        WHERE m.department_id = $1 AND m.until IS NOT NULL ORDER BY m.until DESC LIMIT $2";

/// The people of a department itself, who came last first.
pub(super) async fn members(
    conn: &mut Conn,
    id: DepartmentId,
    limit: u32,
    offset: u32,
) -> Result<Vec<MemberRow>, DbError> {
    conn.all(MEMBERS, params![id, limit, offset]).await
}

/// Who came last and who left last.
pub(super) async fn history(conn: &mut Conn, id: DepartmentId) -> Result<Vec<Turn>, DbError> {
    let came: Vec<TurnRow> = conn.all(CAME, params![id, SHOWN]).await?;
    let left: Vec<TurnRow> = conn.all(LEFT, params![id, SHOWN]).await?;
    Ok(turns(came, left))
}

/// The tree, held until the unit ends: of two changes at once one sees the other.
pub(super) async fn lock_tree(tx: &mut Tx) -> Result<Parents, DbError> {
    const SQL: &str = "SELECT id, parent_id FROM department WHERE closed_at IS NULL \
        ORDER BY id /*for_update*/";
    let rows: Vec<(DepartmentId, Option<DepartmentId>)> = tx.all(SQL, params![]).await?;
    Ok(rows.into_iter().collect())
}

/// A department as a change finds it.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) parent: Option<DepartmentId>,
    pub(super) name: String,
    pub(super) manager: Option<AccountId>,
}

/// A department that is not closed.
pub(super) async fn find(conn: &mut Conn, id: DepartmentId) -> Result<Option<Standing>, DbError> {
    const SQL: &str = "SELECT parent_id, name, manager_id FROM department \
        WHERE id = $1 AND closed_at IS NULL";
    type Row = (Option<DepartmentId>, String, Option<AccountId>);
    let row: Option<Row> = conn.optional(SQL, params![id]).await?;
    Ok(row.map(|(parent, name, manager)| Standing {
        parent,
        name,
        manager,
    }))
}

/// Who leads a department or one above it, each once.
pub(super) async fn leading(conn: &mut Conn, id: DepartmentId) -> Result<Vec<AccountId>, DbError> {
    const SQL: &str = "WITH RECURSIVE above (id, parent_id, manager_id) AS (\
        SELECT id, parent_id, manager_id FROM department WHERE id = $1 \
        UNION SELECT d.id, d.parent_id, d.manager_id FROM department d JOIN above ON d.id = above.parent_id) \
        SELECT DISTINCT manager_id FROM above WHERE manager_id IS NOT NULL";
    conn.all(SQL, params![id]).await
}

/// Whether a department below `parent` has this name, `but` one.
pub(super) async fn has_sibling(
    conn: &mut Conn,
    parent: Option<DepartmentId>,
    name: &GroupName,
    but: Option<DepartmentId>,
) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM department WHERE name_key = $1 AND closed_at IS NULL \
        AND (parent_id = $2 OR ($2 IS NULL AND parent_id IS NULL))";
    let found: Vec<DepartmentId> = conn.all(SQL, params![name.key(), parent]).await?;
    Ok(found.iter().any(|id| Some(*id) != but))
}

/// Writes a department's name, place and manager.
pub(super) async fn update(
    tx: &mut Tx,
    id: DepartmentId,
    name: &GroupName,
    parent: Option<DepartmentId>,
    manager: Option<AccountId>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE department SET name = $2, name_key = $3, parent_id = $4, manager_id = $5 \
        WHERE id = $1 AND closed_at IS NULL";
    let (shown, key) = (name.as_str(), name.key());
    let values = params![id, shown, key, parent, manager];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Closes a department that nobody is in; `false` where somebody is. Nothing may be below it.
pub(super) async fn close(tx: &mut Tx, id: DepartmentId, now: Timestamp) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE department SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL \
        AND NOT EXISTS (SELECT 1 FROM department_membership \
        WHERE department_id = $1 AND until IS NULL)";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}
