//! Extractors whose refusals are clear problems.

mod fault;
mod json;
mod params;

pub(crate) use json::read as read_body;
pub use json::{Json, RawJson, parse_json};
pub use params::{Path, Query};
