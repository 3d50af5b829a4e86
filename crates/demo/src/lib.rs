//! The demo: made-up people with public passwords, a shop that asks, pages that show what a phone and
//! the shop would get, and a walk that plays one identity request over HTTP.
//!
//! Invariants: none of its routes is there unless `demo = true`, which listens on loopback only; its
//! people come into the store by the same use cases as everybody else; its data directory is marked,
//! and a server that is no demo refuses it.

mod command;
mod greeting;
mod page;
mod people;
mod place;
mod routes;
mod shop;
mod walk;

pub use people::{PEOPLE, Person, asked};
pub use place::is_demo;
pub use routes::DemoApp;
