//! What is kept of a person, but for the trail: read for the person themselves.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use serde_json::{Map, Value, json};

use crate::account::{self, AccountRow};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::SessionKind;
use crate::{AccountId, role};

/// The most rows of a kind.
const MOST: usize = 1_000;
/// As many are read, so that it is known where there are more.
const READ: i64 = 1_001;

/// What there are many of.
struct Lists {
    rows: [(&'static str, Vec<Value>); 5],
}

impl Lists {
    async fn of(conn: &mut Conn, account: AccountId) -> Result<Self, DbError> {
        Ok(Self {
            rows: [
                ("sign_ins", sign_ins(conn, account).await?),
                ("phones", phones(conn, account).await?),
                ("api_keys", api_keys(conn, account).await?),
                ("departments", departments(conn, account).await?),
                ("teams", teams(conn, account).await?),
            ],
        })
    }

    /// The lists by their names, and the names of those that have more rows than are told.
    fn told(self) -> (Value, Vec<&'static str>) {
        let mut lists = Map::new();
        let mut truncated = Vec::new();
        for (name, mut rows) in self.rows {
            if rows.len() > MOST {
                truncated.push(name);
                rows.truncate(MOST);
            }
            lists.insert(name.to_owned(), Value::Array(rows));
        }
        (Value::Object(lists), truncated)
    }
}

impl Accounts {
    /// Who the person is, sealed values opened, where they signed in, what they set up, and where they belong.
    ///
    /// # Errors
    /// [`Fault::Unauthorized`] where there is no such account; a value that does not open.
    pub(super) async fn facts_of(&self, account: AccountId) -> Result<Value, Fault> {
        let read = self.db.report(async move |conn: &mut Conn| {
            let row = account::find(conn, account).await?;
            let sealed = account::store::sealed(conn, account).await?;
            let (roles, _) = role::of_account(conn, account).await?;
            let theme = theme(conn, account).await?;
            let lists = Lists::of(conn, account).await?;
            Ok::<_, DbError>((row.zip(sealed), roles, theme, lists))
        });
        let (found, roles, theme, lists) = read.await?;
        let (lists, truncated) = lists.told();
        let (row, sealed) = found.ok_or(Fault::Unauthorized)?;
        let open = |column: &str, value: &Option<Vec<u8>>| -> Result<Option<String>, Fault> {
            let opened = value.as_deref();
            let opened = opened.map(|sealed| self.unseal(account, column, sealed));
            Ok(opened.transpose()?.map(|value| value.to_string()))
        };
        Ok(json!({
            "account": facts(&row, &roles),
            "email": open("email", &sealed.email)?,
            "phone_number": open("phone", &sealed.phone)?,
            "birthdate": open("birthdate", &sealed.birthdate)?,
            "pin_set": sealed.pin_hash.is_some(),
            "theme": theme,
            "lists": lists,
            "truncated": truncated,
        }))
    }
}

fn facts(row: &AccountRow, roles: &[String]) -> Value {
    json!({
        "id": row.id,
        "username": row.username,
        "name": row.name,
        "department": row.department,
        "roles": roles,
        "language": row.locale,
        "status": row.status,
        "created_at": row.created_at,
        "last_login_at": row.last_login_at,
        "email_verified_at": row.email_verified_at,
        "phone_proven_at": row.phone_proven_at,
        "pin_changed_at": row.pin_changed_at,
    })
}

async fn theme(conn: &mut Conn, account: AccountId) -> Result<Option<String>, DbError> {
    const SQL: &str = "SELECT theme FROM account WHERE id = $1";
    let found: Option<(Option<String>,)> = conn.optional(SQL, params![account]).await?;
    Ok(found.and_then(|(theme,)| theme))
}

async fn sign_ins(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    type Row = (
        SessionKind,
        Timestamp,
        Timestamp,
        Option<Timestamp>,
        String,
        String,
    );
    const SQL: &str = "SELECT kind, created_at, last_seen_at, ended_at, address, agent FROM session \
        WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    let rows: Vec<Row> = conn.all(SQL, params![account, READ]).await?;
    let told = |(kind, at, seen, ended, address, agent): Row| json!({ "kind": kind, "at": at, "last_seen_at": seen, "ended_at": ended, "address": address, "agent": agent });
    Ok(rows.into_iter().map(told).collect())
}

async fn phones(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    type Row = (String, Timestamp, Option<Timestamp>, Option<Timestamp>);
    const SQL: &str = "SELECT name, created_at, last_used_at, revoked_at FROM device \
        WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    let rows: Vec<Row> = conn.all(SQL, params![account, READ]).await?;
    let told = |(name, at, used, revoked): Row| json!({ "name": name, "paired_at": at, "last_used_at": used, "revoked_at": revoked });
    Ok(rows.into_iter().map(told).collect())
}

async fn api_keys(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    type Row = (
        String,
        String,
        String,
        Timestamp,
        Option<Timestamp>,
        Option<Timestamp>,
        Option<Timestamp>,
    );
    const SQL: &str = "SELECT name, permissions, address_allow_list, created_at, expires_at, last_used_at, revoked_at FROM api_key \
        WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    let rows: Vec<Row> = conn.all(SQL, params![account, READ]).await?;
    let told = |(name, permissions, from, at, expires, used, revoked): Row| {
        let list = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        json!({ "name": name, "permissions": list(&permissions), "address_allow_list": list(&from), "made_at": at,
            "expires_at": expires, "last_used_at": used, "revoked_at": revoked })
    };
    Ok(rows.into_iter().map(told).collect())
}

async fn departments(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    const SQL: &str = "SELECT d.name, m.since, m.until FROM department_membership m \
        JOIN department d ON d.id = m.department_id WHERE m.account_id = $1 ORDER BY m.since DESC LIMIT $2";
    stays(conn, SQL, account).await
}

async fn teams(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    const SQL: &str = "SELECT t.name, m.joined_at, m.left_at FROM team_membership m \
        JOIN team t ON t.id = m.team_id WHERE m.account_id = $1 ORDER BY m.joined_at DESC LIMIT $2";
    stays(conn, SQL, account).await
}

async fn stays(
    conn: &mut Conn,
    sql: &'static str,
    account: AccountId,
) -> Result<Vec<Value>, DbError> {
    type Row = (String, Timestamp, Option<Timestamp>);
    let rows: Vec<Row> = conn.all(sql, params![account, READ]).await?;
    let told = |(name, since, until): Row| json!({ "name": name, "since": since, "until": until });
    Ok(rows.into_iter().map(told).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_cut_is_named() {
        let rows = |count| vec![Value::Null; count];
        let lists = Lists {
            rows: [
                ("sign_ins", rows(MOST + 1)),
                ("phones", rows(MOST)),
                ("api_keys", rows(0)),
                ("departments", rows(1)),
                ("teams", rows(2)),
            ],
        };
        let (lists, truncated) = lists.told();
        assert_eq!(truncated, ["sign_ins"]);
        let count = |name| lists.get(name).and_then(Value::as_array).map(Vec::len);
        assert_eq!(
            (count("sign_ins"), count("phones")),
            (Some(MOST), Some(MOST))
        );
    }
}
