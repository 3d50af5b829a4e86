//! Integration tests of the event pipeline and of the guarded client.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod events;
mod house;
mod http;
mod jobs;
mod lines;
mod schedules;
