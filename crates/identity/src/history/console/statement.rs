//! The statements of the list, put together of fixed parts: each way to the requests goes by an index, what else is
//! wanted is asked of the rows found there. Values never stand in them.

use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::Value;

use crate::history::rules::{Filter, Place, Span};
use crate::provider::ProviderId;
use crate::transaction::Status;

/// Owners of more than this many providers are answered by asking each row for its owner instead.
pub(super) const MOST_OWNED: usize = 100;

/// Whose requests a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Everybody's.
    All,
    /// Those of the providers that this account owns.
    Own(AccountId),
}

/// What is wanted, by whom and at which moment.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) sight: Sight,
    /// The providers that the reader owns, where that is all they see.
    pub(super) owned: Vec<ProviderId>,
    pub(super) person: Option<AccountId>,
    pub(super) filter: Filter,
    pub(super) span: Span,
    pub(super) now: Timestamp,
    /// Whether the oldest is read first.
    pub(super) backwards: bool,
    /// How many are read.
    pub(super) most: u32,
}

/// A statement and its values.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value<'static>>,
}

impl Statement {
    /// A place in the statement for this value.
    fn bind(&mut self, value: Value<'static>) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}

/// One way to the requests.
struct Branch {
    condition: String,
    /// The time, as it is asked for. Of those that wait there are few: they are found by that, never by their time.
    at: &'static str,
}

const BY_TIME: &str = "t.created_at";
const NOT_BY_TIME: &str = "t.created_at + 0";

/// The rows: `columns` of the requests `t`, their providers `p` and, where the reader may know, the people `a`; in no
/// order. `None` where there can be none.
pub(super) fn rows(wanted: &Wanted, columns: &str) -> Option<Statement> {
    rows_into(Statement::default(), wanted, columns)
}

/// The same, and beside each row how many there are in the span of `whole`, counted to `most`: a subquery that names no
/// row runs once.
pub(super) fn rows_counted(
    wanted: &Wanted,
    columns: &str,
    (whole, most): (&Wanted, u32),
) -> Option<Statement> {
    let mut statement = Statement::default();
    let counted = counted(whole, most, &mut statement)?;
    rows_into(statement, wanted, &format!("{columns}, ({counted})"))
}

fn rows_into(mut statement: Statement, wanted: &Wanted, columns: &str) -> Option<Statement> {
    let branches = branches(wanted, &mut statement)?;
    let after = place(wanted.span.after, &mut statement);
    let before = place(wanted.span.before, &mut statement);
    let most = statement.bind(Value::I64(i64::from(wanted.most)));
    let order = if wanted.backwards { "" } else { " DESC" };
    let branch = |Branch { condition, at }: Branch| {
        // An index without the id is bounded by the time alone.
        let bounds = format!(
            "{at} >= {} AND {at} <= {} AND ({at}, t.id) > ({}, {}) AND ({at}, t.id) < ({}, {})",
            after.0, before.0, after.0, after.1, before.0, before.1
        );
        format!(
            "SELECT * FROM (SELECT t.id, t.created_at FROM auth_transaction t WHERE {condition} AND {bounds} \
             ORDER BY {at}{order}, t.id{order} LIMIT {most}) w"
        )
    };
    let all: Vec<String> = branches.into_iter().map(branch).collect();
    let all = all.join(" UNION ALL ");
    let known = match wanted.sight {
        Sight::All => "",
        Sight::Own(_) => APPROVED,
    };
    statement.sql = format!(
        "SELECT {columns} FROM (SELECT id, created_at FROM ({all}) u ORDER BY created_at{order}, id{order} LIMIT {most}) k \
         JOIN auth_transaction t ON t.id = k.id JOIN service_provider p ON p.id = t.provider_id \
         LEFT JOIN account a ON a.id = t.account_id{known}"
    );
    Some(statement)
}

/// How many there are in the span, counted to `most`.
pub(super) fn count(wanted: &Wanted, most: u32) -> Option<Statement> {
    let mut statement = Statement::default();
    statement.sql = counted(wanted, most, &mut statement)?;
    Some(statement)
}

fn counted(wanted: &Wanted, most: u32, statement: &mut Statement) -> Option<String> {
    let branches = branches(wanted, statement)?;
    let after = statement.bind(Value::I64(wanted.span.after.0));
    let before = statement.bind(Value::I64(wanted.span.before.0));
    let most = statement.bind(Value::I64(i64::from(most)));
    let branch = |Branch { condition, at }: Branch| {
        format!(
            "SELECT * FROM (SELECT {at} AS at FROM auth_transaction t WHERE {condition} \
             AND {at} >= {after} AND {at} < {before} LIMIT {most}) w"
        )
    };
    let all: Vec<String> = branches.into_iter().map(branch).collect();
    let all = all.join(" UNION ALL ");
    Some(format!(
        "SELECT COUNT(*) FROM (SELECT at FROM ({all}) u LIMIT {most}) c"
    ))
}

/// Whom an owner of providers may know: who approved.
const APPROVED: &str = " AND t.status = 'COMPLETED'";

fn place((at, id): Place, statement: &mut Statement) -> (String, String) {
    let at = statement.bind(Value::I64(at));
    (at, statement.bind(Value::Uuid(id)))
}

/// The ways: of all that narrow the list, the narrowest.
fn branches(wanted: &Wanted, statement: &mut Statement) -> Option<Vec<Branch>> {
    if matches!(wanted.sight, Sight::Own(_)) {
        let unapproved = |state| state != Status::Completed;
        let unknown = wanted.person.is_some() && wanted.filter.state.is_some_and(unapproved);
        if wanted.owned.is_empty() || unknown {
            return None;
        }
    }
    let branches = match wanted.filter.state {
        Some(Status::Pending) => vec![waiting(wanted, ">", statement)],
        Some(Status::Expired) => {
            let mut branches = written(wanted, statement);
            branches.push(waiting(wanted, "<=", statement));
            branches
        }
        None | Some(Status::Completed | Status::Failed) => written(wanted, statement),
    };
    Some(branches)
}

/// Those that stand as they are written down.
fn written(wanted: &Wanted, statement: &mut Statement) -> Vec<Branch> {
    let status = wanted.filter.state.map_or_else(String::new, |status| {
        format!(" AND t.status = '{}'", status.as_str())
    });
    let branch = |way: String| Branch {
        condition: way + &status,
        at: BY_TIME,
    };
    ways(wanted, statement).into_iter().map(branch).collect()
}

/// Those of which nobody has written down an end, and whose time lies so to now.
fn waiting(wanted: &Wanted, lies: &str, statement: &mut Statement) -> Branch {
    let narrow = narrow(wanted, statement);
    let now = statement.bind(Value::I64(wanted.now.micros()));
    Branch {
        condition: format!("{narrow} AND t.status = 'PENDING' AND t.expires_at {lies} {now}"),
        at: NOT_BY_TIME,
    }
}

/// An owner's requests are found provider by provider.
fn ways(wanted: &Wanted, statement: &mut Statement) -> Vec<String> {
    let narrow = narrow(wanted, statement);
    let by_owned = wanted.person.is_none()
        && wanted.filter.provider.is_none()
        && wanted.sight != Sight::All
        && wanted.owned.len() <= MOST_OWNED;
    if !by_owned {
        return vec![narrow];
    }
    let of = |id: &ProviderId| {
        let id = statement.bind(Value::Uuid(id.uuid()));
        format!("t.provider_id = {id} AND {narrow}")
    };
    wanted.owned.iter().map(of).collect()
}

/// Everything that is asked of a request but its state and its time.
fn narrow(wanted: &Wanted, statement: &mut Statement) -> String {
    let mut narrow = Vec::new();
    if let Some(person) = wanted.person {
        let person = statement.bind(Value::Uuid(person.uuid()));
        narrow.push(format!("t.account_id = {person}"));
    }
    if let Some(provider) = wanted.filter.provider {
        let provider = statement.bind(Value::Uuid(provider.uuid()));
        narrow.push(format!("t.provider_id = {provider}"));
    }
    if let Sight::Own(owner) = wanted.sight {
        let owner = statement.bind(Value::Uuid(owner.uuid()));
        narrow.push(format!(
            "t.provider_id IN (SELECT o.id FROM service_provider o WHERE o.owner_id = {owner})"
        ));
        if wanted.person.is_some() {
            narrow.push("t.status = 'COMPLETED'".to_owned());
        }
    }
    if narrow.is_empty() {
        return "TRUE".to_owned();
    }
    narrow.join(" AND ")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OWNER: AccountId = AccountId::from_uuid(Uuid::from_u128(1));

    fn wanted(sight: Sight, owned: usize, state: Option<Status>) -> Wanted {
        let ids = (1..=owned).map(|n| {
            let n = u128::try_from(n).unwrap();
            ProviderId::from_uuid(Uuid::from_u128(n))
        });
        Wanted {
            sight,
            owned: ids.collect(),
            person: None,
            filter: Filter {
                state,
                ..Filter::default()
            },
            span: Span {
                after: (0, Uuid::nil()),
                before: (9, Uuid::nil()),
            },
            now: Timestamp::from_micros(5),
            backwards: false,
            most: 21,
        }
    }

    /// Every value has a place, and every place a value.
    fn assert_placed(Statement { sql, values }: &Statement) {
        let named = |n: usize| {
            let place = format!("${n}");
            let mut words = sql.split(|c: char| c != '$' && !c.is_ascii_digit());
            words.any(|word| word == place)
        };
        assert!((1..=values.len()).all(named), "{sql}");
        assert!(!named(values.len() + 1), "{sql}");
    }

    #[test]
    fn who_owns_no_provider_sees_nothing() {
        assert!(rows(&wanted(Sight::Own(OWNER), 0, None), "t.id").is_none());
        assert!(count(&wanted(Sight::Own(OWNER), 0, None), 9).is_none());
    }

    #[test]
    fn of_a_person_an_owner_sees_what_was_approved_and_nothing_else() {
        let of = |state| Wanted {
            person: Some(OWNER),
            ..wanted(Sight::Own(OWNER), 1, state)
        };
        assert!(rows(&of(None), "t.id").is_some());
        assert!(rows(&of(Some(Status::Completed)), "t.id").is_some());
        for state in [Status::Pending, Status::Failed, Status::Expired] {
            assert!(rows(&of(Some(state)), "t.id").is_none(), "{state}");
            assert!(count(&of(Some(state)), 9).is_none(), "{state}");
        }
    }

    #[test]
    fn every_value_has_its_place() {
        let states = [None, Some(Status::Pending), Some(Status::Expired)];
        for (state, owned) in states
            .map(|state| [1, 3, MOST_OWNED + 1].map(|n| (state, n)))
            .concat()
        {
            for sight in [Sight::All, Sight::Own(OWNER)] {
                let wanted = wanted(sight, owned, state);
                assert_placed(&rows(&wanted, "t.id").unwrap());
                assert_placed(&count(&wanted, 9).unwrap());
                assert_placed(&rows_counted(&wanted, "t.id", (&wanted, 9)).unwrap());
            }
        }
    }

    #[test]
    fn an_owner_finds_a_person_only_who_approved() {
        let of_person = Wanted {
            person: Some(OWNER),
            ..wanted(Sight::Own(OWNER), 1, None)
        };
        let Statement { sql, .. } = rows(&of_person, "t.id").unwrap();
        assert_eq!(sql.matches("t.status = 'COMPLETED'").count(), 2);
        assert!(sql.contains("o.owner_id = "), "{sql}");
        let by_all = Wanted {
            sight: Sight::All,
            ..of_person
        };
        let Statement { sql, .. } = rows(&by_all, "t.id").unwrap();
        assert!(!sql.contains("COMPLETED"), "{sql}");
    }
}
