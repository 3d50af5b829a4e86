//! The statements of reading.

use hanok_db::paging::{Key, PageRequest};
use hanok_db::{Conn, DbError, Page, Value};
use uuid::Uuid;

use super::count::{Counted, count, counted};
use super::line::{AuditLine, COLUMNS, Row, beside};
use super::search::{Search, Sight, Whose};
use super::statement::{MOST_OWNED, Statement, Texts, Wanted, ids, is_by_address, visible};
use crate::AccountId;
use crate::app::of_viewer;
use crate::audit::AuditId;

/// A page of what `search` finds of what `sight` shows, and how many there are: one statement, one more for whose sight
/// is of their own providers, and one more where nothing is left behind a cursor. `named` is [`App::named_providers`](crate::App::named_providers).
///
/// # Errors
/// What the store answers.
pub async fn search(
    conn: &mut Conn,
    search: &Search,
    sight: Sight,
    named: Option<&'static str>,
    (page, counts): (&PageRequest, bool),
) -> Result<(Page<AuditLine>, Counted), DbError> {
    let owned = owned(conn, search, sight).await?;
    let texts = Texts::of(search);
    let wanted = Wanted {
        search,
        sight,
        owned: owned.as_deref(),
        texts: &texts,
        page,
    };
    let first = PageRequest::new(None, None).map_err(|error| DbError::Other(error.to_string()))?;
    let whole = counts.then_some(Wanted {
        page: &first,
        ..wanted
    });
    let (mut rows, counted) = rows(conn, wanted, whole, named).await?;
    let counted = match (counted, whole) {
        (Some(counted), _) => counted,
        (None, Some(whole)) => count(conn, whole).await?,
        (None, None) => Counted {
            rows: 0,
            is_at_least: true,
        },
    };
    sort(&mut rows, is_by_address(search), page.is_backwards());
    let found = Page::new(page, rows, |row| {
        (Key::Number(row.at.micros()), row.id.uuid())
    });
    Ok((found.map(|row| row.seen(sight)), counted))
}

/// The providers that the viewer owns, where they are the way into the trail.
async fn owned(
    conn: &mut Conn,
    search: &Search,
    sight: Sight,
) -> Result<Option<Vec<Uuid>>, DbError> {
    let Sight::Own {
        viewer,
        providers: Some(providers),
        ..
    } = sight
    else {
        return Ok(None);
    };
    let is_way =
        search.whose == Whose::Anybody && search.address.is_none() && search.request_id.is_none();
    if !is_way {
        return Ok(None);
    }
    let sql = format!("{} LIMIT {}", of_viewer(providers, "$1"), MOST_OWNED + 1);
    let owned: Vec<Uuid> = conn.all(&sql, &[Value::Uuid(viewer.uuid())]).await?;
    Ok((owned.len() <= MOST_OWNED).then_some(owned))
}

/// The rows of a page, and how many `whole` finds where the rows say it: beside each row stands the same number.
async fn rows(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    whole: Option<Wanted<'_>>,
    named: Option<&'static str>,
) -> Result<(Vec<Row>, Option<Counted>), DbError> {
    let Some(statement) = rows_statement(wanted, whole, named) else {
        return Ok((Vec::new(), whole.map(|_| Counted::of(0))));
    };
    let found: Vec<(Row, Option<i64>)> = conn.all(&statement.sql, &statement.values).await?;
    let is_first = wanted.page.cursor().is_none();
    let counted = match found.first() {
        Some((_, counted)) => counted.map(Counted::of),
        None => whole.filter(|_| is_first).map(|_| Counted::of(0)),
    };
    let rows = found.into_iter().map(|(row, _)| row);
    Ok((rows.collect(), counted))
}

/// Reads a page's rows, in no order, and counts `whole` to the bound: a subquery that names no row runs once.
pub(super) fn rows_statement<'a>(
    wanted: Wanted<'a>,
    whole: Option<Wanted<'a>>,
    named: Option<&'static str>,
) -> Option<Statement<'a>> {
    let mut statement = Statement::new();
    let page = ids(wanted, wanted.page.rows(), &mut statement)?;
    let counted = whole.and_then(|whole| counted(whole, &mut statement));
    let counted = counted.unwrap_or_else(|| NOT_COUNTED.to_owned());
    let beside = beside(wanted.sight, named, &mut statement);
    statement.sql = format!(
        "{COLUMNS}, ({counted}) FROM ({page}) k CROSS JOIN audit_log l{beside} WHERE l.id = k.id"
    );
    Some(statement)
}

const NOT_COUNTED: &str = "SELECT CAST(NULL AS BIGINT)";

/// A join keeps no order, and these are few.
fn sort(rows: &mut [Row], by_id: bool, oldest_first: bool) {
    if by_id {
        rows.sort_by_key(|row| row.id.uuid());
    } else {
        rows.sort_by_key(|row| (row.at, row.id.uuid()));
    }
    if !oldest_first {
        rows.reverse();
    }
}

/// One row, where `sight` shows it.
///
/// # Errors
/// What the store answers.
pub async fn find(
    conn: &mut Conn,
    id: AuditId,
    sight: Sight,
    named: Option<&'static str>,
) -> Result<Option<AuditLine>, DbError> {
    let mut statement = Statement::new();
    let id = statement.bind(Value::Uuid(id.uuid()));
    let mut condition = format!("l.id = {id}");
    if let Sight::Own {
        viewer, providers, ..
    } = sight
    {
        let Some(providers) = providers else {
            return Ok(None);
        };
        let viewer = statement.bind(Value::Uuid(viewer.uuid()));
        condition = format!(
            "{condition} AND l.provider_id IN ({})",
            of_viewer(providers, &viewer)
        );
    }
    let beside = beside(sight, named, &mut statement);
    let sql = format!("{COLUMNS} FROM audit_log l{beside} WHERE {condition}");
    let found: Option<Row> = conn.optional(&sql, &statement.values).await?;
    Ok(found.map(|row| row.seen(sight)))
}

/// The account of this id or username, where `sight` shows it.
///
/// # Errors
/// What the store answers.
pub async fn person(
    conn: &mut Conn,
    id: Option<AccountId>,
    username_key: &str,
    sight: Sight,
) -> Result<Option<AccountId>, DbError> {
    let mut statement = Statement::new();
    let condition = match &id {
        Some(id) => format!("a.id = {}", statement.bind(Value::Uuid(id.uuid()))),
        None => format!(
            "a.username_key = {}",
            statement.bind(Value::Text(username_key))
        ),
    };
    let visible = visible("a", sight, &mut statement);
    let sql = format!("SELECT a.id FROM account a WHERE {condition}{visible}");
    conn.optional(&sql, &statement.values).await
}
