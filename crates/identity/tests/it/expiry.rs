//! Requests whose time has passed are written down as expired, once.

use hanok_base::Timestamp;
use hanok_testkit::Sink;
use serde_json::{Value, json};

use crate::kit::House;
use crate::receiver::told_once;

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn an_expiry_is_written_down_and_told_once(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let person = house.app.person("haneul").await;
        let asked_at = house.app.clock.now();
        let asked = shop.ask(&person).await;
        house.later(179);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 0);
        house.later(60);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 0);
        assert_eq!(house.stands(&asked).await, ("EXPIRED".to_owned(), None, 0));
        let ended: Vec<(Timestamp,)> = house.rows("SELECT ended_at FROM auth_transaction").await;
        assert_eq!(ended[0].0.since(asked_at).as_secs(), 180, "it ended when its time passed");
        house.app.settle().await;
        let told = told_once(&shop, &sink).claims;
        assert_eq!((&told["jti"], &told["status"]), (&json!(asked.id), &json!("EXPIRED")));
        assert_eq!((told.get("auth_code"), told.get("di"), &told["completed_at"]), (None, None, &Value::Null));
        assert_eq!(house.app.audit_of("AUTH_EXPIRED").await.len(), 1);
        house.app.finish().await;
    }

    async fn the_schedule_does_it_by_itself(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        house.app.run_schedules().await;
        assert_eq!(house.stands(&asked).await.0, "PENDING");
        house.later(180);
        house.app.run_schedules().await;
        assert_eq!(house.stands(&asked).await.0, "EXPIRED");
        house.app.finish().await;
    }

    async fn a_request_that_ended_otherwise_does_not_expire(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let done = house.completed(&shop, &person, &phone).await;
        let failed = shop.ask(&person).await;
        house.confirm(&phone, &failed, "135792").await.assert_problem(401, "invalid_pin");
        let long = json!({ "user_phone_number": person.phone, "requested_expiry": 600 });
        shop.request_with(long).await.assert_status(201);
        house.later(599);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 0);
        assert_eq!(shop.status(&done).await.body["status"], "COMPLETED");
        assert_eq!(shop.status(&failed).await.body["status"], "FAILED");
        house.later(1);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 1);
        house.app.finish().await;
    }

    async fn more_than_one_unit_can_hold_are_all_written_down(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.provider("A 쇼핑몰", json!({ "delivery": "poll", "hide_unknown_users": true })).await;
        for number in 0..230 {
            shop.request(&format!("010-9999-{number:04}")).await.assert_status(201);
        }
        house.later(180);
        assert_eq!(house.identity.expire_overdue().await.unwrap(), 230);
        assert_eq!(house.count("SELECT COUNT(*) FROM auth_transaction WHERE status = 'EXPIRED'").await, 230);
        house.app.finish().await;
    }

    async fn two_sweeps_at_once_write_each_expiry_once(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.provider("A 쇼핑몰", json!({ "delivery": "poll", "hide_unknown_users": true })).await;
        for number in 0..50 {
            shop.request(&format!("010-9999-{number:04}")).await.assert_status(201);
        }
        house.later(180);
        let sweeps = futures_util::future::join_all((0..4).map(|_| house.identity.expire_overdue())).await;
        let written: u64 = sweeps.into_iter().map(Result::unwrap).sum();
        assert_eq!((written, house.app.audit_of("AUTH_EXPIRED").await.len()), (50, 50));
        house.app.finish().await;
    }
}
