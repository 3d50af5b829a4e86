//! Hand-written SQL against every guard.

use hanok_accounts::audit::Action;
use hanok_db::{DbError, Engine, params};

use super::trail::{SETS, Trail, linked};

const TABLES: [&str; 4] = [
    "audit_log",
    "audit_chain",
    "audit_checkpoint",
    "audit_retention",
];

/// A trail with at least one row in each guarded table.
async fn full(db: hanok_db::Db) -> Trail {
    let trail = Trail::new(db);
    trail.sealed_rows(3).await;
    // As a person with SQL would; verify would name it.
    let sql = "INSERT INTO audit_retention (period, from_seq, until_seq, mac, at, key_version, signature) \
        SELECT '1999-01', 0, 0, mac, 0, 1, mac FROM audit_checkpoint";
    trail.by_hand(sql).await;
    trail
}

async fn assert_refused(trail: &Trail, sql: &str) {
    let refusal = trail.db.hand_written(sql).await.unwrap_err();
    assert!(refusal.contains("hanok: "), "{sql}: {refusal}");
}

hanok_db::both_engines! {
    sets(SETS);

    async fn no_guarded_row_can_be_updated(db: Db) {
        let trail = full(db).await;
        let columns = [
            ("audit_log", "details = '{\"forged\":true}'"),
            ("audit_log", "id = id"),
            ("audit_chain", "key_version = 9"),
            ("audit_checkpoint", "count = 1"),
            ("audit_retention", "until_seq = 3"),
            ("audit_origin", "agent = 'another'"),
        ];
        for (table, change) in columns {
            assert_refused(&trail, &format!("UPDATE {table} SET {change}")).await;
        }
        trail.rows(1).await;
        assert_refused(&trail, "UPDATE audit_unsealed SET audit_id = audit_id").await;
    }

    async fn no_guarded_row_can_be_deleted(db: Db) {
        let trail = full(db).await;
        for table in TABLES {
            assert_refused(&trail, &format!("DELETE FROM {table}")).await;
            assert!(trail.count(table).await > 0);
        }
    }

    async fn a_row_cannot_be_taken_from_those_that_wait(db: Db) {
        let trail = full(db).await;
        trail.rows(1).await;
        assert_refused(&trail, "DELETE FROM audit_unsealed").await;
        assert_eq!(trail.seal().await, 1);
    }

    async fn no_guarded_table_can_be_truncated(db: Db) {
        let trail = full(db).await;
        if trail.db.engine() == Engine::Postgres {
            for table in TABLES.into_iter().chain(["audit_unsealed", "audit_head"]) {
                assert_refused(&trail, &format!("TRUNCATE {table} CASCADE")).await;
            }
        }
    }

    async fn a_session_that_calls_itself_a_replica_is_refused_as_well(db: Db) {
        let trail = full(db).await;
        if trail.db.engine() == Engine::Postgres {
            for table in TABLES {
                let replica = "SET session_replication_role = replica;";
                assert_refused(&trail, &format!("{replica} DELETE FROM {table}")).await;
                assert_refused(&trail, &format!("{replica} TRUNCATE {table}")).await;
            }
        }
    }

    async fn no_guarded_row_can_be_replaced(db: Db) {
        let trail = full(db).await;
        if trail.db.engine() == Engine::Sqlite {
            for table in TABLES {
                assert_refused(&trail, &format!("REPLACE INTO {table} SELECT * FROM {table}")).await;
            }
            let by_row = "REPLACE INTO audit_chain (seq, audit_id, mac, key_version) \
                SELECT 99, audit_id, mac, key_version FROM audit_chain WHERE seq = 2";
            assert_refused(&trail, by_row).await;
            let by_row_number = format!(
                "REPLACE INTO audit_log (rowid, id, at, action) VALUES (1, {}, 0, 'X')", trail.new_id());
            trail.db.hand_written(&by_row_number).await.unwrap_err();
        } else {
            let upsert = format!("INSERT INTO audit_log (id, at, action) VALUES ({}, 0, 'X') \
                ON CONFLICT (id) DO UPDATE SET action = 'X'", linked(1));
            assert_refused(&trail, &upsert).await;
        }
        assert_eq!((trail.count("audit_log").await, trail.count("audit_chain").await), (3, 3));
    }

    async fn the_program_is_told_why_it_is_refused(db: Db) {
        let trail = full(db).await;
        let change = trail.db.write::<_, DbError, _>(async |tx| {
            tx.execute("UPDATE audit_log SET action = $1", params![Action::AdminAction]).await
        });
        assert_eq!(change.await, Err(DbError::Refused("audit rows cannot be changed".to_owned())));
    }
}
