//! `/dev/fault`: a page that fails on purpose, to show what a fault looks like.

use axum::http::Method;
use hanok_web::{Access, Error, Page, Routes};

/// `/dev/fault`.
pub(crate) fn routes() -> Routes {
    Routes::new().page(Method::GET, "/dev/fault", fail, Access::Public)
}

async fn fail() -> Result<Page, Error> {
    Err(Error::internal("/dev/fault fails on purpose"))
}
