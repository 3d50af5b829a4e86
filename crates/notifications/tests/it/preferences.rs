//! What people choose: over HTTP and on their page, and that it is kept to.

mod revision;

use std::time::Duration;

use hanok_notifications::{NotificationType, Telling};
use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Client, Person};
use serde_json::{Value, json};

use crate::{House, comment, comment_of, house, signed_in, told};

const API: &str = "/api/v1/me/notification-preferences";
const PAGE: &str = "/account/notifications";

/// What somebody has chosen, and under which number.
async fn numbered(client: &Client) -> (Value, i64) {
    taken_apart(client.get(API).await.assert_status(200).body)
}

fn taken_apart(mut body: Value) -> (Value, i64) {
    let rev = body.as_object_mut().unwrap().remove("rev").unwrap();
    (body, rev.as_i64().unwrap())
}

async fn get(client: &Client) -> Value {
    numbered(client).await.0
}

async fn put(client: &Client, body: &Value) -> Value {
    let sent = client.put(API).json(body.clone()).await;
    taken_apart(sent.assert_status(200).body).0
}

/// Has somebody choose otherwise; `what` is a JSON pointer.
pub(crate) async fn choose(house: &House, person: &Person, changes: &[(&str, Value)]) {
    let client = house.app.client().of(person);
    let mut all = get(&client).await;
    for (what, value) in changes {
        *all.pointer_mut(what).unwrap() = value.clone();
    }
    assert_eq!(put(&client, &all).await, all);
}

/// Tells somebody something of this type.
async fn tell(house: &House, to: &Person, kind: NotificationType, source: &str) {
    let to = [to.id];
    let telling = Telling {
        kind,
        source: source.to_owned(),
        ..comment_of(house, &to, None, source, 1)
    };
    house.tell(&telling).await;
}

/// The next that is heard: whether it is to be quiet, and how many are unread with it.
async fn heard(wire: &mut Wire) -> (Option<bool>, i64) {
    match wire.hear().await {
        Heard::Event(name, told) if name == "notification" => {
            (told["quiet"].as_bool(), told["unread"].as_i64().unwrap())
        }
        other => panic!("{other:?}"),
    }
}

fn usual() -> Value {
    let choice = |mail: &str| json!({ "here": true, "mail": mail });
    json!({
        "types": {
            "comment": choice("daily"), "reply": choice("daily"), "mention": choice("daily"),
            "recommend": choice("never"), "must_read": choice("now"), "moderation": choice("daily"),
            "identity_request": choice("never"), "sign_in": choice("never"), "account": choice("never"),
        },
        "quiet_hours": null,
        "digest_at": "08:00",
    })
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn whoever_has_chosen_nothing_has_what_is_usual_and_keeps_what_they_choose(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        let client = house.app.client().of(&mina);
        assert_eq!(get(&client).await, usual());
        let mut chosen = usual();
        chosen["types"]["comment"] = json!({ "here": false, "mail": "never" });
        chosen["types"]["recommend"]["mail"] = json!("now");
        chosen["quiet_hours"] = json!({ "from": "22:00", "to": "07:00" });
        chosen["digest_at"] = json!("18:30");
        assert_eq!(put(&client, &chosen).await, chosen);
        assert_eq!(get(&client).await, chosen);
        assert_eq!(get(&house.app.client().of(&bada)).await, usual());
        // What nobody chooses may be left out.
        let mut back = usual();
        for kind in ["sign_in", "account"] {
            back["types"].as_object_mut().unwrap().remove(kind);
        }
        assert_eq!(put(&client, &back).await, usual());
        assert_eq!(get(&client).await, usual());
        house.app.client().get(API).await.assert_problem(401, "unauthorized");
        house.app.client().put(API).json(usual()).await.assert_problem(401, "unauthorized");
        house.finish().await;
    }

    async fn what_is_wrong_is_told_at_its_field_and_changes_nothing(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let client = house.app.client().of(&mina);
        for (what, value, field, code) in [
            ("/types/comment/mail", json!("weekly"), "/types/comment/mail", "notification_mail"),
            ("/types/comment/here", json!("yes"), "/types/comment/here", "expected_boolean"),
            ("/types/comment", json!([true, "now"]), "/types/comment", "expected_object"),
            ("/types/sign_in/here", json!(false), "/types/sign_in/here", "notification_always"),
            ("/types/account/mail", json!("now"), "/types/account/mail", "notification_own_letters"),
            ("/quiet_hours", json!({ "from": "25:00", "to": "07:00" }), "/quiet_hours/from", "notification_time"),
            ("/quiet_hours", json!({ "from": "22:00" }), "/quiet_hours/to", "required"),
            ("/quiet_hours", json!({ "from": "07:00", "to": "07:00" }), "/quiet_hours/to", "notification_quiet_same"),
            ("/digest_at", json!("8시"), "/digest_at", "notification_time"),
            ("/digest_at", json!(""), "/digest_at", "required"),
        ] {
            let mut body = usual();
            body["types"]["comment"]["here"] = json!(false);
            *body.pointer_mut(what).unwrap() = value;
            client.put(API).json(body).await.assert_field(field, code);
        }
        let mut unknown = usual();
        unknown["types"]["gossip"] = json!({ "here": true, "mail": "now" });
        client.put(API).json(unknown).await.assert_field("/types/gossip", "notification_type");
        for (gone, field) in [("/types/reply", "/types/reply"), ("/quiet_hours", "/quiet_hours"), ("/types/reply/mail", "/types/reply/mail")] {
            let mut without = usual();
            let (within, name) = gone.rsplit_once('/').unwrap();
            without.pointer_mut(within).unwrap().as_object_mut().unwrap().remove(name);
            client.put(API).json(without).await.assert_field(field, "required");
        }
        assert_eq!(get(&client).await, usual());
        assert!(house.audit_of("USER_INFO_UPDATE").await.iter().all(|row| row.details["field"] != "notifications"));
        house.finish().await;
    }

    async fn what_was_changed_is_on_the_record_and_nothing_where_nothing_was(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let client = house.app.client().of(&mina);
        put(&client, &usual()).await;
        choose(&house, &mina, &[
            ("/types/mention/mail", json!("now")),
            ("/quiet_hours", json!({ "from": "22:00", "to": "07:00" })),
        ]).await;
        put(&client, &get(&client).await).await;
        let rows = house.audit_of("USER_INFO_UPDATE").await;
        let rows: Vec<_> = rows.iter().filter(|row| row.details["field"] == "notifications").collect();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].actor, rows[0].subject), (Some(mina.id.uuid()), Some(mina.id.uuid())));
        assert_eq!(rows[0].details, json!({
            "field": "notifications",
            "was": { "mention": { "here": true, "mail": "daily" }, "quiet_hours": null },
            "now": { "mention": { "here": true, "mail": "now" }, "quiet_hours": { "from": "22:00", "to": "07:00" } },
        }));
        let page = signed_in(&house, "mina").await.get("/account/privacy").await.assert_status(200).text;
        assert!(page.contains("알림 설정 변경"), "{page}");
        house.finish().await;
    }

    async fn what_somebody_does_not_want_to_be_told_is_not_and_does_not_come_later(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        choose(&house, &mina, &[("/types/comment/here", json!(false))]).await;
        let both = [mina.id, bada.id];
        house.tell(&comment_of(&house, &both, None, "1", 1)).await;
        tell(&house, &mina, NotificationType::Mention, "2").await;
        let of_mina = told(&house, &mina).await;
        assert_eq!((&of_mina["unread"], &of_mina["notifications"][0]["type"]), (&json!(1), &json!("mention")));
        assert_eq!(told(&house, &bada).await["notifications"][0]["type"], "comment");
        choose(&house, &mina, &[("/types/comment/here", json!(true))]).await;
        assert_eq!(told(&house, &mina).await["seq"], 1);
        house.clock.advance(Duration::from_secs(1));
        house.tell(&comment_of(&house, &both, None, "1", 2)).await;
        let of_mina = told(&house, &mina).await;
        assert_eq!((&of_mina["unread"], &of_mina["notifications"][0]["comment_id"]), (&json!(2), &json!(2)));
        assert_eq!(told(&house, &bada).await["unread"], 1, "one burst");
        house.finish().await;
    }

    async fn a_burst_does_not_grow_once_its_type_is_not_wanted(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").await);
        comment(&house, &mina, &bada, "1", 1).await;
        choose(&house, &mina, &[("/types/comment/here", json!(false))]).await;
        comment(&house, &mina, &bada, "1", 2).await;
        let of_mina = told(&house, &mina).await;
        assert_eq!((&of_mina["seq"], &of_mina["notifications"][0]["comment_id"]), (&json!(1), &json!(1)));
        house.withdraw("comment:1:1").await;
        assert_eq!(told(&house, &mina).await["unread"], 0);
        house.finish().await;
    }

    async fn in_quiet_hours_what_is_heard_is_counted_and_says_so(db: Db) {
        let house = house(db).await;
        let (mut mina, bada) = (house.person("mina").await, house.person("bada").await);
        // It is 14:30 in Seoul.
        choose(&house, &mina, &[("/quiet_hours", json!({ "from": "14:31", "to": "07:00" }))]).await;
        let mut wire = Wire::of(&house, &mina).await;
        comment(&house, &mina, &bada, "1", 1).await;
        assert_eq!(heard(&mut wire).await, (None, 1));
        house.clock.advance(Duration::from_mins(1));
        comment(&house, &mina, &bada, "2", 1).await;
        assert_eq!(heard(&mut wire).await, (Some(true), 2));
        // What was missed is said as it is when it is asked for.
        wire.send("420[\"sync\",{\"after\":0}]").await;
        let Heard::Acknowledged(answer) = wire.hear().await else { panic!("no answer") };
        let quiet: Vec<_> = answer["items"].as_array().unwrap().iter().map(|item| &item["quiet"]).collect();
        assert_eq!(quiet, [&json!(true), &json!(true)]);
        drop(wire);
        house.settle().await;
        house.clock.advance(Duration::from_mins(16 * 60 + 28));
        house.sign_in_again(&mut mina).await;
        let mut wire = Wire::connect(house.app.client(), &json!({ "token": mina.token })).await;
        assert_eq!(wire.hear().await, Heard::Connected);
        assert_eq!(wire.hear().await, Heard::Event("ready".to_owned(), json!({ "unread": 2, "seq": 2 })));
        comment(&house, &mina, &bada, "3", 1).await;
        assert_eq!(heard(&mut wire).await, (Some(true), 3), "a minute is left");
        house.clock.advance(Duration::from_mins(1));
        comment(&house, &mina, &bada, "4", 1).await;
        assert_eq!(heard(&mut wire).await, (None, 4));
        let listed = told(&house, &mina).await;
        assert!(listed["notifications"].as_array().unwrap().iter().all(|item| item.get("quiet").is_none()));
        house.finish().await;
    }

    async fn the_page_keeps_what_is_chosen_and_shows_it_again(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").verified_email("mina@example.com").await;
        let browser = signed_in(&house, "mina").await;
        let list = browser.get("/notifications").await.assert_status(200).text;
        let account = browser.get("/account").await.assert_status(200).text;
        let link = format!("href=\"{PAGE}\"");
        assert!(list.contains(&link) && account.contains(&link), "{list}");
        let page = browser.get(PAGE).await.assert_status(200).text;
        assert!(page.contains("name=\"comment_here\" value=\"on\" checked"), "{page}");
        assert!(page.contains("2026년 11월 22일 (일) 08:00"), "when the next mail of the day is sent: {page}");
        let mut form: Vec<(&str, &str)> = ["reply_here", "mention_here", "recommend_here", "must_read_here", "moderation_here"].map(|name| (name, "on")).into();
        form.extend(["comment_mail", "reply_mail", "mention_mail", "recommend_mail", "must_read_mail", "moderation_mail", "identity_request_mail"].map(|name| (name, "never")));
        form.push(("quiet_from", "14:00"));
        let wrong = [form.as_slice(), &[("quiet_to", ""), ("digest_at", "0800")]].concat();
        assert_eq!(browser.post(PAGE, &wrong).await.assert_status(302).header("location"), PAGE);
        let again = browser.get(PAGE).await.assert_status(200).text;
        assert!(again.contains("id=\"quiet_to-error\"") && again.contains("id=\"digest_at-error\"") && again.contains("value=\"0800\""), "{again}");
        assert!(again.contains("name=\"comment_here\" value=\"on\">") && again.contains("name=\"reply_here\" value=\"on\" checked"), "{again}");
        assert_eq!(get(&house.app.client().of(&mina)).await, usual());
        let right = [form.as_slice(), &[("quiet_to", "16:00"), ("digest_at", "07:15")]].concat();
        assert_eq!(browser.post(PAGE, &right).await.assert_status(302).header("location"), PAGE);
        let kept = browser.get(PAGE).await.assert_status(200).text;
        assert!(kept.contains("알림 설정을 저장했습니다.") && kept.contains("지금은 조용한 시간입니다."), "{kept}");
        assert!(kept.contains("2026년 11월 21일 (토) 16:00"), "until when it is quiet: {kept}");
        assert!(!kept.contains("다음 메일:"), "no mail of the day is wanted: {kept}");
        let now = get(&house.app.client().of(&mina)).await;
        assert_eq!(now["types"]["comment"], json!({ "here": false, "mail": "never" }));
        assert_eq!(now["types"]["identity_request"], json!({ "here": false, "mail": "never" }));
        assert_eq!(now["types"]["sign_in"], json!({ "here": true, "mail": "never" }));
        assert_eq!((&now["quiet_hours"], &now["digest_at"]), (&json!({ "from": "14:00", "to": "16:00" }), &json!("07:15")));
        house.finish().await;
    }

    async fn whoever_has_no_address_that_counts_learns_there_that_nothing_is_mailed(db: Db) {
        let house = house(db).await;
        house.person("mina").email("mina@example.com").await;
        house.person("bada").verified_email("bada@example.com").await;
        let note = "인증한 이메일 주소가 없어 알림을 메일로 받을 수 없습니다. <a href=\"/account/email\">";
        let without = signed_in(&house, "mina").await.get(PAGE).await.assert_status(200).text;
        assert!(without.contains(note) && !without.contains("다음 메일:"), "{without}");
        let with = signed_in(&house, "bada").await.get(PAGE).await.assert_status(200).text;
        assert!(!with.contains("href=\"/account/email\"") && with.contains("다음 메일:"), "{with}");
        house.finish().await;
    }

    async fn what_concerns_the_safety_of_an_account_is_always_told(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").await;
        let mut all = usual();
        for choice in all["types"].as_object_mut().unwrap().values_mut() {
            choice["here"] = json!(false);
        }
        for kind in ["sign_in", "account"] {
            all["types"][kind]["here"] = json!(true);
        }
        put(&house.app.client().of(&mina), &all).await;
        tell(&house, &mina, NotificationType::Account, "1").await;
        tell(&house, &mina, NotificationType::MustRead, "2").await;
        let of_mina = told(&house, &mina).await;
        assert_eq!((&of_mina["unread"], &of_mina["notifications"][0]["type"]), (&json!(1), &json!("account")));
        house.finish().await;
    }
}
