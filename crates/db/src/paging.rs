//! Lists: next and previous by keyset, numbered pages within a bound.
//!
//! A keyset is `(key, id)`: what the list is sorted by, then the id, which makes it unique. A query
//! takes [`PageRequest::rows`] rows after (or, going back, before) the cursor's keyset and hands them
//! to [`Page::new`].

use hanok_base::encoding::{base64url_decode, base64url_encode};
use uuid::Uuid;

use crate::value::{Param, Value};

/// Rows of a page where the caller asks for none in particular.
pub const DEFAULT_LIMIT: u32 = 20;
/// Most rows of a page.
pub const MAX_LIMIT: u32 = 100;
/// Most numbered pages; what lies beyond is reached by a filter or by next and previous.
pub const MAX_NUMBERED_PAGE: u32 = 500;

/// Why a page was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PagingError {
    /// The cursor was not made here.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// More rows than [`MAX_LIMIT`], or none.
    #[error("a page has 1 to {MAX_LIMIT} rows")]
    Limit,
    /// A page beyond [`MAX_NUMBERED_PAGE`], or page 0.
    #[error("pages are numbered 1 to {MAX_NUMBERED_PAGE}")]
    Number,
}

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A `BIGINT`, such as a time.
    Number(i64),
    /// A `TEXT`.
    Text(String),
}

impl Param for Key {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Number(number) => Value::I64(*number),
            Self::Text(text) => Value::Text(text),
        }
    }
}

/// Where a page goes on: the keyset of a row, and the way to read from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Whether the page ends before the row instead of beginning after it.
    pub backwards: bool,
    /// What the list is sorted by.
    pub key: Key,
    /// The row's id.
    pub id: Uuid,
}

impl Cursor {
    /// As text for a URL (base64url). It is not secret and not signed: it can only name a place in a
    /// list that the reader may read.
    pub fn encode(&self) -> String {
        let mut bytes = vec![u8::from(self.backwards)];
        bytes.extend_from_slice(self.id.as_bytes());
        match &self.key {
            Key::Number(number) => {
                bytes.push(b'n');
                bytes.extend_from_slice(&number.to_be_bytes());
            }
            Key::Text(text) => {
                bytes.push(b't');
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        base64url_encode(&bytes)
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    /// [`PagingError::Cursor`] for anything else.
    pub fn decode(text: &str) -> Result<Self, PagingError> {
        base64url_decode(text)
            .and_then(|bytes| Self::from_bytes(&bytes))
            .ok_or(PagingError::Cursor)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (backwards, rest) = bytes.split_first()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let key = match rest.split_first()? {
            (b'n', number) => Key::Number(i64::from_be_bytes(number.try_into().ok()?)),
            (b't', text) => Key::Text(str::from_utf8(text).ok()?.to_owned()),
            _ => return None,
        };
        let backwards = match backwards {
            0 => false,
            1 => true,
            _ => return None,
        };
        Some(Self {
            backwards,
            key,
            id: Uuid::from_bytes(*id),
        })
    }
}

/// A page that is asked for by keyset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    limit: u32,
    cursor: Option<Cursor>,
}

impl PageRequest {
    /// From what a URL says: the limit ([`DEFAULT_LIMIT`] where absent) and the cursor of a page before.
    ///
    /// # Errors
    /// [`PagingError::Limit`] and [`PagingError::Cursor`].
    pub fn new(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, PagingError> {
        let limit = bounded(limit)?;
        Ok(Self {
            limit,
            cursor: cursor.map(Cursor::decode).transpose()?,
        })
    }

    /// The same for a list whose pages have up to `most` rows.
    ///
    /// # Errors
    /// [`PagingError::Limit`] for more, or for none, and [`PagingError::Cursor`].
    pub fn longer(limit: u32, most: u32, cursor: Option<&str>) -> Result<Self, PagingError> {
        let is_within = (1..=most).contains(&limit);
        is_within.then_some(()).ok_or(PagingError::Limit)?;
        Ok(Self {
            limit,
            cursor: cursor.map(Cursor::decode).transpose()?,
        })
    }

    /// How many rows a page shows.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// Where to begin; `None` at the beginning of the list.
    pub const fn cursor(&self) -> Option<&Cursor> {
        self.cursor.as_ref()
    }

    /// Whether to read the list in the opposite order; [`Page::new`] turns the rows round again.
    pub fn is_backwards(&self) -> bool {
        self.cursor.as_ref().is_some_and(|cursor| cursor.backwards)
    }

    /// How many rows to read: one more than shown, which tells whether the list goes on.
    pub const fn rows(&self) -> u32 {
        self.limit + 1
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the page after, if there is one.
    pub next: Option<String>,
    /// The cursor of the page before, if there is one.
    pub previous: Option<String>,
}

impl<T> Page<T> {
    /// From the rows that a query returned for `request`, in the order in which it read them.
    pub fn new(
        request: &PageRequest,
        mut rows: Vec<T>,
        keyset: impl Fn(&T) -> (Key, Uuid),
    ) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let goes_on = rows.len() > limit;
        rows.truncate(limit);
        let backwards = request.is_backwards();
        if backwards {
            rows.reverse();
        }
        let at = |row: &T, backwards| {
            let (key, id) = keyset(row);
            Cursor { backwards, key, id }.encode()
        };
        let (has_next, has_previous) = if backwards {
            (true, goes_on)
        } else {
            (goes_on, request.cursor.is_some())
        };
        let next = rows.last().filter(|_| has_next).map(|row| at(row, false));
        let previous = rows
            .first()
            .filter(|_| has_previous)
            .map(|row| at(row, true));
        Self {
            items: rows,
            next,
            previous,
        }
    }

    /// The same page with every row turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
            previous: self.previous,
        }
    }
}

/// A numbered page, for lists that a person leafs through. The default is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedPage {
    number: u32,
    limit: u32,
}

impl Default for NumberedPage {
    fn default() -> Self {
        Self {
            number: 1,
            limit: DEFAULT_LIMIT,
        }
    }
}

impl NumberedPage {
    /// From what a URL says: the first page and [`DEFAULT_LIMIT`] rows where absent.
    ///
    /// # Errors
    /// [`PagingError::Number`] and [`PagingError::Limit`].
    pub fn new(number: Option<u32>, limit: Option<u32>) -> Result<Self, PagingError> {
        let number = number.unwrap_or(1);
        if !(1..=MAX_NUMBERED_PAGE).contains(&number) {
            return Err(PagingError::Number);
        }
        Ok(Self {
            number,
            limit: bounded(limit)?,
        })
    }

    /// The page's number, from 1.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// For LIMIT.
    pub const fn limit(self) -> u32 {
        self.limit
    }

    /// For OFFSET, over an index of ids.
    pub const fn offset(self) -> u32 {
        (self.number - 1) * self.limit
    }

    /// How many pages a list of `rows` has to offer: at least one, at most [`MAX_NUMBERED_PAGE`].
    pub fn pages(self, rows: u64) -> u32 {
        let pages = rows
            .div_ceil(u64::from(self.limit))
            .clamp(1, u64::from(MAX_NUMBERED_PAGE));
        u32::try_from(pages).unwrap_or(MAX_NUMBERED_PAGE)
    }
}

fn bounded(limit: Option<u32>) -> Result<u32, PagingError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(PagingError::Limit)
    }
}
