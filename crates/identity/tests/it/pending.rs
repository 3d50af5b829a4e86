//! What waits for a person, as phone and portal show it.

use std::collections::BTreeSet;
use std::time::Duration;

use hanok_testkit::{Answer, Person, Phone};
use serde_json::{Value, json};

use crate::kit::House;

async fn on_phone(phone: &Phone) -> Vec<Value> {
    requests(phone.get("/api/v1/auth/pending/").await)
}

async fn in_portal(house: &House, person: &Person) -> Vec<Value> {
    requests(
        house
            .app
            .client()
            .of(person)
            .get("/api/v1/auth/pending/")
            .await,
    )
}

fn requests(answer: Answer) -> Vec<Value> {
    answer.assert_status(200).body["requests"]
        .as_array()
        .unwrap()
        .clone()
}

fn choices(request: &Value) -> Vec<&str> {
    request["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_str().unwrap())
        .collect()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_phone_shows_who_asks_and_three_numbers_to_pick_from(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked_at = house.app.clock.now();
        let body = json!({
            "user_phone_number": person.phone, "binding_message": "결제 확인 12,000원",
            "name": "B 은행", "provider_name": "B 은행",
        });
        let asked = crate::kit::Asked::new(&shop.request_with(body).await.assert_status(201));
        let list = on_phone(&phone).await;
        assert_eq!(list.len(), 1);
        let mut request = list[0].clone();
        let numbers: BTreeSet<&str> = choices(&list[0]).into_iter().collect();
        assert!(numbers.len() == 3 && numbers.contains(asked.number.as_str()), "{numbers:?}");
        assert!(numbers.iter().all(|number| (10..=99).contains(&number.parse::<u32>().unwrap())), "{numbers:?}");
        request["choices"] = json!(null);
        assert_eq!(request, json!({
            "transaction_id": asked.id, "provider_name": "A 쇼핑몰", "choices": null,
            "binding_message": "결제 확인 12,000원", "created_at": asked_at.to_rfc3339(),
            "expires_at": asked_at.plus(Duration::from_mins(3)).to_rfc3339(),
        }));
        house.app.finish().await;
    }

    async fn the_numbers_stay_in_their_order_whoever_looks(db: Db) {
        let house = House::build(
            hanok_testkit::TestApp::builder(db),
            &[],
            |config| config.confirm_by_session = true,
            |_| {},
        ).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let second = house.app.pair(&person).await;
        shop.ask(&person).await;
        let first = on_phone(&phone).await;
        for list in [on_phone(&phone).await, on_phone(&second).await, in_portal(&house, &person).await] {
            assert_eq!(list, first);
        }
        house.app.finish().await;
    }

    async fn the_right_number_stands_at_any_place(db: Db) {
        let house = House::build(
            hanok_testkit::TestApp::builder(db),
            &[],
            |config| (config.per_phone_provider_10min, config.per_phone_10min) = (100, 100),
            |_| {},
        ).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let mut places = BTreeSet::new();
        for _ in 0..20 {
            let asked = shop.ask(&person).await;
            let list = on_phone(&phone).await;
            places.insert(choices(&list[0]).iter().position(|number| *number == asked.number).unwrap());
        }
        assert_eq!(places, BTreeSet::from([0, 1, 2]));
        house.app.finish().await;
    }

    async fn the_numbers_go_only_to_whom_may_confirm(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (paired, _phone) = house.paired("paired").await;
        let alone = house.app.person("alone").await;
        shop.ask(&paired).await;
        shop.ask(&alone).await;
        let list = in_portal(&house, &paired).await;
        assert_eq!((list.len(), choices(&list[0]).len()), (1, 0), "the phone has them");
        assert_eq!(choices(&in_portal(&house, &alone).await[0]).len(), 3);
        house.later(30 * 60);
        shop.ask(&alone).await;
        let list = in_portal(&house, &alone).await;
        assert_eq!((list.len(), choices(&list[0]).len()), (1, 0), "the password is too long ago");
        house.app.finish().await;
    }

    async fn a_provider_is_shown_by_the_name_it_has_now(db: Db) {
        const RENAME: &str = "UPDATE service_provider SET name = 'C 상점'";
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        shop.ask(&person).await;
        house.app.db.write(async |tx| tx.execute(RENAME, &[]).await).await?;
        assert_eq!(on_phone(&phone).await[0]["provider_name"], "C 상점");
        house.app.finish().await;
    }

    async fn everybody_sees_their_own_requests_the_newest_first_until_they_end(db: Db) {
        let house = House::start(db, &[]).await;
        let (person, phone) = house.paired("haneul").await;
        let (other, others) = house.paired("bada").await;
        let mut asked = Vec::new();
        for number in 0..3 {
            let settings = json!({ "delivery": "poll", "site_code": format!("SHOP-{number}") });
            asked.push(house.provider(&format!("Shop {number}"), settings).await.ask(&person).await);
            house.later(10);
        }
        let seen = async || -> Vec<String> {
            let list = on_phone(&phone).await;
            list.iter().map(|request| request["transaction_id"].as_str().unwrap().to_owned()).collect()
        };
        let ids: Vec<&str> = asked.iter().map(|asked| asked.id.as_str()).collect();
        assert_eq!(seen().await, [ids[2], ids[1], ids[0]]);
        assert_eq!(on_phone(&others).await.len() + in_portal(&house, &other).await.len(), 0);
        house.confirm(&phone, &asked[1], &person.pin).await.assert_status(200);
        assert_eq!(seen().await, [ids[2], ids[0]]);
        house.later(180 - 30);
        assert_eq!(seen().await, [ids[2]]);
        house.app.finish().await;
    }
}
