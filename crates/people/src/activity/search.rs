//! A page of what people did, of all or of one person, of all kinds or of one, within some days.

use hanok_accounts::AccountId;
use hanok_accounts::activity::ActivityType;
use hanok_accounts::audit::read::Window;
use hanok_db::paging::{Cursor, Key};
use hanok_db::{Conn, DbError, Page, PageRequest, Value};
use uuid::Uuid;

use super::store::ActivityRow;

/// How far rows are counted.
const COUNTED: u32 = 1_000;

/// Which activities are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    /// Whose.
    pub(super) account: Option<AccountId>,
    /// Of which kind.
    pub(super) kind: Option<ActivityType>,
    /// When they were.
    pub(super) window: Window,
}

/// A page, the newest first, and how many there are where they were counted.
pub(super) struct Found {
    pub(super) page: Page<ActivityRow>,
    pub(super) rows: u64,
    /// Whether there are more than were counted.
    pub(super) is_at_least: bool,
}

/// A statement and its values.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value<'static>>,
}

/// A page of what `search` finds; counted to a bound where `counts`. One statement.
///
/// # Errors
/// The store's.
pub(super) async fn page(
    conn: &mut Conn,
    search: &Search,
    (page, counts): (&PageRequest, bool),
) -> Result<Found, DbError> {
    let statement = statement(search, (page, counts));
    let found: Vec<(ActivityRow, Option<i64>)> =
        conn.all(&statement.sql, &statement.values).await?;
    let counted = found.first().and_then(|(_, counted)| *counted);
    let rows = counted.map_or(0, |rows| u64::try_from(rows).unwrap_or_default());
    let most = u64::from(COUNTED);
    let listed = found.into_iter().map(|(row, _)| row).collect();
    let keyset = |row: &ActivityRow| (Key::Number(row.at.micros()), row.id.uuid());
    Ok(Found {
        page: Page::new(page, listed, keyset),
        rows: rows.min(most),
        is_at_least: rows > most,
    })
}

/// Reads a page's rows; beside each stands how many there are, which is counted once.
pub(super) fn statement(search: &Search, (page, counts): (&PageRequest, bool)) -> Statement {
    let mut it = Statement::default();
    let narrowed = it.narrowed(search);
    let counted = if counts {
        let span = it.span(search.window, None);
        let most = COUNTED + 1;
        format!(
            "(SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM people_activity l \
             WHERE {span}{narrowed} LIMIT {most}) c)"
        )
    } else {
        "CAST(NULL AS BIGINT)".to_owned()
    };
    let span = it.span(search.window, page.cursor());
    let order = if page.is_backwards() { "" } else { " DESC" };
    let most = it.bind(Value::I64(i64::from(page.rows())));
    it.sql = format!(
        "SELECT {}, {counted} FROM people_activity l JOIN account a ON a.id = l.account_id \
         WHERE {span}{narrowed} ORDER BY l.at{order}, l.id{order} LIMIT {most}",
        ActivityRow::COLUMNS
    );
    it
}

impl Statement {
    /// A place in the statement for this value.
    fn bind(&mut self, value: Value<'static>) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Conditions that each begin with AND, or nothing.
    fn narrowed(&mut self, search: &Search) -> String {
        let account = search.account.map(|account| {
            let account = self.bind(Value::Uuid(account.uuid()));
            format!(" AND l.account_id = {account}")
        });
        let kind = search.kind.map(|kind| {
            let kind = self.bind(Value::Text(kind.as_str()));
            format!(" AND l.activity_type = {kind}")
        });
        account.unwrap_or_default() + &kind.unwrap_or_default()
    }

    /// The window, and of it what lies beyond the cursor: older, or newer. No row has the nil id.
    fn span(&mut self, window: Window, cursor: Option<&Cursor>) -> String {
        let mut after = (window.from, Uuid::nil());
        let mut before = (window.until, Uuid::nil());
        if let Some(cursor) = cursor
            && let Key::Number(at) = cursor.key
        {
            let place = (at, cursor.id);
            if cursor.backwards {
                after = after.max(place);
            } else {
                before = before.min(place);
            }
        }
        let (after, before) = (self.place(after), self.place(before));
        format!("(l.at, l.id) > {after} AND (l.at, l.id) < {before}")
    }

    fn place(&mut self, (at, id): (i64, Uuid)) -> String {
        let at = self.bind(Value::I64(at));
        let id = self.bind(Value::Uuid(id));
        format!("({at}, {id})")
    }
}
