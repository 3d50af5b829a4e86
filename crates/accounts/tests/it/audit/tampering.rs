//! Whoever goes around the guards is named: what they did, and where.

use std::time::Duration;

use hanok_accounts::audit::BrokenKind;
use hanok_base::keyring::KeyKind;
use hanok_db::Engine;

use super::trail::{SETS, Trail, linked};

async fn sealed(db: hanok_db::Db) -> Trail {
    let trail = Trail::new(db);
    trail.sealed_rows(6).await;
    trail
}

/// Cuts the last links off, with their rows.
async fn cut_to(trail: &Trail, seq: i64) {
    let sql = format!(
        "DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM audit_chain WHERE seq > {seq}); \
         DELETE FROM audit_chain WHERE seq > {seq}"
    );
    trail.drop_guard("audit_log", "kept").await;
    trail.around("audit_chain", &["kept"], &sql).await;
}

hanok_db::both_engines! {
    sets(SETS);

    async fn a_change_of_any_column_is_found(db: Db) {
        let trail = sealed(db).await;
        trail.around("audit_log", &["unchanged"], "CREATE TABLE copy AS SELECT * FROM audit_log").await;
        let bytes = if trail.db.engine() == Engine::Sqlite { "x'00'" } else { "CAST('x' AS BYTEA)" };
        let id = trail.new_id();
        let changes = [
            ("at", "at + 1"), ("action", "'USER_LOGIN'"), ("actor_id", id), ("actor_id", "NULL"),
            ("subject_id", id), ("provider_id", id), ("provider_id", "NULL"), ("target_kind", "'role'"),
            ("target_id", id), ("target_version", "'9'"), ("target_version", "NULL"),
            ("details", "'{}'"), ("request_id", "''"), ("request_id", "NULL"), ("origin", "'database'"),
            ("key_version", "NULL"), ("row_mac", bytes), ("row_mac", "NULL"), ("origin_mac", "NULL"),
        ];
        for (column, value) in changes {
            trail.by_hand(&format!("UPDATE audit_log SET {column} = {value} WHERE id = {}", linked(3))).await;
            let found = trail.broken().await;
            assert_eq!((found.kind, found.seq), (BrokenKind::Changed, Some(3)), "{column} = {value}: {found}");
            trail.by_hand(&format!(
                "UPDATE audit_log SET {column} = (SELECT copy.{column} FROM copy WHERE copy.id = audit_log.id)")).await;
        }
        trail.assert_whole().await;
    }

    async fn the_first_of_several_faults_is_named_and_all_are_counted(db: Db) {
        let trail = sealed(db).await;
        let sql = format!("UPDATE audit_log SET details = '{{}}' WHERE id IN ({}, {})", linked(2), linked(5));
        trail.around("audit_log", &["unchanged"], &sql).await;
        let report = trail.verify().await;
        assert_eq!((report.faults, report.first_broken.unwrap().seq), (2, Some(2)));
    }

    async fn a_changed_address_is_found(db: Db) {
        let trail = sealed(db).await;
        let sql = format!("UPDATE audit_origin SET address = '198.51.100.1' WHERE audit_id = {}", linked(4));
        trail.around("audit_origin", &["unchanged"], &sql).await;
        trail.assert_broken(BrokenKind::Changed, Some(4)).await;
    }

    async fn an_address_put_beside_a_row_without_one_is_found(db: Db) {
        let trail = sealed(db).await;
        trail.by_hand(&format!("INSERT INTO audit_log (id, at, action) VALUES ({}, 9, 'X')", trail.new_id())).await;
        trail.seal().await;
        let sql = format!("INSERT INTO audit_origin SELECT {}, salt, address, agent FROM audit_origin \
            WHERE audit_id = {}", linked(7), linked(1));
        trail.by_hand(&sql).await;
        trail.assert_broken(BrokenKind::Changed, Some(7)).await;
    }

    async fn a_removed_row_is_named(db: Db) {
        let trail = sealed(db).await;
        trail.around("audit_log", &["kept"], &format!("DELETE FROM audit_log WHERE id = {}", linked(4))).await;
        let found = trail.broken().await;
        assert_eq!((found.kind, found.seq, found.audit_id.is_some()), (BrokenKind::Removed, Some(4), true));
    }

    async fn a_row_removed_with_its_link_is_named(db: Db) {
        let trail = sealed(db).await;
        let sql = format!("DELETE FROM audit_log WHERE id = {}; DELETE FROM audit_chain WHERE seq = 4", linked(4));
        trail.drop_guard("audit_chain", "kept").await;
        trail.around("audit_log", &["kept"], &sql).await;
        trail.assert_broken(BrokenKind::Removed, Some(4)).await;
    }

    async fn rows_removed_from_the_beginning_are_named(db: Db) {
        let trail = sealed(db).await;
        let sql = "DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM audit_chain WHERE seq < 3); \
            DELETE FROM audit_chain WHERE seq < 3";
        trail.drop_guard("audit_chain", "kept").await;
        trail.around("audit_log", &["kept"], sql).await;
        trail.assert_broken(BrokenKind::Removed, Some(1)).await;
    }

    async fn a_row_removed_before_it_is_linked_is_named(db: Db) {
        let trail = sealed(db).await;
        trail.rows(1).await;
        trail.around("audit_log", &["kept"], "DELETE FROM audit_log WHERE id IN (SELECT audit_id FROM audit_unsealed)").await;
        trail.assert_broken(BrokenKind::Removed, None).await;
        assert_eq!(trail.seal().await, 0);
        trail.assert_broken(BrokenKind::Removed, None).await;
    }

    async fn a_row_slipped_past_the_sealer_is_named(db: Db) {
        let trail = sealed(db).await;
        let sql = format!("INSERT INTO audit_log (id, at, action) VALUES ({}, 9, 'USER_LOGIN')", trail.new_id());
        trail.around("audit_log", &["queued"], &sql).await;
        trail.assert_broken(BrokenKind::Inserted, None).await;
        assert_eq!(trail.seal().await, 0);
        trail.assert_broken(BrokenKind::Inserted, None).await;
    }

    async fn a_row_in_the_programs_name_is_named_before_and_after_it_is_linked(db: Db) {
        let trail = sealed(db).await;
        let copy = format!("INSERT INTO audit_log (id, at, action, details, origin, key_version, row_mac) \
            SELECT {}, at, action, details, origin, key_version, row_mac FROM audit_log WHERE id = {}",
            trail.new_id(), linked(2));
        trail.by_hand(&copy).await;
        trail.assert_broken(BrokenKind::Changed, None).await;
        trail.seal().await;
        trail.assert_broken(BrokenKind::Inserted, Some(7)).await;
    }

    async fn a_link_added_by_hand_is_named(db: Db) {
        let trail = sealed(db).await;
        trail.rows(1).await;
        let sql = "INSERT INTO audit_chain SELECT 7, u.audit_id, c.mac, 1 FROM audit_unsealed u, audit_chain c WHERE c.seq = 6";
        trail.by_hand(sql).await;
        trail.assert_broken(BrokenKind::Link, Some(7)).await;
    }

    async fn a_changed_link_is_named(db: Db) {
        let trail = sealed(db).await;
        let sql = "UPDATE audit_chain SET mac = (SELECT c.mac FROM audit_chain c WHERE c.seq = 1) WHERE seq = 3";
        trail.around("audit_chain", &["unchanged"], sql).await;
        trail.assert_broken(BrokenKind::Link, Some(3)).await;
    }

    async fn rows_that_changed_places_are_named(db: Db) {
        let trail = sealed(db).await;
        let sql = "UPDATE audit_chain SET seq = 100 WHERE seq = 2; UPDATE audit_chain SET seq = 2 WHERE seq = 3; \
            UPDATE audit_chain SET seq = 3 WHERE seq = 100";
        trail.around("audit_chain", &["unchanged"], sql).await;
        trail.assert_broken(BrokenKind::Link, Some(2)).await;
    }

    async fn an_end_cut_off_is_missed_at_once(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(2).await;
        trail.sealed_rows(4).await;
        assert_eq!(trail.count("audit_checkpoint").await, 1);
        cut_to(&trail, 4).await;
        trail.assert_broken(BrokenKind::CutOff, Some(5)).await;
    }

    async fn an_end_cut_off_stays_missing_when_the_sealer_goes_on(db: Db) {
        let trail = sealed(db).await;
        cut_to(&trail, 4).await;
        trail.sealed_rows(2).await;
        trail.assert_broken(BrokenKind::Removed, Some(5)).await;
    }

    async fn a_lost_head_is_named(db: Db) {
        let trail = sealed(db).await;
        trail.by_hand("DELETE FROM audit_head").await;
        trail.assert_broken(BrokenKind::CutOff, Some(7)).await;
    }

    async fn an_end_cut_off_with_its_head_set_back_is_missed_by_the_checkpoints(db: Db) {
        let trail = Trail::new(db);
        trail.sealed_rows(3).await;
        trail.by_hand("CREATE TABLE earlier AS SELECT * FROM audit_head").await;
        trail.clock.advance(Duration::from_mins(10));
        trail.sealed_rows(3).await;
        cut_to(&trail, 3).await;
        trail.by_hand("DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM earlier").await;
        let found = trail.broken().await;
        assert_eq!((found.kind, found.seq), (BrokenKind::CutOff, Some(4)));
        assert!(found.detail.contains("table"), "{found}");
        trail.around("audit_checkpoint", &["kept"], "DELETE FROM audit_checkpoint WHERE seq > 3").await;
        let found = trail.broken().await;
        assert_eq!((found.kind, found.seq), (BrokenKind::CutOff, Some(4)));
        assert!(found.detail.contains("file"), "{found}");
        trail.sealed_rows(5).await;
        assert!(!trail.verify().await.is_whole());
    }

    async fn a_trail_emptied_altogether_is_named(db: Db) {
        let trail = sealed(db).await;
        cut_to(&trail, 0).await;
        trail.by_hand("UPDATE audit_head SET seq = 0, mac = NULL, signature = NULL").await;
        trail.around("audit_checkpoint", &["kept"], "DELETE FROM audit_checkpoint").await;
        trail.assert_broken(BrokenKind::CutOff, Some(1)).await;
    }

    async fn a_forged_checkpoint_is_named(db: Db) {
        let trail = sealed(db).await;
        let sql = "INSERT INTO audit_checkpoint SELECT 4, mac, 4, at, key_version, signature FROM audit_checkpoint";
        trail.by_hand(sql).await;
        trail.assert_broken(BrokenKind::Checkpoint, Some(4)).await;
    }

    async fn a_checkpoint_taken_from_the_table_is_missed_by_the_file(db: Db) {
        let trail = sealed(db).await;
        trail.around("audit_checkpoint", &["kept"], "DELETE FROM audit_checkpoint").await;
        trail.assert_broken(BrokenKind::Checkpoint, Some(6)).await;
    }

    async fn a_forged_line_of_the_file_is_named(db: Db) {
        let trail = sealed(db).await;
        let text = std::fs::read_to_string(trail.file()).unwrap();
        std::fs::write(trail.file(), text.replace("\"seq\":6", "\"seq\":5").replace("\"count\":6", "\"count\":5")).unwrap();
        trail.assert_broken(BrokenKind::Checkpoint, Some(5)).await;
    }

    async fn a_key_that_changes_where_no_checkpoint_is_left_is_named(db: Db) {
        let trail = sealed(db).await;
        trail.keys.rotate(KeyKind::Audit, &trail.random, trail.clock.now()).unwrap();
        trail.sealed_rows(2).await;
        trail.around("audit_checkpoint", &["kept"], "DELETE FROM audit_checkpoint").await;
        std::fs::remove_file(trail.file()).unwrap();
        trail.assert_broken(BrokenKind::Link, Some(7)).await;
    }

    async fn a_row_that_no_reader_understands_is_refused(db: Db) {
        let trail = sealed(db).await;
        for row in ["'text', 0, 'X'", "x'00', 0, 'X'", "NULL, 0, 'X'"] {
            let sql = format!("INSERT INTO audit_log (id, at, action) VALUES ({row})");
            trail.db.hand_written(&sql).await.unwrap_err();
        }
        let id = trail.new_id();
        for row in [format!("{id}, 'noon', 'X'"), format!("{id}, 0, NULL")] {
            let sql = format!("INSERT INTO audit_log (id, at, action) VALUES ({row})");
            trail.db.hand_written(&sql).await.unwrap_err();
        }
        trail.assert_whole().await;
    }
}
