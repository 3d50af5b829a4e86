//! Who a right is given to: roles, teams and departments, by what they are known by.

use const_format::concatcp;
use hanok_accounts::organisation::GroupName;
use hanok_accounts::role;
use hanok_db::{Conn, DbError, params, text_enum};
use hanok_web::FieldError;
use uuid::Uuid;

text_enum! {
    /// What a right allows.
    pub(super) enum Right {
        /// Reading.
        Read = "read",
        /// Writing, and so reading.
        Write = "write",
    }
}

/// Who a right is given to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A role by its name.
    Role(String),
    /// A team.
    Team(Uuid),
    /// A department and those below it.
    Department(Uuid),
}

/// Who reads and who writes; an empty list is everyone: every member, and of those who read every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rights {
    pub(super) readers: Vec<Subject>,
    pub(super) writers: Vec<Subject>,
}

impl Rights {
    pub(super) const fn of(&mut self, right: Right) -> &mut Vec<Subject> {
        match right {
            Right::Read => &mut self.readers,
            Right::Write => &mut self.writers,
        }
    }
}

/// How somebody who is given a right was named.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// Where the names came from: `/readers`.
    pub(super) pointer: &'static str,
    pub(super) roles: Vec<String>,
    /// Ids, or names.
    pub(super) teams: Vec<String>,
    /// Ids, or names.
    pub(super) departments: Vec<String>,
}

/// Whom these names mean; what names nobody is added to `faults`.
///
/// # Errors
/// The store's.
pub(super) async fn find(
    conn: &mut Conn,
    named: &Named,
    faults: &mut Vec<FieldError>,
) -> Result<Vec<Subject>, DbError> {
    let mut found = Vec::new();
    for name in &named.roles {
        let subject = role(conn, name).await?.map(Subject::Role);
        note(&mut found, faults, (named.pointer, "roles"), name, subject);
    }
    for name in &named.teams {
        let subject = group(conn, TEAMS, name).await?.map(Subject::Team);
        note(&mut found, faults, (named.pointer, "teams"), name, subject);
    }
    for name in &named.departments {
        let subject = group(conn, DEPARTMENTS, name)
            .await?
            .map(Subject::Department);
        let place = (named.pointer, "departments");
        note(&mut found, faults, place, name, subject);
    }
    Ok(found)
}

fn note(
    found: &mut Vec<Subject>,
    faults: &mut Vec<FieldError>,
    (list, of): (&'static str, &'static str),
    name: &str,
    subject: Option<Subject>,
) {
    match subject {
        Some(subject) if found.contains(&subject) => {}
        Some(subject) => found.push(subject),
        None => {
            let pointer = format!("{list}/{of}");
            let said: String = name.chars().take(60).collect();
            faults.push(FieldError::new(pointer, "board_nobody").arg("name", said));
        }
    }
}

async fn role(conn: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    const SQL: &str = "SELECT name FROM role WHERE name = $1";
    if let Some(known) = role::built_in(name) {
        return Ok(Some(known.name.to_owned()));
    }
    conn.optional(SQL, params![name]).await
}

/// By id or by name: two rows where the name is not enough.
const TEAMS: &str =
    "SELECT id FROM team WHERE closed_at IS NULL AND (id = $1 OR name_key = $2) LIMIT 2";
const DEPARTMENTS: &str =
    "SELECT id FROM department WHERE closed_at IS NULL AND (id = $1 OR name_key = $2) LIMIT 2";

async fn group(conn: &mut Conn, sql: &'static str, name: &str) -> Result<Option<Uuid>, DbError> {
    let id = name.trim().parse().unwrap_or_else(|_| Uuid::nil());
    let key = GroupName::parse(name).map(|name| name.key().to_owned());
    let rows: Vec<Uuid> = conn.all(sql, params![id, key.unwrap_or_default()]).await?;
    Ok(match rows.as_slice() {
        [id] => Some(*id),
        _ => None,
    })
}

/// What people read for those who are given a right; what is gone is left out.
///
/// # Errors
/// The store's.
pub(super) async fn names(conn: &mut Conn, subjects: &[Subject]) -> Result<Named, DbError> {
    const TEAM: &str = "SELECT name FROM team WHERE id = $1";
    const DEPARTMENT: &str = concatcp!("SELECT name FROM department WHERE id = ", "$1");
    let mut named = Named::default();
    for subject in subjects {
        match subject {
            Subject::Role(name) => named.roles.push(name.clone()),
            Subject::Team(id) => named.teams.extend(conn.optional(TEAM, params![id]).await?),
            Subject::Department(id) => {
                let found: Option<String> = conn.optional(DEPARTMENT, params![id]).await?;
                named.departments.extend(found);
            }
        }
    }
    Ok(named)
}
