//! Who may read and write where: conditions that stand in the base query of whatever is read.
//!
//! A statement that holds [`READABLE`] or [`WRITABLE`] is given the viewer's account as `$1` and whether they moderate
//! as `$2`: `params![viewer.account, viewer.is_moderator, …]`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::permission::BoardModeration;
use hanok_web::{Caller, Permission};

/// Who looks at the board or writes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Viewer {
    /// Their account: `$1`.
    pub(crate) account: AccountId,
    /// Whether they read everything and moderate: `$2`.
    pub(crate) is_moderator: bool,
}

impl Viewer {
    /// What `caller` is to the board.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self {
            account: caller.account,
            is_moderator: caller.permissions.contains(BoardModeration::NAME),
        }
    }
}

/// The groups that `$1` is in: teams, the department and all that it is part of.
const GROUPS: &str = "SELECT team_id FROM team_membership WHERE account_id = $1 AND left_at IS NULL \
    UNION ALL SELECT id FROM (WITH RECURSIVE above (id) AS (\
        SELECT department_id FROM department_membership WHERE account_id = $1 AND until IS NULL \
        UNION SELECT d.parent_id FROM department d JOIN above ON d.id = above.id \
            WHERE d.parent_id IS NOT NULL) SELECT id FROM above) g";

/// Whether a right `r` is `$1`'s. Every account holds the role `user`.
const OF_VIEWER: &str = concatcp!(
    "(r.role = 'user' OR r.role IN (SELECT role FROM role_assignment WHERE account_id = $1) \
      OR r.group_id IN (",
    GROUPS,
    "))"
);

/// The categories of which `$1` has been given a right of their own.
const GIVEN: &str = concatcp!(
    "SELECT r.category_id FROM board_category_right r WHERE ",
    OF_VIEWER
);

/// The ids of the categories that `$1` may read; `$2`: all, closed ones included.
pub(crate) const READABLE: &str = concatcp!(
    "SELECT c.id FROM board_category c \
     WHERE $2 OR (c.closed_at IS NULL AND (c.everyone_reads OR c.id IN (",
    GIVEN,
    ")))"
);

/// The ids of the categories that `$1` may write in; `$2`: all that are not closed. Where everyone writes, that is
/// everyone who reads.
pub(crate) const WRITABLE: &str = concatcp!(
    "SELECT c.id FROM board_category c WHERE c.closed_at IS NULL AND ($2 OR c.id IN (",
    GIVEN,
    " AND r.action = 'write') OR (c.everyone_writes AND (c.everyone_reads OR c.id IN (",
    GIVEN,
    "))))"
);

/// A condition over accounts `a`: the active ones that category `$1` is meant for, which is those who may read it by
/// its own rights (a moderator reads it besides).
pub(crate) const AUDIENCE: &str = "a.status = 'active' AND (\
    EXISTS (SELECT 1 FROM board_category c WHERE c.id = $1 AND c.everyone_reads) \
    OR EXISTS (SELECT 1 FROM board_category_right r WHERE r.category_id = $1 AND r.role = 'user') \
    OR a.id IN (SELECT h.account_id FROM role_assignment h \
        JOIN board_category_right r ON r.role = h.role WHERE r.category_id = $1) \
    OR a.id IN (SELECT m.account_id FROM team_membership m \
        JOIN board_category_right r ON r.group_id = m.team_id \
        WHERE r.category_id = $1 AND m.left_at IS NULL) \
    OR a.id IN (SELECT m.account_id FROM department_membership m WHERE m.until IS NULL AND m.department_id IN (\
        SELECT id FROM (WITH RECURSIVE below (id) AS (\
            SELECT r.group_id FROM board_category_right r WHERE r.category_id = $1 AND r.kind = 'department' \
            UNION SELECT d.id FROM department d JOIN below ON d.parent_id = below.id) \
            SELECT id FROM below) b)))";
