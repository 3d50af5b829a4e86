//! How the organisation is ordered, as those see and change it who run it or lead a part of it: departments and
//! teams, over `/api/v1` and in the console.
//!
//! Invariants: only `user_management` makes, moves and closes departments and places people in them; who leads sees
//! what they lead, renames teams of theirs and adds to those whom they reach already, never anybody else; the tree has
//! no cycle; where somebody was stays written down.

mod department;
mod history;
mod page;
mod patch;
mod person;
#[cfg(test)]
mod plans;
mod record;
mod sight;
mod team;

use hanok_accounts::permission::{TeamManagement, UserManagement};
use hanok_web::{Access, MenuEntry, Permission, PermissionGroup, Routes};

use crate::context::People;

/// Whoever runs the organisation or leads a part of it.
pub(crate) enum Leading {}

impl PermissionGroup for Leading {
    const NAMES: &'static [&'static str] = &[UserManagement::NAME, TeamManagement::NAME];
}

const LEADING: Access = Access::AnyOf(Leading::NAMES);
const RUNNING: Access = Access::Permission(UserManagement::NAME);

/// The routes of departments and teams.
pub(crate) fn routes() -> Routes<People> {
    department::routes().merge(team::routes())
}

/// Their lines of the navigation.
pub(crate) const fn menu_entries() -> [MenuEntry; 2] {
    [department::menu_entry(), team::menu_entry()]
}
