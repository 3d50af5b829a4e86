//! What is kept of a person, but for the trail: read for the person themselves.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use serde_json::{Value, json};

use crate::account::{self, AccountRow};
use crate::context::Accounts;
use crate::fault::Fault;
use crate::session::SessionKind;
use crate::{AccountId, role};

/// The most rows of a kind.
const MOST: i64 = 1_000;

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
            let sign_ins = sign_ins(conn, account).await?;
            let phones = phones(conn, account).await?;
            let keys = api_keys(conn, account).await?;
            let departments = departments(conn, account).await?;
            let teams = teams(conn, account).await?;
            let lists = json!({
                "sign_ins": sign_ins,
                "phones": phones,
                "api_keys": keys,
                "departments": departments,
                "teams": teams,
            });
            Ok::<_, DbError>((row.zip(sealed), roles, lists))
        });
        let (found, roles, lists) = read.await?;
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
            "lists": lists,
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
    let rows: Vec<Row> = conn.all(SQL, params![account, MOST]).await?;
    let told = |(kind, at, seen, ended, address, agent): Row| json!({ "kind": kind, "at": at, "last_seen_at": seen, "ended_at": ended, "address": address, "agent": agent });
    Ok(rows.into_iter().map(told).collect())
}

async fn phones(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    type Row = (String, Timestamp, Option<Timestamp>, Option<Timestamp>);
    const SQL: &str = "SELECT name, created_at, last_used_at, revoked_at FROM device \
        WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    let rows: Vec<Row> = conn.all(SQL, params![account, MOST]).await?;
    let told = |(name, at, used, revoked): Row| json!({ "name": name, "paired_at": at, "last_used_at": used, "revoked_at": revoked });
    Ok(rows.into_iter().map(told).collect())
}

async fn api_keys(conn: &mut Conn, account: AccountId) -> Result<Vec<Value>, DbError> {
    type Row = (
        String,
        String,
        Timestamp,
        Option<Timestamp>,
        Option<Timestamp>,
        Option<Timestamp>,
    );
    const SQL: &str = "SELECT name, permissions, created_at, expires_at, last_used_at, revoked_at FROM api_key \
        WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    let rows: Vec<Row> = conn.all(SQL, params![account, MOST]).await?;
    let told = |(name, permissions, at, expires, used, revoked): Row| {
        let permissions: Value = serde_json::from_str(&permissions).unwrap_or_default();
        json!({ "name": name, "permissions": permissions, "made_at": at, "expires_at": expires,
            "last_used_at": used, "revoked_at": revoked })
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
    let rows: Vec<Row> = conn.all(sql, params![account, MOST]).await?;
    let told = |(name, since, until): Row| json!({ "name": name, "since": since, "until": until });
    Ok(rows.into_iter().map(told).collect())
}
