//! The list of people part by part, in the order of their ids: each part begins where the last one ended.

use hanok_accounts::AccountId;
use hanok_accounts::account::AccountRow;
use hanok_base::Id;
use hanok_db::paging::MAX_LIMIT;
use hanok_db::{Conn, DbError, params};
use uuid::Uuid;

use super::{Bound, OF_IDS, Statement, Wanted};

impl Wanted<'_> {
    /// The statement that reads the ids of the part behind `after`, or of the first.
    pub(super) fn part_ids(&self, after: Option<AccountId>) -> Statement {
        let mut it = self.conditions();
        let after = after.map_or(Uuid::nil(), Id::uuid);
        let after = it.bind(Bound::Id(after));
        it.and(&format!("a.id > {after}"));
        let most = it.bind(Bound::Number(i64::from(MAX_LIMIT)));
        it.sql = format!(
            "SELECT a.id FROM account a{} ORDER BY a.id LIMIT {most}",
            it.sql
        );
        it
    }

    /// The statement that reads that part.
    fn part(&self, after: Option<AccountId>) -> Statement {
        let mut it = self.part_ids(after);
        it.sql = format!(
            "SELECT {} FROM ({}{OF_IDS}account.id",
            AccountRow::COLUMNS,
            it.sql
        );
        it
    }
}

/// The next of them behind `after`, or the first.
pub(in crate::user) async fn after(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<AccountId>,
) -> Result<Vec<AccountRow>, DbError> {
    let statement = wanted.part(after);
    conn.all(&statement.sql, &statement.values()).await
}

/// The names of the organisation's own roles.
pub(in crate::user) async fn own_roles(conn: &mut Conn) -> Result<Vec<String>, DbError> {
    const SQL: &str = "SELECT name FROM role ORDER BY name";
    conn.all(SQL, params![]).await
}
