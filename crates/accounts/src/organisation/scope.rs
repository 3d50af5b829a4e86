//! Whom of the organisation somebody may see: everybody, those they lead, those who answered their providers.

use const_format::concatcp;
use hanok_db::{Conn, DbError, params};
use hanok_web::{Caller, Permission};

use super::department::LED_DEPARTMENTS;
use crate::AccountId;
use crate::app::of_viewer;
use crate::permission::{PeopleRead, TeamManagement, UserManagement};

/// The ids of the accounts that [`VIEWER`](crate::app::VIEWER) leads: in a department of theirs or below one, or in
/// a team of theirs; see [`of_viewer`].
pub const LED_PEOPLE: &str = concatcp!(
    "SELECT m.account_id FROM department_membership m WHERE m.until IS NULL AND m.department_id IN (",
    LED_DEPARTMENTS,
    ") UNION SELECT m.account_id FROM team_membership m JOIN team t ON t.id = m.team_id \
     WHERE t.leader_id = {viewer} AND t.closed_at IS NULL AND m.left_at IS NULL"
);

/// The parameter is named in each, so that it has its type wherever the condition stands.
const EVERYBODY: &str = "CAST({viewer} AS UUID) IS NOT NULL";
const NOBODY: &str = "CAST({viewer} AS UUID) IS NULL";

/// Whom somebody may see: a condition of the list that they read, and not a filter of what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    viewer: AccountId,
    is_everybody: bool,
    is_led: bool,
    answered: Option<&'static str>,
}

impl Reach {
    /// What `caller` reaches by what they hold: `user_management` everybody, `team_management` those they lead,
    /// `people_read` those of `answered`, which is [`App::answered_people`](crate::App::answered_people).
    pub fn of(caller: &Caller, answered: Option<&'static str>) -> Self {
        let holds = |name| caller.permissions.contains(name);
        Self {
            viewer: caller.account,
            is_everybody: holds(UserManagement::NAME),
            is_led: holds(TeamManagement::NAME),
            answered: answered.filter(|_| holds(PeopleRead::NAME)),
        }
    }

    /// Only those whom `caller` leads, or everybody: what departments and teams ask.
    pub fn leading(caller: &Caller) -> Self {
        Self::of(caller, None)
    }

    /// Who looks: a parameter of the statement that holds the [`condition`](Self::condition).
    pub const fn viewer(&self) -> AccountId {
        self.viewer
    }

    /// Whether everybody is within it.
    pub const fn is_everybody(&self) -> bool {
        self.is_everybody
    }

    /// An SQL condition over `a.id`, in brackets; `parameter` (`$1`) is where the statement is given the
    /// [`viewer`](Self::viewer).
    pub fn condition(&self, parameter: &str) -> String {
        let ids = [self.is_led.then_some(LED_PEOPLE), self.answered];
        let ids: Vec<&str> = ids.into_iter().flatten().collect();
        let condition = match ids.as_slice() {
            _ if self.is_everybody => EVERYBODY.to_owned(),
            [] => NOBODY.to_owned(),
            ids => format!("a.id IN ({})", ids.join(" UNION ")),
        };
        format!("({})", of_viewer(&condition, parameter))
    }

    /// Whether this account is within it; an account that is not there is not.
    ///
    /// # Errors
    /// The store's.
    pub async fn holds(&self, conn: &mut Conn, account: AccountId) -> Result<bool, DbError> {
        let sql = format!(
            "SELECT a.id FROM account a WHERE a.id = $2 AND {}",
            self.condition("$1")
        );
        let found: Option<AccountId> = conn.optional(&sql, params![self.viewer, account]).await?;
        Ok(found.is_some())
    }
}
