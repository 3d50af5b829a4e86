//! What is undone, or may not be seen any more, is not told.

use std::time::Duration;

use serde_json::json;

use crate::{comment, comment_of, house, thing_of, told};

async fn read_all(house: &crate::House, person: &hanok_testkit::Person) {
    let client = house.app.client().of(person);
    client
        .post("/api/v1/notifications/read-all")
        .await
        .assert_status(204);
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_burst_shrinks_and_goes_with_its_last_part(db: Db) {
        let house = house(db).await;
        let (mina, bada, sol) = (house.person("mina").await, house.person("bada").name("김바다").await, house.person("sol").name("이솔").await);
        comment(&house, &mina, &bada, "1", 1).await;
        comment(&house, &mina, &sol, "1", 2).await;
        house.withdraw("comment:1:2").await;
        let shrunk = told(&house, &mina).await;
        let first = &shrunk["notifications"][0];
        assert_eq!((&first["commenter"], &first["others"], &first["path"]), (&json!("김바다"), &json!(0), &json!("/things/1#comment-1")));
        assert_eq!((&first["seq"], &shrunk["unread"]), (&json!(3), &json!(1)));
        house.withdraw("comment:1:1").await;
        let gone = told(&house, &mina).await;
        assert_eq!(gone, json!({ "notifications": [], "unread": 0, "seq": 4, "next": null, "previous": null }));
        comment(&house, &mina, &bada, "1", 1).await;
        assert_eq!(told(&house, &mina).await["unread"], 1, "what was taken back may be told again");
        house.finish().await;
    }

    async fn what_was_read_stays(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        comment(&house, &mina, &bada, "1", 1).await;
        read_all(&house, &mina).await;
        house.withdraw("comment:1:1").await;
        let told = told(&house, &mina).await;
        assert_eq!((told["notifications"].as_array().unwrap().len(), &told["unread"], &told["seq"]), (1, &json!(0), &json!(1)));
        house.finish().await;
    }

    async fn a_subject_that_nobody_may_see_any_more_is_taken_from_all_but_some(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let to = [mina.id, bada.id];
        house.tell(&comment_of(&house, &to, None, "1", 1)).await;
        house.tell(&comment_of(&house, &to, None, "2", 1)).await;
        house.withdraw_subject(thing_of("1"), Some(vec![bada.id])).await;
        assert_eq!((&told(&house, &mina).await["unread"], &told(&house, &bada).await["unread"]), (&json!(1), &json!(2)));
        house.withdraw_subject(thing_of("1"), None).await;
        let of_bada = told(&house, &bada).await;
        assert_eq!((&of_bada["unread"], &of_bada["notifications"][0]["title"]), (&json!(1), &json!("2")));
        house.finish().await;
    }

    async fn what_its_reader_may_not_see_is_neither_shown_nor_counted(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        for thing in ["1", "2", "3"] {
            comment(&house, &mina, &bada, thing, 1).await;
            house.clock.advance(Duration::from_secs(1));
        }
        house.hide("2", mina.id);
        house.rename("3", "새 이름");
        let seen = told(&house, &mina).await;
        let titles: Vec<&str> = seen["notifications"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect();
        assert_eq!((titles, &seen["unread"]), (vec!["새 이름", "1"], &json!(2)));
        assert_eq!(told(&house, &mina).await["unread"], 2);
        read_all(&house, &mina).await;
        house.hide("1", mina.id);
        let seen = told(&house, &mina).await;
        assert_eq!((seen["notifications"].as_array().unwrap().len(), &seen["unread"]), (1, &json!(0)));
        house.finish().await;
    }
}
