//! Letters about notifications: at once, once, to whom it still concerns; and how they are ended.

mod outage;
mod unsubscribe;

use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::mail::CapturedMessage;
use hanok_db::{DbError, Tx, params};
use hanok_events::{Event, Topic};
use hanok_notifications::{NotificationType, Telling};
use hanok_testkit::Person;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{House, comment, comment_of, house, signed_in, thing_of, told};

/// What becomes of comments for somebody: `now`, `daily` or `never` by mail.
pub(crate) async fn choose(house: &House, person: &Person, kind: &str, mail: &str) {
    const SQL: &str = "INSERT INTO notification_preference (account_id, type, here, mail) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (account_id, type) DO UPDATE SET mail = excluded.mail";
    let (id, kind, mail) = (person.id, kind.to_owned(), mail.to_owned());
    let unit = async move |tx: &mut Tx| tx.execute(SQL, params![id, kind, true, mail]).await;
    house.db.write::<_, DbError, _>(unit).await.unwrap();
}

/// When somebody is left alone, in minutes of the day.
async fn quiet(house: &House, person: &Person, from: i64, to: i64) {
    const SQL: &str = "INSERT INTO notification_schedule (account_id, quiet_from, quiet_to, digest_at) \
        VALUES ($1, $2, $3, 480)";
    let id = person.id;
    let unit = async move |tx: &mut Tx| tx.execute(SQL, params![id, from, to]).await;
    house.db.write::<_, DbError, _>(unit).await.unwrap();
}

/// Somebody who is written to at once where something of theirs is commented on, and somebody who comments.
pub(crate) async fn people(house: &House) -> (Person, Person) {
    let mina = house.person("mina").name("강미나");
    let mina = mina.verified_email("mina@example.com").await;
    choose(house, &mina, "comment", "now").await;
    (mina, house.person("bada").name("김바다").await)
}

/// The letters to this address, the oldest first.
pub(crate) async fn letters_to(house: &House, address: &str) -> Vec<CapturedMessage> {
    let mut letters = house.mail().await;
    letters.retain(|letter| letter.to == address);
    letters.reverse();
    letters
}

async fn letters(house: &House) -> Vec<CapturedMessage> {
    letters_to(house, "mina@example.com").await
}

/// What asks for a letter, as the topic has it.
#[derive(Serialize)]
struct Asked {
    notification_id: Value,
    #[serde(skip)]
    account: AccountId,
}

impl Event for Asked {
    const TYPE: &'static str = "notification.letter_asked";
    const TOPIC: Topic = Topic::EmailNotifications;

    fn key(&self) -> String {
        self.account.to_string()
    }
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn a_letter_comes_at_once_in_its_readers_language_and_says_how_it_is_ended(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let sol = house.person("sol").name("Sol").verified_email("sol@example.com").await;
        choose(&house, &sol, "comment", "now").await;
        let browser = signed_in(&house, "sol").await;
        browser.post("/preferences", &[("language", "en")]).await.assert_status(302);
        house.rename("1", "휴가 <신청>");
        comment(&house, &mina, &bada, "1", 7).await;
        comment(&house, &sol, &bada, "1", 8).await;
        let ko = letters(&house).await.pop().unwrap();
        assert_eq!(ko.subject, "[한옥] 김바다 님이 댓글을 남겼습니다.");
        let place = format!("{}/things/1#comment-7", house.settings.web.public_url);
        for words in ["강미나 님, 안녕하세요.", "“휴가 <신청>”", "2026년 11월 21일 (토) 14:30", &place] {
            assert!(ko.text.contains(words), "{words}: {}", ko.text);
        }
        assert!(!ko.text.contains("\n\n\n"), "{}", ko.text);
        assert!(ko.html.contains("휴가 &#60;신청&#62;") && ko.html.contains(&place), "{}", ko.html);
        let end = ko.unsubscribe.unwrap();
        assert!(ko.text.contains(&end) && ko.html.contains(&end), "{end}: {}", ko.text);
        let en = letters_to(&house, "sol@example.com").await.pop().unwrap();
        assert_eq!(en.subject, "[Hanok] 김바다 commented.");
        assert!(en.text.contains("“휴가 <신청>”"), "{}", en.text);
        house.finish().await;
    }

    async fn what_asks_for_a_letter_names_ids_and_public_words_alone(db: Db) {
        const SQL: &str = "SELECT event_key, event_type, payload FROM outbox WHERE topic = 'email_notifications'";
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        house.rename("1", "비밀 제목");
        comment(&house, &mina, &bada, "1", 1).await;
        let id = told(&house, &mina).await["notifications"][0]["id"].clone();
        let read = house.db.read::<_, DbError, _>(async |conn| conn.all(SQL, &[]).await);
        let rows: Vec<(String, String, String)> = read.await.unwrap();
        let [(key, kind, payload)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((key, kind.as_str()), (&mina.id.to_string(), "notification.letter_asked"));
        let asked = json!({ "notification_id": id, "receiver": "mina", "template": "comment", "locale": "ko" });
        assert_eq!(serde_json::from_str::<Value>(payload).unwrap(), asked);
        house.finish().await;
    }

    async fn nothing_is_written_of_what_was_read_taken_back_or_hidden_meanwhile(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        for thing in ["read", "gone", "hidden", "there"] {
            comment(&house, &mina, &bada, thing, 1).await;
        }
        let told = told(&house, &mina).await;
        let items = told["notifications"].as_array().unwrap();
        let read = items.iter().find(|item| item["title"] == "read").unwrap();
        let path = format!("/api/v1/notifications/{}/read", read["id"].as_str().unwrap());
        house.app.client().of(&mina).post(&path).await.assert_status(204);
        house.withdraw("comment:gone:1").await;
        house.hide("hidden", mina.id);
        let letters = letters(&house).await;
        assert_eq!(letters.len(), 1);
        assert!(letters[0].text.contains("“there”"), "{}", letters[0].text);
        house.finish().await;
    }

    async fn nobody_is_written_to_without_an_address_that_counts_or_while_their_account_is_switched_off(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let sol = house.person("sol").email("sol@example.com").await;
        choose(&house, &sol, "comment", "now").await;
        comment(&house, &sol, &bada, "1", 1).await;
        comment(&house, &mina, &bada, "1", 2).await;
        let (id, off) = (mina.id, "UPDATE account SET status = 'disabled' WHERE id = $1");
        let unit = async move |tx: &mut Tx| tx.execute(off, params![id]).await;
        house.db.write::<_, DbError, _>(unit).await.unwrap();
        let all: Vec<String> = house.mail().await.into_iter().map(|letter| letter.subject).collect();
        assert!(!all.iter().any(|subject| subject.contains("댓글")), "{all:?}");
        house.finish().await;
    }

    async fn a_burst_has_one_letter_also_where_it_is_asked_for_again(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        let sol = house.person("sol").name("한솔").await;
        comment(&house, &mina, &bada, "1", 1).await;
        comment(&house, &mina, &sol, "1", 2).await;
        let first = letters(&house).await;
        assert_eq!(first.len(), 1);
        assert!(first[0].subject.contains("한솔 님 외 1명"), "{}", first[0].subject);
        comment(&house, &mina, &bada, "1", 3).await;
        let notification_id = told(&house, &mina).await["notifications"][0]["id"].clone();
        let (outbox, account) = (house.accounts.outbox.clone(), mina.id);
        let unit = async move |tx: &mut Tx| outbox.publish(tx, &Asked { notification_id, account }).await;
        house.db.write::<_, DbError, _>(unit).await.unwrap();
        assert_eq!(letters(&house).await.len(), 1);
        // Once it was read, what comes is another.
        house.app.client().of(&mina).post("/api/v1/notifications/read-all").await.assert_status(204);
        comment(&house, &mina, &bada, "1", 4).await;
        assert_eq!(letters(&house).await.len(), 2);
        house.finish().await;
    }

    async fn what_is_not_wanted_at_once_and_what_accounts_write_of_is_not_written(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        choose(&house, &mina, "comment", "daily").await;
        choose(&house, &mina, "account", "now").await;
        comment(&house, &mina, &bada, "1", 1).await;
        let to = [mina.id];
        let changed = Telling {
            kind: NotificationType::Account,
            source: "changed".to_owned(),
            ..comment_of(&house, &to, None, "1", 1)
        };
        house.tell(&changed).await;
        assert_eq!(letters(&house).await.len(), 0);
        let must = Telling {
            kind: NotificationType::MustRead,
            subject: thing_of("2"),
            source: "must".to_owned(),
            ..comment_of(&house, &to, None, "1", 1)
        };
        house.tell(&must).await;
        assert_eq!(letters(&house).await.len(), 1, "by itself what must be read is written at once");
        house.finish().await;
    }

    async fn in_quiet_hours_a_letter_waits_for_their_end_and_is_judged_then(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        // It is half past two: left alone from two to four.
        quiet(&house, &mina, 14 * 60, 16 * 60).await;
        for thing in ["1", "2"] {
            comment(&house, &mina, &bada, thing, 1).await;
        }
        assert_eq!(letters(&house).await.len(), 0);
        let newest = told(&house, &mina).await["notifications"][0]["id"].clone();
        let path = format!("/api/v1/notifications/{}/read", newest.as_str().unwrap());
        house.app.client().of(&mina).post(&path).await.assert_status(204);
        house.clock.advance(Duration::from_mins(89));
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_mins(1));
        assert_eq!(letters(&house).await.len(), 1);
        house.clock.advance(Duration::from_hours(24));
        assert_eq!(letters(&house).await.len(), 1);
        house.finish().await;
    }

    async fn a_letter_that_waits_is_told_in_the_morning_where_its_reader_wants_it_so_meanwhile(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        quiet(&house, &mina, 14 * 60, 16 * 60).await;
        comment(&house, &mina, &bada, "1", 1).await;
        assert_eq!(letters(&house).await.len(), 0);
        choose(&house, &mina, "comment", "daily").await;
        house.clock.advance(Duration::from_mins(90));
        assert_eq!(letters(&house).await.len(), 0);
        // Until eight the next morning.
        house.clock.advance(Duration::from_hours(16));
        house.run_schedules().await;
        let told = letters(&house).await;
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains("- 1") && told[0].subject.contains("1건"), "{}", told[0].text);
        for _ in 0..2 {
            house.clock.advance(Duration::from_hours(24));
            house.run_schedules().await;
        }
        assert_eq!(letters(&house).await.len(), 1);
        house.finish().await;
    }

    async fn letters_that_wait_are_all_told_in_the_morning_and_what_grows_later_may_be_written_of(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        quiet(&house, &mina, 14 * 60, 16 * 60).await;
        comment(&house, &mina, &bada, "1", 1).await;
        comment(&house, &mina, &bada, "2", 1).await;
        comment(&house, &mina, &bada, "1", 2).await;
        assert_eq!(letters(&house).await.len(), 0);
        choose(&house, &mina, "comment", "daily").await;
        house.clock.advance(Duration::from_mins(90));
        assert_eq!(letters(&house).await.len(), 0);
        house.clock.advance(Duration::from_hours(17));
        house.run_schedules().await;
        let told = letters(&house).await;
        assert_eq!(told.len(), 1);
        assert!(told[0].subject.contains("2건"), "{}", told[0].subject);
        choose(&house, &mina, "comment", "now").await;
        comment(&house, &mina, &bada, "3", 1).await;
        assert_eq!(letters(&house).await.len(), 2);
        house.finish().await;
    }

    async fn a_letter_that_waits_is_not_written_where_its_reader_wants_none_meanwhile(db: Db) {
        let house = house(db).await;
        let (mina, bada) = people(&house).await;
        quiet(&house, &mina, 14 * 60, 16 * 60).await;
        comment(&house, &mina, &bada, "1", 1).await;
        assert_eq!(letters(&house).await.len(), 0);
        choose(&house, &mina, "comment", "never").await;
        for hours in [2, 16, 24] {
            house.clock.advance(Duration::from_hours(hours));
            house.run_schedules().await;
            assert_eq!(letters(&house).await.len(), 0);
        }
        house.finish().await;
    }
}
