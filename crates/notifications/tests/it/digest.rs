//! The letter of the day: in the morning, once, of what is unread.

use std::time::Duration;

use hanok_accounts::mail::CapturedMessage;
use hanok_db::{DbError, Tx, params};
use hanok_notifications::{NotificationType, Telling};
use hanok_testkit::Person;
use serde_json::json;

use crate::mail::{choose, letters_to};
use crate::{House, comment, comment_of, house, preferences, thing_of};

/// From half past two in the afternoon, when tests begin, until eight the next morning.
const UNTIL_MORNING: Duration = Duration::from_mins(17 * 60 + 30);
const DAY: Duration = Duration::from_hours(24);

async fn people(house: &House) -> (Person, Person) {
    let mina = house.person("mina").name("강미나");
    let mina = mina.verified_email("mina@example.com").await;
    (mina, house.person("bada").name("김바다").await)
}

/// Looks who is due, and hands over what was written.
async fn letters(house: &House) -> Vec<CapturedMessage> {
    house.run_schedules().await;
    letters_to(house, "mina@example.com").await
}

/// Gives somebody another morning, in minutes of the day.
async fn morning(house: &House, person: &Person, minutes: i64) {
    const SQL: &str = "INSERT INTO notification_schedule (account_id, digest_at) VALUES ($1, $2)";
    let id = person.id;
    let unit = async move |tx: &mut Tx| tx.execute(SQL, params![id, minutes]).await;
    house.db.write::<_, DbError, _>(unit).await.unwrap();
}

/// What this person is told of a thing in another type than comments.
async fn mention(house: &House, to: &Person, by: &Person, thing: &str) {
    let to = [to.id];
    let telling = Telling {
        kind: NotificationType::Mention,
        source: format!("mention:{thing}"),
        ..comment_of(house, &to, Some(by.id), thing, 1)
    };
    house.tell(&telling).await;
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn in_the_morning_one_letter_tells_what_is_unread_the_newest_first(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        for thing in ["첫째", "둘째"] {
            comment(&house, &mina, &bada, thing, 1).await;
            house.clock.advance(Duration::from_mins(1));
        }
        mention(&house, &mina, &bada, "셋째 <글>").await;
        house.clock.advance(Duration::from_mins(17 * 60 + 27));
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_mins(1));
        let letters_of_the_day = letters(&house).await;
        assert_eq!(letters_of_the_day.len(), 1);
        let letter = &letters_of_the_day[0];
        assert_eq!(letter.subject, "[한옥] 읽지 않은 알림 3건");
        let place = |words: &str| letter.text.find(words).unwrap_or_else(|| panic!("{words}: {}", letter.text));
        let order = ["나를 언급한 글과 댓글", "- 셋째 <글>", "내 글에 달린 댓글", "- 둘째", "- 첫째"].map(place);
        assert!(order.is_sorted(), "{}", letter.text);
        for words in ["김바다 님이 나를 언급했습니다.", "/things/둘째#comment-1"] {
            place(words);
        }
        assert!(!letter.text.contains("\n\n\n"), "{}", letter.text);
        assert!(letter.html.contains("셋째 &#60;글&#62;"), "{}", letter.html);
        assert!(letter.unsubscribe.is_some());
        for _ in 0..3 {
            house.clock.advance(DAY);
            assert_eq!(letters(&house).await.len(), 1, "nothing is told twice");
        }
        house.finish().await;
    }

    async fn nothing_is_written_where_all_is_read_hidden_taken_back_or_written_of(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        choose(&house, &mina, "recommend", "never").await;
        for thing in ["read", "hidden", "gone"] {
            comment(&house, &mina, &bada, thing, 1).await;
            house.clock.advance(Duration::from_mins(1));
            if thing == "read" {
                house.app.client().of(&mina).post("/api/v1/notifications/read-all").await.assert_status(204);
            }
        }
        house.hide("hidden", mina.id);
        house.withdraw("comment:gone:1").await;
        let to = [mina.id];
        for (kind, thing) in [(NotificationType::Recommend, "never"), (NotificationType::MustRead, "now")] {
            let telling = Telling { kind, subject: thing_of(thing), source: thing.to_owned(), ..comment_of(&house, &to, Some(bada.id), thing, 1) };
            house.tell(&telling).await;
        }
        let at_once = letters(&house).await;
        assert_eq!(at_once.len(), 1, "what must be read is written at once");
        house.clock.advance(DAY);
        assert_eq!(letters(&house).await.len(), 1);
        house.finish().await;
    }

    async fn whoever_has_no_address_that_counts_gets_none_and_keeps_none_from_others(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let sol = house.person("sol").email("sol@example.com").await;
        comment(&house, &sol, &bada, "1", 1).await;
        comment(&house, &mina, &bada, "2", 1).await;
        house.clock.advance(DAY);
        assert_eq!(letters(&house).await.len(), 1);
        assert_eq!(letters_to(&house, "sol@example.com").await.len(), 0);
        house.finish().await;
    }

    async fn it_waits_for_the_end_of_quiet_hours(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let quiet = json!({ "from": "22:00", "to": "09:30" });
        preferences::choose(&house, &mina, &[("/quiet_hours", quiet)]).await;
        comment(&house, &mina, &bada, "1", 1).await;
        house.clock.advance(UNTIL_MORNING);
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_mins(89));
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_mins(1));
        assert_eq!(letters(&house).await.len(), 1);
        house.finish().await;
    }

    async fn whoever_could_not_be_written_to_is_told_of_it_later(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let standing = async |status: &'static str| {
            const SQL: &str = "UPDATE account SET status = $2 WHERE id = $1";
            let id = mina.id;
            let unit = async move |tx: &mut Tx| tx.execute(SQL, params![id, status]).await;
            house.db.write::<_, DbError, _>(unit).await.unwrap();
        };
        comment(&house, &mina, &bada, "첫째", 1).await;
        standing("disabled").await;
        house.clock.advance(UNTIL_MORNING);
        assert_eq!(letters(&house).await.len(), 0);
        standing("active").await;
        comment(&house, &mina, &bada, "둘째", 1).await;
        house.clock.advance(DAY);
        let letters = letters(&house).await;
        assert_eq!(letters.len(), 1);
        let text = &letters[0].text;
        assert!(text.contains("첫째") && text.contains("둘째"), "{text}");
        house.finish().await;
    }

    async fn it_is_one_also_where_two_look_at_once_and_the_morning_is_moved(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        house.clock.advance(UNTIL_MORNING);
        tokio::join!(house.run_schedules(), house.run_schedules());
        assert_eq!(letters(&house).await.len(), 1);
        // Another morning on the same day: what came since waits for the next.
        morning(&house, &mina, 12 * 60).await;
        comment(&house, &mina, &bada, "2", 1).await;
        house.clock.advance(Duration::from_hours(5));
        assert_eq!(letters(&house).await.len(), 1);
        house.clock.advance(Duration::from_hours(23));
        let second = letters(&house).await;
        assert_eq!(second.len(), 2);
        assert!(second[1].text.contains("- 2") && !second[1].text.contains("- 1"), "{}", second[1].text);
        house.finish().await;
    }

    async fn whoever_moves_their_morning_is_written_to_in_the_new_one(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        morning(&house, &mina, 12 * 60).await;
        house.clock.advance(UNTIL_MORNING);
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_hours(4));
        assert_eq!(letters(&house).await.len(), 1);
        house.finish().await;
    }

    async fn a_letter_that_is_due_moves_with_its_persons_morning(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        preferences::choose(&house, &mina, &[("/digest_at", json!("16:00"))]).await;
        house.clock.advance(Duration::from_mins(89));
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_mins(1));
        assert_eq!(letters(&house).await.len(), 1);
        house.finish().await;
    }

    async fn what_grows_after_it_is_told_the_next_morning_and_what_was_read_is_not(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        morning(&house, &mina, 15 * 60).await;
        let sol = house.person("sol").name("한솔").await;
        comment(&house, &mina, &bada, "1", 1).await;
        comment(&house, &mina, &bada, "2", 1).await;
        house.clock.advance(Duration::from_mins(30));
        assert_eq!(letters(&house).await.len(), 1);
        comment(&house, &mina, &sol, "1", 2).await;
        house.clock.advance(DAY);
        let second = letters(&house).await;
        assert_eq!(second.len(), 2);
        assert_eq!(second[1].subject, "[한옥] 읽지 않은 알림 1건");
        assert!(second[1].text.contains("한솔 님 외 1명"), "{}", second[1].text);
        house.finish().await;
    }

    async fn what_was_told_and_lost_a_part_since_is_not_told_again(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let sol = house.person("sol").name("한솔").await;
        for thing in ["1", "2"] {
            comment(&house, &mina, &bada, thing, 1).await;
            comment(&house, &mina, &sol, thing, 2).await;
        }
        house.clock.advance(UNTIL_MORNING);
        assert_eq!(letters(&house).await.len(), 1);
        house.withdraw("comment:1:2").await;
        house.withdraw("comment:2:1").await;
        mention(&house, &mina, &bada, "3").await;
        house.withdraw("mention:3").await;
        house.clock.advance(DAY);
        assert_eq!(letters(&house).await.len(), 1);
        comment(&house, &mina, &sol, "4", 1).await;
        house.withdraw("comment:1:1").await;
        house.clock.advance(DAY);
        let second = letters(&house).await.pop().unwrap();
        assert_eq!(second.subject, "[한옥] 읽지 않은 알림 1건");
        assert!(second.text.contains("- 4"), "{}", second.text);
        house.finish().await;
    }

    async fn what_grew_and_shrank_to_what_was_told_is_not_told_again(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let sol = house.person("sol").name("한솔").await;
        morning(&house, &mina, 15 * 60).await;
        for thing in ["1", "2"] {
            comment(&house, &mina, &bada, thing, 1).await;
        }
        house.clock.advance(Duration::from_mins(30));
        assert_eq!(letters(&house).await.len(), 1);
        for thing in ["1", "2"] {
            comment(&house, &mina, &sol, thing, 2).await;
        }
        house.withdraw("comment:1:2").await;
        house.withdraw("comment:2:1").await;
        house.clock.advance(DAY);
        let second = letters(&house).await.pop().unwrap();
        assert_eq!(second.subject, "[한옥] 읽지 않은 알림 1건");
        assert!(second.text.contains("- 2") && second.text.contains("한솔 님이"), "{}", second.text);
        house.finish().await;
    }

    async fn of_very_much_the_newest_fifty_are_told_and_how_many_more_there_are(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let to = [mina.id];
        let tellings: Vec<_> = (0..73).map(|thing: u32| comment_of(&house, &to, Some(bada.id), &thing.to_string(), 1)).collect();
        house.tell_all(&tellings).await;
        house.clock.advance(UNTIL_MORNING);
        let letter = letters(&house).await.pop().unwrap();
        assert_eq!(letter.subject, "[한옥] 읽지 않은 알림 73건");
        assert!(letter.text.contains("23건"), "{}", letter.text);
        assert_eq!(letter.text.matches("/things/").count(), 50);
        house.finish().await;
    }

    async fn its_link_ends_letters_of_the_day_and_no_others(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        comment(&house, &mina, &bada, "1", 1).await;
        house.clock.advance(UNTIL_MORNING);
        let link = letters(&house).await.pop().unwrap().unsubscribe.unwrap();
        let path = link.strip_prefix(&house.settings.web.public_url).unwrap();
        let click = house.client().post(path).form(&[("List-Unsubscribe", "One-Click")]);
        click.await.assert_status(200);
        comment(&house, &mina, &bada, "2", 1).await;
        mention(&house, &mina, &bada, "3").await;
        house.clock.advance(DAY);
        assert_eq!(letters(&house).await.len(), 1);
        let to = [mina.id];
        let must = Telling { kind: NotificationType::MustRead, source: "must".to_owned(), ..comment_of(&house, &to, None, "4", 1) };
        house.tell(&must).await;
        assert_eq!(letters(&house).await.len(), 2);
        house.finish().await;
    }
}
