//! The rows of `notification_preference` and `notification_schedule`.

use std::collections::HashMap;

use hanok_accounts::AccountId;
use hanok_db::{Conn, DbError, Tx, Value, params, record};

use super::{Choice, MailWhen, Preferences, QuietHours, TimeOfDay};
use crate::store::{MANY, places};
use crate::telling::NotificationType;

record! {
    /// A choice of somebody's.
    struct Chosen {
        account_id: AccountId,
        kind: NotificationType = "type",
        here: bool,
        mail: MailWhen,
    }
}

record! {
    /// When somebody is left alone and written to.
    struct Times {
        account_id: AccountId,
        quiet_from: Option<TimeOfDay>,
        quiet_to: Option<TimeOfDay>,
        digest_at: TimeOfDay,
        rev: i64,
    }
}

/// Holds what a person has chosen until the unit ends: whoever changes it does so one after the other, so that nothing is
/// undone and the record says what each has changed.
pub(crate) async fn hold(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    const SQL: &str = "SELECT id FROM account WHERE id = $1 /*for_no_key_update*/";
    let _: Option<AccountId> = tx.optional(SQL, params![account]).await?;
    Ok(())
}

/// What a person has chosen: two statements.
pub(crate) async fn of(conn: &mut Conn, id: AccountId) -> Result<Preferences, DbError> {
    let mut all = of_many(conn, &[id]).await?;
    Ok(all.remove(&id).unwrap_or_default())
}

/// What people have chosen, each of them: two statements for as many as one names.
pub(crate) async fn of_many(
    conn: &mut Conn,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, Preferences>, DbError> {
    let usual = |id: &AccountId| (*id, Preferences::default());
    let mut all: HashMap<AccountId, Preferences> = ids.iter().map(usual).collect();
    for some in ids.chunks(MANY) {
        let of = format!("WHERE account_id IN ({})", places(1, some.len()));
        let values: Vec<Value<'_>> = some.iter().map(|id| Value::Uuid(id.uuid())).collect();
        let sql = format!(
            "SELECT {} FROM notification_preference {of}",
            Chosen::COLUMNS
        );
        for row in conn.all::<Chosen>(&sql, &values).await? {
            let choice = Choice {
                here: row.here,
                mail: row.mail,
            };
            let one = all.entry(row.account_id).or_default();
            one.choose(row.kind, choice);
        }
        let sql = format!("SELECT {} FROM notification_schedule {of}", Times::COLUMNS);
        for row in conn.all::<Times>(&sql, &values).await? {
            let one = all.entry(row.account_id).or_default();
            one.digest_at = row.digest_at;
            one.rev = row.rev;
            let hours = row.quiet_from.zip(row.quiet_to);
            one.quiet = hours.map(|(from, to)| QuietHours { from, to });
        }
    }
    Ok(all)
}

/// Keeps what a person has chosen for a type.
pub(crate) async fn keep_choice(
    tx: &mut Tx,
    account: AccountId,
    kind: NotificationType,
    choice: Choice,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO notification_preference (account_id, type, here, mail) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (account_id, type) DO UPDATE SET here = excluded.here, mail = excluded.mail";
    tx.execute(SQL, params![account, kind, choice.here, choice.mail])
        .await
        .map(|_| ())
}

/// Keeps when a person is left alone and written to, and under which number they have changed what they choose.
pub(crate) async fn keep_times(
    tx: &mut Tx,
    account: AccountId,
    new: &Preferences,
    rev: i64,
) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO notification_schedule (account_id, quiet_from, quiet_to, digest_at, rev) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET quiet_from = excluded.quiet_from, \
        quiet_to = excluded.quiet_to, digest_at = excluded.digest_at, rev = excluded.rev";
    let (from, to) = (new.quiet.map(|it| it.from), new.quiet.map(|it| it.to));
    tx.execute(SQL, params![account, from, to, new.digest_at, rev])
        .await
        .map(|_| ())
}
