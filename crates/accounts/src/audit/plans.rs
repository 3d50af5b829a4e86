//! No statement of the trail walks a whole table: it has rows by the million.

use hanok_db::testing::plan;
use hanok_db::{Db, Value};

use crate::audit::verify::{file, pages, rows};
use crate::audit::{link, record, retention, seal};

async fn assert_probes(db: &Db, sql: &'static str, values: &'static [Value<'static>]) {
    let steps = plan(db, sql, values).await;
    // What waits is the one table that is walked: it is short, and walked in order.
    let walks =
        |step: &String| (step.starts_with("SCAN ") && !is_short(step)) || step.contains("Seq Scan");
    assert!(!steps.iter().any(walks), "{sql}: {steps:#?}");
}

fn is_short(step: &str) -> bool {
    [
        "SCAN u",
        "SCAN audit_unsealed",
        "SCAN waiting",
        "SCAN CONSTANT ROW",
        "SCAN audit_checkpoint",
        "SCAN l",
    ]
    .iter()
    .any(|short| step.starts_with(short))
}

const RANGE: &[Value<'_>] = &[Value::I64(1), Value::I64(9)];
const ID: Value<'_> = Value::Uuid(uuid::Uuid::nil());

hanok_db::both_engines! {
    sets(&[crate::audit::migrations()]);

    async fn sealing_probes(db: Db) {
        assert_probes(&db, seal::PROBE, &[]).await;
        assert_probes(&db, link::WAITING, &[]).await;
        assert_probes(&db, link::FORGET_WAITING, RANGE).await;
        assert_probes(&db, link::FORGET_LINKED, &[]).await;
    }

    async fn verifying_probes(db: Db) {
        assert_probes(&db, pages::ROWS, RANGE).await;
        assert_probes(&db, pages::SIDES, RANGE).await;
        assert_probes(&db, rows::WAITING, &[ID]).await;
        assert_probes(&db, rows::WAITING_ROWS, &[ID, ID]).await;
        assert_probes(&db, rows::LOG, &[ID]).await;
        assert_probes(&db, file::BEYOND, &[Value::I64(1)]).await;
    }

    async fn dropping_and_erasing_probe(db: Db) {
        assert_probes(&db, retention::DROP_ORIGINS, RANGE).await;
        assert_probes(&db, retention::DROP_ROWS, RANGE).await;
        assert_probes(&db, record::ERASE, &[ID]).await;
    }

    async fn a_trigger_that_asks_for_a_target_finds_it_by_index(db: Db) {
        let sql = "SELECT 1 FROM audit_log WHERE target_id = $1 AND target_version = $2";
        assert_probes(&db, sql, &[ID, Value::Text("7")]).await;
    }
}
