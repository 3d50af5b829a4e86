//! Departments: the tree, who is where, and who leads what.

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

use super::GroupName;
use crate::AccountId;
use crate::app::of_viewer;

/// Marks the id of a department.
pub enum Department {}

/// The id of a department.
pub type DepartmentId = Id<Department>;

record! {
    /// A department that is not closed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DepartmentRow from "d" {
        /// Its id.
        pub id: DepartmentId,
        /// The department that it is part of.
        pub parent_id: Option<DepartmentId>,
        /// What it is called.
        pub name: String,
        /// Who leads it and all below it.
        pub manager_id: Option<AccountId>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

/// The ids of the departments that [`VIEWER`](crate::app::VIEWER) leads, those below them included; see [`of_viewer`].
pub const LED_DEPARTMENTS: &str = "WITH RECURSIVE led (id) AS (\
    SELECT id FROM department WHERE manager_id = {viewer} AND closed_at IS NULL \
    UNION SELECT d.id FROM department d JOIN led ON d.parent_id = led.id WHERE d.closed_at IS NULL) \
    SELECT id FROM led";

/// The department that an account is in.
///
/// # Errors
/// The store's.
pub async fn of_account(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Option<DepartmentRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        DepartmentRow::COLUMNS,
        " FROM department_membership m JOIN department d ON d.id = m.department_id \
         WHERE m.account_id = $1 AND m.until IS NULL"
    );
    conn.optional(SQL, params![account]).await
}

/// The departments that an account leads, those below them included, in no order.
///
/// # Errors
/// The store's.
pub async fn led_by(conn: &mut Conn, account: AccountId) -> Result<Vec<DepartmentId>, DbError> {
    conn.all(&of_viewer(LED_DEPARTMENTS, "$1"), params![account])
        .await
}

/// The accounts that are in a department itself, in no order.
///
/// # Errors
/// The store's.
pub async fn members(conn: &mut Conn, department: DepartmentId) -> Result<Vec<AccountId>, DbError> {
    const SQL: &str = "SELECT account_id FROM department_membership \
        WHERE department_id = $1 AND until IS NULL";
    conn.all(SQL, params![department]).await
}

/// The departments of this name, those without a parent first: two at most.
pub(crate) async fn named(
    conn: &mut Conn,
    name: &GroupName,
) -> Result<Vec<DepartmentRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        DepartmentRow::COLUMNS,
        " FROM department d WHERE d.name_key = $1 AND d.closed_at IS NULL \
         ORDER BY d.parent_id IS NOT NULL LIMIT 2"
    );
    conn.all(SQL, params![name.key()]).await
}

/// Makes a department; `false` where a sibling has the name.
///
/// # Errors
/// The store's.
pub async fn insert(
    tx: &mut Tx,
    id: DepartmentId,
    parent: Option<DepartmentId>,
    name: &GroupName,
    manager: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO department (id, parent_id, name, name_key, manager_id, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let (shown, key) = (name.as_str(), name.key());
    let values = params![id, parent, shown, key, manager, now];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// What became of a person's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// They are elsewhere now; they were here.
    Moved(Option<DepartmentId>),
    /// They were there already.
    Already,
    /// The department is not there any more: the unit must not go on.
    Gone,
}

/// Puts an account into a department, or into none: its stay before ends now. `stay` is the id of the new one. The
/// caller holds the account's lock.
///
/// # Errors
/// The store's.
pub async fn place(
    tx: &mut Tx,
    account: AccountId,
    department: Option<DepartmentId>,
    stay: Id<Department>,
    now: Timestamp,
) -> Result<Placed, DbError> {
    const NOW_IN: &str = "SELECT department_id FROM department_membership \
        WHERE account_id = $1 AND until IS NULL";
    const END: &str = "UPDATE department_membership SET until = $2 \
        WHERE account_id = $1 AND until IS NULL";
    const BEGIN: &str = "INSERT INTO department_membership (id, account_id, department_id, since) \
        VALUES ($1, $2, $3, $4)";
    let before: Option<DepartmentId> = tx.optional(NOW_IN, params![account]).await?;
    if before == department {
        return Ok(Placed::Already);
    }
    if before.is_some() {
        tx.execute(END, params![account, now]).await?;
    }
    let Some(department) = department else {
        return Ok(Placed::Moved(before));
    };
    tx.execute(BEGIN, params![stay, account, department, now])
        .await?;
    // The reference holds the department from here on: nobody closes it before this unit ends.
    if is_open(tx, department).await? {
        Ok(Placed::Moved(before))
    } else {
        Ok(Placed::Gone)
    }
}

/// Whether a department is there and not closed.
///
/// # Errors
/// The store's.
pub async fn is_open(conn: &mut Conn, id: DepartmentId) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM department WHERE id = $1 AND closed_at IS NULL";
    let found: Option<DepartmentId> = conn.optional(SQL, params![id]).await?;
    Ok(found.is_some())
}
