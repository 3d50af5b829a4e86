//! A person's account: making it, reading it, and the sealed values beside it.

mod administer;
pub(crate) mod api;
pub(crate) mod command;
mod create;
mod import;
mod input;
pub(crate) mod my;
pub(crate) mod pages;
mod sealed;
pub(crate) mod store;

use hanok_db::text_enum;

pub use administer::{AccountEdit, Hidden, Locks, Reset, ResetWay, RoleChange};
pub use create::NewAccount;
pub use import::{
    FileFault, ImportFault, ImportLine, ImportReport, ImportRow, MOST_LINES, read_people, roles_in,
};
pub use input::RegisterIn;
pub use my::Tab;
pub use store::{AccountRow, find, find_by_phone, find_by_username};

text_enum! {
    /// Whether an account may be used.
    pub enum AccountStatus {
        /// In use.
        Active = "active",
        /// Locked by an administrator or by a rule; sign-in answers `account_locked`.
        Locked = "locked",
        /// Switched off.
        Disabled = "disabled",
    }
}

/// The kind of blind index that proven phone numbers have.
pub const PHONE: &str = "phone";
/// The kind of blind index that verified e-mail addresses have.
pub const EMAIL: &str = "email";
