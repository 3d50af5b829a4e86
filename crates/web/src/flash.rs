//! What one answer leaves for the next page: typed values, what was wrong with them, and a word.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use futures_util::future::{BoxFuture, ready};
use hanok_base::i18n::Text;
use hanok_base::{Random, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ctx::exchange;
use crate::error::{Error, FieldError};

/// The cookie that names a flash.
pub(crate) const COOKIE: &str = "hanok_flash";
/// How long a flash waits for its page.
pub const FLASH_LIFE: Duration = Duration::from_mins(5);

/// What is shown once, on the next page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// What was typed, by field. Never a password or a PIN.
    pub values: BTreeMap<String, String>,
    /// What is wrong with which field.
    pub errors: Vec<FlashError>,
    /// A word at the top of the page.
    pub alert: Option<Alert>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashError {
    /// A JSON pointer to the field: `/user_id`.
    pub pointer: String,
    /// What is wrong.
    pub text: Text,
}

/// A word at the top of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What kind of word.
    pub kind: AlertKind,
    /// What it says.
    pub text: Text,
}

/// What kind of word an [`Alert`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// Something worked.
    Success,
    /// Something to know.
    Info,
    /// Something to heed.
    Warning,
    /// Something did not work.
    Danger,
}

impl AlertKind {
    /// Its classes.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Success => "alert alert-success",
            Self::Info => "alert alert-info",
            Self::Warning => "alert alert-warning",
            Self::Danger => "alert alert-danger",
        }
    }

    /// Whether readers of the screen are interrupted with it.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Warning | Self::Danger)
    }

    /// The icon that says the same as its colour.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Success => "circle-check",
            Self::Info => "info-circle",
            Self::Warning => "alert-triangle",
            Self::Danger => "alert-circle",
        }
    }
}

impl Flash {
    /// A flash that only says something.
    pub fn alert(kind: AlertKind, text: Text) -> Self {
        Self {
            alert: Some(Alert { kind, text }),
            ..Self::default()
        }
    }

    /// Something worked.
    pub fn success(text: Text) -> Self {
        Self::alert(AlertKind::Success, text)
    }

    /// What a refusal says: its field errors, else its text as an alert.
    pub fn of(error: &Error) -> Self {
        let errors: Vec<FlashError> = error.fields().iter().map(FlashError::of).collect();
        let alert = errors.is_empty().then(|| Alert {
            kind: AlertKind::Danger,
            text: error.text(),
        });
        Self {
            values: BTreeMap::new(),
            errors,
            alert,
        }
    }

    /// Adds what was typed. Names that speak of a password, a PIN or a code are left out.
    #[must_use]
    pub fn with_values<N, V>(mut self, values: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        self.values
            .extend(values.filter(|(name, _): &(String, String)| !is_secret(name)));
        self
    }

    /// What was typed into the field `name`; empty where nothing was.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// What is wrong with the field `name`; the first of it, where it is more.
    pub fn error(&self, name: &str) -> Option<&Text> {
        self.errors_of(name).next()
    }

    /// All that is wrong with the field `name`.
    pub fn errors_of(&self, name: &str) -> impl Iterator<Item = &Text> {
        let of_field = self.errors.iter().filter(move |error| error.name() == name);
        of_field.map(|error| &error.text)
    }
}

fn is_secret(name: &str) -> bool {
    ["password", "pin", "secret", "code"]
        .iter()
        .any(|word| name.contains(word))
}

impl FlashError {
    fn of(error: &FieldError) -> Self {
        Self {
            pointer: error.pointer.clone().into_owned(),
            text: error.text(),
        }
    }

    /// The field's name: the pointer without its slash.
    pub fn name(&self) -> &str {
        self.pointer.trim_start_matches('/')
    }
}

/// Keeps flashes on the server for at most [`FLASH_LIFE`].
pub trait FlashStore: Send + Sync {
    /// Keeps `flash`, and gives the token by which it is taken: visible ASCII for a cookie, not to be guessed.
    fn put(&self, flash: Flash, now: Timestamp) -> BoxFuture<'_, Result<String, Error>>;

    /// Takes the flash of `token` away; `None` where there is none, or none any more.
    fn take<'a>(
        &'a self,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Flash>, Error>>;
}

/// Flashes in this process's memory: for tests, and for a program of one process.
#[derive(Debug)]
pub struct MemoryFlashes {
    random: Random,
    kept: Mutex<HashMap<String, (Timestamp, Flash)>>,
}

impl MemoryFlashes {
    /// None yet.
    pub fn new(random: Random) -> Self {
        Self {
            random,
            kept: Mutex::default(),
        }
    }
}

impl FlashStore for MemoryFlashes {
    fn put(&self, flash: Flash, now: Timestamp) -> BoxFuture<'_, Result<String, Error>> {
        let token = self.random.token();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (at, _)| now.since(*at) < FLASH_LIFE);
        kept.insert(token.clone(), (now, flash));
        Box::pin(ready(Ok(token)))
    }

    fn take<'a>(
        &'a self,
        token: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Flash>, Error>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = kept.remove(token);
        let fresh = taken.filter(|(at, _)| now.since(*at) < FLASH_LIFE);
        Box::pin(ready(Ok(fresh.map(|(_, flash)| flash))))
    }
}

/// What the last answer left for this page; empty where it left nothing. Taken once.
///
/// The frame shows its alert and a list of its errors whether or not the handler asks for it.
#[derive(Clone, Debug, Default)]
pub struct Flashed(pub Flash);

impl<S: Send + Sync> FromRequestParts<S> for Flashed {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        exchange(parts)?.flash().await.cloned().map(Self)
    }
}
