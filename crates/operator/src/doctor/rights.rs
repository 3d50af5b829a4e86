//! What PostgreSQL's role may not do and has to, with the GRANT that lets it.

use std::collections::BTreeSet;

use hanok_db::Rights;

use super::finding::Finding;

/// How many tables are named.
const NAMED: usize = 3;

/// What a running server lacks.
pub(super) fn of_tables(check: &'static str, rights: &Rights) -> Option<Finding> {
    if rights.missing.is_empty() {
        return None;
    }
    let (role, schema) = (&rights.role, &rights.schema);
    let verbs: BTreeSet<&str> = rights.missing.iter().map(|(_, verb)| &**verb).collect();
    let verbs: Vec<&str> = verbs.into_iter().collect();
    let verbs = verbs.join(", ");
    Some(Finding::failed(
        check,
        format!("the role {role} may not {verbs} in {}", tables(rights)),
        format!(
            "as the owner of the tables (psql): GRANT {verbs} ON ALL TABLES IN SCHEMA \"{schema}\" TO \"{role}\";"
        ),
    ))
}

fn tables(rights: &Rights) -> String {
    let tables: BTreeSet<&str> = rights.missing.iter().map(|(table, _)| &**table).collect();
    let mut named: Vec<&str> = tables.iter().take(NAMED).copied().collect();
    let more = tables.len().saturating_sub(NAMED);
    let and = format!("{more} more tables");
    if more > 0 {
        named.push(&and);
    }
    named.join(", ")
}

/// What the migrations that wait lack.
pub(super) fn of_migrations(check: &'static str, rights: &Rights) -> Option<Finding> {
    let (role, schema) = (&rights.role, &rights.schema);
    (!rights.may_create).then(|| {
        Finding::failed(
            check,
            format!("tables have to be made, and the role {role} may make none in the schema {schema}"),
            format!(
                "as the owner of the database (psql): GRANT USAGE, CREATE ON SCHEMA \"{schema}\" TO \"{role}\"; then `hanok serve`"
            ),
        )
    })
}
