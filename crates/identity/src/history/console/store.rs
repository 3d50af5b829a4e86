//! What of `auth_transaction` those may read who look after providers.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, params, record};

use super::statement::{self, Sight, Statement, Wanted};
use crate::history::store::RequestRow;
use crate::history::timeline::store::{Found, attempts, delivery, notifications};
use crate::provider::ProviderId;
use crate::transaction::TransactionId;

/// How far the list is counted.
pub(super) const COUNTED: u32 = 1_000;

record! {
    /// Who was asked, where the reader may know.
    #[derive(Clone, Debug)]
    pub(super) struct PersonRow from "a" {
        pub(super) id: Option<AccountId>,
        pub(super) name: Option<String>,
        pub(super) username: Option<String>,
        pub(super) phone_masked: Option<String>,
    }
}

record! {
    /// A provider that the list can be narrowed to.
    #[derive(Clone, Debug)]
    pub(super) struct OfferedRow from "p" {
        pub(super) id: ProviderId,
        pub(super) name: String,
    }
}

/// A request and who was asked.
pub(super) type Row = (RequestRow, PersonRow);

const COLUMNS: &str = concatcp!(RequestRow::COLUMNS, ", ", PersonRow::COLUMNS);

/// The providers of whose requests the reader sees, by name.
pub(super) async fn providers(conn: &mut Conn, sight: Sight) -> Result<Vec<OfferedRow>, DbError> {
    const SELECT: &str = concatcp!("SELECT ", OfferedRow::COLUMNS, " FROM service_provider p ");
    const ALL: &str = concatcp!(SELECT, "ORDER BY p.name, p.id LIMIT 200");
    const OWN: &str = concatcp!(
        SELECT,
        "WHERE p.owner_id = $1 ORDER BY p.name, p.id LIMIT 200"
    );
    match sight {
        Sight::All => conn.all(ALL, params![]).await,
        Sight::Own(owner) => conn.all(OWN, params![owner]).await,
    }
}

/// How many there are, counted to one more than [`COUNTED`].
pub(super) async fn count(conn: &mut Conn, wanted: &Wanted) -> Result<u64, DbError> {
    let Some(Statement { sql, values }) = statement::count(wanted, COUNTED + 1) else {
        return Ok(0);
    };
    let count: i64 = conn.one(&sql, &values).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The requests in the order of reading: the newest first, or the oldest.
pub(super) async fn rows(conn: &mut Conn, wanted: &Wanted) -> Result<Vec<Row>, DbError> {
    let Some(Statement { sql, values }) = statement::rows(wanted, COLUMNS) else {
        return Ok(Vec::new());
    };
    let rows: Vec<Row> = conn.all(&sql, &values).await?;
    Ok(in_order(rows, wanted))
}

/// The same, and how many there are of `whole`, counted to one more than [`COUNTED`], which is not known where there is
/// no row.
pub(super) async fn rows_counted(
    conn: &mut Conn,
    wanted: &Wanted,
    whole: &Wanted,
) -> Result<(Vec<Row>, Option<u64>), DbError> {
    let statement = statement::rows_counted(wanted, COLUMNS, (whole, COUNTED + 1));
    let Some(Statement { sql, values }) = statement else {
        return Ok((Vec::new(), Some(0)));
    };
    let found: Vec<(RequestRow, PersonRow, i64)> = conn.all(&sql, &values).await?;
    let counted = found.first().map(|(.., counted)| *counted);
    let counted = counted.map(|counted| u64::try_from(counted).unwrap_or_default());
    let rows = found.into_iter().map(|(row, person, _)| (row, person));
    Ok((in_order(rows.collect(), wanted), counted))
}

/// A join keeps no order, and these are few.
fn in_order(mut rows: Vec<Row>, wanted: &Wanted) -> Vec<Row> {
    rows.sort_by_key(|(row, _)| (row.created_at, row.id.uuid()));
    if !wanted.backwards {
        rows.reverse();
    }
    rows
}

/// One request, who was asked, and whether the provider fetched the result.
async fn find(
    conn: &mut Conn,
    id: TransactionId,
    sight: Sight,
) -> Result<Option<(RequestRow, PersonRow, bool)>, DbError> {
    const SELECT: &str = concatcp!(
        "SELECT ",
        COLUMNS,
        ", t.result_key IS NOT NULL FROM auth_transaction t \
        JOIN service_provider p ON p.id = t.provider_id LEFT JOIN account a ON a.id = t.account_id"
    );
    const ANY: &str = concatcp!(SELECT, " WHERE t.id = $1");
    const OWN: &str = concatcp!(
        SELECT,
        " AND t.status = 'COMPLETED' WHERE t.id = $1 AND p.owner_id = $2"
    );
    match sight {
        Sight::All => conn.optional(ANY, params![id]).await,
        Sight::Own(owner) => conn.optional(OWN, params![id, owner]).await,
    }
}

/// A request with what is written down about it, and who was asked. What went to the phone is not told to those who
/// see only their own providers: of a number that nobody has, nothing does.
pub(super) async fn detail(
    conn: &mut Conn,
    id: TransactionId,
    sight: Sight,
) -> Result<Option<(Found, PersonRow)>, DbError> {
    let Some((request, person, fetched)) = find(conn, id, sight).await? else {
        return Ok(None);
    };
    let delivery = delivery(conn, id).await?;
    let attempts = match &delivery {
        Some(delivery) => attempts(conn, delivery.id).await?,
        None => Vec::new(),
    };
    let notifications = match sight {
        Sight::All => notifications(conn, id).await?,
        Sight::Own(_) => Vec::new(),
    };
    let found = Found {
        request,
        device: None,
        fetched,
        notifications,
        delivery,
        attempts,
    };
    Ok(Some((found, person)))
}

#[cfg(test)]
mod plans;
