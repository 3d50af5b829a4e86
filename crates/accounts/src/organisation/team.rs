//! Teams: who is in which, and who leads it.

use const_format::concatcp;
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, InsertMany, Tx, Value, params, record};
use uuid::Uuid;

use super::GroupName;
use crate::AccountId;

/// Marks the id of a team.
pub enum Team {}

/// The id of a team.
pub type TeamId = Id<Team>;

record! {
    /// A team that is not closed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TeamRow from "t" {
        /// Its id.
        pub id: TeamId,
        /// What it is called.
        pub name: String,
        /// Who leads it.
        pub leader_id: Option<AccountId>,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

/// The teams that an account is in, by name.
///
/// # Errors
/// The store's.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<TeamRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TeamRow::COLUMNS,
        " FROM team_membership m JOIN team t ON t.id = m.team_id \
         WHERE m.account_id = $1 AND m.left_at IS NULL AND t.closed_at IS NULL ORDER BY t.name_key"
    );
    conn.all(SQL, params![account]).await
}

/// The teams that an account leads, by name.
///
/// # Errors
/// The store's.
pub async fn led_by(conn: &mut Conn, account: AccountId) -> Result<Vec<TeamRow>, DbError> {
    const SQL: &str = concatcp!(
        "SELECT ",
        TeamRow::COLUMNS,
        " FROM team t WHERE t.leader_id = $1 AND t.closed_at IS NULL ORDER BY t.name_key"
    );
    conn.all(SQL, params![account]).await
}

/// The accounts that are in a team, in no order.
///
/// # Errors
/// The store's.
pub async fn members(conn: &mut Conn, team: TeamId) -> Result<Vec<AccountId>, DbError> {
    const SQL: &str =
        "SELECT account_id FROM team_membership WHERE team_id = $1 AND left_at IS NULL";
    conn.all(SQL, params![team]).await
}

/// Makes a team; `false` where another has the name.
///
/// # Errors
/// The store's.
pub async fn insert(
    tx: &mut Tx,
    id: TeamId,
    name: &GroupName,
    leader: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO team (id, name, name_key, leader_id, created_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let (shown, key) = (name.as_str(), name.key());
    let values = params![id, shown, key, leader, now];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Lets people join who are not in the team, each with the id of their stay.
///
/// # Errors
/// The store's.
pub async fn join(
    tx: &mut Tx,
    team: TeamId,
    people: &[(Uuid, AccountId)],
    now: Timestamp,
) -> Result<(), DbError> {
    static JOIN: InsertMany<4> =
        InsertMany::new("INSERT INTO team_membership (id, team_id, account_id, joined_at)");
    let row = |(stay, account): &(Uuid, AccountId)| {
        [
            Value::Uuid(*stay),
            Value::Uuid(team.uuid()),
            Value::Uuid(account.uuid()),
            Value::I64(now.micros()),
        ]
    };
    let rows: Vec<[Value<'_>; 4]> = people.iter().map(row).collect();
    JOIN.execute(tx, &rows).await
}
