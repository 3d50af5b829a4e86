//! The list of people: its base query holds whom the reader reaches and every filter.

mod after;
pub(super) mod history;

pub(super) use after::{after, own_roles};

use const_format::concatcp;
use hanok_accounts::account::AccountRow;
use hanok_accounts::organisation::Reach;
use hanok_accounts::{AccountId, role};
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError, Param, Value, params, record};
use uuid::Uuid;

use super::rules::{InDepartment, UserFilter, UserSort, UserState};

/// What a parameter holds; a list is put together at run time, and its values never go into its text.
#[derive(Clone, Debug)]
enum Bound {
    Id(Uuid),
    Text(String),
    Bytes(Vec<u8>),
    Number(i64),
}

impl Bound {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Id(id) => Value::Uuid(*id),
            Self::Text(text) => text.value(),
            Self::Bytes(bytes) => bytes.value(),
            Self::Number(number) => Value::I64(*number),
        }
    }
}

/// A statement with its values.
#[derive(Clone, Debug, Default)]
struct Statement {
    sql: String,
    values: Vec<Bound>,
}

impl Statement {
    /// The number of the parameter that `value` becomes, as the text names it.
    fn bind(&mut self, value: Bound) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn and(&mut self, condition: &str) {
        let joint = if self.sql.is_empty() {
            " WHERE "
        } else {
            " AND "
        };
        self.sql.push_str(joint);
        self.sql.push_str(condition);
    }

    fn values(&self) -> Vec<Value<'_>> {
        self.values.iter().map(Bound::value).collect()
    }
}

/// What a search that names one person finds, as blind indexes.
#[derive(Clone, Debug, Default)]
pub(super) struct Exactly {
    /// Of a whole phone number.
    pub(super) phone: Vec<[u8; 32]>,
    /// Of a whole e-mail address.
    pub(super) email: Vec<[u8; 32]>,
}

/// Which people a reader wants.
pub(super) struct Wanted<'a> {
    pub(super) reach: &'a Reach,
    pub(super) filter: &'a UserFilter,
    pub(super) exactly: Exactly,
}

const LOCKED: &str =
    "(a.status = 'locked' OR a.password_locked_at IS NOT NULL OR a.pin_locked_at IS NOT NULL)";
const CLOSED: &str =
    "a.id IN (SELECT c.account_id FROM account_closing c WHERE c.erased_at IS NULL)";
const NO_PASSWORD: &str = "a.status = 'active' AND a.password_hash IS NULL";
const IN_DEPARTMENT: &str = "a.id IN (SELECT m.account_id FROM department_membership m \
    WHERE m.until IS NULL AND m.department_id = ";
const IN_NAMED: &str = "a.id IN (SELECT m.account_id FROM department_membership m \
    JOIN department d ON d.id = m.department_id \
    WHERE m.until IS NULL AND d.closed_at IS NULL AND d.name_key = ";

impl Wanted<'_> {
    /// The conditions of the list over `account a`.
    fn conditions(&self) -> Statement {
        let mut it = Statement::default();
        if !self.reach.is_everybody() {
            let viewer = it.bind(Bound::Id(self.reach.viewer().uuid()));
            it.and(&self.reach.condition(&viewer));
        }
        match self.filter.state {
            UserState::Closed => it.and(CLOSED),
            UserState::NoPassword => it.and(NO_PASSWORD),
            UserState::Active => it.and("a.status = 'active'"),
            UserState::Disabled => it.and("a.status = 'disabled'"),
            UserState::Locked => it.and(LOCKED),
            UserState::All => {}
        }
        match &self.filter.department {
            Some(InDepartment::Id(id)) => {
                let id = it.bind(Bound::Id(id.uuid()));
                it.and(&format!("{IN_DEPARTMENT}{id})"));
            }
            Some(InDepartment::Named(name)) => {
                let key = it.bind(Bound::Text(name.key().to_owned()));
                it.and(&format!("{IN_NAMED}{key})"));
            }
            None => {}
        }
        // Everybody holds `user`.
        if let Some(name) = self.filter.role.as_ref().filter(|name| *name != role::USER) {
            let name = it.bind(Bound::Text(name.clone()));
            it.and(&format!(
                "a.id IN (SELECT r.account_id FROM role_assignment r WHERE r.role = {name})"
            ));
        }
        if let Some(q) = &self.filter.q {
            let searched = self.searched(&mut it, q);
            it.and(&searched);
        }
        it
    }

    fn searched(&self, it: &mut Statement, q: &str) -> String {
        let part = it.bind(Bound::Text(part_of(q)));
        let mut ways = vec![format!(
            "LOWER(a.name) LIKE {part} ESCAPE '!' OR a.username_key LIKE {part} ESCAPE '!'"
        )];
        for (kind, indexes) in [
            ("phone", &self.exactly.phone),
            ("email", &self.exactly.email),
        ] {
            for index in indexes {
                let index = it.bind(Bound::Bytes(index.to_vec()));
                ways.push(format!(
                    "a.id IN (SELECT l.account_id FROM account_lookup l WHERE l.kind = '{kind}' AND l.value = {index})"
                ));
            }
        }
        format!("({})", ways.join(" OR "))
    }

    /// The statement that counts them.
    fn count(&self) -> Statement {
        let mut it = self.conditions();
        it.sql.insert_str(0, "SELECT COUNT(*) FROM account a");
        it
    }

    /// The statement that reads the ids of a page: of an index alone, where there is one for the order.
    fn ids(&self, page: NumberedPage) -> Statement {
        let mut it = self.conditions();
        let (most, skip) = (page.limit(), page.offset());
        let most = it.bind(Bound::Number(i64::from(most)));
        let skip = it.bind(Bound::Number(i64::from(skip)));
        let (order, _) = order(self.filter.sort);
        it.sql = format!(
            "SELECT a.id FROM account a{} ORDER BY {order} LIMIT {most} OFFSET {skip}",
            it.sql
        );
        it
    }

    /// The statement that reads a page of them.
    fn page(&self, page: NumberedPage, columns: &str) -> Statement {
        let mut it = self.ids(page);
        let (_, order) = order(self.filter.sort);
        it.sql = format!("SELECT {columns} FROM ({}{OF_IDS}{order}", it.sql);
        it
    }
}

const WITH_ADDRESSES: &str = concatcp!(AccountRow::COLUMNS, ", account.email");
const OF_IDS: &str = ") k JOIN account ON account.id = k.id ORDER BY ";

/// The order of the ids, and the same of the rows.
const fn order(sort: UserSort) -> (&'static str, &'static str) {
    macro_rules! both {
        ($before:literal, $column:literal, $after:literal, $way:literal) => {
            (
                concat!($before, "a.", $column, $after, $way, ", a.id", $way),
                concat!(
                    $before,
                    "account.",
                    $column,
                    $after,
                    $way,
                    ", account.id",
                    $way
                ),
            )
        };
    }
    match sort {
        UserSort::Name => both!("", "name", "", ""),
        UserSort::NameDown => both!("", "name", "", " DESC"),
        UserSort::Username => both!("", "username_key", "", ""),
        UserSort::UsernameDown => both!("", "username_key", "", " DESC"),
        UserSort::Created => both!("", "created_at", "", ""),
        UserSort::CreatedDown => both!("", "created_at", "", " DESC"),
        UserSort::LastLogin => both!("COALESCE(", "last_login_at", ", 0)", ""),
        UserSort::LastLoginDown => both!("COALESCE(", "last_login_at", ", 0)", " DESC"),
    }
}

/// What contains `text`, whatever it is made of.
fn part_of(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// How many there are.
pub(super) async fn count(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<u64, DbError> {
    let statement = wanted.count();
    let count: i64 = conn.one(&statement.sql, &statement.values()).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// A page of them.
pub(super) async fn rows(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    page: NumberedPage,
) -> Result<Vec<AccountRow>, DbError> {
    let statement = wanted.page(page, AccountRow::COLUMNS);
    conn.all(&statement.sql, &statement.values()).await
}

/// A page of them, each with the sealed address.
pub(super) async fn rows_with_addresses(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    page: NumberedPage,
) -> Result<Vec<(AccountRow, Option<Vec<u8>>)>, DbError> {
    let statement = wanted.page(page, WITH_ADDRESSES);
    conn.all(&statement.sql, &statement.values()).await
}

/// A statement over these accounts: `before` ends with `IN `.
fn of_these(before: &str, ids: &[AccountId]) -> Statement {
    let mut it = Statement::default();
    let names: Vec<String> = ids.iter().map(|id| it.bind(Bound::Id(id.uuid()))).collect();
    it.sql = format!("{before}({})", names.join(", "));
    it
}

/// The roles of these accounts.
pub(super) async fn roles(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<Vec<(AccountId, String)>, DbError> {
    const SQL: &str = "SELECT account_id, role FROM role_assignment WHERE account_id IN ";
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = of_these(SQL, ids);
    conn.all(&statement.sql, &statement.values()).await
}

/// The sealed address of an account.
pub(super) async fn email(conn: &mut Conn, id: AccountId) -> Result<Option<Vec<u8>>, DbError> {
    const SQL: &str = "SELECT email FROM account WHERE email IS NOT NULL AND id = $1";
    conn.optional(SQL, params![id]).await
}

record! {
    /// What is set up for an account.
    #[derive(Clone, Debug)]
    pub(super) struct SetUp from "a" {
        pub(super) has_pin: bool = "a.pin_hash IS NOT NULL",
        pub(super) has_password: bool = "a.password_hash IS NOT NULL",
        pub(super) password_must_change: bool,
        pub(super) has_birthdate: bool = "a.birthdate IS NOT NULL",
        pub(super) phones: i64 = "(SELECT COUNT(*) FROM device d WHERE d.account_id = a.id AND d.revoked_at IS NULL)",
    }
}

/// What is set up for an account.
pub(super) async fn set_up(conn: &mut Conn, id: AccountId) -> Result<Option<SetUp>, DbError> {
    const SQL: &str = concatcp!("SELECT ", SetUp::COLUMNS, " FROM account a WHERE a.id = $1");
    conn.optional(SQL, params![id]).await
}

#[cfg(test)]
mod plans;
