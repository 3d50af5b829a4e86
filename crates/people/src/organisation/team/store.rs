//! What is read of teams, and how they change.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::account::AccountStatus;
use hanok_accounts::organisation::{GroupName, TeamId};
use hanok_base::Timestamp;
use hanok_db::paging::NumberedPage;
use hanok_db::{Conn, DbError, Param, Tx, Value, params, record};

use super::rules::TeamFilter;
use crate::organisation::history::{SHOWN, Turn, TurnRow, turns};

record! {
    /// A team with what the list shows of it.
    #[derive(Clone, Debug)]
    pub(crate) struct Line from "t" {
        pub(crate) id: TeamId,
        pub(crate) name: String,
        pub(crate) leader_id: Option<AccountId>,
        pub(crate) leader_name: Option<String> = "l.name",
        pub(crate) leader_username: Option<String> = "l.username",
        pub(crate) members: i64 = "(SELECT COUNT(*) FROM team_membership n \
            WHERE n.team_id = t.id AND n.left_at IS NULL) AS members",
        pub(crate) created_at: Timestamp,
    }
}

record! {
    /// Somebody who is in a team.
    #[derive(Clone, Debug)]
    pub(crate) struct MemberRow from "a" {
        pub(crate) id: AccountId,
        pub(crate) username: String,
        pub(crate) name: String,
        pub(crate) status: AccountStatus,
        pub(crate) department: Option<String> = "d.name",
        pub(crate) joined_at: Timestamp = "m.joined_at",
    }
}

/// The third, where a text is searched for; the first two, so that each parameter has its type whatever is asked.
const WANTED: &str =
    "t.closed_at IS NULL AND ($1 OR t.leader_id = $2) AND ($3 OR t.name_key LIKE $4 ESCAPE '!')";

fn wanted<'a>(only_led_by: Option<&'a AccountId>, filter: &'a TeamFilter) -> [Value<'a>; 4] {
    [
        Value::Bool(only_led_by.is_none()),
        only_led_by.map_or(Value::Null, Param::value),
        Value::Bool(filter.pattern.is_none()),
        filter.pattern.as_ref().map_or(Value::Null, Param::value),
    ]
}

/// How many teams there are.
pub(super) async fn count(
    conn: &mut Conn,
    only_led_by: Option<AccountId>,
    filter: &TeamFilter,
) -> Result<u64, DbError> {
    const SQL: &str = concatcp!("SELECT COUNT(*) FROM team t WHERE ", WANTED);
    let count: i64 = conn.one(SQL, &wanted(only_led_by.as_ref(), filter)).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// A page of them.
pub(super) async fn page(
    conn: &mut Conn,
    only_led_by: Option<AccountId>,
    filter: &TeamFilter,
    page: NumberedPage,
) -> Result<Vec<Line>, DbError> {
    let sql = format!(
        "SELECT {} FROM team t LEFT JOIN account l ON l.id = t.leader_id WHERE {WANTED} \
         ORDER BY {} LIMIT $5 OFFSET $6",
        Line::COLUMNS,
        filter.sort.sql()
    );
    let mut values = wanted(only_led_by.as_ref(), filter).to_vec();
    values.extend([page.limit(), page.offset()].map(|number| Value::I64(i64::from(number))));
    conn.all(&sql, &values).await
}

/// A team that is not closed.
pub(super) async fn find(conn: &mut Conn, id: TeamId) -> Result<Option<Line>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        Line::COLUMNS,
        " FROM team t LEFT JOIN account l ON l.id = t.leader_id WHERE t.id = $1 AND t.closed_at IS NULL"
    );
    conn.optional(SQL, params![id]).await
}

pub(in crate::organisation) const MEMBERS: &str = concatcp!(
    "SELECT ",
    MemberRow::COLUMNS,
    " FROM team_membership m JOIN account a ON a.id = m.account_id \
     LEFT JOIN department_membership dm ON dm.account_id = a.id AND dm.until IS NULL \
     LEFT JOIN department d ON d.id = dm.department_id \
     WHERE m.team_id = $1 AND m.left_at IS NULL ORDER BY a.name, a.id LIMIT $2 OFFSET $3"
);
pub(in crate::organisation) const CAME: &str = "SELECT m.account_id, a.name, m.joined_at FROM team_membership m \
        JOIN account a ON a.id = m.account_id \
        WHERE m.team_id = $1 ORDER BY m.joined_at DESC LIMIT $2";
pub(in crate::organisation) const LEFT: &str = "SELECT m.account_id, a.name, m.left_at FROM team_membership m \
        JOIN account a ON a.id = m.account_id \
        WHERE m.team_id = $1 AND m.left_at IS NOT NULL ORDER BY m.left_at DESC LIMIT $2";

/// The people of a team, by name.
pub(super) async fn members(
    conn: &mut Conn,
    id: TeamId,
    page: NumberedPage,
) -> Result<Vec<MemberRow>, DbError> {
    conn.all(MEMBERS, params![id, page.limit(), page.offset()])
        .await
}

/// Who joined last and who left last.
pub(super) async fn history(conn: &mut Conn, id: TeamId) -> Result<Vec<Turn>, DbError> {
    let came: Vec<TurnRow> = conn.all(CAME, params![id, SHOWN]).await?;
    let left: Vec<TurnRow> = conn.all(LEFT, params![id, SHOWN]).await?;
    Ok(turns(came, left))
}

/// A team as a change finds it.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) name: String,
    pub(super) leader: Option<AccountId>,
}

/// A team that is not closed, held until the unit ends.
pub(super) async fn lock(tx: &mut Tx, id: TeamId) -> Result<Option<Standing>, DbError> {
    const SQL: &str = "SELECT name, leader_id FROM team \
        WHERE id = $1 AND closed_at IS NULL /*for_update*/";
    let row: Option<(String, Option<AccountId>)> = tx.optional(SQL, params![id]).await?;
    Ok(row.map(|(name, leader)| Standing { name, leader }))
}

/// Whether another team has this name.
pub(super) async fn is_taken(
    conn: &mut Conn,
    name: &GroupName,
    but: TeamId,
) -> Result<bool, DbError> {
    const SQL: &str = "SELECT id FROM team WHERE name_key = $1 AND closed_at IS NULL";
    let found: Option<TeamId> = conn.optional(SQL, params![name.key()]).await?;
    Ok(found.is_some_and(|id| id != but))
}

/// Writes a team's name and leader.
pub(super) async fn update(
    tx: &mut Tx,
    id: TeamId,
    name: &GroupName,
    leader: Option<AccountId>,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE team SET name = $2, name_key = $3, leader_id = $4 WHERE id = $1";
    let (shown, key) = (name.as_str(), name.key());
    let values = params![id, shown, key, leader];
    tx.execute(SQL, values).await.map(|_| ())
}

/// Closes a team; whoever is in it leaves.
pub(super) async fn close(tx: &mut Tx, id: TeamId, now: Timestamp) -> Result<(), DbError> {
    const LEAVE: &str =
        "UPDATE team_membership SET left_at = $2 WHERE team_id = $1 AND left_at IS NULL";
    const CLOSE: &str = "UPDATE team SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL";
    tx.execute(LEAVE, params![id, now]).await?;
    tx.execute(CLOSE, params![id, now]).await.map(|_| ())
}

/// Lets somebody leave; says whether they were there.
pub(super) async fn leave(
    tx: &mut Tx,
    team: TeamId,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE team_membership SET left_at = $3 \
        WHERE team_id = $1 AND account_id = $2 AND left_at IS NULL";
    Ok(tx.execute(SQL, params![team, account, now]).await? == 1)
}
