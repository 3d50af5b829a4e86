//! Each step leaves its row in the audit trail, and nobody's secret anywhere.

use hanok_testkit::{AuditLine, Person};
use serde_json::{Value, json};

use crate::kit::{Asked, House};

/// What the trail says of one request: how it began, how it ended, who looked.
async fn of(house: &House, asked: &Asked) -> Vec<AuditLine> {
    let id: uuid::Uuid = asked.id.parse().unwrap();
    let mut lines = house.app.audit().await;
    lines.retain(|line| {
        line.target
            .as_ref()
            .is_some_and(|(_, target)| *target == id)
    });
    // The test's clock stands still, so the time tells no order.
    lines.sort_by_key(|line| match line.action.as_str() {
        "AUTH_REQUEST" => 0,
        "CI_DI_ACCESS" => 2,
        _ => 1,
    });
    lines
}

/// A row about a request of this person.
fn line(asked: &Asked, person: &Person, action: &str, status: &str) -> AuditLine {
    AuditLine {
        action: action.to_owned(),
        actor: None,
        subject: Some(person.id.uuid()),
        target: Some(("auth_transaction".to_owned(), asked.id.parse().unwrap())),
        version: Some(status.to_owned()),
        details: json!({}),
        origin: "program".to_owned(),
    }
}

/// A row about what the person did.
fn by(person: &Person, line: AuditLine) -> AuditLine {
    AuditLine {
        actor: Some(person.id.uuid()),
        ..line
    }
}

fn because(reason: &str, line: AuditLine) -> AuditLine {
    AuditLine {
        details: json!({ "reason": reason }),
        ..line
    }
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_request_and_its_approval_are_on_the_record(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        shop.status(&asked).await.assert_status(200);
        phone.get("/api/v1/auth/pending").await.assert_status(200);
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        house.confirm(&phone, &asked, &person.pin).await.assert_problem(400, "already_processed");
        let request = line(&asked, &person, "AUTH_REQUEST", "PENDING");
        let completed = by(&person, line(&asked, &person, "AUTH_COMPLETED", "COMPLETED"));
        assert_eq!(of(&house, &asked).await, [request.clone(), completed.clone()]);
        shop.result(&asked).await.assert_status(200);
        let access = AuditLine {
            version: None,
            details: json!({ "values": ["di"] }),
            ..line(&asked, &person, "CI_DI_ACCESS", "")
        };
        assert_eq!(of(&house, &asked).await, [request, completed, access]);
        house.app.finish().await;
    }

    async fn every_failure_is_on_the_record_with_its_reason(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let mut ends = Vec::new();
        let superseded = shop.ask(&person).await;
        ends.push((superseded.clone(), because("superseded", line(&superseded, &person, "AUTH_FAILED", "FAILED"))));
        let mistyped = shop.ask(&person).await;
        house.confirm(&phone, &mistyped, "135792").await.assert_problem(401, "invalid_pin");
        let failed = |asked: &Asked| by(&person, because("not_confirmed", line(asked, &person, "AUTH_FAILED", "FAILED")));
        ends.push((mistyped.clone(), failed(&mistyped)));
        let mispicked = shop.ask(&person).await;
        let wrong = Asked { number: mispicked.other_number(), ..mispicked.clone() };
        house.confirm(&phone, &wrong, &person.pin).await.assert_problem(400, "binding_mismatch");
        ends.push((mispicked.clone(), failed(&mispicked)));
        let denied = shop.ask(&person).await;
        phone.post("/api/v1/auth/deny").json(json!({ "transaction_id": denied.id })).await.assert_status(200);
        ends.push((denied.clone(), by(&person, because("denied", line(&denied, &person, "AUTH_FAILED", "FAILED")))));
        let expired = shop.ask(&person).await;
        house.later(180);
        house.identity.expire_overdue().await.unwrap();
        ends.push((expired.clone(), line(&expired, &person, "AUTH_EXPIRED", "EXPIRED")));
        for (asked, end) in ends {
            assert_eq!(of(&house, &asked).await, [line(&asked, &person, "AUTH_REQUEST", "PENDING"), end]);
        }
        house.app.finish().await;
    }

    async fn the_end_of_requests_by_a_lock_is_on_the_record(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let mut asked = Vec::new();
        for number in 0..6 {
            let settings = json!({ "delivery": "poll", "site_code": format!("SHOP-{number}") });
            asked.push(house.provider(&format!("Shop {number}"), settings).await.ask(&person).await);
        }
        for one in &asked[..5] {
            house.confirm(&phone, one, "135792").await.assert_problem(401, "invalid_pin");
        }
        let locked = house.app.audit_of("ACCOUNT_LOCKED").await;
        assert_eq!((locked.len(), locked[0].actor, locked[0].subject), (1, Some(person.id.uuid()), Some(person.id.uuid())));
        assert_eq!(house.app.audit_of("AUTH_FAILED").await.len(), 6);
        assert_eq!(of(&house, &asked[5]).await[1].details, json!({ "reason": "not_confirmed" }));
        house.app.finish().await;
    }

    async fn a_refusal_changes_nothing_and_leaves_no_row(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        let before = house.app.audit().await;
        shop.request("010-9999-0000").await.assert_problem(404, "unknown_user");
        shop.request("112").await.assert_problem(400, "invalid_request");
        shop.result(&asked).await.assert_problem(400, "not_completed");
        house.confirm_by_session(&person, &asked).await.assert_problem(403, "device_required");
        let body = json!({ "transaction_id": asked.id, "pin_code": person.pin });
        phone.post("/api/v1/auth/confirm").json(body).await.assert_problem(400, "invalid_request");
        shop.status(&asked).await.assert_status(200);
        assert_eq!(house.app.audit().await, before);
        house.app.finish().await;
    }

    async fn the_trail_is_whole_and_holds_nothing_that_is_secret(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = house.completed(&shop, &person, &phone).await;
        let claims = shop.open(&shop.result(&asked).await.assert_status(200).text);
        let failed = shop.ask(&person).await;
        house.confirm(&phone, &failed, "974310").await.assert_problem(401, "invalid_pin");
        let value = |value: &Value| value.as_str().unwrap().to_owned();
        let (code, di) = (value(&claims["auth_code"]), value(&claims["di"]));
        let digits = person.phone.replace('-', "");
        let secrets = [&person.phone, &digits, &person.pin, "974310", &person.password, &shop.secret, &code, &di];
        assert_eq!(house.app.scan_for(&secrets).await, Vec::<String>::new());
        assert!(house.app.verify_audit().await.is_whole());
        house.app.finish().await;
    }
}
