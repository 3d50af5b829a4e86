//! A page of a provider's deliveries is found by an index, and those that were given up by their own.

use hanok_db::testing::plan;
use hanok_db::{Db, MigrationSet, Value};

use super::*;

fn sets() -> Vec<MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(crate::migrations());
    sets
}

async fn plan_of(db: &Db, sql: &str) -> Vec<String> {
    const ID: Value<'_> = Value::Uuid(Uuid::nil());
    const PAGE: &[Value<'_>] = &[ID, Value::I64(1), ID, Value::I64(20)];
    const COUNT: &[Value<'_>] = &[ID, Value::I64(20)];
    plan(db, sql, if sql.contains("$4") { PAGE } else { COUNT }).await
}

hanok_db::both_engines! {
    sets(&sets());

    async fn a_page_of_deliveries_is_found_by_its_index(db: Db) {
        let states = DeliveryState::ALL.iter().copied().map(Some).chain([None]);
        for state in states {
            let texts = of_state(state);
            for sql in [texts.count, texts.older, texts.newer] {
                let steps = plan_of(&db, sql).await;
                let found = |step: &String| step.contains("callback_delivery_");
                let walks = |step: &String| step.starts_with("SCAN d") || step.contains("Seq Scan");
                assert!(steps.iter().any(found), "{sql}: {steps:#?}");
                assert!(!steps.iter().any(walks), "{sql}: {steps:#?}");
            }
        }
        let dead = plan_of(&db, of_state(Some(DeliveryState::Dead)).count).await;
        let by_own = |step: &String| step.contains("callback_delivery_dead");
        assert!(dead.iter().any(by_own), "{dead:#?}");
    }
}
