//! People, as those see them who run the organisation: the list, one person, and what may be done to an account.

mod api;
mod export;
mod history;
mod input;
mod list;
mod output;
mod pages;
mod rules;
mod service;
mod store;

pub(crate) use api::Readers;
pub(crate) use pages::{ENTRY, PATH, menu_entry};

pub use input::{EditUserIn, NewUserIn};
pub use list::{Emails, User, UserList};
pub use rules::{UserFilter, UserSort, UserState, UsersIn};
pub use service::{NewUser, UserDetail};

use hanok_web::Routes;

use crate::context::People;

/// The routes of people.
pub(crate) fn routes() -> Routes<People> {
    api::routes().merge(pages::routes())
}
