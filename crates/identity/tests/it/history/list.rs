//! The list: its order, its filters and its pages.

use std::time::Duration;

use hanok_testkit::{Person, TestApp};
use hanok_web::page::OrganisationFacts;
use serde_json::{Value, json};

use super::{PATH, each, text};
use crate::kit::{House, Shop};

/// Forty-five old requests, a minute apart, all of the same shop.
async fn full(db: hanok_db::Db) -> (House, Person, Shop) {
    let house = House::start(db, &[]).await;
    let shop = house.polling_shop("A 쇼핑몰").await;
    let person = house.app.person("haneul").await;
    let start = house.app.clock.now();
    for minute in 0..45 {
        house
            .expired_at(&person, &shop, start.plus(Duration::from_mins(minute)))
            .await;
    }
    (house, person, shop)
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_newest_comes_first_and_says_who_asked_for_what(db: Db) {
        let house = House::start(db, &[]).await;
        let (one, two) = (house.polling_shop("A 쇼핑몰").await, house.polling_shop("B 은행").await);
        let person = house.app.person("haneul").await;
        let first = one.ask(&person).await;
        house.later(1);
        let body = json!({ "user_phone_number": person.phone, "binding_message": "결제 12,000원" });
        two.request_with(body).await.assert_status(201);
        let list = house.history(&person, "").await.assert_status(200);
        assert_eq!(each(&list, "provider_name"), ["B 은행", "A 쇼핑몰"]);
        assert_eq!(each(&list, "status"), ["PENDING", "PENDING"]);
        assert_eq!(list.body["requests"][0]["binding_message"], "결제 12,000원");
        assert_eq!(list.body["requests"][1]["transaction_id"], json!(first.id));
        assert_eq!(
            (&list.body["total"], &list.body["page"], &list.body["pages"]),
            (&json!(2), &json!(1), &json!(1))
        );
        assert_eq!(list.body["providers"], json!([
            { "id": one.id, "name": "A 쇼핑몰" }, { "id": two.id, "name": "B 은행" },
        ]));
        for secret in [&first.number, "choices", "state\""] {
            assert!(!list.text.contains(&format!("\"{secret}\"")), "{}", list.text);
        }
        house.app.finish().await;
    }

    async fn a_request_is_expired_the_moment_its_time_passes(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        let asked = shop.ask(&person).await;
        let pending = house.history(&person, "?state=PENDING").await;
        assert_eq!(each(&pending, "transaction_id"), [asked.id.as_str()]);
        house.later(180);
        assert_eq!(house.stands(&asked).await.0, "PENDING", "nobody has written it down");
        let pending = house.history(&person, "?state=PENDING").await;
        assert_eq!((each(&pending, "status").len(), &pending.body["total"]), (0, &json!(0)));
        let expired = house.history(&person, "?state=EXPIRED").await;
        assert_eq!(each(&expired, "status"), ["EXPIRED"]);
        let request = &expired.body["requests"][0];
        assert_eq!(request["ended_at"], request["expires_at"]);
        house.identity.expire_overdue().await.unwrap();
        assert_eq!(house.history(&person, "?state=EXPIRED").await.body, expired.body);
        house.app.finish().await;
    }

    async fn each_filter_lets_through_what_it_says(db: Db) {
        let house = House::start(db, &[]).await;
        let (one, two) = (house.polling_shop("A 쇼핑몰").await, house.polling_shop("B 은행").await);
        let (person, phone) = house.paired("haneul").await;
        let done = one.ask(&person).await;
        house.confirm(&phone, &done, &person.pin).await.assert_status(200);
        let denied = two.ask(&person).await;
        phone.post("/api/v1/auth/deny").json(json!({ "transaction_id": denied.id })).await.assert_status(200);
        let of = async |query: &str| {
            let list = house.history(&person, query).await.assert_status(200);
            assert_eq!(list.body["total"], json!(each(&list, "status").len()));
            each(&list, "transaction_id")
        };
        assert_eq!(of("?state=COMPLETED").await, [done.id.as_str()]);
        assert_eq!(of("?state=FAILED").await, [denied.id.as_str()]);
        assert_eq!(of(&format!("?provider={}", two.id)).await, [denied.id.as_str()]);
        assert_eq!(of(&format!("?provider={}&state=FAILED", one.id)).await, Vec::<String>::new());
        assert_eq!(of(&format!("?provider={}", person.id)).await, Vec::<String>::new());
        assert_eq!(of("?state=&provider=&from=&to=&page=").await.len(), 2);
        house.app.finish().await;
    }

    async fn days_are_the_organisations(db: Db) {
        let builder = TestApp::builder(db).alone("the organisation is changed in one program's memory");
        let house = House::build(builder, &[], |_| {}, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        // 2026-11-21T05:30Z is half past two in the afternoon in Seoul: its day began 14 h 30 min before.
        let midnight = house.app.clock.now().minus(Duration::from_mins(14 * 60 + 30));
        house.expired_at(&person, &shop, midnight).await;
        house.expired_at(&person, &shop, midnight.minus(Duration::from_micros(1))).await;
        let of = async |query: &str| house.history(&person, query).await.assert_status(200).body["total"].clone();
        assert_eq!(of("?from=2026-11-21").await, json!(1));
        assert_eq!(of("?to=2026-11-20").await, json!(1));
        assert_eq!(of("?from=2026-11-20&to=2026-11-21").await, json!(2));
        assert_eq!(of("?from=2026-11-22").await, json!(0));
        let here = house.app.accounts.organisation.get();
        let zone = hanok_web::page::time_zone("America/New_York").unwrap();
        house.app.accounts.organisation.set(OrganisationFacts { zone, ..(*here).clone() });
        assert_eq!(of("?from=2026-11-21").await, json!(0));
        assert_eq!(of("?to=2026-11-20").await, json!(2));
        house.app.finish().await;
    }

    async fn pages_are_numbered_and_lead_on_by_their_rows(db: Db) {
        let (house, person, _) = full(db).await;
        let first = house.history(&person, "").await.assert_status(200);
        let all = [first.clone(), house.history(&person, "?page=2").await, house.history(&person, "?page=3").await];
        let ids: Vec<Vec<String>> = all.iter().map(|page| each(page, "transaction_id")).collect();
        assert_eq!(ids.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
        let times: Vec<String> = all.iter().flat_map(|page| each(page, "created_at")).collect();
        assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
        assert_eq!((&first.body["total"], &first.body["pages"]), (&json!(45), &json!(3)));
        assert_eq!((&first.body["previous"], &all[2].body["next"]), (&Value::Null, &Value::Null));
        let next = text(&first.body["next"]);
        let second = house.history(&person, &format!("?cursor={next}")).await.assert_status(200);
        assert_eq!(each(&second, "transaction_id"), ids[1]);
        assert_eq!(second.body["page"], Value::Null);
        let back = text(&second.body["previous"]);
        let again = house.history(&person, &format!("?cursor={back}")).await.assert_status(200);
        assert_eq!(each(&again, "transaction_id"), ids[0]);
        let beyond = house.history(&person, "?page=500").await.assert_status(200);
        assert_eq!((each(&beyond, "status").len(), &beyond.body["total"]), (0, &json!(45)));
        house.app.finish().await;
    }

    async fn requests_of_one_moment_are_on_one_page_only(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for _ in 0..25 {
            house.expired_at(&person, &shop, house.app.clock.now()).await;
        }
        let first = house.history(&person, "").await;
        let next = format!("?cursor={}", text(&first.body["next"]));
        let mut ids = each(&first, "transaction_id");
        ids.extend(each(&house.history(&person, &next).await, "transaction_id"));
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 25);
        house.app.finish().await;
    }

    async fn what_is_another_persons_or_nobodys_is_in_no_list(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.provider("A 쇼핑몰", json!({ "delivery": "poll", "hide_unknown_users": true })).await;
        let (person, other) = (house.app.person("haneul").await, house.app.person("bada").await);
        let theirs = shop.ask(&other).await;
        let decoy = crate::kit::Asked::new(&shop.request("010-9999-0000").await.assert_status(201));
        for query in ["", "?state=PENDING", &format!("?provider={}", shop.id)] {
            let list = house.history(&person, query).await.assert_status(200);
            assert_eq!((&list.body["total"], &list.body["providers"]), (&json!(0), &json!([])));
        }
        for id in [&theirs.id, &decoy.id, "x", &shop.id] {
            let answer = house.history(&person, &format!("/{id}")).await;
            answer.assert_problem(404, "unknown_transaction");
        }
        house.app.finish().await;
    }

    async fn wrong_filters_are_named(db: Db) {
        let house = House::start(db, &[]).await;
        let person = house.app.person("haneul").await;
        for (query, pointer, code) in [
            ("?state=DONE", "/state", "unknown_value"),
            ("?provider=A", "/provider", "invalid_value"),
            ("?from=21.11.2026", "/from", "date_format"),
            ("?to=2026-02-30", "/to", "date_format"),
            ("?from=2026-11-21&to=2026-11-20", "/to", "period_order"),
            ("?page=0", "/page", "out_of_range"),
            ("?page=501", "/page", "out_of_range"),
            ("?page=two", "/page", "out_of_range"),
            ("?cursor=two", "/cursor", "cursor_unknown"),
            ("?state=FAILED&state=FAILED", "/state", "duplicate_field"),
        ] {
            house.history(&person, query).await.assert_field(pointer, code);
        }
        house.app.finish().await;
    }

    async fn nobody_and_no_phone_reads_a_history(db: Db) {
        let house = House::start(db, &[]).await;
        let (_, phone) = house.paired("haneul").await;
        house.app.client().get(PATH).await.assert_problem(401, "unauthorized");
        phone.get(PATH).await.assert_problem(401, "unauthorized");
        house.app.finish().await;
    }
}
