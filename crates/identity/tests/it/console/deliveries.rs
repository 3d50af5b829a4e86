//! What a provider was told, and telling it again.

use std::time::Duration;

use hanok_db::{Db, DbError, Tx, params};
use hanok_events::dead_letters;
use hanok_testkit::{Reply, Sink, TestApp};
use serde_json::json;

use super::{Keeper, assert_not, assert_says, between};
use crate::kit::{House, Shop};
use crate::receiver::told;

/// A house that gives a callback up after an hour.
async fn house(db: Db, sink: &Sink) -> House {
    let builder = TestApp::builder(db);
    House::build(
        builder,
        &[sink],
        |config| config.callback_max_age_hours = 1,
        |_| {},
    )
    .await
}

/// So many results that the provider did not take, each given up.
async fn given_up(house: &House, sink: &Sink, shop: &Shop, many: usize) {
    let (person, phone) = house.paired("haneul").await;
    sink.answer(Reply::Status(500));
    for _ in 0..many {
        house.completed(shop, &person, &phone).await;
        house.app.settle().await;
    }
    house.app.clock.advance(Duration::from_hours(2));
    house.app.settle().await;
}

async fn letters(house: &House) -> usize {
    let read = house
        .app
        .db
        .read(async |conn| dead_letters(conn, None, 100).await);
    read.await.unwrap().len()
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn what_was_given_up_is_seen_with_its_attempts_and_told_again(db: Db) {
        let sink = Sink::start().await;
        let house = house(db, &sink).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let list = format!("/admin/providers/{}/deliveries", shop.id);
        let early = Keeper::of(&house, "early", "admin").await;
        assert_says(&early.opens(&list).await, &["아직 전달한 결과가 없습니다"]);
        given_up(&house, &sink, &shop, 1).await;
        let admin = Keeper::of(&house, "admin", "admin").await;
        assert_eq!(letters(&house).await, 1);
        let page = admin.opens(&list).await;
        assert_says(&page, &["실패로 끝난 전달이 1건", "모두 다시 보내기", ">500<", "모두 1건"]);
        assert_says(&admin.opens("/admin/providers").await, &["state-failed"]);
        assert_says(&admin.opens(&format!("{list}?state=DELIVERED")).await, &["이 상태의 전달이 없습니다"]);
        let one = between(&page, "class=\"row-link\" href=\"", "\"");
        assert_says(&admin.opens(&one).await, &["제공자가 받지 않았습니다. (HTTP 500)", "다시 보내기", "auth_code"]);
        sink.answer(Reply::Status(204));
        assert_says(&admin.sends(&format!("{one}/replay"), &[]).await, &["다시 보냅니다", "보내는 중"]);
        assert_eq!(letters(&house).await, 0, "the job that was given up is not there beside the new one");
        house.app.settle().await;
        assert_says(&admin.opens(&one).await, &["전달됨", "제공자가 받았습니다. (HTTP 204)"]);
        let last = told(&shop, &sink).pop().unwrap();
        assert_eq!((last.claim("status"), &last.claims["auth_code"]), ("COMPLETED", &json!(null)));
        assert_says(&admin.sends(&format!("{one}/replay"), &[]).await, &["실패로 끝난 전달만 다시 보낼 수 있습니다"]);
        house.app.finish().await;
    }

    async fn one_whose_job_was_buried_without_an_attempt_is_given_up_and_told_again(db: Db) {
        let sink = Sink::start().await;
        let house = house(db, &sink).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer(Reply::Status(500));
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!(house.delivery().await.state, "QUEUED");
        // As a job looks that was lost with its process again and again.
        let lost = house.app.db.write::<_, DbError, _>(async move |tx: &mut Tx| {
            tx.execute("UPDATE job SET faults = 1000 WHERE kind = 'identity.deliver_callback'", params![]).await
        });
        assert_eq!(lost.await.unwrap(), 1);
        house.try_again().await;
        let delivery = house.delivery().await;
        assert_eq!((delivery.state.as_str(), sink.received().len(), letters(&house).await), ("DEAD", 1, 1));
        assert!(delivery.last_error.unwrap().contains("lost with its process"));
        let admin = Keeper::of(&house, "admin", "admin").await;
        let page = admin.opens(&format!("/admin/providers/{}/deliveries", shop.id)).await;
        assert_says(&page, &["실패로 끝난 전달이 1건"]);
        sink.answer(Reply::Status(204));
        let one = between(&page, "class=\"row-link\" href=\"", "\"");
        assert_says(&admin.sends(&format!("{one}/replay"), &[]).await, &["다시 보냅니다"]);
        assert_eq!(letters(&house).await, 0, "the job that was buried is not there beside the new one");
        house.app.settle().await;
        assert_eq!(house.delivery().await.state, "DELIVERED");
        house.app.finish().await;
    }

    async fn all_are_told_again_over_http_and_on_the_record(db: Db) {
        let sink = Sink::start().await;
        let house = house(db, &sink).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        given_up(&house, &sink, &shop, 3).await;
        let admin = house.app.person("admin").roles(&["admin"]).without_phone().await;
        let client = house.app.client().of(&admin);
        let path = format!("/api/v1/providers/{}/deliveries", shop.id);
        let listed = client.get(&format!("{path}?state=DEAD&limit=2")).await.assert_status(200).body;
        assert_eq!((&listed["total"], &listed["dead"], listed["deliveries"].as_array().unwrap().len()), (&json!(3), &json!(3), 2));
        let next = listed["next"].as_str().unwrap();
        let rest = client.get(&format!("{path}?state=DEAD&limit=2&cursor={next}")).await.assert_status(200).body;
        assert_eq!(rest["deliveries"].as_array().unwrap().len(), 1);
        let one = rest["deliveries"][0]["id"].as_str().unwrap();
        let shown = client.get(&format!("{path}/{one}")).await.assert_status(200).body;
        assert_eq!((&shown["state"], &shown["tries"][0]["status"]), (&json!("DEAD"), &json!(500)));
        sink.answer(Reply::Status(200));
        let replayed = client.post(&format!("{path}/replay")).await.assert_status(202).body;
        assert_eq!(replayed["replayed"], 3);
        house.app.settle().await;
        let after = client.get(&path).await.assert_status(200).body;
        assert_eq!((&after["dead"], &after["deliveries"][0]["state"]), (&json!(0), &json!("DELIVERED")));
        client.post(&format!("{path}/{one}/replay")).await.assert_status(409);
        for wrong in ["state=dead", "limit=0", "cursor=x"] {
            client.get(&format!("{path}?{wrong}")).await.assert_status(400);
        }
        let other = house.app.person("other").roles(&["service_admin"]).without_phone().await;
        let other = house.app.client().of(&other);
        other.get(&path).await.assert_status(404);
        other.post(&format!("{path}/{one}/replay")).await.assert_status(404);
        let acts = house.app.audit_of("ADMIN_ACTION").await;
        assert!(acts.iter().any(|act| act.details["act"] == "deliveries_replayed" && act.details["count"] == 3));
        house.app.finish().await;
    }

    async fn nothing_is_told_again_to_a_provider_that_is_switched_off(db: Db) {
        let sink = Sink::start().await;
        let house = house(db, &sink).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        given_up(&house, &sink, &shop, 1).await;
        let admin = house.app.person("admin").roles(&["admin"]).without_phone().await;
        let client = house.app.client().of(&admin);
        let path = format!("/api/v1/providers/{}", shop.id);
        client.patch(&path).json(json!({ "active": false })).await.assert_status(200);
        client.post(&format!("{path}/deliveries/replay")).await.assert_status(409);
        client.post(&format!("{path}/test-callback")).await.assert_status(409);
        let keeper = Keeper::of(&house, "keeper", "admin").await;
        let page = keeper.opens(&format!("/admin/providers/{}/deliveries", shop.id)).await;
        assert_not(&page, &["모두 다시 보내기"]);
        assert_says(&page, &["다시 보내려면 제공자가 사용 중이고"]);
        client.patch(&path).json(json!({ "active": true })).await.assert_status(200);
        sink.answer(Reply::Status(204));
        client.post(&format!("{path}/deliveries/replay")).await.assert_status(202);
        house.app.settle().await;
        house.app.finish().await;
    }
}
