//! How often a phone may be asked for.

use hanok_testkit::{Answer, TestApp};
use serde_json::json;

use crate::kit::{House, Shop};

const NOBODYS: &str = "010-9999-0000";

/// Asks `times` times, a minute apart, and goes on to the next minute.
async fn ask_each_minute(house: &House, shop: &Shop, phone: &str, times: u32) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.push(shop.request(phone).await);
        house.later(60);
    }
    answers
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_sixth_request_within_ten_minutes_waits_until_the_first_is_ten_minutes_old(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for answer in ask_each_minute(&house, &shop, &person.phone, 5).await {
            answer.assert_status(201);
        }
        let refused = shop.request(&person.phone).await.assert_problem(429, "too_many_requests_for_phone");
        assert_eq!(refused.retry_after(), Some(300));
        house.later(299);
        let refused = shop.request(&person.phone).await.assert_problem(429, "too_many_requests_for_phone");
        assert_eq!(refused.retry_after(), Some(1), "refusals do not count");
        house.later(1);
        shop.request(&person.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn a_refused_request_leaves_the_one_that_waits_alone(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        for _ in 0..4 {
            shop.ask(&person).await;
            house.later(1);
        }
        let last = shop.ask(&person).await;
        house.later(1);
        shop.request(&person.phone).await.assert_problem(429, "too_many_requests_for_phone");
        house.confirm(&phone, &last, &person.pin).await.assert_status(200);
        house.app.finish().await;
    }

    async fn the_twenty_first_request_of_a_day_waits_until_tomorrow(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").await;
        for _ in 0..20 {
            shop.request(&person.phone).await.assert_status(201);
            house.later(3_600);
        }
        let refused = shop.request(&person.phone).await.assert_problem(429, "too_many_requests_for_phone");
        assert_eq!(refused.retry_after(), Some(4 * 3_600));
        house.later(4 * 3_600);
        shop.request(&person.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn all_providers_together_ask_twenty_times_in_ten_minutes(db: Db) {
        let house = House::start(db, &[]).await;
        let person = house.app.person("haneul").await;
        for number in 0..4 {
            let settings = json!({ "delivery": "poll", "site_code": format!("SHOP-{number}") });
            let shop = house.provider(&format!("Shop {number}"), settings).await;
            for _ in 0..5 {
                shop.request(&person.phone).await.assert_status(201);
                house.later(1);
            }
        }
        let another = house.polling_shop("Another").await;
        let refused = another.request(&person.phone).await.assert_problem(429, "too_many_requests_for_phone");
        assert_eq!(refused.retry_after(), Some(580));
        let neighbour = house.app.person("bada").await;
        another.request(&neighbour.phone).await.assert_status(201);
        house.app.finish().await;
    }

    async fn a_number_that_nobody_has_is_counted_like_any_other(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        for answer in ask_each_minute(&house, &shop, NOBODYS, 5).await {
            answer.assert_problem(404, "unknown_user");
        }
        let refused = shop.request(NOBODYS).await.assert_problem(429, "too_many_requests_for_phone");
        assert_eq!(refused.retry_after(), Some(300));
        house.app.finish().await;
    }

    async fn one_number_written_in_two_ways_is_counted_once(db: Db) {
        let builder = TestApp::builder(db);
        let house = House::build(builder, &[], |config| config.per_phone_provider_10min = 1, |_| {}).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let person = house.app.person("haneul").phone("010-7654-3210").await;
        shop.request(&person.phone).await.assert_status(201);
        house.later(1);
        shop.request("+82 10 7654 3210").await.assert_problem(429, "too_many_requests_for_phone");
        house.app.finish().await;
    }
}
