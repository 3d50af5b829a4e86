//! `GET /api/v1/stats/service/{service_id}`.

use serde_json::{Value, json};

use crate::kit::{House, Shop};
use crate::providers::Desk;

fn path(service: &str, query: &str) -> String {
    format!("/api/v1/stats/service/{service}{query}")
}

/// One request that was approved after 10 seconds and one that was denied, each day at 14:30 in Seoul.
async fn use_it(house: &House, shop: &Shop, days: u32) {
    let (person, phone) = house.paired("haneul").await;
    for day in 0..days {
        if day > 0 {
            house.later(24 * 3_600);
        }
        let asked = shop.ask(&person).await;
        house.later(10);
        house
            .confirm(&phone, &asked, &person.pin)
            .await
            .assert_status(200);
        let asked = shop.ask(&person).await;
        let deny = json!({ "transaction_id": asked.id });
        phone
            .post("/api/v1/auth/deny")
            .json(deny)
            .await
            .assert_status(200);
    }
}

fn day(date: &str, counts: [i64; 4], rate: f64, mean: Option<f64>) -> Value {
    json!({
        "date": date, "total_requests": counts[0], "completed": counts[1], "failed": counts[2],
        "expired": counts[3], "success_rate": rate, "avg_processing_seconds": mean,
    })
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_provider_reads_its_days_the_kept_and_the_new(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        use_it(&house, &shop, 2).await;
        let before = shop.client.get(&path(&shop.id, "?days=3")).await.assert_status(200).body;
        let used = |date| day(date, [2, 1, 1, 0], 50.0, Some(10.0));
        assert_eq!(before["daily"], json!([
            used("2026-11-22"), used("2026-11-21"), day("2026-11-20", [0, 0, 0, 0], 0.0, None),
        ]));
        assert_eq!((&before["service_id"], &before["service_name"], &before["days"]), (&json!(shop.id), &json!("A 쇼핑몰"), &json!(3)));
        let summary = &before["summary"];
        assert_eq!((&summary["total_requests"], &summary["success_rate"], &summary["avg_processing_seconds"]), (&json!(4), &json!(50.0), &json!(10.0)));
        house.app.run_schedules().await;
        assert_eq!(crate::statistics::kept(&house).await.len(), 1, "the 21st is kept now");
        let after = shop.client.get(&path(&shop.client_id, "/?days=3")).await.assert_status(200).body;
        assert_eq!(after, before, "kept or not, by id or client id");
        let usual = shop.client.get(&path(&shop.id, "")).await.assert_status(200).body;
        assert_eq!((&usual["days"], usual["daily"].as_array().unwrap().len()), (&json!(30), 30));
        house.app.settle().await;
        house.app.finish().await;
    }

    async fn others_are_told_that_there_is_none(db: Db) {
        let house = House::start(db, &[]).await;
        let (shop, other) = (house.polling_shop("shop").await, house.polling_shop("other").await);
        let owner = Desk::of(&house, "owner", "service_admin").await;
        let own = owner.make("own").await;
        let own = path(own["id"].as_str().unwrap(), "");
        let (of_shop, admin) = (path(&shop.id, ""), Desk::of(&house, "admin", "admin").await);
        let (person, auditor) = (house.app.person("haneul").await, Desk::of(&house, "auditor", "auditor").await);
        owner.client.get(&own).await.assert_status(200);
        admin.client.get(&own).await.assert_status(200);
        admin.client.get(&of_shop).await.assert_status(200);
        let people = [house.app.client().of(&person), auditor.client.clone(), owner.client.clone(), other.client.clone()];
        for client in people {
            client.get(&of_shop).await.assert_problem(404, "not_found");
        }
        other.client.get(&own).await.assert_problem(404, "not_found");
        house.app.client().of(&person).get(&own).await.assert_problem(404, "not_found");
        house.app.client().get(&of_shop).await.assert_problem(401, "unauthorized");
        for unknown in ["00000000-0000-7000-8000-000000000009", "00000000-0000-7000-8000-000000000001", "nobody", "hanok"] {
            admin.client.get(&path(unknown, "")).await.assert_problem(404, "not_found");
        }
        let wrong = house.app.client().header("x-client-id", &shop.client_id).header("x-client-secret", "wrong");
        wrong.get(&of_shop).await.assert_problem(401, "invalid_client");
        house.app.finish().await;
    }

    async fn a_year_at_most_is_told(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("shop").await;
        for days in ["0", "367", "-1", "many"] {
            let refused = shop.client.get(&path(&shop.id, &format!("?days={days}"))).await;
            refused.assert_problem(400, "invalid_request");
        }
        let year = shop.client.get(&path(&shop.id, "?days=366")).await.assert_status(200);
        assert_eq!(year.body["daily"].as_array().unwrap().len(), 366);
        house.app.finish().await;
    }
}
