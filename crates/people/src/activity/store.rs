//! The rows of `people_activity` and `people_activity_day`.

use const_format::concatcp;
use hanok_accounts::AccountId;
use hanok_accounts::activity::{ActivityType, UserActivity};
use hanok_base::{Id, Timestamp};
use hanok_db::{Conn, DbError, Tx, params, record};

/// Marks the id of an activity.
pub enum ActivityMark {}

/// The id of an activity: that of the event that told it.
pub type ActivityId = Id<ActivityMark>;

record! {
    /// Something that a person did.
    #[derive(Clone, Debug)]
    pub struct ActivityRow {
        /// Its id.
        pub id: ActivityId = "l.id",
        /// Who did it.
        pub account_id: AccountId = "l.account_id",
        /// What they sign in with.
        pub username: String = "a.username",
        /// What they are called.
        pub name: String = "a.name",
        /// What kind of thing it was.
        pub activity_type: ActivityType = "l.activity_type",
        /// When it was.
        pub at: Timestamp = "l.at",
        /// What it was, as a JSON object.
        pub details: String = "l.details",
        /// The client's address.
        pub address: Option<String> = "l.address",
        /// What the client calls itself.
        pub agent: Option<String> = "l.agent",
    }
}

const SELECT: &str = concatcp!(
    "SELECT ",
    ActivityRow::COLUMNS,
    " FROM people_activity l JOIN account a ON a.id = l.account_id"
);

/// Keeps an activity; `false` where it is kept already, and of who was removed meanwhile.
pub(super) async fn insert(
    tx: &mut Tx,
    id: ActivityId,
    account: AccountId,
    activity: &UserActivity,
) -> Result<bool, DbError> {
    const SQL: &str = "INSERT INTO people_activity (id, account_id, activity_type, at, details, address, agent) \
        SELECT $1, a.id, $3, $4, $5, $6, $7 FROM account a WHERE a.id = $2 ON CONFLICT (id) DO NOTHING";
    let details = activity.details.to_string();
    let values = params![
        id,
        account,
        activity.activity_type,
        activity.timestamp,
        details,
        activity.ip_address,
        activity.user_agent
    ];
    Ok(tx.execute(SQL, values).await? == 1)
}

/// Counts one more of a kind on a day.
pub(super) async fn count(
    tx: &mut Tx,
    date: &str,
    activity_type: ActivityType,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO people_activity_day (date, activity_type, times) VALUES ($1, $2, 1) \
        ON CONFLICT (date, activity_type) DO UPDATE SET times = people_activity_day.times + 1";
    tx.execute(SQL, params![date, activity_type]).await?;
    Ok(())
}

/// Takes away what is kept of a person.
pub(super) async fn erase(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM people_activity WHERE account_id = $1";
    tx.execute(SQL, params![account]).await?;
    Ok(())
}

const OF_PERSON: &str = concatcp!(
    SELECT,
    " WHERE l.account_id = $1 AND l.at > $2 ORDER BY l.at DESC, l.id DESC LIMIT $3"
);

/// What a person did after a moment, the newest first.
pub(super) async fn of_person(
    conn: &mut Conn,
    account: AccountId,
    after: Timestamp,
    most: u32,
) -> Result<Vec<ActivityRow>, DbError> {
    conn.all(OF_PERSON, params![account, after, most]).await
}

/// How much of each kind was done on the days from this one on, the newest first.
pub(super) async fn days(
    conn: &mut Conn,
    from: &str,
) -> Result<Vec<(String, ActivityType, i64)>, DbError> {
    const SQL: &str = "SELECT date, activity_type, times FROM people_activity_day WHERE date >= $1 \
        ORDER BY date DESC, activity_type";
    conn.all(SQL, params![from]).await
}

/// The oldest of the newest so many, where there are so many.
pub(super) async fn last_of(
    conn: &mut Conn,
    kept: u32,
) -> Result<Option<(Timestamp, ActivityId)>, DbError> {
    const SQL: &str =
        "SELECT at, id FROM people_activity ORDER BY at DESC, id DESC LIMIT 1 OFFSET $1";
    conn.optional(SQL, params![kept.saturating_sub(1)]).await
}

/// Takes a batch away of what stands behind this one and happened before this moment; answers how many.
pub(super) async fn sweep(
    tx: &mut Tx,
    (at, id): (Timestamp, ActivityId),
    before: Timestamp,
    most: u32,
) -> Result<u64, DbError> {
    const SQL: &str = "DELETE FROM people_activity WHERE id IN (\
        SELECT id FROM people_activity WHERE (at, id) < ($1, $2) AND at <= $3 ORDER BY at, id LIMIT $4)";
    tx.execute(SQL, params![at, id, before, most]).await
}
