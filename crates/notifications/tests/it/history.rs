//! The list over HTTP: pages, what is read, what is whose, and what is kept.

use std::time::Duration;

use hanok_testkit::Client;
use serde_json::{Value, json};

use crate::{comment, house, told};

const LIST: &str = "/api/v1/notifications";

fn titles(answer: &Value) -> Vec<&str> {
    let list = answer["notifications"].as_array().unwrap();
    list.iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect()
}

async fn get(client: &Client, query: &str) -> Value {
    client
        .get(&format!("{LIST}?{query}"))
        .await
        .assert_status(200)
        .body
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn the_list_goes_from_page_to_page_by_number_and_by_cursor(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        for thing in 1..=5 {
            house.clock.advance(Duration::from_secs(1));
            comment(&house, &mina, &bada, &thing.to_string(), 1).await;
        }
        let client = house.app.client().of(&mina);
        let second = get(&client, "page=2&limit=2").await;
        assert_eq!(titles(&second), ["3", "2"]);
        let (next, previous) = (second["next"].as_str().unwrap(), second["previous"].as_str().unwrap());
        let last = get(&client, &format!("cursor={next}&limit=2")).await;
        assert_eq!((titles(&last), &last["next"]), (vec!["1"], &Value::Null));
        let first = get(&client, &format!("cursor={previous}&limit=2")).await;
        assert_eq!((titles(&first), &first["previous"]), (vec!["5", "4"], &Value::Null));
        assert_eq!(titles(&get(&client, "page=9").await), [""; 0]);
        client.get(&format!("{LIST}?page=501")).await.assert_field("/page", "out_of_range");
        client.get(&format!("{LIST}?limit=0")).await.assert_field("/limit", "out_of_range");
        client.get(&format!("{LIST}?cursor=x")).await.assert_field("/cursor", "notification_cursor");
        client.get(&format!("{LIST}?unread=maybe")).await.assert_field("/unread", "notification_unread");
        house.finish().await;
    }

    async fn one_is_read_and_all_are_read_up_to_a_number(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        for thing in ["1", "2", "3"] {
            house.clock.advance(Duration::from_secs(1));
            comment(&house, &mina, &bada, thing, 1).await;
        }
        let client = house.app.client().of(&mina);
        let all = get(&client, "").await;
        let id = all["notifications"][2]["id"].as_str().unwrap();
        for _ in 0..2 {
            client.post(&format!("{LIST}/{id}/read")).await.assert_status(204);
        }
        assert_eq!(titles(&get(&client, "unread=true").await), ["3", "2"]);
        house.clock.advance(Duration::from_secs(1));
        comment(&house, &mina, &bada, "4", 1).await;
        let wrong = client.post(&format!("{LIST}/read-all")).json(json!({ "upto": -1 })).await;
        wrong.assert_field("/upto", "notification_upto");
        client.post(&format!("{LIST}/read-all")).json(json!({ "upto": all["seq"] })).await.assert_status(204);
        let left = get(&client, "unread=1").await;
        assert_eq!((titles(&left), &left["unread"]), (vec!["4"], &json!(1)));
        client.post(&format!("{LIST}/read-all")).await.assert_status(204);
        assert_eq!(told(&house, &mina).await["unread"], 0);
        house.finish().await;
    }

    async fn nobody_reads_what_another_was_told(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        comment(&house, &mina, &bada, "1", 1).await;
        let id = told(&house, &mina).await["notifications"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("{LIST}/{id}/read");
        house.app.client().of(&bada).post(&path).await.assert_problem(404, "not_found");
        house.app.client().post(&path).await.assert_problem(401, "unauthorized");
        house.app.client().get(LIST).await.assert_problem(401, "unauthorized");
        assert_eq!(told(&house, &bada).await["notifications"], json!([]));
        assert_eq!(told(&house, &mina).await["unread"], 1);
        house.finish().await;
    }

    async fn what_is_older_than_ninety_days_goes_and_is_not_counted(db: Db) {
        let house = house(db).await;
        let (mut mina, bada) = (house.person("mina").await, house.person("bada").await);
        for number in 0..250 {
            comment(&house, &mina, &bada, &number.to_string(), 1).await;
        }
        house.clock.advance(Duration::from_hours(24));
        comment(&house, &mina, &bada, "new", 1).await;
        house.settle().await;
        house.clock.advance(Duration::from_hours(89 * 24 + 1));
        house.run_schedules().await;
        house.sign_in_again(&mut mina).await;
        let kept = told(&house, &mina).await;
        assert_eq!((titles(&kept), &kept["unread"], &kept["seq"]), (vec!["new"], &json!(1), &json!(251)));
        let sources = "SELECT COUNT(*) FROM notification_source";
        let left: i64 = house.app.db.read::<_, hanok_db::DbError, _>(async |conn| conn.one(sources, &[]).await).await.unwrap();
        assert_eq!(left, 1);
        house.finish().await;
    }
}
