//! The statement of a search, put together of fixed parts: each way into the trail goes by an index of its own,
//! what else is wanted is asked of the rows found there. Values never stand in it.

use std::fmt::Write as _;

use hanok_db::Value;
use hanok_db::paging::PageRequest;
use uuid::Uuid;

use super::search::{Search, Sight, Span, Whose, ids_of};
use crate::AccountId;
use crate::app::of_viewer;

/// Owners of more than this many providers are answered by asking each row for its owner instead.
pub(super) const MOST_OWNED: usize = 100;

/// The acts of looking at somebody's data.
const LOOKS: &str = "l.action IN ('DATA_REVEALED', 'AUDIT_SEARCH', 'DATA_EXPORT')";

/// A search by somebody, from a place on.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) search: &'a Search,
    pub(super) sight: Sight,
    /// The providers that a viewer owns, where they are few enough to be asked for one by one.
    pub(super) owned: Option<&'a [Uuid]>,
    /// The address and the pattern of the person looked at, as text.
    pub(super) texts: &'a Texts,
    pub(super) page: &'a PageRequest,
}

/// What of a search has to be turned into text.
pub(super) struct Texts {
    address: Option<String>,
    looked_at: Option<String>,
}

impl Texts {
    pub(super) fn of(search: &Search) -> Self {
        Self {
            address: search.address.map(|address| address.to_string()),
            looked_at: match search.whose {
                Whose::LookedAt(account) => Some(format!("%\"{account}\"%")),
                Whose::Anybody | Whose::Person(_) => None,
            },
        }
    }
}

/// A statement and its values.
pub(super) struct Statement<'a> {
    pub(super) sql: String,
    pub(super) values: Vec<Value<'a>>,
}

impl<'a> Statement<'a> {
    pub(super) const fn new() -> Self {
        Self {
            sql: String::new(),
            values: Vec::new(),
        }
    }

    /// A place in the statement for this value.
    pub(super) fn bind(&mut self, value: Value<'a>) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}

/// One way into the trail.
enum Way {
    /// Along an index of the log: its condition.
    Log(String),
    /// From an address on, whose place in the statement this is.
    Address(String),
}

/// The ids and times of at most `most` rows, in the order of reading; `None` where there can be none.
pub(super) fn ids<'a>(
    wanted: Wanted<'a>,
    most: u32,
    statement: &mut Statement<'a>,
) -> Option<String> {
    let rest = rest(wanted, statement);
    let ways = ways(wanted, statement);
    let most = statement.bind(Value::I64(i64::from(most)));
    let order = if wanted.page.is_backwards() {
        ""
    } else {
        " DESC"
    };
    let branches = ways
        .into_iter()
        .map(|way| branch(wanted, &way, (&rest, &most, order), statement));
    let branches: Vec<String> = branches.collect();
    let all = branches.join(" UNION ALL ");
    (!branches.is_empty())
        .then(|| format!("SELECT id, at FROM ({all}) u ORDER BY at{order}, id{order} LIMIT {most}"))
}

fn branch<'a>(
    wanted: Wanted<'a>,
    way: &Way,
    (rest, most, order): (&str, &str, &str),
    statement: &mut Statement<'a>,
) -> String {
    let cursor = wanted.page.cursor();
    let window = wanted.search.window;
    match way {
        Way::Log(condition) => {
            let span = Span::of(window, cursor);
            let after = place(span.after, statement);
            let before = place(span.before, statement);
            format!(
                "SELECT * FROM (SELECT l.id, l.at FROM audit_log l WHERE {condition} AND (l.at, l.id) > {after} \
                 AND (l.at, l.id) < {before}{rest} ORDER BY l.at{order}, l.id{order} LIMIT {most}) w"
            )
        }
        Way::Address(address) => {
            let (after, before) = ids_of(window, cursor);
            let (after, before) = (
                statement.bind(Value::Uuid(after)),
                statement.bind(Value::Uuid(before)),
            );
            let from = statement.bind(Value::I64(window.from));
            let until = statement.bind(Value::I64(window.until));
            // The first table of a CROSS JOIN stays the first.
            format!(
                "SELECT * FROM (SELECT l.id, l.at FROM audit_origin o CROSS JOIN audit_log l WHERE l.id = o.audit_id \
                 AND o.address = {address} AND o.audit_id > {after} AND o.audit_id < {before} \
                 AND l.at >= {from} AND l.at < {until}{rest} ORDER BY o.audit_id{order} LIMIT {most}) w"
            )
        }
    }
}

fn place((at, id): (i64, Uuid), statement: &mut Statement<'_>) -> String {
    let at = statement.bind(Value::I64(at));
    format!("({at}, {})", statement.bind(Value::Uuid(id)))
}

/// Whether the search goes in by the address, and so in the order of ids.
pub(super) const fn is_by_address(search: &Search) -> bool {
    search.request_id.is_none()
        && search.address.is_some()
        && matches!(search.whose, Whose::Anybody)
}

/// The ways in: of all that narrow the search, the narrowest.
fn ways<'a>(wanted: Wanted<'a>, statement: &mut Statement<'a>) -> Vec<Way> {
    let search = wanted.search;
    if let Sight::Own {
        providers: None, ..
    } = wanted.sight
    {
        return Vec::new();
    }
    if let Some(id) = &search.request_id {
        let id = statement.bind(Value::Text(id));
        return vec![Way::Log(format!("l.request_id = {id}"))];
    }
    match search.whose {
        Whose::Person(account) => of_person(account, statement),
        Whose::LookedAt(account) => of_looks(account, wanted.texts, statement),
        Whose::Anybody => of_anybody(wanted, statement),
    }
}

fn of_person(account: AccountId, statement: &mut Statement<'_>) -> Vec<Way> {
    let person = statement.bind(Value::Uuid(account.uuid()));
    vec![
        Way::Log(format!("l.actor_id = {person}")),
        Way::Log(format!(
            "l.subject_id = {person} AND (l.actor_id IS NULL OR l.actor_id <> {person})"
        )),
    ]
}

fn of_looks<'a>(account: AccountId, texts: &'a Texts, statement: &mut Statement<'a>) -> Vec<Way> {
    // Somebody else and not nobody; said so that PostgreSQL does not take it for a reason to walk the actors' index.
    let person = statement.bind(Value::Uuid(account.uuid()));
    let pattern = texts.looked_at.as_deref().unwrap_or_default();
    let pattern = statement.bind(Value::Text(pattern));
    vec![
        Way::Log(format!(
            "l.subject_id = {person} AND (l.actor_id = {person}) IS FALSE AND {LOOKS}"
        )),
        // A list that was shown unmasked names everybody on it.
        Way::Log(format!(
            "l.action = 'DATA_REVEALED' AND l.subject_id IS NULL AND (l.actor_id = {person}) IS FALSE \
             AND l.details LIKE {pattern}"
        )),
    ]
}

fn of_anybody<'a>(wanted: Wanted<'a>, statement: &mut Statement<'a>) -> Vec<Way> {
    if let Some(address) = &wanted.texts.address {
        return vec![Way::Address(statement.bind(Value::Text(address)))];
    }
    if let Some(owned) = wanted.owned {
        let of = |id: &Uuid| {
            let id = statement.bind(Value::Uuid(*id));
            Way::Log(format!("l.provider_id = {id}"))
        };
        return owned.iter().map(of).collect();
    }
    if let Some(action) = wanted.search.action {
        let action = statement.bind(Value::Text(action.as_str()));
        return vec![Way::Log(format!("l.action = {action}"))];
    }
    vec![Way::Log("TRUE".to_owned())]
}

/// What is asked of every row beside the way in: the other filters, and what the reader may see.
fn rest<'a>(wanted: Wanted<'a>, statement: &mut Statement<'a>) -> String {
    let mut rest = String::new();
    let search = wanted.search;
    if let Some(action) = search.action {
        let action = statement.bind(Value::Text(action.as_str()));
        let _ = write!(rest, " AND l.action = {action}");
    }
    if let Some(address) = wanted
        .texts
        .address
        .as_deref()
        .filter(|_| !is_by_address(search))
    {
        let address = statement.bind(Value::Text(address));
        let _ = write!(
            rest,
            " AND EXISTS (SELECT 1 FROM audit_origin o WHERE o.audit_id = l.id AND o.address = {address})"
        );
    }
    if let (Whose::Person(account), true) = (search.whose, search.request_id.is_some()) {
        let person = statement.bind(Value::Uuid(account.uuid()));
        let _ = write!(
            rest,
            " AND (l.actor_id = {person} OR l.subject_id = {person})"
        );
    }
    if let Sight::Own {
        viewer: reader,
        providers: Some(providers),
        approved,
        ..
    } = wanted.sight
    {
        let viewer = statement.bind(Value::Uuid(reader.uuid()));
        let providers = of_viewer(providers, &viewer);
        let _ = write!(rest, " AND l.provider_id IN ({providers})");
        // Whoever asks for a person finds the rows that name them, and by the others would learn whose they are.
        if matches!(search.whose, Whose::Person(account) if account != reader) {
            let named = is_named(approved, &viewer).unwrap_or_else(|| "FALSE".to_owned());
            let _ = write!(rest, " AND {named}");
        }
        if search.address.is_some() {
            let _ = write!(rest, " AND (l.actor_id IS NULL OR l.actor_id = {viewer})");
        }
    }
    rest
}

/// Whether the reader is told whose the row `l` is, beside their own: where it is about a request that was approved.
fn is_named(approved: Option<&'static str>, viewer: &str) -> Option<String> {
    let approved = of_viewer(approved?, viewer);
    Some(format!(
        "EXISTS (WITH seen (id) AS ({approved}) SELECT 1 FROM seen WHERE seen.id = l.target_id)"
    ))
}

/// Which accounts of `alias` a row `l` names to the reader: a condition that begins with AND, or nothing.
pub(super) fn named(alias: &str, sight: Sight, statement: &mut Statement<'_>) -> String {
    let Sight::Own {
        viewer, approved, ..
    } = sight
    else {
        return String::new();
    };
    let viewer = statement.bind(Value::Uuid(viewer.uuid()));
    let named = is_named(approved, &viewer);
    let named = named.map_or_else(String::new, |named| format!(" OR {named}"));
    format!(" AND ({alias}.id = {viewer}{named})")
}

/// Which accounts of `alias` the reader may ask for: a condition that begins with AND, or nothing.
pub(super) fn visible(alias: &str, sight: Sight, statement: &mut Statement<'_>) -> String {
    let Sight::Own { viewer, people, .. } = sight else {
        return String::new();
    };
    let viewer = statement.bind(Value::Uuid(viewer.uuid()));
    let answered = people.map_or_else(String::new, |people| {
        let people = of_viewer(people, &viewer);
        format!(" OR EXISTS (WITH seen (id) AS ({people}) SELECT 1 FROM seen WHERE seen.id = {alias}.id)")
    });
    format!(" AND ({alias}.id = {viewer}{answered})")
}
