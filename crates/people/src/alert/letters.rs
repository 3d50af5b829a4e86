//! The rows of `alert_mail`: how many letters a kind has had in an hour.

use hanok_accounts::detection::AlertKind;
use hanok_base::Timestamp;
use hanok_db::{DbError, Tx, params};

/// Takes one of the letters that a kind has in an hour: the how many-th it is, nothing where all were written.
pub(super) async fn take(
    tx: &mut Tx,
    kind: AlertKind,
    hour_at: Timestamp,
    most: i64,
) -> Result<Option<i64>, DbError> {
    const SQL: &str = "INSERT INTO alert_mail (kind, hour_at, letters) VALUES ($1, $2, 1) \
        ON CONFLICT (kind, hour_at) DO UPDATE SET letters = alert_mail.letters + 1 \
        WHERE alert_mail.letters < $3 RETURNING letters";
    tx.optional(SQL, params![kind, hour_at, most]).await
}

/// Forgets the letters of hours before this moment.
pub(super) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), DbError> {
    const SQL: &str = "DELETE FROM alert_mail WHERE hour_at < $1";
    tx.execute(SQL, params![before]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use hanok_db::MigrationSet;

    use super::*;

    fn sets() -> Vec<MigrationSet> {
        let mut sets = hanok_testkit::sets();
        sets.extend(crate::migrations());
        sets
    }

    hanok_db::both_engines! {
        sets(&sets());

        async fn a_kind_has_so_many_letters_an_hour_and_no_more(db: Db) {
            let letter = |kind, hour: i64| {
                let db = db.clone();
                async move {
                    let hour = Timestamp::from_micros(hour);
                    let taken = db.write::<_, DbError, _>(async move |tx: &mut Tx| take(tx, kind, hour, 2).await);
                    taken.await.unwrap()
                }
            };
            assert_eq!(letter(AlertKind::ServerError, 1).await, Some(1));
            assert_eq!(letter(AlertKind::ServerError, 1).await, Some(2));
            assert_eq!(letter(AlertKind::ServerError, 1).await, None);
            assert_eq!(letter(AlertKind::ManyAddresses, 1).await, Some(1));
            assert_eq!(letter(AlertKind::ServerError, 2).await, Some(1));
            let before = Timestamp::from_micros(2);
            db.write::<_, DbError, _>(async move |tx: &mut Tx| forget(tx, before).await).await?;
            assert_eq!(letter(AlertKind::ServerError, 2).await, Some(2));
            assert_eq!(letter(AlertKind::ServerError, 1).await, Some(1));
        }
    }
}
