//! Much about one subject is told as one notification, and nobody is told twice or of their own act.

use std::time::Duration;

use hanok_notifications::{NotificationType, Telling};
use serde_json::json;

use crate::{comment, comment_of, house, thing_of, told};

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn several_comments_of_several_people_are_one_notification(db: Db) {
        let house = house(db).await;
        let (mina, one, two) = (house.person("mina").await, house.person("bada").name("김바다").await, house.person("sol").name("이솔").await);
        comment(&house, &mina, &one, "1", 1).await;
        comment(&house, &mina, &one, "1", 2).await;
        house.clock.advance(Duration::from_mins(5));
        comment(&house, &mina, &two, "1", 3).await;
        let told = told(&house, &mina).await;
        assert_eq!(told["notifications"].as_array().unwrap().len(), 1, "{told}");
        let first = &told["notifications"][0];
        assert_eq!(first["commenter"], "이솔");
        assert_eq!((&first["others"], &first["path"]), (&json!(1), &json!("/things/1#comment-3")));
        assert_eq!((&told["unread"], &told["seq"], &first["seq"]), (&json!(1), &json!(3), &json!(3)));
        assert_eq!((&first["type"], &first["receiver"]), (&json!("comment"), &json!("mina")));
        assert_eq!(first["timestamp"], "2026-11-21T14:35:00.000+09:00");
        house.finish().await;
    }

    async fn a_burst_ends_when_it_is_read_and_after_an_hour(db: Db) {
        let house = house(db).await;
        let (mut mina, bada) = (house.person("mina").await, house.person("bada").await);
        comment(&house, &mina, &bada, "1", 1).await;
        let read = told(&house, &mina).await["notifications"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/notifications/{read}/read");
        house.app.client().of(&mina).post(&path).await.assert_status(204);
        comment(&house, &mina, &bada, "1", 2).await;
        house.clock.advance(Duration::from_mins(59));
        comment(&house, &mina, &bada, "1", 3).await;
        house.clock.advance(Duration::from_mins(1));
        comment(&house, &mina, &bada, "1", 4).await;
        house.sign_in_again(&mut mina).await;
        let told = told(&house, &mina).await;
        let seen: Vec<(&str, bool)> = told["notifications"].as_array().unwrap().iter()
            .map(|one| (one["path"].as_str().unwrap(), one["read"].as_bool().unwrap())).collect();
        assert_eq!(seen, [("/things/1#comment-4", false), ("/things/1#comment-3", false), ("/things/1#comment-1", true)]);
        assert_eq!(told["unread"], 2);
        house.finish().await;
    }

    async fn other_subjects_types_and_people_are_other_notifications(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let to = [mina.id, bada.id];
        house.tell(&comment_of(&house, &to, None, "1", 1)).await;
        house.tell(&comment_of(&house, &to[..1], None, "2", 1)).await;
        let reply = Telling { kind: NotificationType::Reply, ..comment_of(&house, &to[..1], None, "1", 1) };
        house.tell(&reply).await;
        assert_eq!((&told(&house, &mina).await["unread"], &told(&house, &bada).await["unread"]), (&json!(3), &json!(1)));
        house.finish().await;
    }

    async fn what_comes_in_no_bursts_is_told_each_time(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let to = [mina.id];
        for number in 1..=2 {
            let telling = Telling { kind: NotificationType::MustRead, ..comment_of(&house, &to, None, "1", number) };
            house.tell(&telling).await;
        }
        assert_eq!(told(&house, &mina).await["unread"], 2);
        house.finish().await;
    }

    async fn nobody_is_told_of_their_own_act_twice_or_after_they_have_left(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let nobody = hanok_base::Id::from_uuid(uuid::Uuid::from_u128(7));
        let to = [mina.id, bada.id, nobody, mina.id];
        for _ in 0..3 {
            house.tell(&comment_of(&house, &to, Some(bada.id), "1", 1)).await;
        }
        assert_eq!(told(&house, &bada).await, json!({ "notifications": [], "unread": 0, "seq": 0, "next": null, "previous": null }));
        let of_mina = told(&house, &mina).await;
        assert_eq!((&of_mina["unread"], &of_mina["seq"]), (&json!(1), &json!(1)));
        house.finish().await;
    }

    async fn an_older_part_that_comes_late_is_not_the_newest(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let early = house.clock.now();
        house.clock.advance(Duration::from_mins(2));
        comment(&house, &mina, &bada, "1", 2).await;
        let to = [mina.id];
        let late = Telling { at: early, ..comment_of(&house, &to, Some(bada.id), "1", 1) };
        house.tell(&late).await;
        let first = &told(&house, &mina).await["notifications"][0];
        assert_eq!((&first["path"], &first["others"]), (&json!("/things/1#comment-2"), &json!(0)));
        house.finish().await;
    }

    async fn several_things_of_one_unit_are_told_with_their_own_numbers(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let (both, one) = ([bada.id, mina.id], [mina.id]);
        let tellings = [
            Telling { kind: NotificationType::Mention, ..comment_of(&house, &both, None, "1", 1) },
            comment_of(&house, &one, None, "1", 2),
            comment_of(&house, &both[..1], None, "1", 2),
            comment_of(&house, &both, None, "1", 2),
        ];
        house.tell_all(&tellings).await;
        let of_mina = told(&house, &mina).await;
        let numbers: Vec<i64> = of_mina["notifications"].as_array().unwrap().iter().map(|it| it["seq"].as_i64().unwrap()).collect();
        assert_eq!((numbers.len(), numbers.iter().sum::<i64>(), &of_mina["unread"]), (2, 3, &json!(2)));
        assert_eq!(told(&house, &bada).await["unread"], 2, "of one source once");
        house.finish().await;
    }

    async fn units_at_once_tell_each_person_each_thing_once(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let (one, other) = ([mina.id, bada.id], [bada.id, mina.id]);
        let tellings: Vec<_> = (0..20).map(|number| {
            let to = if number % 2 == 0 { &one } else { &other };
            Telling { kind: NotificationType::MustRead, subject: thing_of(&number.to_string()), ..comment_of(&house, to, None, "1", number) }
        }).collect();
        let all = tellings.iter().map(|telling| house.try_tell(std::slice::from_ref(telling)));
        for done in futures_util::future::join_all(all).await {
            done.unwrap();
        }
        for person in [&mina, &bada] {
            let told = told(&house, person).await;
            assert_eq!((&told["unread"], &told["seq"]), (&json!(20), &json!(20)));
        }
        house.finish().await;
    }
}
