//! The test application itself: it runs on both engines, and it fails the tests that it should.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod access;
mod app;
mod sink;
