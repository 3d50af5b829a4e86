//! What is heard over the socket: at once, by every tab of the one whom it concerns; and what is asked for afterwards.

use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Person, TestApp};
use serde_json::{Value, json};

use crate::{House, comment, comment_of, house, told};

async fn event(wire: &mut Wire) -> (String, Value) {
    match wire.hear().await {
        Heard::Event(name, told) => (name, told),
        other => panic!("{other:?}"),
    }
}

/// The next of this name; what happens meanwhile may be heard before.
async fn named(wire: &mut Wire, wanted: &str) -> Value {
    loop {
        match event(wire).await {
            (name, told) if name == wanted => return told,
            (name, _) => assert_eq!(name, "notification"),
        }
    }
}

/// A socket that says up to which number it knows everything: what it is greeted with, and what it has missed.
async fn after(app: &TestApp, person: &Person, after: Value) -> (Value, Wire) {
    let auth = json!({ "token": person.token, "after": after });
    let mut wire = Wire::connect(app.client(), &auth).await;
    assert_eq!(wire.hear().await, Heard::Connected);
    (named(&mut wire, "ready").await, wire)
}

async fn missed(house: &House, person: &Person, number: u64) -> Value {
    let (_, mut wire) = after(house, person, json!(number)).await;
    named(&mut wire, "catchup").await
}

fn numbers(missed: &Value) -> Vec<i64> {
    let items = missed["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["seq"].as_i64().unwrap())
        .collect()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn every_tab_of_a_person_hears_at_once_and_nobody_else_does(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").name("김바다").await);
        let (mut one, mut two) = (Wire::of(&house, &mina).await, Wire::of(&house, &mina).await);
        let mut other = Wire::of(&house, &bada).await;
        comment(&house, &mina, &bada, "1", 45).await;
        let id = told(&house, &mina).await["notifications"][0]["id"].clone();
        let expected = json!({
            "id": id, "seq": 1, "type": "comment", "title": "1", "comment_id": 45, "commenter": "김바다", "others": 0,
            "receiver": "mina", "timestamp": "2026-11-21T14:30:00.000+09:00", "path": "/things/1#comment-45",
            "read": false, "unread": 1,
        });
        assert_eq!(event(&mut one).await, ("notification".to_owned(), expected.clone()));
        assert_eq!(event(&mut two).await, ("notification".to_owned(), expected));
        let path = format!("/api/v1/notifications/{}/read", id.as_str().unwrap());
        house.app.client().of(&mina).post(&path).await.assert_status(204);
        let unread = ("unread".to_owned(), json!({ "unread": 0, "seq": 1 }));
        assert_eq!((event(&mut one).await, event(&mut two).await), (unread.clone(), unread));
        house.app.accounts.live.emit(&format!("user_{}", bada.id), "mark", &json!(null));
        assert_eq!(event(&mut other).await.0, "mark");
        house.finish().await;
    }

    async fn what_is_withdrawn_is_heard_without_a_word_of_what_it_was(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let mut wire = Wire::of(&house, &mina).await;
        comment(&house, &mina, &bada, "1", 1).await;
        let (_, first) = event(&mut wire).await;
        house.withdraw("comment:1:1").await;
        let (name, gone) = event(&mut wire).await;
        let expected = json!({
            "id": first["id"], "seq": 2, "type": "comment", "others": 0, "receiver": "mina",
            "timestamp": first["timestamp"], "read": false, "withdrawn": true, "unread": 0,
        });
        assert_eq!((name.as_str(), gone), ("notification", expected));
        house.finish().await;
    }

    async fn nobody_hears_of_what_they_may_not_see(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let mut wire = Wire::of(&house, &mina).await;
        house.hide("secret", mina.id);
        comment(&house, &mina, &bada, "secret", 1).await;
        comment(&house, &mina, &bada, "open", 1).await;
        let (_, heard) = event(&mut wire).await;
        assert_eq!(heard["title"], "open");
        assert_eq!(numbers(&missed(&house, &mina, 0).await), [2]);
        house.finish().await;
    }

    async fn what_is_told_to_many_is_heard_by_each_who_may_see_it(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let (soo, haneul) = (house.person("soo").await, house.person("haneul").await);
        let (mut to_mina, mut to_bada) = (Wire::of(&house, &mina).await, Wire::of(&house, &bada).await);
        let mut to_soo = Wire::of(&house, &soo).await;
        house.hide("thing", soo.id);
        comment(&house, &bada, &haneul, "before", 1).await;
        assert_eq!(event(&mut to_bada).await.1["title"], "before");
        let to = [mina.id, bada.id, soo.id];
        house.tell(&comment_of(&house, &to, Some(haneul.id), "thing", 7)).await;
        for (wire, username, seq) in [(&mut to_mina, "mina", 1), (&mut to_bada, "bada", 2)] {
            let (name, heard) = event(wire).await;
            let said = (&heard["receiver"], &heard["title"], &heard["seq"], &heard["unread"]);
            assert_eq!(said, (&json!(username), &json!("thing"), &json!(seq), &json!(seq)), "{name}");
        }
        comment(&house, &soo, &haneul, "open", 1).await;
        assert_eq!(event(&mut to_soo).await.1["title"], "open");
        house.withdraw("comment:thing:7").await;
        for wire in [&mut to_mina, &mut to_bada] {
            let (_, heard) = event(wire).await;
            assert_eq!((&heard["withdrawn"], &heard["title"]), (&json!(true), &json!(null)));
        }
        house.finish().await;
    }

    async fn whoever_was_away_hears_what_came_since_once_and_in_order(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        for thing in ["1", "2", "3"] {
            comment(&house, &mina, &bada, thing, 1).await;
        }
        comment(&house, &mina, &bada, "1", 2).await;
        house.withdraw("comment:2:1").await;
        let since = missed(&house, &mina, 1).await;
        assert_eq!((numbers(&since), &since["upto"], &since["more"]), (vec![3, 4, 5], &json!(5), &json!(false)));
        assert_eq!((&since["items"][1]["path"], &since["items"][2]["withdrawn"]), (&json!("/things/1#comment-2"), &json!(true)));
        let (ready, wire) = after(&house, &mina, json!(5)).await;
        assert_eq!(ready, json!({ "unread": 2, "seq": 5 }));
        wire.send("420[\"sync\",{\"after\":4}]").await;
        let mut wire = wire;
        let Heard::Acknowledged(answer) = wire.hear().await else { panic!("no answer") };
        assert_eq!((numbers(&answer), &answer["upto"]), (vec![5], &json!(5)), "there was no catch-up before");
        house.finish().await;
    }

    async fn of_much_at_once_the_newest_is_heard_and_the_rest_is_asked_for(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let mut wire = Wire::of(&house, &mina).await;
        let to = [mina.id];
        let tellings: Vec<_> = (0..150).map(|thing: u32| comment_of(&house, &to, Some(bada.id), &thing.to_string(), 1)).collect();
        house.tell_all(&tellings).await;
        let mut heard = Vec::new();
        while heard.last() != Some(&150) {
            heard.push(event(&mut wire).await.1["seq"].as_i64().unwrap());
        }
        assert_eq!(heard, (131..=150).collect::<Vec<i64>>());
        wire.send("420[\"sync\",{\"after\":0}]").await;
        let Heard::Acknowledged(answer) = wire.hear().await else { panic!("no answer") };
        assert_eq!(numbers(&answer), (1..=150).collect::<Vec<i64>>());
        house.finish().await;
    }

    async fn too_much_and_what_nobody_has_told_are_a_list_to_be_read_again(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let to = [mina.id];
        let tellings: Vec<_> = (0..201).map(|thing: u32| comment_of(&house, &to, Some(bada.id), &thing.to_string(), 1)).collect();
        house.tell_all(&tellings).await;
        let reset = json!({ "reset": true, "unread": 201 });
        assert_eq!(missed(&house, &mina, 0).await, reset);
        assert_eq!(missed(&house, &mina, 202).await, reset);
        assert_eq!(missed(&house, &mina, u64::MAX).await, reset);
        assert_eq!(numbers(&missed(&house, &mina, 1).await).len(), 200);
        house.finish().await;
    }
}
