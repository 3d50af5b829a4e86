//! Attachments: files of a post or of a draft, kept once each as `<folder>/<sha256>`.
//!
//! Invariants: what a file is, its bytes say; a picture is written anew before it is kept; only such pictures are
//! shown, all else is downloaded; whoever may not read the post finds no file of it; a row is written after its file
//! is whole and on the disk, and a file goes 30 days after the last row that named it; until then it counts against the
//! quota of whoever attached it last.

mod api;
mod blob;
mod files;
mod image;
mod kind;
mod name;
mod pages;
mod part;
mod place;
mod read;
mod receive;
mod serve;
mod store;
mod sweep;
mod write;

use std::time::Duration;

use axum::http::Method;
use hanok_base::Id;
use hanok_web::Routes;
use utoipa_axum::routes;

use crate::config::BoardConfig;
use crate::context::Board;
use crate::page::USE;

pub(crate) use files::Files;
pub(crate) use part::{form_part, part};
pub(crate) use place::adopt;
pub(crate) use sweep::schedule;

/// Marks the id of an attachment.
pub enum Attachment {}

/// The id of an attachment.
pub type AttachmentId = Id<Attachment>;

/// Where the API takes files.
const API: &str = "/api/v1/posts/{id}/attachments";
/// Where the form of a post takes them.
const FORM: &str = "/post/{id}/file";
/// What a form holds beside its file: the text of a post, and what stands around each part.
const BESIDE: u64 = 1024 * 1024;
/// How long a file may take to come: 10 MiB over half a megabit a second.
const LONGEST: Duration = Duration::from_mins(3);

/// The routes of attachments.
pub(crate) fn routes(config: &BoardConfig) -> Routes<Board> {
    let most = config.attachment_bytes() + BESIDE;
    let one = "/post/{id}/file/{attachment}/{name}";
    let delete = "/post/{id}/file/{attachment}/delete";
    Routes::new()
        .add(routes!(api::list, api::attach), USE)
        .add(routes!(api::remove), USE)
        .page(Method::POST, FORM, pages::attach, USE)
        .page(Method::POST, delete, pages::remove, USE)
        .page(Method::GET, one, serve::serve, USE)
        .body(API, most, LONGEST)
        .body(FORM, most, LONGEST)
}
