//! The one row of `organisation`.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Tx, params};

use super::NewOrganisation;

/// The organisation, where it has been made.
pub(crate) async fn now_known(conn: &mut Conn) -> Result<Option<NewOrganisation>, DbError> {
    const SQL: &str = "SELECT name, time_zone, locale FROM organisation WHERE id = 1";
    let row: Option<(String, String, String)> = conn.optional(SQL, params![]).await?;
    Ok(row.map(|(name, time_zone, locale)| NewOrganisation {
        name,
        time_zone,
        locale: locale.parse().unwrap_or_default(),
    }))
}

/// Makes the organisation, or changes it where there is one.
pub(crate) async fn insert_or_update(
    tx: &mut Tx,
    new: &NewOrganisation,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO organisation (id, name, time_zone, locale, created_at) \
        VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
        time_zone = excluded.time_zone, locale = excluded.locale";
    let locale = new.locale.as_str();
    tx.execute(SQL, params![new.name, new.time_zone, locale, now])
        .await
        .map(|_| ())
}
