//! Attempts to get in by somebody else's approval, or twice by one's own.

use futures_util::future::join_all;
use hanok_accounts::account::AccountStatus;
use hanok_testkit::{Browser, Phone, TestApp};
use hanok_web::Ctx;
use serde_json::json;

use super::{BEGIN, CANCEL, FINISH, Visitor, approve, on_phone, waiting};
use crate::kit::House;

/// A browser whose sign-in has been approved.
async fn approved(house: &House, name: &str, phone: &Phone, pin: &str) -> Visitor {
    let visitor = Visitor::new(house);
    visitor.ask(name).await;
    approve(phone, &visitor.number().await, pin)
        .await
        .assert_status(200);
    assert_eq!(visitor.state().await, "approved");
    visitor
}

/// The call that finishes the sign-in of this cookie, from a browser that has nothing else.
fn finish_with(house: &House, cookie: &str) -> hanok_testkit::Call {
    let form = Browser::new(&house.app).form(FINISH, &[]);
    form.header("sec-fetch-site", "same-origin")
        .header("cookie", &format!("hanok_sign_in={cookie}"))
}

async fn sessions(house: &House) -> i64 {
    house
        .count("SELECT COUNT(*) FROM session WHERE kind = 'browser'")
        .await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn without_its_cookie_nobody_goes_in(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = approved(&house, "haneul", &phone, &person.pin).await;
        let (stranger, other) = (Visitor::new(&house), Visitor::new(&house));
        stranger.finish().await;
        // One's own cookie of another sign-in is no better.
        other.ask("somebody").await;
        other.finish().await;
        finish_with(&house, "nonsense").await;
        let id: Vec<(uuid::Uuid,)> = house.rows("SELECT transaction_id FROM phone_sign_in ORDER BY created_at").await;
        finish_with(&house, &id[0].0.to_string()).await;
        assert!(!stranger.is_signed_in().await && !other.is_signed_in().await);
        assert_eq!(sessions(&house).await, 0);
        visitor.finish().await;
        assert_eq!(sessions(&house).await, 1);
        house.app.finish().await;
    }

    async fn it_is_redeemed_once_however_often_it_is_sent(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = approved(&house, "haneul", &phone, &person.pin).await;
        let secret = visitor.browser.cookie("hanok_sign_in").unwrap();
        let answers = join_all((0..8).map(|_| async { finish_with(&house, &secret).await })).await;
        let opened = answers.iter().filter(|answer| {
            answer.headers.get_all("set-cookie").iter().any(|line| line.to_str().unwrap().starts_with("hanok_session="))
        });
        assert_eq!((opened.count(), sessions(&house).await), (1, 1));
        house.later(1);
        finish_with(&house, &secret).await;
        assert_eq!(sessions(&house).await, 1);
        assert_eq!(visitor.state().await, serde_json::Value::Null, "it is nobody's any more");
        assert_eq!(house.app.audit_of("USER_LOGIN").await.iter().filter(|line| line.details["by"] == "phone").count(), 1);
        house.app.finish().await;
    }

    async fn an_approval_waits_two_minutes(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = approved(&house, "haneul", &phone, &person.pin).await;
        house.later(120);
        assert_eq!(visitor.state().await, "expired");
        visitor.finish().await;
        assert_eq!(sessions(&house).await, 0);
        house.app.finish().await;
    }

    async fn what_the_browser_took_back_lets_nobody_in_though_it_was_approved(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = approved(&house, "haneul", &phone, &person.pin).await;
        let secret = visitor.browser.cookie("hanok_sign_in").unwrap();
        visitor.browser.post(CANCEL, &[]).await;
        finish_with(&house, &secret).await;
        assert_eq!(sessions(&house).await, 0);
        house.app.finish().await;
    }

    async fn a_change_of_the_account_voids_it(db: Db) {
        let house = House::start(db, &[]).await;
        let ctx = Ctx::program("tests", house.app.clock.now());
        let (locked, phone) = house.paired("locked").await;
        let visitor = approved(&house, "locked", &phone, &locked.pin).await;
        house.app.accounts.set_status(&ctx, locked.id, AccountStatus::Locked).await.unwrap();
        visitor.finish().await;
        house.app.accounts.set_status(&ctx, locked.id, AccountStatus::Active).await.unwrap();
        visitor.finish().await;

        let (changed, phone) = house.paired("changed").await;
        let visitor = approved(&house, "changed", &phone, &changed.pin).await;
        let change = json!({ "current_password": changed.password, "new_password": "Other-tree-8" });
        house.app.client().of(&changed).put("/api/v1/me/password").json(change).await.assert_status(204);
        visitor.finish().await;

        let (lost, phone) = house.paired("lost").await;
        let visitor = approved(&house, "lost", &phone, &lost.pin).await;
        let device = format!("/api/v1/me/devices/{}", phone.device_id());
        house.app.client().of(&lost).delete(&device).await.assert_status(204);
        visitor.finish().await;
        assert_eq!(sessions(&house).await, 0);
        house.app.finish().await;
    }

    async fn only_a_phone_of_that_person_approves(db: Db) {
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[], |config| {
            config.confirm_without_device = true;
            config.confirm_by_session = true;
        }, |_| {}).await;
        let ((person, phone), (other, foreign)) = (house.paired("haneul").await, house.paired("bada").await);
        let visitor = Visitor::new(&house);
        visitor.ask("haneul").await;
        let (number, id) = (visitor.number().await, on_phone(&phone).await["transaction_id"].clone());
        let body = json!({ "transaction_id": id, "pin_code": person.pin, "binding_code": number });
        house.app.client().post("/api/v1/auth/confirm").json(body.clone()).await.assert_problem(404, "unknown_transaction");
        house.app.client().of(&person).post("/api/v1/auth/confirm").json(body).await.assert_problem(404, "unknown_transaction");
        house.app.client().post("/api/v1/auth/deny").json(json!({ "transaction_id": id })).await.assert_problem(404, "unknown_transaction");
        let theirs = json!({ "transaction_id": id, "pin_code": other.pin, "binding_code": number });
        foreign.post("/api/v1/auth/confirm").json(theirs).await.assert_problem(404, "unknown_transaction");
        let without = json!({ "transaction_id": id, "pin_code": person.pin });
        phone.post("/api/v1/auth/confirm").json(without).await.assert_status(400);
        assert_eq!(visitor.state().await, "waiting", "in the demo too the number is picked");
        approve(&phone, &number, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn a_session_sees_no_numbers_and_approves_nothing(db: Db) {
        let house = House::build(TestApp::builder(db), &[], |config| config.confirm_by_session = true, |_| {}).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = Visitor::new(&house);
        visitor.ask("haneul").await;
        let session = house.app.client().of(&person);
        let pending = session.get("/api/v1/auth/pending").await.assert_status(200);
        assert_eq!(pending.body["requests"][0]["choices"], json!([]));
        let id = pending.body["requests"][0]["transaction_id"].clone();
        let body = json!({ "transaction_id": id, "pin_code": person.pin, "binding_code": visitor.number().await });
        session.post("/api/v1/auth/confirm").json(body).await.assert_problem(403, "device_required");
        session.post("/api/v1/auth/deny").json(json!({ "transaction_id": id })).await.assert_problem(403, "device_required");
        assert_eq!(waiting(&phone).await.len(), 1);
        house.app.finish().await;
    }

    async fn a_foreign_page_begins_finishes_and_cancels_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let visitor = approved(&house, "haneul", &phone, &person.pin).await;
        for (path, fields) in [(BEGIN, vec![("user_id", "haneul")]), (FINISH, vec![]), (CANCEL, vec![])] {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
                let call = visitor.browser.form(path, &fields).header(name, value);
                assert_eq!(visitor.browser.send(call).await.status, 403, "{path} {name}");
            }
            let text = visitor.browser.client().post(path).header("content-type", "text/plain");
            assert!(visitor.browser.send(text.header("sec-fetch-site", "cross-site")).await.status.is_client_error(), "{path}");
        }
        assert_eq!((visitor.state().await, sessions(&house).await), (json!("approved"), 0));
        house.app.finish().await;
    }

    async fn guesses_at_the_pin_are_counted_with_all_others_and_lock_it(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        for _ in 0..5 {
            let visitor = Visitor::new(&house);
            visitor.ask("haneul").await;
            approve(&phone, &visitor.number().await, "135792").await.assert_problem(401, "invalid_pin");
            house.later(1);
        }
        assert_eq!(house.app.audit_of("ACCOUNT_LOCKED").await.len(), 1);
        house.later(601);
        let visitor = Visitor::new(&house);
        visitor.ask("haneul").await;
        assert_eq!((visitor.state().await, waiting(&phone).await.len()), (json!("waiting"), 0));
        drop(person);
        house.app.finish().await;
    }

    async fn confirming_asking_and_finishing_at_once_block_nobody(db: Db) {
        let house = House::build(TestApp::builder(db), &[], |config| {
            config.per_phone_10min = 100_000;
            config.per_phone_provider_10min = 100_000;
            config.per_phone_provider_day = 100_000;
        }, |_| {}).await;
        let (person, phone) = house.paired("haneul").await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let mut opened = 0;
        for _ in 0..20 {
            house.app.clock.advance(std::time::Duration::from_millis(1));
            let (one, two) = (Visitor::new(&house), Visitor::new(&house));
            one.ask("haneul").await;
            let (number, id) = (one.number().await, on_phone(&phone).await["transaction_id"].clone());
            let body = json!({ "transaction_id": id, "pin_code": person.pin, "binding_code": number });
            let confirm = async { phone.post("/api/v1/auth/confirm").json(body).await.status.as_u16() };
            let again = async { two.ask("haneul").await };
            let site = async { shop.request(&person.phone).await };
            let taken = async { one.browser.post(CANCEL, &[]).await };
            let (status, _, _, _) = futures_util::join!(confirm, again, site, taken);
            assert!([200, 400].contains(&status), "{status}");
            two.browser.post(CANCEL, &[]).await;
            one.finish().await;
            opened += i64::from(one.is_signed_in().await);
            let ctx = Ctx::program("tests", house.app.clock.now());
            house.app.accounts.unlock(&ctx, person.id).await.unwrap();
            for waits in waiting(&phone).await {
                let no = json!({ "transaction_id": waits["transaction_id"] });
                phone.post("/api/v1/auth/deny").json(no).await;
            }
        }
        assert_eq!((opened, sessions(&house).await), (0, 0), "each was taken back");
        house.app.finish().await;
    }
}
