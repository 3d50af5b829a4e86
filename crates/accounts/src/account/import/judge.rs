//! What the store has against the rows of a file: usernames and numbers that are taken, departments that are not
//! clear, roles that the importer may not give. The units that make the accounts ask again.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use hanok_db::{Conn, DbError, Param, Tx, Value};
use hanok_web::Ctx;

use super::ImportLine;
use crate::AccountId;
use crate::account::NewAccount;
use crate::authority::By;
use crate::context::Accounts;
use crate::fault::Fault;

/// How many values one statement looks for.
const AT_ONCE: usize = 100;

/// What is looked for, each with the rows that name it.
#[derive(Default)]
struct Wanted {
    usernames: BTreeMap<String, usize>,
    numbers: BTreeMap<Vec<u8>, usize>,
    departments: BTreeMap<String, Vec<usize>>,
    roles: BTreeMap<String, Vec<usize>>,
}

impl Wanted {
    fn of(accounts: &Accounts, lines: &mut [ImportLine]) -> Self {
        let mut wanted = Self::default();
        let mut proven = HashSet::new();
        for (place, line) in lines.iter_mut().enumerate() {
            let Ok(new) = &line.account else { continue };
            let key = new.username.normalised().to_owned();
            wanted.usernames.insert(key, place);
            if let Some(name) = &new.department {
                let key = name.key().to_owned();
                wanted.departments.entry(key).or_default().push(place);
            }
            for role in &new.roles {
                let places = wanted.roles.entry(role.clone()).or_default();
                places.push(place);
            }
            let Some(phone) = new.phone.as_ref().filter(|_| new.phone_proven) else {
                continue;
            };
            for (_, index) in accounts.phone_indexes(phone) {
                wanted.numbers.insert(index.to_vec(), place);
            }
            if !proven.insert(phone.normalised().to_string()) {
                line.refuse("phone_number", "phone_taken");
            }
        }
        wanted
    }
}

impl Accounts {
    /// Refuses the rows that the store has something against.
    ///
    /// # Errors
    /// The store's.
    pub async fn judge_import(&self, by: &By, lines: &mut [ImportLine]) -> Result<(), Fault> {
        let wanted = Wanted::of(self, lines);
        let (accounts, by) = (self.clone(), by.clone());
        let read = self.db.report(async move |conn: &mut Conn| {
            let mut against = Vec::new();
            taken_usernames(conn, &wanted, &mut against).await?;
            taken_numbers(conn, &wanted, &mut against).await?;
            unclear_departments(conn, &wanted, &mut against).await?;
            for (role, places) in &wanted.roles {
                let may = accounts
                    .may_grant_all(conn, &by, std::iter::once(role))
                    .await;
                match may {
                    Ok(()) => {}
                    Err(Fault::Forbidden) => refuse(&mut against, places, "roles", "import_role"),
                    Err(Fault::Fields(_)) => refuse(&mut against, places, "roles", "role_unknown"),
                    Err(fault) => return Err(fault),
                }
            }
            Ok::<_, Fault>(against)
        });
        for (place, column, code) in read.await? {
            if let Some(line) = lines.get_mut(place) {
                line.refuse(column, code);
            }
        }
        Ok(())
    }

    /// Makes the account of a row inside the unit that notes it.
    ///
    /// # Errors
    /// [`Fault::Fields`] where the username or a proven number is taken.
    pub async fn import_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        new: &NewAccount,
    ) -> Result<AccountId, Fault> {
        let hash = new.password_hash.as_deref();
        Ok(self.create_in(tx, ctx, new, hash).await?.id)
    }
}

/// The roles that the accounts of a file are given, none twice.
pub fn roles_in(lines: &[ImportLine]) -> BTreeSet<String> {
    let made = lines.iter().filter_map(|line| line.account.as_ref().ok());
    made.flat_map(|new| new.roles.iter().cloned()).collect()
}

/// A row, and what stands against it.
type Against = Vec<(usize, &'static str, &'static str)>;

fn refuse(against: &mut Against, places: &[usize], column: &'static str, code: &'static str) {
    against.extend(places.iter().map(|place| (*place, column, code)));
}

/// `before` with as many parameters as there are values.
fn of_these(before: &str, values: usize) -> String {
    let names: Vec<String> = (1..=values).map(|place| format!("${place}")).collect();
    format!("{before}({})", names.join(", "))
}

async fn taken_usernames(
    conn: &mut Conn,
    wanted: &Wanted,
    against: &mut Against,
) -> Result<(), DbError> {
    const SQL: &str = "SELECT username_key FROM account WHERE username_key IN ";
    let names: Vec<&String> = wanted.usernames.keys().collect();
    for some in names.chunks(AT_ONCE) {
        let values: Vec<Value<'_>> = some.iter().map(Param::value).collect();
        let taken: Vec<String> = conn.all(&of_these(SQL, some.len()), &values).await?;
        for name in taken {
            if let Some(place) = wanted.usernames.get(&name) {
                against.push((*place, "username", "username_taken"));
            }
        }
    }
    Ok(())
}

async fn taken_numbers(
    conn: &mut Conn,
    wanted: &Wanted,
    against: &mut Against,
) -> Result<(), DbError> {
    const SQL: &str = "SELECT value FROM account_lookup WHERE kind = 'phone' AND value IN ";
    let numbers: Vec<&Vec<u8>> = wanted.numbers.keys().collect();
    for some in numbers.chunks(AT_ONCE) {
        let values: Vec<Value<'_>> = some.iter().map(Param::value).collect();
        let taken: Vec<Vec<u8>> = conn.all(&of_these(SQL, some.len()), &values).await?;
        for number in taken {
            if let Some(place) = wanted.numbers.get(&number) {
                against.push((*place, "phone_number", "phone_taken"));
            }
        }
    }
    Ok(())
}

/// A name that several departments have, none of them at the top, says too little.
async fn unclear_departments(
    conn: &mut Conn,
    wanted: &Wanted,
    against: &mut Against,
) -> Result<(), DbError> {
    const SQL: &str = "SELECT name_key, COUNT(*), COUNT(parent_id) FROM department \
        WHERE closed_at IS NULL AND name_key IN ";
    let names: Vec<&String> = wanted.departments.keys().collect();
    for some in names.chunks(AT_ONCE) {
        let values: Vec<Value<'_>> = some.iter().map(Param::value).collect();
        let sql = format!("{} GROUP BY name_key", of_these(SQL, some.len()));
        let found: Vec<(String, i64, i64)> = conn.all(&sql, &values).await?;
        let unclear = found
            .into_iter()
            .filter(|(_, all, below)| *all > 1 && all == below);
        for (name, ..) in unclear {
            if let Some(places) = wanted.departments.get(&name) {
                refuse(against, places, "department", "department_ambiguous");
            }
        }
    }
    Ok(())
}
