//! Who may call what: every route of the program, called as every role, against `access.toml`; what somebody leads or
//! runs and what they do not, against `scope.toml`; what becomes of
//! a role that categories of the board name; and every way up that nobody is to find.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up has failed"
)]

mod escalation;
mod roles;
mod scope;
mod whole;

use hanok_testkit::access::assert_access;

use crate::whole::Whole;

/// Who may call every route.
pub const TABLE: &str = include_str!("../access.toml");

hanok_db::both_engines! {
    async fn every_route_answers_every_role_as_the_table_says(db: Db) {
        let whole = Whole::start(db, true).await;
        assert_access(&whole, whole.program.route_entries(), TABLE).await;
        whole.end().await;
    }
}
