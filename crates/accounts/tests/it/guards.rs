//! What the database itself guards: hand-written SQL leaves a trace, the program's changes leave one.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_db::{DbError, Engine, params};
use hanok_testkit::{AuditLine, Person, TestApp};
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

/// A person's id in SQL.
fn literal(app: &TestApp, person: &Person) -> String {
    let id = person.id.uuid();
    match app.db.engine() {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    }
}

/// A value that no blind index has, in SQL.
fn bytes(app: &TestApp) -> &'static str {
    match app.db.engine() {
        Engine::Sqlite => "x'00'",
        Engine::Postgres => "'\\x00'::bytea",
    }
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
        assert_eq!(by_hand(&app).await, []);
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

    async fn a_blind_index_changed_by_hand_leaves_a_row_or_is_refused(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (haneul, bada) = (app.person("haneul").await, app.person("bada").await);
        let own = format!("account_id = {}", literal(&app, &haneul));
        let refused = app.db.hand_written(&format!("UPDATE account_lookup SET account_id = {} WHERE {own}", literal(&app, &bada))).await;
        assert!(refused.is_err_and(|error| error.contains("hanok: a blind index cannot be changed")));
        assert_eq!(by_hand(&app).await, []);

        // The way round: a second index for the person, so that the first may go, which another takes over.
        let steps = [
            (format!("INSERT INTO account_lookup SELECT kind, {}, 99, account_id FROM account_lookup WHERE {own}", bytes(&app)), "added", &haneul),
            (format!("CREATE TABLE kept AS SELECT * FROM account_lookup WHERE {own} AND key_version = 99"), "", &haneul),
            (format!("DELETE FROM account_lookup WHERE {own} AND key_version = 99"), "removed", &haneul),
            (format!("INSERT INTO account_lookup SELECT kind, value, 100, {} FROM kept", literal(&app, &bada)), "added", &bada),
        ];
        let mut before = 0;
        for (sql, what, whose) in steps {
            app.db.hand_written(&sql).await.unwrap();
            let rows = by_hand(&app).await;
            let new: Vec<_> = rows.iter().filter(|row| row.details["blind_index"] == what && row.subject == Some(whose.id.uuid())).collect();
            assert_eq!((rows.len() - before, new.len()), (usize::from(!what.is_empty()), usize::from(!what.is_empty())), "{sql}");
            before = rows.len();
        }
        app.finish().await;
    }

    async fn a_blind_index_is_not_replaced_and_a_trail_of_ones_own_takes_nothing(db: Db) {
        let app = TestApp::builder(db).start().await;
        let (haneul, bada) = (app.person("haneul").await, app.person("bada").await);
        let engine = app.db.engine();
        if engine == Engine::Sqlite {
            let (own, other) = (literal(&app, &haneul), literal(&app, &bada));
            let taken = format!("INSERT OR REPLACE INTO account_lookup SELECT kind, value, 9, {other} FROM account_lookup WHERE account_id = {own}");
            app.db.hand_written(&taken).await.unwrap();
            for row in ["(kind, value, key_version, account_id) SELECT kind, x'00', key_version, account_id", "(rowid, kind, value, key_version, account_id) SELECT rowid, kind, x'00', 9, account_id"] {
                let refused = app.db.hand_written(&format!("INSERT OR REPLACE INTO account_lookup {row} FROM account_lookup WHERE account_id = {own}")).await;
                assert!(refused.is_err_and(|error| error.contains("hanok: ")), "{row}");
            }
            assert_eq!(by_hand(&app).await, []);
        } else {
            let refused = app.db.hand_written("TRUNCATE account_lookup").await;
            assert!(refused.is_err_and(|error| error.contains("hanok: ")));
            // A temporary table hides one of the same name from the session that made it.
            let hidden = "CREATE TEMP TABLE audit_log (LIKE public.audit_log INCLUDING DEFAULTS); DELETE FROM account_lookup";
            app.db.hand_written(hidden).await.unwrap();
            assert_eq!(by_hand(&app).await.len(), 2);
        }
        app.finish().await;
    }

    async fn blind_indexes_go_with_their_account(db: Db) {
        let app = TestApp::builder(db).start().await;
        let haneul = app.person("haneul").await;
        app.db.hand_written(&format!("DELETE FROM account WHERE id = {}", literal(&app, &haneul))).await.unwrap();
        assert_eq!(by_hand(&app).await, []);
        let left: i64 = app.db.read::<_, DbError, _>(async |conn| conn.one("SELECT COUNT(*) FROM account_lookup", params![]).await).await.unwrap();
        assert_eq!(left, 0);
        app.finish().await;
    }
}
