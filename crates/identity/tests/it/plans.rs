//! What is asked for often is found by an index, not by walking all transactions.

use hanok_db::testing::plan;
use hanok_db::{Db, Value};

/// What is asked, and the index that answers: of these the store functions and the reports are made.
const QUESTIONS: [(&str, &str); 5] = [
    (
        "SELECT id FROM auth_transaction WHERE status = 'PENDING' AND expires_at <= $1 ORDER BY expires_at LIMIT 100",
        "auth_transaction_pending_expiry",
    ),
    (
        "SELECT id FROM auth_transaction WHERE account_id = $2 AND created_at < $1 ORDER BY created_at DESC LIMIT 20",
        "auth_transaction_account_newest",
    ),
    (
        "SELECT id FROM auth_transaction WHERE provider_id = $2 AND created_at < $1 ORDER BY created_at DESC LIMIT 20",
        "auth_transaction_provider_newest",
    ),
    (
        "SELECT created_at, status FROM auth_transaction WHERE created_at < $1 ORDER BY created_at DESC LIMIT 20",
        "auth_transaction_newest_status",
    ),
    (
        "SELECT created_at, ended_at, provider_id FROM auth_transaction \
         WHERE account_id = $2 AND status = 'COMPLETED' AND created_at < $1 ORDER BY created_at DESC LIMIT 5",
        "auth_transaction_account_newest",
    ),
];

async fn plan_of(db: &Db, sql: &str) -> Vec<String> {
    const ID: Value<'_> = Value::Uuid(uuid::Uuid::nil());
    const ALONE: &[Value<'_>] = &[Value::I64(1)];
    const BOTH: &[Value<'_>] = &[Value::I64(1), ID];
    plan(db, sql, if sql.contains("$2") { BOTH } else { ALONE }).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn each_question_is_answered_by_its_index(db: Db) {
        for (sql, index) in QUESTIONS {
            let steps = plan_of(&db, sql).await;
            let finds = |step: &String| step.contains(index);
            let walks = |step: &String| step.starts_with("SCAN auth_transaction") && !finds(step);
            assert!(steps.iter().any(finds), "{sql}: {steps:#?}");
            assert!(!steps.iter().any(walks), "{sql}: {steps:#?}");
            let sorts = |step: &String| step.contains("TEMP B-TREE") || step.contains("Sort");
            assert!(!steps.iter().any(sorts), "{sql}: {steps:#?}");
        }
    }
}
