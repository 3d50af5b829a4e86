//! What is read of categories, and how they change.

use const_format::concatcp;
use hanok_accounts::organisation::GroupName;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};
use uuid::Uuid;

use super::right::{READABLE, Viewer, WRITABLE};
use super::subjects::{Right, Rights, Subject};
use super::{CategoryId, Kind};
use crate::fault::Fault;

record! {
    /// A category as lists show it.
    #[derive(Clone, Debug)]
    pub(crate) struct Listed from "k" {
        pub(crate) id: CategoryId,
        pub(crate) name: String,
        pub(crate) description: String,
        pub(crate) kind: Kind,
        pub(crate) position: i64,
        pub(crate) everyone_reads: bool,
        pub(crate) everyone_writes: bool,
        pub(crate) post_count: i64,
        pub(crate) created_at: Timestamp,
        pub(crate) closed_at: Option<Timestamp>,
    }
}

const ALL: &str = concatcp!("SELECT ", Listed::COLUMNS, " FROM board_category k");
const ORDER: &str = " ORDER BY k.closed_at IS NOT NULL, k.position, k.id";

/// The categories that `viewer` may read, the closed ones (a moderator's) at the end.
///
/// # Errors
/// The store's.
pub(crate) async fn readable(conn: &mut Conn, viewer: Viewer) -> Result<Vec<Listed>, DbError> {
    const SQL: &str = concatcp!(ALL, " WHERE k.id IN (", READABLE, ")", ORDER);
    let values = params![viewer.account, viewer.is_moderator];
    conn.all(SQL, values).await
}

/// The categories that `viewer` may write in; one to talk in stands first.
///
/// # Errors
/// The store's.
pub(crate) async fn writable(conn: &mut Conn, viewer: Viewer) -> Result<Vec<Listed>, DbError> {
    const SQL: &str = concatcp!(
        ALL,
        " WHERE k.id IN (",
        WRITABLE,
        ") ORDER BY k.kind, k.position, k.id"
    );
    let values = params![viewer.account, viewer.is_moderator];
    conn.all(SQL, values).await
}

/// Whether `viewer` may write in a category.
///
/// # Errors
/// The store's.
pub(crate) async fn is_writable(
    conn: &mut Conn,
    viewer: Viewer,
    id: CategoryId,
) -> Result<bool, DbError> {
    const SQL: &str = concatcp!(
        "SELECT k.id FROM board_category k WHERE k.id = $3 AND k.id IN (",
        WRITABLE,
        ")"
    );
    let values = params![viewer.account, viewer.is_moderator, id];
    let found: Option<CategoryId> = conn.optional(SQL, values).await?;
    Ok(found.is_some())
}

/// A category, closed or not, whoever may read it.
pub(super) async fn find(conn: &mut Conn, id: CategoryId) -> Result<Option<Listed>, DbError> {
    const SQL: &str = concatcp!(ALL, " WHERE k.id = $1");
    conn.optional(SQL, params![id]).await
}

/// How many there are, the closed ones included.
pub(super) async fn count(conn: &mut Conn) -> Result<i64, DbError> {
    conn.one("SELECT COUNT(*) FROM board_category", params![])
        .await
}

/// Holds all categories until the unit ends, so that their order changes once at a time; in their order.
pub(super) async fn lock_all(tx: &mut Tx) -> Result<Vec<(CategoryId, i64)>, DbError> {
    // By id, as whatever else changes several of them does.
    const SQL: &str = "SELECT id, position FROM board_category ORDER BY id /*for_update*/";
    let mut all: Vec<(CategoryId, i64)> = tx.all(SQL, params![]).await?;
    all.sort_by_key(|(id, position)| (*position, id.uuid()));
    Ok(all)
}

/// What a category's own right says, as it is stored: action, kind, role, group.
type RightRow = (String, String, Option<String>, Option<Uuid>);

/// Who reads and who writes there.
pub(super) async fn rights(conn: &mut Conn, id: CategoryId) -> Result<Rights, DbError> {
    const SQL: &str = "SELECT action, kind, role, group_id FROM board_category_right \
        WHERE category_id = $1 ORDER BY action, kind, role, group_id";
    let rows: Vec<RightRow> = conn.all(SQL, params![id]).await?;
    let mut rights = Rights::default();
    for (action, kind, role, group) in rows {
        let subject = match (kind.as_str(), role, group) {
            ("role", Some(role), _) => Subject::Role(role),
            ("team", _, Some(id)) => Subject::Team(id),
            ("department", _, Some(id)) => Subject::Department(id),
            _ => continue,
        };
        rights
            .of(action.parse().unwrap_or(Right::Read))
            .push(subject);
    }
    Ok(rights)
}

/// Writes down who reads and who writes there, in place of what stood there.
pub(super) async fn set_rights(
    tx: &mut Tx,
    id: CategoryId,
    rights: &Rights,
) -> Result<(), DbError> {
    const CLEAR: &str = "DELETE FROM board_category_right WHERE category_id = $1";
    const ADD: &str = "INSERT INTO board_category_right (category_id, action, kind, role, group_id) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    const FLAGS: &str =
        "UPDATE board_category SET everyone_reads = $2, everyone_writes = $3 WHERE id = $1";
    tx.execute(CLEAR, params![id]).await?;
    let readers = rights.readers.iter().map(|one| (Right::Read, one));
    let writers = rights.writers.iter().map(|one| (Right::Write, one));
    for (action, subject) in readers.chain(writers) {
        let (kind, role, group) = match subject {
            Subject::Role(role) => ("role", Some(role.clone()), None),
            Subject::Team(id) => ("team", None, Some(*id)),
            Subject::Department(id) => ("department", None, Some(*id)),
        };
        tx.execute(ADD, params![id, action, kind, role, group])
            .await?;
    }
    let (reads, writes) = (rights.readers.is_empty(), rights.writers.is_empty());
    tx.execute(FLAGS, params![id, reads, writes]).await?;
    Ok(())
}

/// What of a category is written down besides its rights.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) name: GroupName,
    pub(super) description: String,
    pub(super) kind: Kind,
}

/// Makes a category that everyone reads and writes in, at the end; `false` where another has its name.
pub(super) async fn insert(
    tx: &mut Tx,
    id: CategoryId,
    facts: &Facts,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO board_category (id, name, name_key, description, kind, position, \
        everyone_reads, everyone_writes, created_at) VALUES ($1, $2, $3, $4, $5, \
        (SELECT COALESCE(MAX(position), 0) + 1 FROM board_category), TRUE, TRUE, $6) ON CONFLICT DO NOTHING";
    let (name, key) = (facts.name.as_str(), facts.name.key());
    let values = params![id, name, key, facts.description, facts.kind, now];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Whether another category has this name.
pub(super) async fn is_taken(
    conn: &mut Conn,
    name: &GroupName,
    but: CategoryId,
) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM board_category WHERE name_key = $1";
    let found: Option<CategoryId> = conn.optional(SQL, params![name.key()]).await?;
    Ok(found.is_some_and(|id| id != but))
}

/// Writes a category's facts.
pub(super) async fn update(tx: &mut Tx, id: CategoryId, facts: &Facts) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_category SET name = $2, name_key = $3, description = $4, kind = $5 \
        WHERE id = $1";
    let (name, key) = (facts.name.as_str(), facts.name.key());
    let values = params![id, name, key, facts.description, facts.kind];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Puts a category at a place.
pub(super) async fn place(tx: &mut Tx, id: CategoryId, position: i64) -> Result<(), DbError> {
    const SQL: &str = "UPDATE board_category SET position = $2 WHERE id = $1";
    tx.execute(SQL, params![id, position]).await.map(|_| ())
}

/// Closes a category, or opens it again; says whether it was not so before.
pub(super) async fn set_closed(
    tx: &mut Tx,
    id: CategoryId,
    at: Option<Timestamp>,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE board_category SET closed_at = $2 \
        WHERE id = $1 AND (closed_at IS NULL) <> $3";
    Ok(tx.execute(SQL, params![id, at, at.is_none()]).await? == 1)
}

/// Makes a category for a team, or for everybody; where it is there already it stays as it is.
///
/// # Errors
/// The store's.
pub(crate) async fn fill(
    tx: &mut Tx,
    id: CategoryId,
    name: &GroupName,
    (description, kind): (&str, Kind),
    team: Option<&str>,
    now: Timestamp,
) -> Result<(), Fault> {
    const TEAM: &str = "SELECT id FROM team WHERE name = $1 AND closed_at IS NULL";
    let facts = Facts {
        name: name.clone(),
        description: description.to_owned(),
        kind,
    };
    if insert(tx, id, &facts, now).await?
        && let Some(team) = team
    {
        let team: Option<Uuid> = tx.optional(TEAM, params![team]).await?;
        let team = team.ok_or_else(Fault::not_found)?;
        let readers = vec![Subject::Team(team)];
        let writers = Vec::new();
        set_rights(tx, id, &Rights { readers, writers }).await?;
    }
    Ok(())
}
