//! Requests that are too large to look at.

use axum::extract::Request;

use crate::body;
use crate::codes;
use crate::config::Settings;
use crate::error::Error;

const LONGEST_TARGET: usize = 8_192;

/// Refuses a request line, headers or announced body beyond their bounds: 414, 431, 413.
pub(super) fn check(request: &Request, settings: &Settings, most: u64) -> Result<(), Error> {
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Err(Error::new(codes::URI_TOO_LONG).arg("bytes", LONGEST_TARGET));
    }
    let lines = request.headers().iter();
    let head: usize = lines
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if head + target > settings.header_limit {
        return Err(Error::new(codes::HEADERS_TOO_LARGE).arg("bytes", settings.header_limit));
    }
    if body::announces_more_than(most, request.headers()) {
        return Err(body::too_large(most));
    }
    Ok(())
}
