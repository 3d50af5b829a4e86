//! The rows of `api_key`.

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, FromValue, Tx, Value, params, record};

use super::rules::NewApiKey;
use crate::AccountId;
use crate::account::AccountStatus;
use crate::address_list::AddressList;

/// Marks the id of an API key.
pub enum ApiKey {}

/// The id of an API key.
pub type ApiKeyId = Id<ApiKey>;

/// Names of permissions. Stored as a JSON list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl FromValue for Names {
    const EXPECTED: &'static str = "a JSON list of names";

    fn from_value(value: Value<'_>) -> Option<Self> {
        let Value::Text(text) = value else {
            return None;
        };
        serde_json::from_str(text).ok().map(Self)
    }
}

record! {
    /// An API key, as its owner sees it.
    #[derive(Clone, Debug)]
    pub struct ApiKeyRow from "api_key" {
        /// Its id.
        pub id: ApiKeyId,
        /// What its owner calls it.
        pub name: String,
        /// What its value begins with, behind `hanok_`.
        pub prefix: String,
        /// What it may do, where its owner may.
        pub permissions: Names,
        /// From where it may be used.
        pub address_allow_list: AddressList,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it ends by itself.
        pub expires_at: Option<Timestamp>,
        /// About when it was last used.
        pub last_used_at: Option<Timestamp>,
    }
}

record! {
    /// A key that is not revoked, with what its account says now.
    #[derive(Clone, Debug)]
    pub struct LiveRow {
        pub id: ApiKeyId,
        pub account_id: AccountId,
        pub value_hash: [u8; 32],
        pub permissions: Names,
        pub address_allow_list: AddressList,
        pub expires_at: Option<Timestamp>,
        pub last_used_at: Option<Timestamp>,
        pub version: i64,
        pub status: AccountStatus,
        pub locale: Option<String>,
        pub theme: Option<String>,
        pub name: String,
    }
}

/// The key of this prefix, unless it is revoked.
pub(super) async fn live(conn: &mut Conn, prefix: &str) -> Result<Option<LiveRow>, DbError> {
    const SQL: &str = "SELECT k.id, k.account_id, k.value_hash, k.permissions, k.address_allow_list, \
        k.expires_at, k.last_used_at, a.version, a.status, a.locale, a.theme, a.name \
        FROM api_key k JOIN account a ON a.id = k.account_id \
        WHERE k.prefix = $1 AND k.revoked_at IS NULL";
    conn.optional(SQL, params![prefix]).await
}

/// The keys of an account that are not revoked, the newest first; those that have ended too.
pub(super) async fn of_account(
    conn: &mut Conn,
    account: AccountId,
) -> Result<Vec<ApiKeyRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ApiKeyRow::COLUMNS,
        " FROM api_key WHERE account_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC"
    );
    conn.all(SQL, params![account]).await
}

/// A key that is to be kept.
pub(super) struct Made<'a> {
    pub id: ApiKeyId,
    pub account: AccountId,
    pub new: &'a NewApiKey,
    pub prefix: &'a str,
    pub value_hash: [u8; 32],
    pub now: Timestamp,
}

pub(super) async fn insert(tx: &mut Tx, made: &Made<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO api_key (id, account_id, name, prefix, value_hash, permissions, \
        address_allow_list, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let permissions = serde_json::Value::from(made.new.permissions.clone()).to_string();
    let (name, addresses) = (made.new.name.as_str(), made.new.addresses.stored());
    let values = params![
        made.id,
        made.account,
        name,
        made.prefix,
        made.value_hash,
        permissions,
        addresses,
        made.now,
        made.new.expires_at
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Revokes a key of an account; `false` where there is none, or it was revoked before.
pub(super) async fn revoke(
    tx: &mut Tx,
    id: ApiKeyId,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE api_key SET revoked_at = $3 \
        WHERE id = $1 AND account_id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(SQL, params![id, account, now]).await? == 1)
}

/// Notes that a key was used, where that was last noted before `before`.
pub(super) async fn used(
    tx: &mut Tx,
    id: ApiKeyId,
    now: Timestamp,
    before: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE api_key SET last_used_at = $2 \
        WHERE id = $1 AND COALESCE(last_used_at, 0) <= $3";
    tx.execute(SQL, params![id, now, before]).await.map(|_| ())
}
