//! Roles: what each of them allows, who holds it, and those of the organisation's own, which a super_admin makes.

mod api;
mod pages;
mod rules;
mod service;
mod store;

pub(crate) use pages::{line, menu_entry, title};
pub use rules::{RoleIn, RolePatch};
pub use service::{Holder, HoldersPage, Role, Roles};

use hanok_web::Routes;

use crate::context::People;

/// The routes of roles.
pub(crate) fn routes() -> Routes<People> {
    api::routes().merge(pages::routes())
}
