//! What the database itself guards: hand-written SQL leaves a trace, the program's changes leave one.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_testkit::{AuditLine, TestApp};
use serde_json::json;

use crate::login::set_status;

/// The rows that hand-written SQL left.
async fn by_hand(app: &TestApp) -> Vec<AuditLine> {
    app.audit()
        .await
        .into_iter()
        .filter(|row| row.origin == "database")
        .collect()
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_change_of_status_phone_or_pin_by_hand_leaves_a_row(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        let changes = [
            ("status = 'locked'", "ACCOUNT_LOCKED"),
            ("status = 'active'", "ACCOUNT_UNLOCKED"),
            ("status = 'disabled', version = version + 1", "ACCOUNT_LOCKED"),
            ("phone = NULL", "USER_INFO_UPDATE"),
            ("pin_hash = NULL", "PIN_CHANGE"),
        ];
        for (number, (change, action)) in changes.into_iter().enumerate() {
            app.db.hand_written(&format!("UPDATE account SET {change}")).await.unwrap();
            let rows = by_hand(&app).await;
            assert_eq!(rows.len(), number + 1, "{change}");
            let row = rows.iter().rfind(|row| row.action == action).unwrap();
            assert_eq!((row.subject, row.actor), (Some(haneul.id.uuid()), None), "{change}");
        }
        app.db.hand_written("UPDATE account SET status = status, name = 'x', version = version + 1").await.unwrap();
        assert_eq!(by_hand(&app).await.len(), 5, "what changes none of the three leaves no row");
        app.finish().await;
    }

    async fn the_programs_own_changes_leave_no_second_row(db: Db) {
        let app = TestApp::builder(db).start().await;
        let mut haneul = app.person("haneul").await;
        let client = app.client().of(&haneul);
        let started = json!({ "phone_number": "010-4829-7316", "pin_code": haneul.pin });
        client.post("/api/v1/me/phone").json(started).await.assert_status(202);
        let code = app.sms_code("010-4829-7316").await;
        client.post("/api/v1/me/phone/verify").json(json!({ "code": code })).await.assert_status(204);
        app.clock.advance(Duration::from_secs(1));
        set_status(&app, &haneul, AccountStatus::Locked).await;
        set_status(&app, &haneul, AccountStatus::Active).await;
        app.sign_in_again(&mut haneul).await;
        assert_eq!(by_hand(&app).await, []);
        assert!(app.verify_audit().await.is_whole());
        app.finish().await;
    }

    async fn a_masked_number_has_one_format(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        for masked in ["010-1234-5678", "010-****-567", "010-****-56789", "010-****-567x", "011-****-5678", "", "x010-****-5678"] {
            let refused = app.db.hand_written(&format!("UPDATE account SET phone_masked = '{masked}'")).await;
            assert!(refused.is_err_and(|error| error.contains("account_phone_masked_format")), "{masked}");
        }
        app.db.hand_written("UPDATE account SET phone_masked = '010-****-5678'").await.unwrap();
        let refused = app.db.hand_written("UPDATE account SET status = 'asleep'").await;
        assert!(refused.is_err_and(|error| error.contains("account_status_known")));
        app.finish().await;
    }

    async fn a_number_or_address_belongs_to_one_account(db: Db) {
        let app = TestApp::builder(db).start().await;
        app.person("haneul").await;
        app.person("bada").await;
        let refused = app.db.hand_written("UPDATE account_lookup SET value = (SELECT MAX(value) FROM account_lookup)").await;
        assert!(refused.is_err());
        let refused = app.db.hand_written("UPDATE account SET username_key = 'same'").await;
        assert!(refused.is_err());
        app.finish().await;
    }
}
