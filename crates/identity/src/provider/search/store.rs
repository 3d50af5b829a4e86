//! What of `service_provider` a list shows.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, Param, Value, record};

use super::{Order, Search};
use crate::provider::settings::Delivery;
use crate::provider::{OWN, ProviderId};

record! {
    /// A provider, as a list shows it.
    #[derive(Clone, Debug)]
    pub(in crate::provider) struct ListedRow from "p" {
        pub(in crate::provider) id: ProviderId,
        pub(in crate::provider) name: String,
        pub(in crate::provider) client_id: String,
        pub(in crate::provider) delivery: Delivery,
        pub(in crate::provider) active: bool,
        pub(in crate::provider) ci_entitled: bool,
        pub(in crate::provider) created_at: Timestamp,
        pub(in crate::provider) owner: Option<String> = "a.name",
        /// How many deliveries were given up.
        pub(in crate::provider) dead: i64 =
            "(SELECT COUNT(*) FROM callback_delivery d WHERE d.provider_id = p.id AND d.state = 'DEAD')",
    }
}

/// `$1` all owners, `$2` the owner; `$3` any state, `$4` the state; `$5` any words, `$6` the words as a
/// pattern, `$7` as a client id; `$8` Hanok itself.
const WANTED: &str = " WHERE ($1 OR p.owner_id = $2) AND ($3 OR p.active = $4) \
    AND ($5 OR LOWER(p.name) LIKE $6 ESCAPE '\\' OR p.client_id = $7) AND p.id <> $8";

const COUNT: &str = concatcp!("SELECT COUNT(*) FROM service_provider p", WANTED);

const ROWS: &str = concatcp!(
    "SELECT ",
    ListedRow::COLUMNS,
    " FROM service_provider p LEFT JOIN account a ON a.id = p.owner_id",
    WANTED
);
const PART: &str = " LIMIT $9 OFFSET $10";

const BY_NAME: &str = concatcp!(ROWS, " ORDER BY p.name, p.id", PART);
const BY_NAME_DOWN: &str = concatcp!(ROWS, " ORDER BY p.name DESC, p.id DESC", PART);
const OLDEST: &str = concatcp!(ROWS, " ORDER BY p.id", PART);
const NEWEST: &str = concatcp!(ROWS, " ORDER BY p.id DESC", PART);

/// What the parameters of a search hold.
struct Held<'a> {
    owner: Option<AccountId>,
    search: &'a Search,
    pattern: String,
}

impl<'a> Held<'a> {
    fn new(owner: Option<AccountId>, search: &'a Search) -> Self {
        let words = search.words.as_deref().unwrap_or_default();
        Self {
            owner,
            search,
            pattern: format!("%{}%", escaped(&words.to_lowercase())),
        }
    }

    fn values(&self) -> Vec<Value<'_>> {
        let search = self.search;
        vec![
            Value::Bool(self.owner.is_none()),
            self.owner.as_ref().map_or(Value::Null, Param::value),
            Value::Bool(search.active.is_none()),
            Value::Bool(search.active.unwrap_or_default()),
            Value::Bool(search.words.is_none()),
            Value::Text(&self.pattern),
            Value::Text(search.words.as_deref().unwrap_or_default()),
            OWN.value(),
        ]
    }
}

/// Text of a person as a part of a LIKE pattern.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// How many there are.
pub(super) async fn count(
    conn: &mut Conn,
    owner: Option<AccountId>,
    search: &Search,
) -> Result<u64, DbError> {
    let held = Held::new(owner, search);
    let count: i64 = conn.one(COUNT, &held.values()).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Those of one page.
pub(super) async fn rows(
    conn: &mut Conn,
    owner: Option<AccountId>,
    search: &Search,
) -> Result<Vec<ListedRow>, DbError> {
    let sql = match search.order {
        Order::Name => BY_NAME,
        Order::NameDown => BY_NAME_DOWN,
        Order::Oldest => OLDEST,
        Order::Newest => NEWEST,
    };
    let held = Held::new(owner, search);
    let (limit, offset) = (search.page.limit(), search.page.offset());
    let mut values = held.values();
    values.extend([limit, offset].map(|number| Value::I64(i64::from(number))));
    conn.all(sql, &values).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_no_pattern() {
        assert_eq!(escaped(r"50%_\ 쇼핑"), r"50\%\_\\ 쇼핑");
    }
}
