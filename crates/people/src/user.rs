//! People, as those see them who run the organisation: the list, one person, and what may be done to an account.

mod api;
mod input;
mod list;
mod output;
mod rules;
mod service;
mod store;

pub(crate) use api::routes;
pub use input::{EditUserIn, NewUserIn};
pub use list::{Emails, User, UserList};
pub use rules::{UserFilter, UserSort, UserState, UsersIn};
pub use service::{NewUser, UserDetail};
