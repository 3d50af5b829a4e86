//! The rows of `role`, `role_permission` and `role_assignment`, as the console reads and writes them.

use std::collections::BTreeMap;

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, params, record};

/// The roles of the organisation's own with what each of them allows, by name.
pub(super) async fn own(conn: &mut Conn) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    const SQL: &str = "SELECT r.name, p.permission FROM role r \
        LEFT JOIN role_permission p ON p.role = r.name ORDER BY r.name, p.permission";
    let rows: Vec<(String, Option<String>)> = conn.all(SQL, params![]).await?;
    let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, permission) in rows {
        own.entry(name).or_default().extend(permission);
    }
    Ok(own)
}

/// How many accounts hold each role; `user`, which every account holds, is not counted, so that its entries are not
/// walked.
pub(super) async fn held(conn: &mut Conn) -> Result<BTreeMap<String, i64>, DbError> {
    let rows: Vec<(String, i64)> = conn.all(HELD, params![]).await?;
    Ok(rows.into_iter().collect())
}

const HELD: &str = "SELECT role, COUNT(*) FROM role_assignment WHERE role < 'user' GROUP BY role \
    UNION ALL SELECT role, COUNT(*) FROM role_assignment WHERE role > 'user' GROUP BY role";

record! {
    /// Somebody who holds a role.
    #[derive(Clone, Debug)]
    pub struct HolderRow {
        pub id: AccountId,
        pub name: String,
        pub username: String,
    }
}

/// Those who hold a role, by username: from `offset` on, at most `limit`.
pub(super) async fn holders(
    conn: &mut Conn,
    role: &str,
    offset: u32,
    limit: u32,
) -> Result<Vec<HolderRow>, DbError> {
    const SQL: &str = "SELECT a.id, a.name, a.username FROM role_assignment r \
        JOIN account a ON a.id = r.account_id WHERE r.role = $1 \
        ORDER BY a.username_key LIMIT $2 OFFSET $3";
    conn.all(SQL, params![role, limit, offset]).await
}

/// Locks a role of the organisation's own; `false` where there is none of that name.
pub(super) async fn lock(tx: &mut Tx, name: &str) -> Result<bool, DbError> {
    const SQL: &str = "SELECT name FROM role WHERE name = $1 /*for_update*/";
    let found: Option<(String,)> = tx.optional(SQL, params![name]).await?;
    Ok(found.is_some())
}

/// What a role of the organisation's own allows.
pub(super) async fn permissions(conn: &mut Conn, name: &str) -> Result<Vec<String>, DbError> {
    const SQL: &str = "SELECT permission FROM role_permission WHERE role = $1 ORDER BY permission";
    let rows: Vec<(String,)> = conn.all(SQL, params![name]).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// How many accounts hold a role.
pub(super) async fn held_by(conn: &mut Conn, name: &str) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM role_assignment WHERE role = $1";
    let (count,) = conn.one::<(i64,)>(SQL, params![name]).await?;
    Ok(count)
}

/// Keeps a new role. Whatever an older one of this name left behind counts for nobody.
pub(super) async fn insert(tx: &mut Tx, name: &str) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO role (name, built_in, rank) VALUES ($1, FALSE, 0)";
    const LEFT: &str = "DELETE FROM role_assignment WHERE role = $1";
    tx.execute(SQL, params![name]).await?;
    tx.execute(LEFT, params![name]).await.map(|_| ())
}

/// Says anew what a role allows.
pub(super) async fn set_permissions(
    tx: &mut Tx,
    name: &str,
    permissions: &[String],
) -> Result<(), DbError> {
    const CLEAR: &str = "DELETE FROM role_permission WHERE role = $1";
    const LIST: &str = "INSERT INTO role_permission (role, permission) VALUES ($1, $2)";
    tx.execute(CLEAR, params![name]).await?;
    for permission in permissions {
        tx.execute(LIST, params![name, permission]).await?;
    }
    Ok(())
}

/// Gives a role another name, with those who hold it.
pub(super) async fn rename(tx: &mut Tx, name: &str, new: &str) -> Result<(), DbError> {
    const ROLE: &str = "UPDATE role SET name = $2 WHERE name = $1";
    const LEFT: &str = "DELETE FROM role_assignment WHERE role = $1";
    const LISTED: &str = "UPDATE role_permission SET role = $2 WHERE role = $1";
    const HELD: &str = "UPDATE role_assignment SET role = $2 WHERE role = $1";
    tx.execute(ROLE, params![name, new]).await?;
    tx.execute(LEFT, params![new]).await?;
    tx.execute(LISTED, params![name, new]).await?;
    tx.execute(HELD, params![name, new]).await.map(|_| ())
}

/// Removes a role.
pub(super) async fn delete(tx: &mut Tx, name: &str) -> Result<(), DbError> {
    const LISTED: &str = "DELETE FROM role_permission WHERE role = $1";
    const ROLE: &str = "DELETE FROM role WHERE name = $1";
    tx.execute(LISTED, params![name]).await?;
    tx.execute(ROLE, params![name]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use hanok_db::testing::plan;

    use super::*;

    hanok_db::both_engines! {
        sets(&[hanok_accounts::audit::migrations(), hanok_accounts::migrations()]);

        async fn those_who_hold_the_role_of_everybody_are_not_walked(db: Db) {
            let steps = plan(&db, HELD, &[]).await;
            let by_index = steps.iter().filter(|step| step.contains("role_assignment_role")).count();
            assert_eq!(by_index, 2, "{steps:#?}");
            assert!(!steps.iter().any(|step| step.contains("SCAN role_assignment")), "{steps:#?}");
        }
    }
}
