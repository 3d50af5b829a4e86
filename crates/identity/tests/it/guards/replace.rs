//! SQLite's `REPLACE`, which deletes and fires no delete trigger.

use hanok_db::Db;
use hanok_db::DbError;
use hanok_db::testing::on_sqlite;

use super::Hand;

const NEW: &str = "x'019000000000700080000000000000ff'";
const COLUMNS: [&str; 14] = [
    "id",
    "provider_id",
    "account_id",
    "phone_index",
    "status",
    "failure_reason",
    "created_at",
    "expires_at",
    "ended_at",
    "binding_code",
    "choices",
    "attempts",
    "auth_code_hash",
    "result_key",
];

/// `verb INTO auth_transaction` of a copy of the row `of` with some columns changed; `rowid` may be one.
fn copy(verb: &str, of: &str, changes: &[(&str, &str)]) -> String {
    let changed = |column: &&str| {
        let found = changes.iter().find(|(name, _)| name == column);
        found.map_or((*column).to_owned(), |(_, value)| (*value).to_owned())
    };
    let columns: Vec<&str> = changes
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| *name == "rowid")
        .chain(COLUMNS)
        .collect();
    let values: Vec<String> = columns.iter().map(changed).collect();
    format!(
        "{verb} INTO auth_transaction ({}) SELECT {} FROM auth_transaction WHERE id = {of}",
        columns.join(", "),
        values.join(", ")
    )
}

fn test<F>(body: impl FnOnce(Hand) -> F)
where
    F: Future<Output = ()>,
{
    on_sqlite(&crate::kit::sets(), async |db: Db| {
        body(Hand::new(db).await).await;
        Ok::<_, DbError>(())
    });
}

#[test]
fn a_transaction_is_not_replaced_by_any_of_its_keys() {
    test(|hand| async move {
        let before = hand.count("SELECT COUNT(*) FROM auth_transaction").await;
        let of = |id: &str| hand.id(id);
        let (completed, pending) = (of(&hand.completed.id), of(&hand.pending.id));
        let ended = [
            ("status", "'EXPIRED'"),
            ("ended_at", "1"),
            ("auth_code_hash", "NULL"),
        ];
        let rowid = [&[("id", NEW), ("rowid", "rowid")][..], &ended].concat();
        for verb in ["INSERT OR REPLACE", "REPLACE", "INSERT"] {
            let attempts = [
                ("its id", copy(verb, &completed, &ended)),
                ("its row number", copy(verb, &completed, &rowid)),
                ("its code", copy(verb, &completed, &[("id", NEW)])),
                ("what is pending", copy(verb, &pending, &[("id", NEW)])),
            ];
            for (what, sql) in attempts {
                let refusal = hand.run(&sql).await.err().unwrap_or_default();
                assert!(
                    refusal.contains("hanok: this transaction exists"),
                    "{what}: {refusal:?}"
                );
            }
        }
        let upsert = format!(
            "{} ON CONFLICT (id) DO UPDATE SET status = 'PENDING'",
            copy("INSERT", &completed, &ended).replace("WHERE id", "WHERE TRUE AND id")
        );
        hand.is_refused(&upsert, &["hanok: this transaction exists"])
            .await;
        assert_eq!(
            hand.count("SELECT COUNT(*) FROM auth_transaction").await,
            before
        );
        hand.finish().await;
    });
}

#[test]
fn no_update_puts_a_transaction_in_anothers_place() {
    test(|hand| async move {
        let (completed, pending) = (hand.id(&hand.completed.id), hand.id(&hand.pending.id));
        let other = hand.house.polling_shop("B 서점").await;
        let asked = hand.id(&other.ask(&hand.person).await.id);
        let before = hand.count("SELECT COUNT(*) FROM auth_transaction").await;
        let of_completed = |column: &str| {
            format!("(SELECT {column} FROM auth_transaction WHERE id = {completed})")
        };
        let sets = [
            format!("id = {completed}"),
            format!("rowid = {}", of_completed("rowid")),
            format!("_rowid_ = {}", of_completed("_rowid_")),
            format!("provider_id = {}", hand.id(&hand.shop.id)),
            format!("phone_index = {}", hand.bytes("cc")),
            format!(
                "status = 'COMPLETED', ended_at = 1, auth_code_hash = {}",
                of_completed("auth_code_hash")
            ),
        ];
        for set in sets {
            for verb in ["UPDATE OR REPLACE", "UPDATE"] {
                let id = if set.starts_with("provider_id") {
                    &asked
                } else {
                    &pending
                };
                let sql = format!("{verb} auth_transaction SET {set} WHERE id = {id}");
                hand.is_refused(&sql, &["hanok: a transaction keeps its keys"])
                    .await;
            }
        }
        let second = "UPDATE OR REPLACE auth_transaction SET auth_code_hash = NULL";
        hand.is_refused(second, &["hanok: a transaction keeps its keys"])
            .await;
        assert_eq!(
            hand.count("SELECT COUNT(*) FROM auth_transaction").await,
            before
        );
        hand.finish().await;
    });
}

#[test]
fn an_account_is_not_replaced_behind_its_guards() {
    test(|hand| async move {
        let columns = "version, username, name, created_at, status";
        let insert = |id: &str, key: &str| {
            format!(
                "REPLACE INTO account (id, username_key, {columns}) SELECT {id}, {key}, {columns} FROM account"
            )
        };
        let (same, taken) = (insert("id", "username_key"), insert(NEW, "username_key"));
        let by_row = format!(
            "REPLACE INTO account (rowid, id, username_key, {columns}) SELECT rowid, {NEW}, 'new', {columns} FROM account"
        );
        hand.is_refused(&same, &["hanok: this account "]).await;
        hand.is_refused(&by_row, &["hanok: this account exists"])
            .await;
        hand.is_refused(&taken, &["hanok: this account has transactions"])
            .await;
        let other = hand.house.app.person("bada").signed_out().await;
        let (own, others) = (
            hand.id(&hand.person.id.to_string()),
            hand.id(&other.id.to_string()),
        );
        let sets = [
            format!("id = {own}"),
            format!("rowid = (SELECT rowid FROM account WHERE id = {own})"),
            "username_key = 'haneul'".to_owned(),
        ];
        for set in sets {
            let sql = format!("UPDATE OR REPLACE account SET {set} WHERE id = {others}");
            let words = [
                "hanok: an account keeps its id",
                "hanok: this account has transactions",
            ];
            hand.is_refused(&sql, &words).await;
        }
        assert_eq!(hand.count("SELECT COUNT(*) FROM account").await, 2);
        hand.finish().await;
    });
}

#[test]
fn a_provider_is_not_replaced_behind_its_guards() {
    test(|hand| async move {
        let columns = "version, name, delivery, notify, site_code, address_allow_list, limits, \
            hide_unknown_users, ci_entitled, active, created_at, updated_at";
        for (id, client_id) in [("id", "'new'"), (NEW, "client_id"), ("id", "client_id")] {
            let sql = format!(
                "REPLACE INTO service_provider (id, client_id, {columns}) \
                SELECT {id}, {client_id}, {columns} FROM service_provider"
            );
            hand.is_refused(&sql, &["hanok: this provider exists"])
                .await;
        }
        let other = hand.house.polling_shop("B 서점").await;
        let own = hand.id(&hand.shop.id);
        let sets = [
            format!("id = {own}"),
            format!("rowid = (SELECT rowid FROM service_provider WHERE id = {own})"),
            format!("client_id = '{}'", hand.shop.client_id),
        ];
        for set in sets {
            let id = hand.id(&other.id);
            let sql = format!("UPDATE OR REPLACE service_provider SET {set} WHERE id = {id}");
            hand.is_refused(&sql, &["hanok: a provider keeps its keys"])
                .await;
        }
        assert_eq!(hand.count("SELECT COUNT(*) FROM service_provider").await, 2);
        hand.finish().await;
    });
}
