//! Who holds which role.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use crate::AccountId;

/// The roles of an account, the highest first, and the permissions that its own (not built-in) roles list.
pub async fn of_account(
    conn: &mut Conn,
    account: AccountId,
) -> Result<(Vec<String>, Vec<String>), DbError> {
    const SQL: &str = "SELECT a.role, p.permission FROM role_assignment a \
        LEFT JOIN role_permission p ON p.role = a.role WHERE a.account_id = $1";
    let rows: Vec<(String, Option<String>)> = conn.all(SQL, params![account]).await?;
    let mut roles: Vec<String> = rows.iter().map(|(role, _)| role.clone()).collect();
    roles.push(super::USER.to_owned());
    roles.sort();
    roles.dedup();
    super::sort(&mut roles);
    Ok((
        roles,
        rows.into_iter()
            .filter_map(|(_, permission)| permission)
            .collect(),
    ))
}

/// Gives an account a role; says whether it did not hold it before.
pub async fn assign(
    tx: &mut Tx,
    account: AccountId,
    role: &str,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO role_assignment (account_id, role, assigned_at, assigned_by) \
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    Ok(tx.execute(SQL, params![account, role, now, by]).await? == 1)
}

/// Takes a role from an account; says whether it held it.
pub async fn withdraw(tx: &mut Tx, account: AccountId, role: &str) -> Result<bool, DbError> {
    const SQL: &str = "DELETE FROM role_assignment WHERE account_id = $1 AND role = $2";
    Ok(tx.execute(SQL, params![account, role]).await? == 1)
}

/// How many active accounts hold a role.
pub async fn holders_of(conn: &mut Conn, role: &str) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM role_assignment r JOIN account a ON a.id = r.account_id \
        WHERE r.role = $1 AND a.status = 'active'";
    let (count,) = conn.one::<(i64,)>(SQL, params![role]).await?;
    Ok(count)
}
