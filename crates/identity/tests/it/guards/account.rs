//! An account: the format of the masked number, and the trace of a status, phone or PIN change.

use hanok_accounts::account::AccountStatus;
use hanok_web::Ctx;
use serde_json::json;

use super::Hand;

fn update(hand: &Hand, set: &str) -> String {
    let id = hand.id(&hand.person.id.to_string());
    format!("UPDATE account SET {set} WHERE id = {id}")
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_masked_number_shows_four_digits_and_no_more(db: Db) {
        let hand = Hand::new(db).await;
        let wrong = [
            "010-1234-5678", "01012345678", "010-****-567", "010-****-56789", "010-****-567a", "010-****-５678",
            "011-****-5678", "010-*2**-5678", "010-****5678", " 010-****-5678", "010-****-5678 ", "****", "",
        ];
        for masked in wrong {
            let sql = update(&hand, &format!("phone_masked = '{masked}'"));
            hand.is_refused(&sql, &["account_phone_masked_format"]).await;
        }
        for masked in ["'010-****-0000'", "NULL"] {
            hand.writes(&update(&hand, &format!("phone_masked = {masked}"))).await;
        }
        hand.finish().await;
    }

    async fn a_change_by_hand_leaves_one_trace(db: Db) {
        let hand = Hand::new(db).await;
        let (pin, phone) = (hand.bytes("aa"), hand.bytes("bb"));
        let changes = [
            ("status = 'locked'".to_owned(), "ACCOUNT_LOCKED"),
            ("status = 'active'".to_owned(), "ACCOUNT_UNLOCKED"),
            ("status = 'disabled', version = version + 1".to_owned(), "ACCOUNT_LOCKED"),
            (format!("pin_hash = {pin}"), "PIN_CHANGE"),
            ("pin_hash = NULL, version = version + 1".to_owned(), "PIN_CHANGE"),
            (format!("phone = {phone}"), "USER_INFO_UPDATE"),
            ("phone = NULL, version = version + 1".to_owned(), "USER_INFO_UPDATE"),
            ("phone_proven_at = NULL".to_owned(), "USER_INFO_UPDATE"),
            ("phone_proven_at = 1, version = version + 1".to_owned(), "USER_INFO_UPDATE"),
        ];
        for (index, (set, action)) in changes.iter().enumerate() {
            hand.writes(&update(&hand, set)).await;
            let traces = hand.traces().await;
            assert_eq!(traces.len(), index + 1, "{set}");
            assert_eq!(traces.iter().filter(|line| line.action == *action).count(),
                changes.iter().take(index + 1).filter(|(_, other)| other == action).count(), "{set}");
            assert!(traces.iter().all(|line| line.subject == Some(hand.person.id.uuid())), "{set}");
            assert!(traces.iter().all(|line| line.actor.is_none()), "{set}");
        }
        for set in ["status = status", "status = 'disabled'", "name = 'another'", "phone_proven_at = 2"] {
            hand.writes(&update(&hand, set)).await;
            assert_eq!(hand.traces().await.len(), changes.len(), "{set}");
        }
        hand.finish().await;
    }

    async fn a_version_that_has_its_audit_row_is_not_reached_again(db: Db) {
        let hand = Hand::new(db).await;
        for back in ["version = version - 1", "version = 0", "status = 'locked', version = 1"] {
            hand.is_refused(&update(&hand, back), &["hanok: the version of an account only rises"]).await;
        }
        hand.finish().await;
    }

    async fn the_programs_own_changes_leave_no_second_trace(db: Db) {
        let hand = Hand::new(db).await;
        let (app, person) = (&hand.house.app, &hand.person);
        let ctx = Ctx::program("tests", app.clock.now());
        for status in [AccountStatus::Locked, AccountStatus::Active, AccountStatus::Disabled, AccountStatus::Active] {
            app.accounts.set_status(&ctx, person.id, status).await.unwrap();
        }
        let mut person = person.clone();
        app.sign_in_again(&mut person).await;
        let pin = json!({ "pin_code": "917364", "current_pin": person.pin });
        app.client().of(&person).put("/api/v1/me/pin").json(pin).await.assert_status(204);
        app.sign_in_again(&mut person).await;
        let client = app.client().of(&person);
        let password = json!({ "password": person.password });
        client.post("/api/v1/me/password/confirm").json(password).await.assert_status(204);
        let number = json!({ "phone_number": "010-7999-0001", "pin_code": "917364" });
        client.post("/api/v1/me/phone").json(number).await.assert_status(202);
        let code = json!({ "code": app.sms_code("010-7999-0001").await });
        client.post("/api/v1/me/phone/verify").json(code).await.assert_status(204);
        app.clock.advance(std::time::Duration::from_mins(10));
        app.run_schedules().await;
        assert_eq!(hand.count("SELECT COUNT(*) FROM auth_transaction WHERE status = 'EXPIRED'").await, 1);
        assert_eq!(hand.traces().await, []);
        hand.finish().await;
    }
}
