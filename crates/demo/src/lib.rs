//! The demo: made-up people with public passwords, a shop that asks, pages that show what a phone and
//! the shop would get, and a walk that plays one identity request over HTTP.
//!
//! Invariants: none of its routes is there unless `demo = true`, which listens on loopback only; its
//! people come into the store by the same use cases as everybody else; its data directory is marked,
//! and a server that is no demo refuses it.

mod board;
mod callbacks;
mod command;
mod fault;
mod fill;
mod greeting;
mod guided;
mod http;
mod inbox;
mod mail;
mod messages;
mod opened;
mod organisation;
mod people;
mod place;
mod reports;
mod routes;
mod shop;
mod walk;

pub use guided::Guided;
pub use people::{PEOPLE, Person, asked};
pub use place::is_demo;
pub use routes::DemoApp;
pub use shop::DemoFile;

use hanok_base::i18n::Locale;

/// The texts of this crate's pages, as functions.
pub mod text {
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

/// What this crate tells its readers, for the program's catalogue.
pub const MESSAGES: [(Locale, &str); 2] = [
    (Locale::Ko, include_str!("../i18n/ko.toml")),
    (Locale::En, include_str!("../i18n/en.toml")),
];
