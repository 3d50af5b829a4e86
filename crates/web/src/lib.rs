//! The web floor of Hanok: how a request comes in and how its answer goes out.
//!
//! - [`Stack`] is the whole server as one service: every step that all requests walk through.
//! - [`Routes`] collects an app's handlers with their OpenAPI and who may call them ([`Access`]).
//! - Handlers take [`Ctx`], [`SignedIn`] or [`Allowed`], [`OwnPage`], [`Json`], [`Path`] and [`Query`], and
//!   return [`Error`], which the stack alone renders (RFC 9457) and logs.
//! - [`Authenticate`] finds out who is calling; this crate defines it and knows no table behind it.
//! - A [`Page`] is what a handler says of one; the stack puts the frame around it. [`Form`], [`Flash`] and
//!   [`Redirected`] are how forms talk.
//! - [`server`] listens and stops gracefully; [`health`], [`openapi`] and [`page::asset_routes`] are routes of its own.
//!
//! Invariants: this crate knows no table and no app; every answer carries a request id; an unsafe
//! request's work goes on when its caller hangs up; a 5xx never shows its source; neither query
//! strings nor bodies are logged, and what was typed is never repeated.

pub mod access;
pub mod asked;
mod body;
pub mod codes;
pub mod config;
pub mod cookie;
pub mod csv;
pub mod ctx;
pub mod error;
mod exchange;
pub mod extract;
mod failure;
pub mod flash;
pub mod health;
pub mod live;
pub mod metrics;
mod moved;
pub mod openapi;
mod operator_token;
pub mod page;
pub mod preferences;
pub mod principal;
pub mod rate_limit;
pub mod redirect;
pub mod routes;
pub mod server;
mod stack;
mod store_error;
pub mod theme;

pub use access::{Access, Allowed, AllowedAll, AllowedAny, Permission, PermissionGroup, SignedIn};
pub use codes::Code;
pub use config::{LimitsConfig, WebConfig};
pub use cookie::Cookie;
pub use ctx::Ctx;
pub use error::{Error, FieldError};
pub use extract::{Form, FormPart, FormStream, Json, Path, Query, RawJson, Upload};
pub use failure::{Failure, Failures};
pub use flash::{Alert, AlertKind, Flash, FlashError, FlashStore, Flashed, MemoryFlashes};
pub use hanok_base::i18n::Locale;
pub use operator_token::OperatorToken;
pub use page::{Field, Layout, MenuEntry, Page, Section};
pub use principal::{
    Account, AccountId, Authenticate, Caller, Denials, DeviceCaller, PermissionSet, Principal,
    RequestHead, Via,
};
pub use rate_limit::{Policy, RateLimits};
pub use redirect::Redirected;
pub use routes::{RouteBody, RouteEntry, Routes};
pub use stack::{OwnPage, Peer, Stack, StackParts, serve_stack};
pub use theme::Theme;

/// The texts of the frame and of refusals, as functions.
pub mod text {
    include!(concat!(env!("OUT_DIR"), "/text.rs"));
}

/// The texts of this crate's codes and fields, for the program's catalogue.
pub const MESSAGES: [(Locale, &str); 2] = [
    (Locale::Ko, include_str!("../i18n/ko.toml")),
    (Locale::En, include_str!("../i18n/en.toml")),
];
