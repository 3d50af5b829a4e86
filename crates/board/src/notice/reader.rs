//! Who may read a post at this moment, of those who are to be told of it.

use std::sync::LazyLock;

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::permission::BoardModeration;
use hanok_db::{Conn, DbError, Value, params};
use hanok_web::Permission;

use crate::comment::store::SEEN;

/// Whether `$1` moderates: the two built-in roles that do stand here.
const MODERATES: &str = concatcp!(
    "EXISTS (SELECT 1 FROM role_assignment h WHERE h.account_id = $1 AND (h.role IN ('super_admin', 'admin') \
     OR h.role IN (SELECT l.role FROM role_permission l WHERE l.permission = '",
    BoardModeration::NAME,
    "')))"
);

/// A condition over posts `p`: those that `$1`, who may moderate, may read.
pub(super) static SEEN_BY_VIEWER: LazyLock<String> =
    LazyLock::new(|| SEEN.replace("$2", MODERATES));

/// A condition over posts `p` and accounts `a`: the active ones that may read them.
static READS: LazyLock<String> = LazyLock::new(|| {
    let seen = SEEN_BY_VIEWER.replace("$1", "a.id");
    format!("a.status = 'active' AND {seen}")
});

/// How many people one statement asks about.
pub(super) const MANY: usize = 200;

/// The places of so many values, from `$first` on.
pub(super) fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|at| format!("${at}")).collect();
    places.join(", ")
}

/// Those of these people who may read a post, and, where it is about one, a comment that is there for everybody.
///
/// # Errors
/// The store's.
pub(super) async fn readers(
    conn: &mut Conn,
    post: i64,
    comment: Option<i64>,
    people: &[AccountId],
) -> Result<Vec<AccountId>, DbError> {
    const THERE: &str = "(CAST($2 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM board_comment m \
        WHERE m.serial = $2 AND m.deleted_at IS NULL AND m.hidden_at IS NULL))";
    let mut found = Vec::new();
    for some in people.chunks(MANY) {
        let sql = format!(
            "SELECT a.id FROM board_post p CROSS JOIN account a WHERE p.serial = $1 AND {THERE} \
             AND a.id IN ({}) AND {}",
            places(3, some.len()),
            *READS
        );
        let mut values = params![post, comment].to_vec();
        values.extend(some.iter().map(|id| Value::Uuid(id.uuid())));
        found.extend(conn.all::<AccountId>(&sql, &values).await?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use hanok_accounts::role;

    use super::*;

    #[test]
    fn the_statement_names_the_built_in_roles_that_moderate() {
        for built_in in role::BUILT_IN {
            let held = role::permissions(&[built_in.name.to_owned()], &[]);
            let named = MODERATES.contains(&format!("'{}'", built_in.name));
            assert_eq!(
                held.contains(BoardModeration::NAME),
                named,
                "{}",
                built_in.name
            );
        }
    }
}
