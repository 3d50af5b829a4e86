//! What a person may ask of their history, without I/O.

use hanok_base::Timestamp;
use hanok_db::PageRequest;
use hanok_db::paging::{Cursor, DEFAULT_LIMIT, Key, MAX_NUMBERED_PAGE, NumberedPage};
use hanok_web::asked::{read, unknown, within};
use hanok_web::error::FieldError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use uuid::Uuid;

use crate::fault::Fault;
use crate::provider::ProviderId;
use crate::transaction::{FailureReason, Status, is_expired};

/// The filters and the page, as the query of an address gives them; an empty value is none.
#[derive(Debug, Default, Deserialize)]
pub(super) struct HistoryIn {
    pub(super) state: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) page: Option<String>,
    pub(super) cursor: Option<String>,
}

/// Which of a person's requests are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Where they stand now.
    pub(super) state: Option<Status>,
    /// Who asked.
    pub(super) provider: Option<ProviderId>,
    /// The first day, as the organisation counts days.
    pub(super) from: Option<Date>,
    /// The last day.
    pub(super) to: Option<Date>,
}

/// Which page of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PageOf {
    /// By its number.
    Number(NumberedPage),
    /// After or before a row of another page.
    Keyset(PageRequest),
}

/// A row's place in the list, and a bound of it. No row has the nil id, so with it a bound is a time.
pub(super) type Place = (i64, Uuid);

/// The places between which rows are read; neither bound is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) after: Place,
    pub(super) before: Place,
}

impl HistoryIn {
    /// The filter and the page that are meant.
    ///
    /// # Errors
    /// Every wrong field.
    pub(super) fn check(&self) -> Result<(Filter, PageOf), Fault> {
        let mut faults = Vec::new();
        let mut keep = |fault: FieldError| faults.push(fault);
        let filter = Filter {
            state: read(self.state.as_deref(), state, &mut keep),
            provider: read(self.provider.as_deref(), provider, &mut keep),
            from: read(self.from.as_deref(), |text| date(text, "/from"), &mut keep),
            to: read(self.to.as_deref(), |text| date(text, "/to"), &mut keep),
        };
        let page = read(self.page.as_deref(), number, &mut keep);
        let cursor = read(self.cursor.as_deref(), keyset, &mut keep);
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            keep(FieldError::new("/to", "period_order"));
        }
        if !faults.is_empty() {
            return Err(Fault::fields(faults));
        }
        let page = match (cursor, page) {
            (Some(cursor), _) => PageOf::Keyset(cursor),
            (None, page) => PageOf::Number(numbered(page)?),
        };
        Ok((filter, page))
    }
}

impl PageOf {
    /// The first, by its number.
    ///
    /// # Errors
    /// None; the store's paging says so.
    pub(super) fn first() -> Result<Self, Fault> {
        numbered(None).map(Self::Number)
    }
}

impl Filter {
    /// The span of the wanted days in `zone`.
    pub(super) fn span(&self, zone: &TimeZone) -> Span {
        let begins = self
            .from
            .map_or(i64::MIN, |day| begin_of(day, zone, i64::MIN));
        let ends = self.to.map_or(i64::MAX, |day| {
            day.tomorrow()
                .map_or(i64::MAX, |next| begin_of(next, zone, i64::MAX))
        });
        Span {
            after: (begins, Uuid::nil()),
            before: (ends, Uuid::nil()),
        }
    }
}

impl Span {
    /// What of it lies beyond `cursor`, older or newer.
    pub(super) fn beyond(self, cursor: &Cursor) -> Self {
        let Key::Number(at) = cursor.key else {
            return self;
        };
        let place = (at, cursor.id);
        if cursor.backwards {
            Self {
                after: self.after.max(place),
                ..self
            }
        } else {
            Self {
                before: self.before.min(place),
                ..self
            }
        }
    }
}

/// Where a request stands for anybody who looks now.
pub(super) fn standing(status: Status, expires_at: Timestamp, now: Timestamp) -> Status {
    if status == Status::Pending && is_expired(expires_at, now) {
        Status::Expired
    } else {
        status
    }
}

hanok_db::text_enum! {
    /// Why a request failed, told to the person it was about. Providers are told less.
    pub(super) enum Reason {
        /// The person said no.
        Denied = "denied",
        /// The PIN was wrong.
        WrongPin = "wrong_pin",
        /// The number that was picked was wrong, or the PIN was locked meanwhile.
        NotConfirmed = "not_confirmed",
        /// The provider asked again.
        Superseded = "superseded",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
    }
}

impl Reason {
    /// Of a request on which `attempts` PINs of at most `most` were tried.
    pub(super) fn of(reason: FailureReason, attempts: i64, most: u32) -> Self {
        match reason {
            FailureReason::Denied => Self::Denied,
            FailureReason::Superseded => Self::Superseded,
            FailureReason::Withdrawn => Self::Withdrawn,
            FailureReason::NotConfirmed if attempts >= i64::from(most) => Self::WrongPin,
            FailureReason::NotConfirmed => Self::NotConfirmed,
        }
    }
}

fn begin_of(day: Date, zone: &TimeZone, otherwise: i64) -> i64 {
    day.to_zoned(zone.clone())
        .map_or(otherwise, |begin| begin.timestamp().as_microsecond())
}

pub(super) fn state(text: &str) -> Result<Status, FieldError> {
    let words = Status::ALL.iter().map(|state| state.as_str());
    text.parse().map_err(|_| unknown("/state", words))
}

pub(super) fn provider(text: &str) -> Result<ProviderId, FieldError> {
    text.parse()
        .map_err(|_| FieldError::new("/provider", "invalid_value"))
}

/// `YYYY-MM-DD` and nothing else that jiff would read.
pub(super) fn date(text: &str, pointer: &'static str) -> Result<Date, FieldError> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = plain.then(|| text.parse().ok()).flatten();
    date.ok_or_else(|| FieldError::new(pointer, "date_format"))
}

fn number(text: &str) -> Result<u32, FieldError> {
    within(text, "/page", MAX_NUMBERED_PAGE)
}

fn numbered(number: Option<u32>) -> Result<NumberedPage, Fault> {
    NumberedPage::new(number, Some(DEFAULT_LIMIT))
        .map_err(|_| Fault::field("/page", "invalid_value"))
}

fn keyset(text: &str) -> Result<PageRequest, FieldError> {
    let request = PageRequest::new(Some(DEFAULT_LIMIT), Some(text)).ok();
    request
        .filter(|request| {
            let key = request.cursor().map(|cursor| &cursor.key);
            matches!(key, Some(Key::Number(_)))
        })
        .ok_or_else(|| FieldError::new("/cursor", "cursor_unknown"))
}

#[cfg(test)]
mod tests;
