//! The rows of `account` and of its blind indexes.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::AccountStatus;
use crate::AccountId;

record! {
    /// An account without its credentials.
    #[derive(Clone, Debug)]
    pub struct AccountRow from "account" {
        /// Its id.
        pub id: AccountId,
        /// Rises with every change of a credential, a role or the status.
        pub version: i64,
        /// The name to sign in with.
        pub username: String,
        /// The person's name.
        pub name: String,
        /// The name of the department that the person is in.
        pub department: Option<String> = "(SELECT d.name FROM department_membership m \
            JOIN department d ON d.id = m.department_id WHERE m.account_id = account.id AND m.until IS NULL)",
        /// The language chosen.
        pub locale: Option<String>,
        /// Whether it may be used.
        pub status: AccountStatus,
        /// When it was made.
        pub created_at: Timestamp,
        /// The last sign-in.
        pub last_login_at: Option<Timestamp>,
        /// The e-mail address, masked.
        pub email_masked: Option<String>,
        /// When the address was verified: only then it counts.
        pub email_verified_at: Option<Timestamp>,
        /// The phone number, masked.
        pub phone_masked: Option<String>,
        /// When the number was proven: only then it counts.
        pub phone_proven_at: Option<Timestamp>,
        /// When the PIN was last set.
        pub pin_changed_at: Option<Timestamp>,
        /// Since when the PIN is locked.
        pub pin_locked_at: Option<Timestamp>,
        /// Since when the password is locked.
        pub password_locked_at: Option<Timestamp>,
        /// When the password was last reset.
        pub password_reset_at: Option<Timestamp>,
        /// Whether there is a password, a temporary one too.
        pub has_password: bool = "account.password_hash IS NOT NULL",
        /// When it is erased, where its person has closed it.
        pub erase_at: Option<Timestamp> =
            "(SELECT c.erase_at FROM account_closing c WHERE c.account_id = account.id)",
        /// When it was erased.
        pub erased_at: Option<Timestamp> =
            "(SELECT c.erased_at FROM account_closing c WHERE c.account_id = account.id)",
    }
}

impl AccountRow {
    /// When it is to be erased, where its person has closed it and it can still be opened again.
    pub fn closed_until(&self) -> Option<Timestamp> {
        self.erase_at.filter(|_| self.erased_at.is_none())
    }
}

record! {
    /// The sealed values of an account.
    pub struct SealedRow from "account" {
        pub email: Option<Vec<u8>>,
        pub phone: Option<Vec<u8>>,
        pub birthdate: Option<Vec<u8>>,
        pub pin_hash: Option<Vec<u8>>,
    }
}

/// What a new account's row holds.
pub(super) struct NewRow<'a> {
    pub id: AccountId,
    pub username: &'a str,
    pub username_key: &'a str,
    pub name: &'a str,
    pub locale: Option<&'a str>,
    pub password_hash: Option<&'a str>,
    pub email: Option<&'a [u8]>,
    pub email_masked: Option<&'a str>,
    pub phone: Option<&'a [u8]>,
    pub phone_masked: Option<&'a str>,
    pub phone_proven_at: Option<Timestamp>,
    pub birthdate: Option<&'a [u8]>,
    pub now: Timestamp,
}

pub(super) async fn insert(tx: &mut Tx, row: &NewRow<'_>) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO account (id, username, username_key, name, locale, \
        password_hash, password_changed_at, email, email_masked, phone, phone_masked, phone_proven_at, \
        birthdate, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    let changed_at = row.password_hash.map(|_| row.now);
    let values = params![
        row.id,
        row.username,
        row.username_key,
        row.name,
        row.locale,
        row.password_hash,
        changed_at,
        row.email,
        row.email_masked,
        row.phone,
        row.phone_masked,
        row.phone_proven_at,
        row.birthdate,
        row.now
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// The account of this id.
pub async fn find(conn: &mut Conn, id: AccountId) -> Result<Option<AccountRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        AccountRow::COLUMNS,
        " FROM account WHERE id = $1"
    );
    conn.optional(SQL, params![id]).await
}

/// The account of this normalised username.
pub async fn find_by_username(conn: &mut Conn, key: &str) -> Result<Option<AccountRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        AccountRow::COLUMNS,
        " FROM account WHERE username_key = $1"
    );
    conn.optional(SQL, params![key]).await
}

/// The sealed values of an account.
pub(crate) async fn sealed(conn: &mut Conn, id: AccountId) -> Result<Option<SealedRow>, DbError> {
    const SQL: &str = concatcp!("SELECT ", SealedRow::COLUMNS, " FROM account WHERE id = $1");
    conn.optional(SQL, params![id]).await
}

/// The account that a blind index of this kind points to.
pub(crate) async fn look_up(
    conn: &mut Conn,
    kind: &str,
    values: &[(u32, [u8; 32])],
) -> Result<Option<AccountId>, DbError> {
    const SQL: &str = "SELECT account_id FROM account_lookup WHERE kind = $1 AND value = $2";
    for (_, value) in values {
        if let Some((id,)) = conn
            .optional::<(AccountId,)>(SQL, params![kind, value])
            .await?
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Points blind indexes at an account; says whether all were free.
pub(crate) async fn insert_lookup(
    tx: &mut Tx,
    kind: &str,
    values: &[(u32, [u8; 32])],
    account: AccountId,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO account_lookup (kind, value, key_version, account_id) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (kind, value) DO NOTHING";
    let mut free = true;
    for (version, value) in values {
        free &= tx
            .execute(SQL, params![kind, value, version, account])
            .await?
            == 1;
    }
    Ok(free)
}

/// Takes an account's blind indexes of one kind away.
pub(crate) async fn remove_lookup(
    tx: &mut Tx,
    kind: &str,
    account: AccountId,
) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM account_lookup WHERE kind = $1 AND account_id = $2";
    tx.execute(SQL, params![kind, account]).await.map(|_| ())
}

/// The newest password hashes that are no longer used, newest first.
pub(crate) async fn earlier_passwords(
    conn: &mut Conn,
    account: AccountId,
    count: u32,
) -> Result<Vec<(String,)>, DbError> {
    const SQL: &str =
        "SELECT hash FROM password_history WHERE account_id = $1 ORDER BY changed_at DESC LIMIT $2";
    conn.all(SQL, params![account, i64::from(count)]).await
}

/// Remembers a password hash, and of the account's earlier ones no more than `kept` with it.
pub(crate) async fn remember_password(
    tx: &mut Tx,
    account: AccountId,
    hash: &str,
    kept: u32,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str =
        "INSERT INTO password_history (account_id, changed_at, hash) VALUES ($1, $2, $3)";
    const FORGET: &str = "DELETE FROM password_history WHERE account_id = $1 AND changed_at < \
        (SELECT changed_at FROM password_history WHERE account_id = $1 \
        ORDER BY changed_at DESC LIMIT 1 OFFSET $2)";
    tx.execute(SQL, params![account, now, hash]).await?;
    let newer = i64::from(kept.saturating_sub(1));
    tx.execute(FORGET, params![account, newer])
        .await
        .map(|_| ())
}

/// Takes the lock of an account: a unit takes it before it changes what belongs to the account. `false`
/// where there is no such account.
pub(crate) async fn lock(tx: &mut Tx, id: AccountId) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM account WHERE id = $1 /*for_update*/";
    let found: Option<(AccountId,)> = tx.optional(SQL, params![id]).await?;
    Ok(found.is_some())
}

/// Raises an account's version, so that no token made before counts; `None` where there is no such account.
pub(crate) async fn next_version(conn: &mut Conn, id: AccountId) -> Result<Option<i64>, DbError> {
    const SQL: &str = "SELECT version + 1 FROM account WHERE id = $1 /*for_update*/";
    Ok(conn
        .optional::<(i64,)>(SQL, params![id])
        .await?
        .map(|(version,)| version))
}

/// The account that has proven a phone number, and its status.
///
/// # Errors
/// The store's.
pub async fn find_by_phone(
    conn: &mut Conn,
    indexes: &[(u32, [u8; 32])],
) -> Result<Option<(AccountId, AccountStatus)>, DbError> {
    const SQL: &str = "SELECT a.id, a.status FROM account_lookup l JOIN account a ON a.id = l.account_id \
        WHERE l.kind = 'phone' AND l.value = $1";
    for (_, index) in indexes {
        if let Some(found) = conn.optional(SQL, params![index]).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
