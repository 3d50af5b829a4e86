//! Extractors whose refusals are clear problems.

mod fault;
mod form;
mod form_stream;
mod json;
mod object;
mod params;
mod upload;

pub use form::Form;
pub(crate) use form::is_form;
pub use form_stream::{FormPart, FormStream};
pub(crate) use json::read as read_body;
pub use json::{Json, RawJson, parse_json};
pub use object::{object, optional_object};
pub use params::{Path, Query};
pub use upload::Upload;
pub(crate) use upload::most_bytes;
