//! The statements of reading, and what a row is to its reader.

use std::str::FromStr as _;

use const_format::concatcp;
use hanok_base::Timestamp;
use hanok_db::paging::{Key, PageRequest};
use hanok_db::{Conn, DbError, Page, Value, record};
use serde_json::Value as Json;
use uuid::Uuid;

use super::search::{Search, Sight, Whose};
use super::statement::{
    MOST_OWNED, Statement, Texts, Wanted, ids, is_by_address, named as named_as, visible,
};
use crate::AccountId;
use crate::app::of_viewer;
use crate::audit::row::PROGRAM;
use crate::audit::{Action, AuditId};

/// How far rows are counted.
const COUNTED: u32 = 1_000;
/// What those of a provider may know was acted on.
const OF_PROVIDERS: &[&str] = &[
    "auth_transaction",
    "service_provider",
    "provider_key",
    "callback_delivery",
];

/// Somebody whom a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Somebody {
    /// The account.
    pub id: AccountId,
    /// The person's name, and the one they sign in with; an account that was removed has none.
    pub names: Option<(String, String)>,
}

/// A provider that a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedProvider {
    /// Its id.
    pub id: Uuid,
    /// Its name, where it is known.
    pub name: Option<String>,
}

/// A row of the trail, as its reader may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    /// Its id.
    pub id: AuditId,
    /// Its place in the chain, once it is linked.
    pub seq: Option<i64>,
    /// When it was done.
    pub at: Timestamp,
    /// What was done, as it is stored.
    pub action: String,
    /// Who did it.
    pub actor: Option<Somebody>,
    /// Whose account it concerns.
    pub subject: Option<Somebody>,
    /// The provider it concerns.
    pub provider: Option<NamedProvider>,
    /// The kind and id of what was acted on.
    pub target: Option<(String, Uuid)>,
    /// What that has become.
    pub target_version: Option<String>,
    /// What else there is to say: an object.
    pub details: Json,
    /// The request, as the log names it.
    pub request_id: Option<String>,
    /// Whether it came by hand-written SQL and not by the program.
    pub is_by_hand: bool,
    /// Where it came from.
    pub address: Option<String>,
    /// What the client called itself.
    pub agent: Option<String>,
    /// Whether address and agent were erased.
    pub is_erased: bool,
}

impl AuditLine {
    /// What was done, where this version knows the word.
    pub fn known_action(&self) -> Option<Action> {
        Action::from_str(&self.action).ok()
    }

    /// Whether a command or a job did it, and no request.
    pub fn is_by_itself(&self) -> bool {
        let request = self.request_id.as_deref().unwrap_or_default();
        self.actor.is_none()
            && !self.is_by_hand
            && (request.is_empty() || request.starts_with("job:"))
    }

    /// A word of the details.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name)?.as_str()
    }
}

/// How many rows there are, counted to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// So many.
    pub rows: u64,
    /// Or more.
    pub is_at_least: bool,
}

record! {
    /// A row and who is beside it, where the reader may know them.
    struct Row {
        id: AuditId = "l.id",
        at: Timestamp = "l.at",
        action: String = "l.action",
        actor_id: Option<AccountId> = "l.actor_id",
        actor_seen: Option<AccountId> = "actor.id",
        actor_name: Option<String> = "actor.name",
        actor_username: Option<String> = "actor.username",
        subject_id: Option<AccountId> = "l.subject_id",
        subject_seen: Option<AccountId> = "subject.id",
        subject_name: Option<String> = "subject.name",
        subject_username: Option<String> = "subject.username",
        provider_id: Option<Uuid> = "l.provider_id",
        provider_name: Option<String> = "p.name",
        target_kind: Option<String> = "l.target_kind",
        target_id: Option<Uuid> = "l.target_id",
        target_version: Option<String> = "l.target_version",
        details: String = "l.details",
        request_id: Option<String> = "l.request_id",
        origin: String = "l.origin",
        origin_mac: Option<Vec<u8>> = "l.origin_mac",
        address: Option<String> = "o.address",
        agent: Option<String> = "o.agent",
        seq: Option<i64> = "c.seq",
    }
}

const COLUMNS: &str = concatcp!("SELECT ", Row::COLUMNS);
/// Where no app knows providers, they have no names.
const NO_NAMES: &str = "SELECT id, action AS name FROM audit_log WHERE FALSE";

/// What stands beside a row.
fn beside(sight: Sight, named: Option<&'static str>, statement: &mut Statement<'_>) -> String {
    let (actor, subject) = (
        named_as("actor", sight, statement),
        named_as("subject", sight, statement),
    );
    format!(
        " LEFT JOIN audit_origin o ON o.audit_id = l.id LEFT JOIN audit_chain c ON c.audit_id = l.id \
         LEFT JOIN account actor ON actor.id = l.actor_id{actor} \
         LEFT JOIN account subject ON subject.id = l.subject_id{subject} \
         LEFT JOIN ({}) p ON p.id = l.provider_id",
        named.unwrap_or(NO_NAMES)
    )
}

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

/// Counts, to the bound.
fn counted<'a>(wanted: Wanted<'a>, statement: &mut Statement<'a>) -> Option<String> {
    let all = ids(wanted, COUNTED + 1, statement)?;
    Some(format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM ({all}) counted"
    ))
}

async fn count(conn: &mut Conn, whole: Wanted<'_>) -> Result<Counted, DbError> {
    let mut statement = Statement::new();
    let Some(sql) = counted(whole, &mut statement) else {
        return Ok(Counted::of(0));
    };
    let rows: i64 = conn.one(&sql, &statement.values).await?;
    Ok(Counted::of(rows))
}

impl Counted {
    fn of(rows: i64) -> Self {
        let rows = u64::try_from(rows).unwrap_or_default();
        let most = u64::from(COUNTED);
        Self {
            rows: rows.min(most),
            is_at_least: rows > most,
        }
    }
}

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

impl Row {
    /// What of it a reader may see.
    fn seen(self, sight: Sight) -> AuditLine {
        let told = |id: Option<AccountId>, seen: Option<AccountId>, names| {
            let is_told = sight == Sight::All || seen.is_some();
            id.filter(|_| is_told).map(|id| Somebody { id, names })
        };
        let shows_place = match sight {
            Sight::All => true,
            Sight::Own { viewer, .. } => self.actor_id.is_none_or(|actor| actor == viewer),
        };
        let target = self.target_kind.zip(self.target_id);
        let target =
            target.filter(|(kind, _)| sight == Sight::All || OF_PROVIDERS.contains(&kind.as_str()));
        AuditLine {
            id: self.id,
            seq: self.seq,
            at: self.at,
            is_erased: shows_place && self.origin_mac.is_some() && self.agent.is_none(),
            is_by_hand: self.origin != PROGRAM,
            action: self.action,
            actor: told(
                self.actor_id,
                self.actor_seen,
                self.actor_name.zip(self.actor_username),
            ),
            subject: told(
                self.subject_id,
                self.subject_seen,
                self.subject_name.zip(self.subject_username),
            ),
            provider: self.provider_id.map(|id| NamedProvider {
                id,
                name: self.provider_name,
            }),
            target,
            target_version: self.target_version,
            details: serde_json::from_str(&self.details).unwrap_or(Json::Null),
            request_id: self.request_id,
            address: self.address.filter(|_| shows_place),
            agent: self.agent.filter(|agent| shows_place && !agent.is_empty()),
        }
    }
}
