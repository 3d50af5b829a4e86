//! Rows are recorded, linked once each, and verify.

use std::time::Duration;

use hanok_accounts::audit::{
    Action, Audit, AuditConfig, Entry, FileState, LastCheckpoint, Origin, Sealer, verify,
};
use hanok_base::KeyRing;
use hanok_base::keyring::KeyKind;
use hanok_db::DbError;
use serde_json::json;

use super::trail::{SETS, START, Trail, account, origin};

const ROW: &str = "SELECT action, origin, details, request_id FROM audit_log";

hanok_db::both_engines! {
    sets(SETS);

    async fn an_empty_trail_is_whole_and_costs_the_sealer_nothing(db: Db) {
        let trail = Trail::new(db);
        assert_eq!(trail.seal().await, 0);
        let report = trail.assert_whole().await;
        assert_eq!((report.rows, report.checkpoint, report.checkpoint_file), (0, None, FileState::Missing));
    }

    async fn rows_wait_until_they_are_linked_and_then_verify(db: Db) {
        let trail = Trail::new(db);
        trail.rows(5).await;
        let before = trail.assert_whole().await;
        assert_eq!((before.rows, before.linked, before.not_yet_sealed), (5, 0, 5));
        assert_eq!(trail.seal().await, 5);
        let after = trail.assert_whole().await;
        assert_eq!((after.rows, after.linked, after.not_yet_sealed), (5, 5, 0));
        assert_eq!((after.erased, after.database_rows, after.dropped), (0, 0, 0));
        let at = START.plus(Duration::from_secs(5));
        assert_eq!(after.checkpoint, Some(LastCheckpoint { seq: 5, at }));
        assert_eq!(after.checkpoint_file, FileState::Compared(1));
    }

    async fn a_unit_that_fails_leaves_no_row(db: Db) {
        let trail = Trail::new(db);
        let audit = trail.audit.clone();
        let failed = trail.db.write(async move |tx| {
            audit.record(tx, &Origin::system("test"), Entry::new(Action::ConfigChange)).await?;
            Err::<(), _>(DbError::NotFound)
        });
        assert_eq!(failed.await, Err(DbError::NotFound));
        assert_eq!(trail.assert_whole().await.rows, 0);
    }

    async fn what_a_client_calls_itself_is_kept_short_and_printable(db: Db) {
        let trail = Trail::new(db);
        let agent = format!("a\0b\n{}", "한".repeat(400));
        let named = Origin { agent, ..origin(account(1)) };
        trail.record(named, Entry::new(Action::UserLogin)).await;
        let (address, agent): (String, String) = trail.one("SELECT address, agent FROM audit_origin").await;
        assert_eq!(address, "203.0.113.7");
        assert_eq!((agent.chars().count(), agent.starts_with("ab한")), (255, true));
        trail.seal().await;
        trail.assert_whole().await;
    }

    async fn a_job_has_no_address_and_details_are_always_an_object(db: Db) {
        let trail = Trail::new(db);
        trail.record(Origin::system("expire"), Entry::new(Action::AuthExpired).details(json!(3))).await;
        let row: (String, String, String, String) = trail.one(ROW).await;
        let expected = ("AUTH_EXPIRED", "program", "{\"value\":3}", "job:expire");
        assert_eq!((row.0.as_str(), row.1.as_str(), row.2.as_str(), row.3.as_str()), expected);
        assert_eq!(trail.count("audit_origin").await, 0);
        trail.seal().await;
        assert_eq!(trail.assert_whole().await.erased, 0);
    }

    async fn a_row_by_hand_written_sql_is_linked_as_such(db: Db) {
        let trail = Trail::new(db);
        trail.rows(2).await;
        let insert = format!("INSERT INTO audit_log (id, at, action, details) VALUES ({}, 5, 'PIN_CHANGE', '{{}}')", trail.new_id());
        trail.by_hand(&insert).await;
        assert_eq!(trail.seal().await, 3);
        let report = trail.assert_whole().await;
        assert_eq!((report.linked, report.database_rows), (3, 1));
    }

    async fn more_rows_than_one_unit_links_are_linked_in_order_of_time(db: Db) {
        let trail = Trail::new(db);
        let audit = trail.audit.clone();
        let clock = trail.clock.clone();
        let filled = trail.db.write::<_, DbError, _>(async move |tx| {
            for _ in 0..2_345 {
                audit.record(tx, &Origin::system("fill"), Entry::new(Action::AuthExpired)).await?;
                clock.advance(Duration::from_millis(1));
            }
            Ok(())
        });
        filled.await?;
        let now = trail.clock.now();
        assert_eq!(trail.sealer.run_once(&trail.db, now).await.unwrap(), 1_000);
        assert_eq!(trail.assert_whole().await.not_yet_sealed, 1_345);
        assert_eq!(trail.seal().await, 1_345);
        assert_eq!(trail.assert_whole().await.linked, 2_345);
        let unordered: i64 = trail.one("SELECT COUNT(*) FROM audit_chain c JOIN audit_log l ON l.id = c.audit_id \
            JOIN audit_chain d ON d.seq = c.seq + 1 JOIN audit_log m ON m.id = d.audit_id WHERE m.at < l.at").await;
        assert_eq!(unordered, 0);
    }

    async fn checkpoints_come_by_count_and_by_time_and_reach_the_file_once(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(2).await;
        trail.sealed_rows(3).await;
        assert_eq!(trail.count("audit_checkpoint").await, 1);
        trail.clock.advance(Duration::from_mins(10));
        assert_eq!(trail.seal().await, 0);
        assert_eq!(trail.count("audit_checkpoint").await, 2);
        trail.clock.advance(Duration::from_mins(100));
        assert_eq!(trail.seal().await, 0);
        assert_eq!(trail.count("audit_checkpoint").await, 2);
        let report = trail.assert_whole().await;
        assert_eq!(report.checkpoint.unwrap().seq, 5);
        assert_eq!(report.checkpoint_file, FileState::Compared(2));
    }

    async fn a_file_that_fell_behind_is_caught_up_at_the_next_start(db: Db) {
        let trail = Trail::new(db);
        let without_file = Sealer::new(trail.keys.clone(), &AuditConfig::default(), None);
        trail.rows(3).await;
        without_file.run(&trail.db, trail.clock.now()).await.unwrap();
        assert_eq!(trail.assert_whole().await.checkpoint_file, FileState::Missing);
        trail.seal().await;
        assert_eq!(trail.assert_whole().await.checkpoint_file, FileState::Compared(1));
    }

    async fn a_checkpoint_file_that_cannot_be_written_loses_no_link(db: Db) {
        let trail = Trail::new(db);
        let nowhere = Sealer::new(trail.keys.clone(), &AuditConfig::default(), Some(trail.folder.path().join("no/such/file")));
        trail.rows(3).await;
        nowhere.run_once(&trail.db, trail.clock.now()).await.unwrap_err();
        nowhere.run_once(&trail.db, trail.clock.now()).await.unwrap_err();
        assert_eq!(trail.assert_whole().await.linked, 3);
    }

    async fn the_audit_key_changes_at_a_checkpoint_and_the_chain_holds(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(2).await;
        trail.sealed_rows(2).await;
        trail.keys.rotate(KeyKind::Audit, &trail.random, trail.clock.now()).unwrap();
        trail.sealed_rows(3).await;
        let versions: (i64, i64) = trail.one("SELECT (SELECT key_version FROM audit_chain WHERE seq = 4), \
            (SELECT key_version FROM audit_chain WHERE seq = 5)").await;
        assert_eq!(versions, (1, 2));
        let boundary: i64 = trail.one("SELECT key_version FROM audit_checkpoint WHERE seq = 4").await;
        assert_eq!(boundary, 2);
        assert_eq!(trail.assert_whole().await.linked, 7);
    }

    async fn a_process_that_has_not_seen_the_new_key_goes_on_with_it(db: Db) {
        let trail = Trail::new(db);
        let path = trail.folder.path().join("ring.json");
        let ring = KeyRing::create(&path, &trail.random, START).unwrap();
        let other = KeyRing::open(&path).unwrap();
        let [one, two] = [&ring, &other].map(|keys| Sealer::new(keys.clone(), &AuditConfig::default(), None));
        for sealer in [&one, &two, &one] {
            let audit = Audit::new(other.clone(), trail.clock.clone(), trail.random.clone());
            let entry = Entry::new(Action::KeyRotation);
            trail.db.write::<_, DbError, _>(async move |tx| {
                audit.record(tx, &Origin::system("keys"), entry).await
            }).await?;
            assert_eq!(sealer.run(&trail.db, trail.clock.now()).await.unwrap(), 1);
            if ring.audit_version() == 1 {
                ring.rotate(KeyKind::Audit, &trail.random, START).unwrap();
                one.run(&trail.db, trail.clock.now()).await.unwrap();
            }
        }
        let report = verify(&trail.db, &other, None).await.unwrap();
        assert_eq!((report.linked, report.first_broken), (3, None));
    }

    async fn another_ring_verifies_nothing(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(2).await;
        let other = KeyRing::generate(&trail.random, START);
        let report = verify(&trail.db, &other, None).await.unwrap();
        assert!(!report.is_whole());
    }

    async fn two_sealers_at_once_link_each_row_once(db: Db) {
        let trail = Trail::new(db);
        trail.rows(300).await;
        let now = trail.clock.now();
        let other = Sealer::new(trail.keys.clone(), &AuditConfig::default(), Some(trail.file()));
        let (one, two) = tokio::join!(trail.sealer.run(&trail.db, now), other.run(&trail.db, now));
        assert_eq!(one.unwrap() + two.unwrap(), 300);
        assert_eq!(trail.assert_whole().await.linked, 300);
        assert_eq!(trail.count("audit_unsealed").await, 0);
    }

    async fn writers_and_sealers_side_by_side_leave_a_whole_chain(db: Db) {
        let trail = Trail::new(db);
        let mut writers = tokio::task::JoinSet::new();
        for number in 1..=8 {
            let (db, audit, origin) = (trail.db.clone(), trail.audit.clone(), origin(account(number)));
            writers.spawn(async move {
                for _ in 0..50 {
                    let (audit, origin) = (audit.clone(), origin.clone());
                    let entry = Entry::new(Action::AuthRequest).subject(account(number));
                    db.write::<_, DbError, _>(async move |tx| audit.record(tx, &origin, entry).await).await.unwrap();
                }
            });
        }
        let (db, sealer, clock) = (trail.db.clone(), trail.sealer.clone(), trail.clock.clone());
        let sealing = async {
            let mut linked = 0;
            while linked < 400 {
                linked += sealer.run(&db, clock.now()).await.unwrap();
                let running = trail.verify().await;
                assert!(running.is_whole(), "{running}");
            }
        };
        let writing = async { while let Some(done) = writers.join_next().await { done.unwrap() } };
        tokio::join!(sealing, writing);
        let report = trail.assert_whole().await;
        assert_eq!((report.rows, report.linked, report.not_yet_sealed), (400, 400, 0));
    }

    async fn the_report_reads_as_text_and_as_json(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(2).await;
        let report = trail.assert_whole().await;
        assert_eq!(report.to_string(), "2 rows: 2 linked, 0 not yet sealed\n\
            0 by hand-written SQL, 0 with address and agent erased\n\
            last checkpoint: link 2 at 2019-01-15T12:00:02.000000Z\n\
            checkpoint file: 1 compared\n\
            The audit trail is whole.");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["linked"], &json["first_broken"]), (&json!(2), &json!(null)));
        assert_eq!(json["checkpoint_file"], json!({ "compared": 1 }));
    }
}
