//! The stack as callers meet it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod access;
mod app;
mod bodies;
mod callers;
mod catalogue;
mod documents;
mod headers;
mod limits;
mod live;
mod logs;
mod pages;
mod problems;
mod proxies;
mod requests;
mod server;
mod work;
