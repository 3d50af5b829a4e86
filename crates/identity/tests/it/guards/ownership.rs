//! What belongs together stays together, or goes together; what is unique stays unique.

use super::Hand;

/// An id that nothing has.
const NEW: &str = "01900000-0000-7000-8000-00000000abcd";

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn who_has_transactions_is_not_deleted(db: Db) {
        let hand = Hand::new(db).await;
        let words = ["hanok: this account has transactions", "hanok: this provider has transactions", "violates foreign key"];
        let (account, provider) = (hand.id(&hand.person.id.to_string()), hand.id(&hand.shop.id));
        hand.is_refused(&format!("DELETE FROM account WHERE id = {account}"), &words).await;
        hand.is_refused(&format!("DELETE FROM service_provider WHERE id = {provider}"), &words).await;
        hand.is_refused("DELETE FROM account", &words).await;
        hand.is_refused("DELETE FROM service_provider", &words).await;
        assert_eq!(hand.count("SELECT COUNT(*) FROM account").await, 1);
        assert_eq!(hand.count("SELECT COUNT(*) FROM service_provider").await, 1);
        hand.finish().await;
    }

    async fn a_provider_takes_its_keys_along_and_nobody_elses(db: Db) {
        let hand = Hand::new(db).await;
        let other = hand.house.polling_shop("B 서점").await;
        hand.writes(&format!("DELETE FROM service_provider WHERE id = {}", hand.id(&other.id))).await;
        for table in ["provider_key", "provider_secret"] {
            let of = |id: &str| format!("SELECT COUNT(*) FROM {table} WHERE provider_id = {}", hand.id(id));
            assert_eq!(hand.count(&of(&other.id)).await, 0, "{table}");
            assert_eq!(hand.count(&of(&hand.shop.id)).await, 1, "{table}");
        }
        other.request(&hand.person.phone).await.assert_problem(401, "invalid_client");
        hand.finish().await;
    }

    async fn an_account_takes_its_roles_and_sessions_along_and_nobody_elses(db: Db) {
        let hand = Hand::new(db).await;
        let other = hand.house.app.person("bada").roles(&["auditor"]).ci(&format!("{}==", "Q".repeat(86))).await;
        hand.house.app.pair(&other).await;
        hand.house.app.settle().await;
        let id = hand.id(&other.id.to_string());
        hand.writes(&format!("DELETE FROM account WHERE id = {id}")).await;
        let tables = [
            "role_assignment", "account_lookup", "account_ci", "password_history", "session", "device", "pairing",
        ];
        for table in tables {
            assert_eq!(hand.count(&format!("SELECT COUNT(*) FROM {table} WHERE account_id = {id}")).await, 0, "{table}");
        }
        let orphans = "SELECT COUNT(*) FROM refresh_token WHERE session_id NOT IN (SELECT id FROM session)";
        assert_eq!(hand.count(orphans).await, 0);
        let own = hand.id(&hand.person.id.to_string());
        for table in ["role_assignment", "account_lookup", "session", "device"] {
            assert!(hand.count(&format!("SELECT COUNT(*) FROM {table} WHERE account_id = {own}")).await > 0, "{table}");
        }
        // Nobody holds the number any more.
        hand.shop.request(&other.phone).await.assert_problem(404, "unknown_user");
        hand.finish().await;
    }

    async fn names_and_holdings_are_unique(db: Db) {
        let hand = Hand::new(db).await;
        let columns = "provider_id, key_name, value, algorithm, state, created_at, activates_at";
        let key = format!("INSERT INTO provider_key (id, {columns}) SELECT {}, {columns} FROM provider_key", hand.id(NEW));
        hand.is_refused(&key, &["provider_key_key_name", "provider_key.key_name"]).await;
        let role = "INSERT INTO role_assignment (account_id, role, assigned_at) \
            SELECT account_id, role, assigned_at FROM role_assignment";
        hand.is_refused(role, &["role_assignment_once", "role_assignment.account_id"]).await;
        let columns = "version, username, username_key, name, created_at";
        let name = format!("INSERT INTO account (id, {columns}) SELECT {}, {columns} FROM account", hand.id(NEW));
        let words = ["account_username", "hanok: this account has transactions"];
        hand.is_refused(&name, &words).await;
        hand.finish().await;
    }

    async fn a_name_that_a_person_with_transactions_has_is_told_as_taken(db: Db) {
        let hand = Hand::new(db).await;
        let typed = serde_json::json!({ "username": "Haneul", "password": "Bada-wave-8", "name": "다른 하늘" });
        hand.house.app.person("chief").roles(&["super_admin"]).signed_out().await;
        let answer = hand.house.app.client().post("/api/v1/auth/register").json(typed).await;
        answer.assert_field("/username", "username_taken");
        hand.finish().await;
    }
}
