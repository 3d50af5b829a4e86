//! Importing people from a CSV file: every row is checked, and told with its line where it is wrong.

use std::io::Read;

use hanok_web::Ctx;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

mod judge;
mod lines;

pub use judge::roles_in;
pub use lines::{FileFault, ImportFault, ImportLine, MOST_LINES, read_people};

use super::NewAccount;
use crate::audit::{Action, Entry, Origin};
use crate::birthdate::{Birthdate, BirthdateFault};
use crate::ci::{Ci, CiFault};
use crate::context::Accounts;
use crate::email::{EmailAddress, EmailFault};
use crate::fault::Fault;
use crate::hash;
use crate::organisation::{GroupName, GroupNameFault};
use crate::person_name::{PersonName, PersonNameFault};
use crate::phone::{PhoneFault, PhoneNumber};
use crate::role;
use crate::username::{Username, UsernameFault};

/// A row of the file. Only `username` and `name` are required.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportRow {
    username: String,
    name: String,
    /// A hash of Django, Werkzeug, bcrypt or Argon2id; never a password.
    password_hash: Option<String>,
    email: Option<String>,
    birthdate: Option<String>,
    phone_number: Option<String>,
    /// `true`: the number is taken as proven, on the record.
    phone_proven: Option<bool>,
    ci: Option<String>,
    department: Option<String>,
    /// Names of roles, separated by spaces.
    roles: Option<String>,
}

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct ImportReport {
    /// Accounts made.
    pub created: u64,
    /// Rows left out: line in the file, column, and what is wrong. Never what stood there.
    pub refused: Vec<(u64, String, String)>,
}

impl Accounts {
    /// Makes an account for every row that is right, each in a unit of its own.
    ///
    /// # Errors
    /// When the file is no CSV or the store fails; rows that are wrong are in the report.
    pub async fn import(&self, ctx: &Ctx, file: impl Read + Send) -> Result<ImportReport, Fault> {
        let mut report = ImportReport::default();
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(file);
        for (line, row) in (2..).zip(reader.deserialize::<ImportRow>()) {
            match row {
                Ok(row) => self.import_row(ctx, &row, line, &mut report).await?,
                Err(error) => report
                    .refused
                    .push((line, String::new(), csv_fault(&error))),
            }
        }
        Ok(report)
    }

    async fn import_row(
        &self,
        ctx: &Ctx,
        row: &ImportRow,
        line: u64,
        report: &mut ImportReport,
    ) -> Result<(), Fault> {
        let new = match row.check(self.today(ctx.now)) {
            Ok(new) => new,
            Err(Faults(faults)) => {
                let told = faults
                    .into_iter()
                    .map(|(column, code)| (line, column.to_owned(), code.to_owned()));
                report.refused.extend(told);
                return Ok(());
            }
        };
        match self.create(ctx, new).await {
            Ok(_) => report.created += 1,
            Err(Fault::Fields(fields)) => {
                let told = fields
                    .into_iter()
                    .map(|field| (line, field.pointer.into_owned(), field.code.to_owned()));
                report.refused.extend(told);
            }
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}

/// A row of a CI file: whose it is, and the value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CiRow {
    username: String,
    ci: String,
}

impl Accounts {
    /// Adds a version of the CI of every account a file names, each in a unit of its own with its audit
    /// row.
    ///
    /// # Errors
    /// When the file is no CSV or the store fails; rows that are wrong are in the report.
    pub async fn import_ci(
        &self,
        ctx: &Ctx,
        file: impl Read + Send,
    ) -> Result<ImportReport, Fault> {
        let mut report = ImportReport::default();
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(file);
        for (line, row) in (2..).zip(reader.deserialize::<CiRow>()) {
            let fault = match row {
                Ok(row) => self.import_ci_row(ctx, &row).await?,
                Err(error) => Some((String::new(), csv_fault(&error))),
            };
            match fault {
                Some((column, code)) => report.refused.push((line, column, code)),
                None => report.created += 1,
            }
        }
        Ok(report)
    }

    async fn import_ci_row(
        &self,
        ctx: &Ctx,
        row: &CiRow,
    ) -> Result<Option<(String, String)>, Fault> {
        let wrong = |column: &str, code: &str| Ok(Some((column.to_owned(), code.to_owned())));
        let Ok(username) = Username::parse(&row.username) else {
            return wrong("username", "username_unknown");
        };
        let ci = match Ci::parse(&row.ci) {
            Ok(ci) => ci,
            Err(fault) => return wrong("ci", fault.code()),
        };
        let (accounts, origin, now) = (self.clone(), Origin::from(ctx), ctx.now);
        let known = self.db.write(async move |tx| {
            let Some(account) = super::find_by_username(tx, username.normalised()).await? else {
                return Ok(false);
            };
            let entry = Entry::new(Action::UserInfoUpdate).subject(account.id);
            let entry = entry
                .target("account", account.id.uuid())
                .details(json!({ "field": "ci" }));
            accounts.audit.record(tx, &origin, entry).await?;
            accounts.add_ci(tx, account.id, &ci, false, now).await?;
            Ok::<_, Fault>(true)
        });
        if known.await? {
            Ok(None)
        } else {
            wrong("username", "username_unknown")
        }
    }
}

/// What is wrong with a row: columns and codes.
#[derive(Default)]
struct Faults(Vec<(&'static str, &'static str)>);

impl Faults {
    fn read<T, E>(
        &mut self,
        column: &'static str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
        code: impl FnOnce(E) -> &'static str,
    ) -> Option<T> {
        let read = parse(text?).map_err(|fault| self.0.push((column, code(fault))));
        read.ok()
    }
}

impl ImportRow {
    /// The account that the row makes, or everything that is wrong with it.
    fn check(&self, today: Date) -> Result<NewAccount, Faults> {
        let mut faults = Faults::default();
        let (username, name) = (Some(self.username.as_str()), Some(self.name.as_str()));
        let username = faults.read("username", username, Username::parse, UsernameFault::code);
        let name = faults.read("name", name, PersonName::parse, PersonNameFault::code);
        let email = given(self.email.as_ref());
        let email = faults.read("email", email, EmailAddress::parse, EmailFault::code);
        let birthdate = given(self.birthdate.as_ref());
        let born = |text: &str| Birthdate::parse(text, today);
        let birthdate = faults.read("birthdate", birthdate, born, BirthdateFault::code);
        let phone = given(self.phone_number.as_ref());
        let phone = faults.read("phone_number", phone, PhoneNumber::parse, PhoneFault::code);
        let ci = faults.read("ci", given(self.ci.as_ref()), Ci::parse, CiFault::code);
        let within = given(self.department.as_ref());
        let department = faults.read("department", within, GroupName::parse, GroupNameFault::code);
        let password_hash = given(self.password_hash.as_ref());
        if password_hash.is_some_and(|stored| hash::check_stored(stored).is_err()) {
            faults.0.push(("password_hash", "password_hash_unknown"));
        }
        let roles = self.roles();
        if roles.iter().any(|name| role::built_in(name).is_none()) {
            faults.0.push(("roles", "role_unknown"));
        }
        match (username, name) {
            (Some(username), Some(name)) if faults.0.is_empty() => Ok(NewAccount {
                password_hash: password_hash.map(str::to_owned),
                email,
                birthdate,
                phone,
                phone_proven: self.phone_proven.unwrap_or(false),
                ci: ci.map(|ci| (ci, false)),
                department,
                roles,
                ..NewAccount::new(username, name, None)
            }),
            _ => Err(faults),
        }
    }

    fn roles(&self) -> Vec<String> {
        let named = self.roles.iter().flat_map(|roles| roles.split_whitespace());
        named.map(str::to_lowercase).collect()
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// What is wrong with the file's form; the reader's own words could quote a value.
fn csv_fault(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { .. } => "csv_unequal_lengths",
        csv::ErrorKind::Utf8 { .. } => "csv_not_utf8",
        csv::ErrorKind::Deserialize { .. } => "csv_unknown_column_or_value",
        _ => "csv_malformed",
    }
    .to_owned()
}
