//! The rows of `provider_key`.

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params, record};

use super::{ALGORITHM, KeyId, KeyState, MOST_USES};
use crate::provider::store::ProviderId;

record! {
    /// A provider's key.
    #[derive(Clone)]
    pub struct KeyRow from "provider_key" {
        /// Its id.
        pub id: KeyId,
        /// Whose it is.
        pub provider_id: ProviderId,
        /// Its name in every message: `kid`.
        pub key_name: String,
        /// Its value, sealed; [`open_key`](crate::Identity::open_key) opens it.
        pub value: Vec<u8>,
        /// What it is now.
        pub state: KeyState,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it came, or comes at the latest, into use.
        pub activates_at: Timestamp,
        /// An active key: when it is due to be replaced. A retiring one: when it is retired.
        pub retires_at: Option<Timestamp>,
        /// How often it has encrypted.
        pub uses: i64,
    }
}

const SELECT: &str = concatcp!("SELECT ", KeyRow::COLUMNS, " FROM provider_key");

/// The key that a message to `provider` is encrypted under at `now`: the active one, or an announced one
/// whose time has come; never one that is used up.
pub async fn current(
    conn: &mut Conn,
    provider: ProviderId,
    now: Timestamp,
) -> Result<Option<KeyRow>, DbError> {
    const SQL: &str = concatcp!(
        SELECT,
        " WHERE provider_id = $1 AND uses < $3 \
        AND (state = 'active' OR (state = 'announced' AND activates_at <= $2)) \
        ORDER BY activates_at DESC, id DESC LIMIT 1"
    );
    conn.optional(SQL, params![provider, now, MOST_USES]).await
}

/// Counts one use of a key, before the use; says whether there was one left.
///
/// It holds the key's row until the unit ends: call it after whatever else in the unit names the provider.
pub async fn count_use(tx: &mut Tx, key: KeyId) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE provider_key SET uses = uses + 1 WHERE id = $1 AND uses < $2";
    Ok(tx.execute(SQL, params![key, MOST_USES]).await? == 1)
}

/// The keys of a provider, the newest first.
pub async fn of_provider(conn: &mut Conn, provider: ProviderId) -> Result<Vec<KeyRow>, DbError> {
    const SQL: &str = concatcp!(
        SELECT,
        " WHERE provider_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100"
    );
    conn.all(SQL, params![provider]).await
}

/// The key of this name, where it is the provider's.
pub(super) async fn find(
    conn: &mut Conn,
    provider: ProviderId,
    kid: &str,
) -> Result<Option<KeyRow>, DbError> {
    conn.optional(
        concatcp!(SELECT, " WHERE key_name = $1 AND provider_id = $2"),
        params![kid, provider],
    )
    .await
}

pub(super) async fn insert(tx: &mut Tx, key: &KeyRow) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO provider_key \
        (id, provider_id, key_name, value, algorithm, state, created_at, activates_at, retires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        key.id,
        key.provider_id,
        key.key_name,
        key.value,
        ALGORITHM,
        key.state,
        key.created_at,
        key.activates_at,
        key.retires_at
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// announced → active; says whether it was announced.
pub(super) async fn activate(
    tx: &mut Tx,
    id: KeyId,
    now: Timestamp,
    due: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE provider_key SET state = 'active', activates_at = $2, retires_at = $3 \
        WHERE id = $1 AND state = 'announced'";
    Ok(tx.execute(SQL, params![id, now, due]).await? == 1)
}

/// active → retiring, for every key of the provider but `but`.
pub(super) async fn retire_active(
    tx: &mut Tx,
    provider: ProviderId,
    but: KeyId,
    until: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE provider_key SET state = 'retiring', retires_at = $3 \
        WHERE provider_id = $1 AND id <> $2 AND state = 'active'";
    tx.execute(SQL, params![provider, but, until]).await
}

/// announced → retired, for every key of the provider: a newer one is announced in its place.
pub(super) async fn drop_announced(
    tx: &mut Tx,
    provider: ProviderId,
    now: Timestamp,
) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE provider_key SET state = 'retired', retires_at = $2 \
        WHERE provider_id = $1 AND state = 'announced'";
    tx.execute(SQL, params![provider, now]).await
}

/// retiring → retired, where its time has come.
pub(super) async fn retire(tx: &mut Tx, id: KeyId, now: Timestamp) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE provider_key SET state = 'retired' \
        WHERE id = $1 AND state = 'retiring' AND retires_at <= $2";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}

/// announced or retiring → retired, before its time; says whether it was one of these.
pub(super) async fn end(tx: &mut Tx, id: KeyId, now: Timestamp) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE provider_key SET state = 'retired', retires_at = $2 \
        WHERE id = $1 AND state IN ('announced', 'retiring')";
    Ok(tx.execute(SQL, params![id, now]).await? == 1)
}

/// Keys that a sweep moves on: announced ones whose time has come or whose forerunner is used up, and
/// retiring ones whose time has come.
pub(super) async fn due(conn: &mut Conn, now: Timestamp) -> Result<Vec<KeyRow>, DbError> {
    const SQL: &str = concatcp!(
        SELECT,
        " WHERE (state = 'retiring' AND retires_at <= $1) \
        OR (state = 'announced' AND (activates_at <= $1 OR EXISTS (SELECT 1 FROM provider_key k \
            WHERE k.provider_id = provider_key.provider_id AND k.state = 'active' AND k.uses >= $2))) \
        ORDER BY id LIMIT 200"
    );
    conn.all(SQL, params![now, MOST_USES]).await
}

/// Active keys that are due by `by`, or half used up, while nothing is announced in their place.
pub(super) async fn wanting(conn: &mut Conn, by: Timestamp) -> Result<Vec<KeyRow>, DbError> {
    const SQL: &str = concatcp!(
        SELECT,
        " WHERE state = 'active' AND (retires_at <= $1 OR uses >= $2) \
        AND NOT EXISTS (SELECT 1 FROM provider_key k \
            WHERE k.provider_id = provider_key.provider_id AND k.state = 'announced') \
        ORDER BY id LIMIT 1000"
    );
    conn.all(SQL, params![by, MOST_USES / 2]).await
}
