//! The rows of `service_provider` and `provider_secret`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::{Id, Timestamp};
use hanok_db::paging::{Key, PageRequest};
use hanok_db::{Conn, DbError, Page, Tx, params, record};
use uuid::Uuid;

use super::own::OWN;
use super::settings::{AddressList, Delivery, Notify, ProviderLimits};

/// Marks the id of a provider.
pub enum Provider {}

/// The id of a provider.
pub type ProviderId = Id<Provider>;

record! {
    /// A provider.
    #[derive(Clone, Debug)]
    pub struct ProviderRow from "service_provider" {
        /// Its id.
        pub id: ProviderId,
        /// Raised by every change of the provider, its keys and its secrets.
        pub version: i64,
        /// What it calls itself in its own calls.
        pub client_id: String,
        /// What people read.
        pub name: String,
        /// The service_admin who made it.
        pub owner_id: Option<AccountId>,
        /// Where it is told.
        pub callback_url: Option<String>,
        /// How it is told.
        pub delivery: Delivery,
        /// What it is told of.
        pub notify: Notify,
        /// The company behind it: what DI are made from.
        pub site_code: String,
        /// Where its calls may come from.
        pub address_allow_list: AddressList,
        /// Its own limits.
        pub limits: ProviderLimits,
        /// Whether an unknown number is answered like a known one.
        pub hide_unknown_users: bool,
        /// Whether it receives CI.
        pub ci_entitled: bool,
        /// Whether it may ask at all.
        pub active: bool,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it last changed.
        pub updated_at: Timestamp,
    }
}

const SELECT: &str = concatcp!("SELECT ", ProviderRow::COLUMNS, " FROM service_provider");

/// The provider of this id.
pub async fn find(conn: &mut Conn, id: ProviderId) -> Result<Option<ProviderRow>, DbError> {
    conn.optional(concatcp!(SELECT, " WHERE id = $1"), params![id])
        .await
}

/// The provider of this id, held until the unit ends: what changes a provider begins here.
pub(super) async fn lock(tx: &mut Tx, id: ProviderId) -> Result<Option<ProviderRow>, DbError> {
    tx.optional(
        concatcp!(SELECT, " WHERE id = $1 /*for_update*/"),
        params![id],
    )
    .await
}

/// The provider of this client id; never Hanok itself.
pub async fn find_by_client_id(
    conn: &mut Conn,
    client_id: &str,
) -> Result<Option<ProviderRow>, DbError> {
    conn.optional(
        concatcp!(SELECT, " WHERE client_id = $1 AND id <> $2"),
        params![client_id, OWN],
    )
    .await
}

/// The provider of this client id, once for each of its secrets that counts at `now`, with the secret's
/// SHA-256: one statement for every call of a provider.
pub(super) async fn with_secrets(
    conn: &mut Conn,
    client_id: &str,
    now: Timestamp,
) -> Result<Vec<(ProviderRow, [u8; 32])>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        ProviderRow::COLUMNS,
        ", s.hash FROM service_provider \
        JOIN provider_secret s ON s.provider_id = service_provider.id \
        WHERE service_provider.client_id = $1 AND service_provider.id <> $3 \
        AND (s.expires_at IS NULL OR s.expires_at > $2)"
    );
    conn.all(SQL, params![client_id, now, OWN]).await
}

/// A page of the providers of `owner`, or of all; the newest first.
pub(super) async fn page(
    conn: &mut Conn,
    owner: Option<AccountId>,
    request: &PageRequest,
) -> Result<Page<ProviderRow>, DbError> {
    // An id says when it was made: its order is the order of creation.
    const OLDER: &str = concatcp!(
        SELECT,
        " WHERE ($1 OR owner_id = $2) AND id < $3 AND id <> $5 ORDER BY id DESC LIMIT $4"
    );
    const NEWER: &str = concatcp!(
        SELECT,
        " WHERE ($1 OR owner_id = $2) AND id > $3 AND id <> $5 ORDER BY id LIMIT $4"
    );
    let from = request.cursor().map_or(Uuid::max(), |cursor| cursor.id);
    let sql = if request.is_backwards() { NEWER } else { OLDER };
    let rows = conn
        .all(
            sql,
            params![owner.is_none(), owner, from, request.rows(), OWN],
        )
        .await?;
    Ok(Page::new(request, rows, |row: &ProviderRow| {
        (Key::Number(row.created_at.micros()), row.id.uuid())
    }))
}

/// Every provider but Hanok itself, the newest first: for the command line.
pub(super) async fn all(conn: &mut Conn) -> Result<Vec<ProviderRow>, DbError> {
    conn.all(
        concatcp!(SELECT, " WHERE id <> $1 ORDER BY id DESC LIMIT 100000"),
        params![OWN],
    )
    .await
}

/// Whether a provider that `owner` does not own has this site code.
pub(super) async fn site_code_is_anothers(
    conn: &mut Conn,
    site_code: &str,
    owner: AccountId,
) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM service_provider \
        WHERE site_code = $1 AND (owner_id IS NULL OR owner_id <> $2) LIMIT 1";
    let found: Option<ProviderId> = conn.optional(SQL, params![site_code, owner]).await?;
    Ok(found.is_some())
}

pub(super) async fn insert(tx: &mut Tx, row: &ProviderRow) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO service_provider (id, version, client_id, name, owner_id, callback_url, \
        delivery, notify, site_code, address_allow_list, limits, hide_unknown_users, ci_entitled, active, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let (networks, limits) = (row.address_allow_list.stored(), row.limits.stored());
    let values = params![
        row.id,
        row.version,
        row.client_id,
        row.name,
        row.owner_id,
        row.callback_url,
        row.delivery,
        row.notify,
        row.site_code,
        networks,
        limits,
        row.hide_unknown_users,
        row.ci_entitled,
        row.active,
        row.created_at,
        row.updated_at
    ];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Writes what `row` has become, if it is still the version it was; its version is then one higher.
pub(super) async fn update(
    tx: &mut Tx,
    row: &ProviderRow,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE service_provider SET version = version + 1, updated_at = $3, name = $4, \
        callback_url = $5, delivery = $6, notify = $7, site_code = $8, address_allow_list = $9, limits = $10, \
        hide_unknown_users = $11, ci_entitled = $12, active = $13, owner_id = $14 WHERE id = $1 AND version = $2";
    let (networks, limits) = (row.address_allow_list.stored(), row.limits.stored());
    let values = params![
        row.id,
        row.version,
        now,
        row.name,
        row.callback_url,
        row.delivery,
        row.notify,
        row.site_code,
        networks,
        limits,
        row.hide_unknown_users,
        row.ci_entitled,
        row.active,
        row.owner_id
    ];
    Ok(tx.execute(SQL, values).await? == 1)
}

record! {
    /// A secret that counts, without its hash.
    #[derive(Clone, Debug)]
    pub struct SecretRow {
        /// When it was made.
        pub created_at: Timestamp,
        /// Until when it counts, where a newer one has taken its place.
        pub expires_at: Option<Timestamp>,
    }
}

/// The secrets of a provider that count at `now`, the newest first.
pub(super) async fn secrets(
    conn: &mut Conn,
    provider: ProviderId,
    now: Timestamp,
) -> Result<Vec<SecretRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        SecretRow::COLUMNS,
        " FROM provider_secret \
        WHERE provider_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC, id DESC"
    );
    conn.all(SQL, params![provider, now]).await
}

/// A new secret; the one before counts until `until`, those before that no longer.
pub(super) async fn replace_secret(
    tx: &mut Tx,
    id: Uuid,
    provider: ProviderId,
    hash: &[u8; 32],
    now: Timestamp,
    until: Timestamp,
) -> Result<(), DbError> {
    const OLDER: &str =
        "DELETE FROM provider_secret WHERE provider_id = $1 AND expires_at IS NOT NULL";
    const BEFORE: &str = "UPDATE provider_secret SET expires_at = $2 WHERE provider_id = $1";
    tx.execute(OLDER, params![provider]).await?;
    tx.execute(BEFORE, params![provider, until]).await?;
    insert_secret(tx, id, provider, hash, now).await
}

pub(super) async fn insert_secret(
    tx: &mut Tx,
    id: Uuid,
    provider: ProviderId,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str =
        "INSERT INTO provider_secret (id, provider_id, hash, created_at) VALUES ($1, $2, $3, $4)";
    tx.execute(SQL, params![id, provider, hash, now])
        .await
        .map(|_| ())
}

/// Forgets secrets that no longer count.
pub(super) async fn drop_expired_secrets(tx: &mut Tx, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(
        "DELETE FROM provider_secret WHERE expires_at <= $1",
        params![now],
    )
    .await
}

#[cfg(test)]
pub(super) mod tests {
    use hanok_base::{Clock, Random};

    use super::*;

    /// A provider as the pure rules see one.
    pub(in crate::provider) fn shop() -> ProviderRow {
        let (clock, random) = (Clock::system(), Random::system());
        ProviderRow {
            id: Id::new(&clock, &random),
            version: 1,
            client_id: "0123456789abcdef".to_owned(),
            name: "A 쇼핑몰".to_owned(),
            owner_id: None,
            callback_url: Some("https://shop.example.com/callback".to_owned()),
            delivery: Delivery::Callback,
            notify: Notify::All,
            site_code: "SHOP-A".to_owned(),
            address_allow_list: AddressList::default(),
            limits: ProviderLimits::default(),
            hide_unknown_users: false,
            ci_entitled: false,
            active: true,
            created_at: clock.now(),
            updated_at: clock.now(),
        }
    }
}
