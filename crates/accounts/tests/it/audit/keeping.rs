//! Erasure and retention: what may go, goes, and the proof holds.

use std::time::Duration;

use hanok_accounts::audit::{
    Action, AuditError, BrokenKind, Entry, FileState, Origin, erase_origins,
};
use hanok_base::Timestamp;
use hanok_db::DbError;

use super::trail::{SETS, START, Trail, account, origin};

const DAY: Duration = Duration::from_hours(24);

/// 2026-03-10, seven years and two months behind the first rows.
const LATER: Timestamp = Timestamp::from_seconds(1_773_100_800);

/// Rows in January, February and May 2019.
async fn spring(trail: &Trail) {
    trail.sealed_rows(3).await;
    trail.clock.advance(DAY * 5);
    trail.sealed_rows(2).await;
    trail.clock.advance(DAY * 20);
    trail.sealed_rows(4).await;
    trail.clock.advance(DAY * 90);
    trail.sealed_rows(2).await;
}

hanok_db::both_engines! {
    sets(SETS);

    async fn an_erased_person_leaves_rows_that_say_erased(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(6).await;
        let nobody = Origin { actor: None, ..origin(account(1)) };
        trail.record(nobody, Entry::new(Action::UserLoginFailed).subject(account(1))).await;
        trail.seal().await;
        let erased = trail.db.write::<_, DbError, _>(async |tx| erase_origins(tx, account(1)).await).await?;
        assert_eq!(erased, 3);
        let report = trail.assert_whole().await;
        assert_eq!((report.linked, report.erased), (7, 3));
        assert_eq!(trail.count("audit_origin").await, 4);
    }

    async fn a_row_erased_before_it_is_linked_stays_whole(db: Db) {
        let trail = Trail::new(db);
        trail.rows(1).await;
        trail.db.write::<_, DbError, _>(async |tx| erase_origins(tx, account(1)).await).await?;
        trail.seal().await;
        assert_eq!(trail.assert_whole().await.erased, 1);
    }

    async fn retention_drops_closed_months_and_the_trail_stays_whole(db: Db) {
        let trail = Trail::new(db);
        spring(&trail).await;
        trail.clock.set(LATER);
        assert_eq!(trail.retention().run_once(&trail.db, LATER).await.unwrap(), 9);
        let periods: (i64, i64) = trail.one("SELECT COUNT(*), MAX(until_seq) FROM audit_retention").await;
        assert_eq!(periods, (2, 9));
        let report = trail.assert_whole().await;
        assert_eq!((report.rows, report.linked, report.dropped, report.not_yet_sealed), (4, 2, 9, 2));
        trail.seal().await;
        trail.sealed_rows(2).await;
        let report = trail.assert_whole().await;
        assert_eq!((report.linked, report.dropped), (6, 9));
        assert!(matches!(report.checkpoint_file, FileState::Compared(_)));
        assert_eq!(trail.count("audit_origin").await, 4);
        assert_eq!(trail.retention().run_once(&trail.db, LATER).await.unwrap(), 0);
    }

    async fn a_month_is_kept_until_it_is_old_enough_as_a_whole(db: Db) {
        let trail = Trail::new(db);
        spring(&trail).await;
        let almost = Timestamp::from_seconds(1_769_903_999);
        assert_eq!(trail.retention().run_once(&trail.db, almost).await.unwrap(), 0);
        let old_enough = almost.plus(Duration::from_secs(1));
        assert_eq!(trail.retention().run_once(&trail.db, old_enough).await.unwrap(), 5);
    }

    async fn the_chain_goes_on_where_everything_before_was_dropped(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(3).await;
        trail.clock.set(LATER);
        assert_eq!(trail.retention().run_once(&trail.db, LATER).await.unwrap(), 3);
        assert_eq!(trail.seal().await, 1);
        let report = trail.assert_whole().await;
        assert_eq!((report.rows, report.linked, report.dropped), (1, 1, 3));
    }

    async fn a_drop_that_was_interrupted_verifies_and_is_finished(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(5).await;
        trail.clock.set(LATER);
        trail.by_hand("CREATE TABLE kept_log AS SELECT * FROM audit_log; \
            CREATE TABLE kept_origin AS SELECT * FROM audit_origin; \
            CREATE TABLE kept_chain AS SELECT * FROM audit_chain").await;
        assert_eq!(trail.retention().run_once(&trail.db, LATER).await.unwrap(), 5);
        // As it was when the period was closed and two of its rows were gone.
        trail.drop_guard("audit_log", "queued").await;
        let rest = "(SELECT audit_id FROM kept_chain WHERE seq > 2)";
        trail.by_hand(&format!("INSERT INTO audit_log SELECT * FROM kept_log WHERE id IN {rest}; \
            INSERT INTO audit_origin SELECT * FROM kept_origin WHERE audit_id IN {rest}; \
            INSERT INTO audit_chain SELECT * FROM kept_chain WHERE seq > 2")).await;
        trail.assert_whole().await;
        assert_eq!(trail.retention().run_once(&trail.db, LATER).await.unwrap(), 3);
        trail.assert_whole().await;
    }

    async fn a_period_closed_by_hand_is_named_and_never_dropped(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(5).await;
        trail.by_hand("INSERT INTO audit_retention (period, from_seq, until_seq, mac, at, key_version, signature) \
            SELECT '2019-01', 1, seq, mac, at, key_version, signature FROM audit_checkpoint").await;
        trail.assert_broken(BrokenKind::Period, Some(1)).await;
        let refused = trail.retention().run_once(&trail.db, LATER).await;
        assert!(matches!(refused, Err(AuditError::ForgedPeriod(_))));
        assert_eq!(trail.count("audit_log").await, 5);
    }

    async fn young_rows_cannot_be_deleted_once_an_older_period_is_dropped(db: Db) {
        let trail = Trail::new(db);
        spring(&trail).await;
        trail.clock.set(LATER);
        trail.retention().run_once(&trail.db, LATER).await.unwrap();
        assert!(trail.clock.now() > START);
        trail.db.hand_written("DELETE FROM audit_log").await.unwrap_err();
        trail.db.hand_written("DELETE FROM audit_chain").await.unwrap_err();
        trail.assert_whole().await;
    }
}
