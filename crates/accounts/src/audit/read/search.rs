//! What is searched for in the trail, and by whom, without I/O.

use std::net::IpAddr;

use hanok_db::paging::{Cursor, Key};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::AccountId;
use crate::audit::Action;

/// How much of the trail a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    All,
    /// The rows of the viewer's own providers. A row names the viewer, and others where it is about a request of
    /// `approved`; where somebody was, it shows of the viewer alone.
    Own {
        /// Who reads.
        viewer: AccountId,
        /// [`App::owned_providers`](crate::App::owned_providers); nothing is seen without.
        providers: Option<&'static str>,
        /// [`App::answered_people`](crate::App::answered_people), where the viewer may read of people: who can be asked
        /// for.
        people: Option<&'static str>,
        /// [`App::approved_requests`](crate::App::approved_requests), where the viewer may read of people.
        approved: Option<&'static str>,
    },
}

/// Whose rows are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whose {
    /// Anybody's.
    #[default]
    Anybody,
    /// What this person did, and what concerns their account.
    Person(AccountId),
    /// Where somebody else looked at this person's data.
    LookedAt(AccountId),
}

/// Which rows are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Whose.
    pub whose: Whose,
    /// What was done.
    pub action: Option<Action>,
    /// From where.
    pub address: Option<IpAddr>,
    /// In which request.
    pub request_id: Option<String>,
    /// When.
    pub window: Window,
}

/// When: from the one moment up to the other, which is not in it; microseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: i64,
    /// The moment behind the last.
    pub until: i64,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            from: i64::MIN,
            until: i64::MAX,
        }
    }
}

impl Window {
    /// From the beginning of one day to the end of another, as they are in `zone`; without a day it is open.
    pub fn of_days(from: Option<Date>, to: Option<Date>, zone: &TimeZone) -> Self {
        let begin = |day: Date, otherwise| {
            let begin = day.to_zoned(zone.clone());
            begin.map_or(otherwise, |begin| begin.timestamp().as_microsecond())
        };
        let open = Self::default();
        let next = to.map(|day| day.tomorrow().ok());
        Self {
            from: from.map_or(open.from, |day| begin(day, open.from)),
            until: next
                .flatten()
                .map_or(open.until, |next| begin(next, open.until)),
        }
    }
}

/// A row's place in the order of reading.
pub(super) type Place = (i64, Uuid);

/// The places between which rows are read; neither bound is in it. No row has the nil id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) after: Place,
    pub(super) before: Place,
}

impl Span {
    /// The window, and of it what lies beyond the cursor: older, or newer.
    pub(super) fn of(window: Window, cursor: Option<&Cursor>) -> Self {
        let mut span = Self {
            after: (window.from, Uuid::nil()),
            before: (window.until, Uuid::nil()),
        };
        if let Some((place, backwards)) = place_of(cursor) {
            if backwards {
                span.after = span.after.max(place);
            } else {
                span.before = span.before.min(place);
            }
        }
        span
    }
}

/// The ids between which rows with an address are read: in the order of their ids, which begin with the time.
pub(super) fn ids_of(window: Window, cursor: Option<&Cursor>) -> (Uuid, Uuid) {
    // A row is made within the second in which its id is.
    let mut after = id_at(window.from.saturating_sub(1_000_000));
    let mut before = id_at(window.until);
    if let Some(((_, id), backwards)) = place_of(cursor) {
        if backwards {
            after = after.max(id);
        } else {
            before = before.min(id);
        }
    }
    (after, before)
}

fn place_of(cursor: Option<&Cursor>) -> Option<(Place, bool)> {
    let cursor = cursor?;
    match cursor.key {
        Key::Number(at) => Some(((at, cursor.id), cursor.backwards)),
        Key::Text(_) => None,
    }
}

/// The lowest id of a moment.
fn id_at(micros: i64) -> Uuid {
    const MOST: u128 = (1 << 48) - 1;
    let millis = u128::try_from(micros.div_euclid(1_000)).unwrap_or_default();
    if millis > MOST {
        Uuid::max()
    } else {
        Uuid::from_u128(millis << 80)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_of_whole_days_where_the_organisation_is() {
        let day = jiff::civil::date(2026, 11, 21);
        let seoul = TimeZone::fixed(jiff::tz::offset(9));
        let window = Window::of_days(Some(day), Some(day), &seoul);
        assert_eq!(window.from, 1_795_186_800_000_000);
        assert_eq!(window.until - window.from, 86_400_000_000);
        assert_eq!(Window::of_days(None, None, &seoul), Window::default());
    }

    #[test]
    fn a_cursor_narrows_the_span_on_its_side_alone() {
        let window = Window {
            from: 10,
            until: 90,
        };
        let at = |backwards| Cursor {
            backwards,
            key: Key::Number(50),
            id: Uuid::max(),
        };
        let older = Span::of(window, Some(&at(false)));
        assert_eq!((older.after.0, older.before), (10, (50, Uuid::max())));
        let newer = Span::of(window, Some(&at(true)));
        assert_eq!((newer.after, newer.before.0), ((50, Uuid::max()), 90));
    }

    #[test]
    fn the_ids_of_an_open_window_are_all() {
        assert_eq!(ids_of(Window::default(), None), (Uuid::nil(), Uuid::max()));
    }
}
