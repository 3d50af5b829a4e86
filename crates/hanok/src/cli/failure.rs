//! How a command fails: one clear sentence on standard error, and an exit code.

use std::fmt::Display;
use std::process::ExitCode;

use hanok::BuildError;
use hanok_base::config::Faults;
use hanok_base::i18n::{Catalogue, Locale};
use hanok_db::DbError;
use hanok_web::error::FieldError;

/// What went wrong, and whose fault it is.
pub(super) struct Failure {
    code: u8,
    text: String,
}

impl Failure {
    /// It did not work.
    pub(super) fn failed(text: impl Display) -> Self {
        Self {
            code: 1,
            text: text.to_string(),
        }
    }

    /// The command line or the configuration is wrong.
    pub(super) fn wrong(text: impl Display) -> Self {
        Self {
            code: 2,
            text: text.to_string(),
        }
    }

    /// Nothing more to say than what was printed.
    pub(super) const fn told() -> Self {
        Self {
            code: 1,
            text: String::new(),
        }
    }

    /// Says it on standard error.
    pub(super) fn tell(self) -> ExitCode {
        if !self.text.is_empty() {
            super::say::error(&self.text);
        }
        ExitCode::from(self.code)
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::wrong(format!("the configuration is wrong:\n{faults}"))
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Store(error) => error.into(),
            other => Self::failed(other),
        }
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

impl From<hanok_accounts::Fault> for Failure {
    fn from(fault: hanok_accounts::Fault) -> Self {
        match fault {
            hanok_accounts::Fault::Fields(fields) => Self::wrong(in_words(&fields)),
            other => Self::failed(other),
        }
    }
}

impl From<hanok_identity::Fault> for Failure {
    fn from(fault: hanok_identity::Fault) -> Self {
        match fault {
            hanok_identity::Fault::Accounts(fault) => fault.into(),
            other => Self::failed(other),
        }
    }
}

/// Every wrong field with its text.
fn in_words(fields: &[FieldError]) -> String {
    let line = |field: &FieldError| {
        let args: Vec<(&str, &str)> = field
            .args
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        wrong_field(&field.pointer, field.code, &args)
    };
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A wrong field with its text.
pub(super) fn wrong_field(pointer: &str, code: &str, args: &[(&str, &str)]) -> String {
    let texts = [
        hanok_web::MESSAGES,
        hanok_accounts::MESSAGES,
        hanok_identity::MESSAGES,
    ]
    .concat();
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
