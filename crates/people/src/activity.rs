//! What people do, as the topic `user_activities` tells it: a person's own last day, the organisation's last ten
//! thousand, and how much of each kind was done on a day.
//!
//! Invariants: an activity counts once, however often its event comes; nothing is kept of who is erased, and of nobody
//! an address for longer than 90 days; the count of a day stays when its rows are gone. Tables: `people_activity`, `people_activity_day`.

mod api;
mod export;
mod handler;
mod leaving;
mod output;
mod pages;
#[cfg(test)]
mod plans;
mod rules;
mod search;
mod service;
mod store;
mod words;

use std::sync::Arc;

use hanok_accounts::permission::{AuditRead, UserManagement, UserMonitoring};
use hanok_db::{Migration, MigrationSet, Sql};
use hanok_events::Handler;
use hanok_web::{Access, Permission, PermissionGroup, Routes};

use crate::context::People;

pub(crate) use leaving::{erasure, personal_data};
pub(crate) use pages::menu_entry;
pub(crate) use service::schedule;

/// Who sees what everybody does: who watches all of the organisation and may read the trail, of which it is a part.
pub enum Watchers {}

impl PermissionGroup for Watchers {
    const NAMES: &'static [&'static str] =
        &[UserManagement::NAME, UserMonitoring::NAME, AuditRead::NAME];
}

const WATCHING: Access = Access::AllOf(Watchers::NAMES);

/// The tables.
pub(crate) fn migrations() -> MigrationSet {
    MigrationSet {
        name: "people_activity",
        migrations: &[
            Migration {
                version: 1,
                name: "activity",
                sql: Sql::Both(include_str!("../migrations/activity/V1__activity.sql")),
            },
            Migration {
                version: 2,
                name: "of_kind",
                sql: Sql::Both(include_str!("../migrations/activity/V2__of_kind.sql")),
            },
        ],
    }
}

/// The routes of activities.
pub(crate) fn routes() -> Routes<People> {
    api::routes().merge(pages::routes())
}

/// What writes activities down.
pub(crate) fn handler(people: &People) -> Arc<dyn Handler> {
    Arc::new(handler::Activities(people.clone()))
}
