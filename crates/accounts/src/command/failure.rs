//! How a command fails: one clear sentence on standard error, and an exit code.

use std::fmt::Display;
use std::process::ExitCode;

use hanok_base::config::Faults;
use hanok_base::i18n::{Catalogue, Locale};
use hanok_base::terminal;
use hanok_db::DbError;
use hanok_web::error::FieldError;

use crate::fault::Fault;

/// What went wrong, and whose fault it is.
pub struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// It did not work.
    pub fn failed(text: impl Display) -> Self {
        Self {
            code: 1,
            text: text.to_string(),
        }
    }

    /// The command line or the configuration is wrong.
    pub fn wrong(text: impl Display) -> Self {
        Self {
            code: 2,
            text: text.to_string(),
        }
    }

    /// Fields are wrong; each with its text, from the catalogues of the floors below and `more`.
    pub fn fields(fields: &[FieldError], more: &[(Locale, &'static str)]) -> Self {
        let line = |field: &FieldError| {
            let args: Vec<(&str, &str)> = field
                .args
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            worded(&field.pointer, field.code, &args, more)
        };
        Self::wrong(fields.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    /// Nothing more to say than what was printed.
    pub const fn told() -> Self {
        Self {
            code: 1,
            text: String::new(),
        }
    }

    /// Says it on standard error.
    pub fn tell(self) -> ExitCode {
        if !self.text.is_empty() {
            terminal::error(&self.text);
        }
        ExitCode::from(self.code)
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::wrong(format!("the configuration is wrong:\n{faults}"))
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) => Self::failed(format!(
                "{error}: `hanok config show` says where it is looked for (store.*)"
            )),
            other => Self::failed(other),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Fields(fields) => Self::fields(&fields, &[]),
            other => Self::failed(other),
        }
    }
}

/// A wrong field with its text, from the catalogues of the floors below and `more`.
fn worded(
    pointer: &str,
    code: &str,
    args: &[(&str, &str)],
    more: &[(Locale, &'static str)],
) -> String {
    let texts = [&hanok_web::MESSAGES[..], &crate::MESSAGES[..], more].concat();
    let text = Catalogue::new(&texts)
        .map(|catalogue| catalogue.text(Locale::En, &format!("field.{code}"), args));
    let text = text.unwrap_or_else(|_| code.to_owned());
    let name = pointer.trim_start_matches('/');
    if name.is_empty() {
        text
    } else {
        format!("{name}: {text}")
    }
}

/// What is wrong with a field of the accounts, in words.
pub fn field_in_words(pointer: &str, code: &str) -> String {
    worded(pointer, code, &[], &[])
}
