//! The people that a department or a team names: by id over the API, by username in the console.

use std::collections::HashMap;

use hanok_accounts::AccountId;
use hanok_accounts::account::AccountStatus;
use hanok_accounts::organisation::Reach;
use hanok_accounts::username::Username;
use hanok_db::{Conn, DbError, params, record};

record! {
    /// An account that somebody named.
    #[derive(Clone, Debug)]
    pub(super) struct Named from "a" {
        pub(super) id: AccountId,
        pub(super) status: AccountStatus,
    }
}

/// An account as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// By its id.
    Id(AccountId),
    /// By the name to sign in with, whatever its case.
    Username(String),
    /// By what is neither.
    Nobody,
}

impl Who {
    /// Reads an id, as the API sends it.
    pub(crate) fn by_id(text: &str) -> Self {
        text.parse().map_or(Self::Nobody, Self::Id)
    }

    /// Reads a username, as a form sends it.
    pub(crate) fn by_username(text: &str) -> Self {
        Username::parse(text).map_or(Self::Nobody, |name| {
            Self::Username(name.normalised().to_owned())
        })
    }
}

/// Finds whom `who` names among those that `reach` lets the viewer name.
pub(super) async fn find(
    conn: &mut Conn,
    reach: &Reach,
    who: &Who,
) -> Result<Option<Named>, DbError> {
    let (column, value) = match who {
        Who::Id(id) => ("a.id", hanok_db::Param::value(id)),
        Who::Username(name) => ("a.username_key", hanok_db::Param::value(name)),
        Who::Nobody => return Ok(None),
    };
    let sql = format!(
        "SELECT {} FROM account a WHERE {column} = $2 AND {}",
        Named::COLUMNS,
        reach.condition("$1")
    );
    conn.optional(&sql, params![reach.viewer(), value]).await
}

/// How many accounts one statement looks for.
const AT_ONCE: usize = 100;

/// Finds all of them, each with its place in the list.
pub(super) async fn find_all(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, AccountStatus>, DbError> {
    let mut found = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT {} FROM account a WHERE a.id IN ({})",
            Named::COLUMNS,
            places.join(", ")
        );
        let values: Vec<_> = some.iter().map(hanok_db::Param::value).collect();
        let rows: Vec<Named> = conn.all(&sql, &values).await?;
        found.extend(rows.into_iter().map(|named| (named.id, named.status)));
    }
    Ok(found)
}
