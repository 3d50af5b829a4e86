//! Somebody leaves: what they take along, and what goes with them.

use std::time::Duration;

use hanok_db::{DbError, params};
use hanok_testkit::{PASSWORD, Person};
use serde_json::json;

use crate::preferences::choose;
use crate::{House, comment, comment_of, house, signed_in, told};

/// Has somebody close their account, and the program erase it.
pub(crate) async fn leave(house: &House, person: &Person) {
    let browser = signed_in(house, &person.username).await;
    let given = browser
        .post("/account/confirm", &[("password", PASSWORD)])
        .await;
    given.assert_status(302);
    let typed = [("username", person.username.as_str())];
    let closed = browser.post("/account/privacy/close", &typed).await;
    assert_eq!(closed.assert_status(302).header("location"), "/login");
    house.clock.advance(Duration::from_hours(7 * 24));
    house.run_schedules().await;
}

async fn rows_of(house: &House, person: &Person) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "notification",
        "notification_counter",
        "notification_source",
        "notification_preference",
        "notification_schedule",
        "notification_digest",
    ] {
        let (id, sql) = (
            person.id,
            format!("SELECT COUNT(*) FROM {table} WHERE account_id = $1"),
        );
        let read = house
            .app
            .db
            .read::<_, DbError, _>(async move |conn| conn.one(&sql, params![id]).await);
        counts.push(read.await.unwrap());
    }
    counts
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn what_somebody_was_told_goes_with_them_and_comes_never_again(db: Db) {
        let house = house(db).await;
        let mina = house.person("mina").verified_email("mina@example.com").await;
        let bada = house.person("bada").verified_email("bada@example.com").await;
        comment(&house, &mina, &bada, "1", 1).await;
        comment(&house, &bada, &mina, "1", 2).await;
        for person in [&mina, &bada] {
            choose(&house, person, &[("/types/reply/mail", json!("now")), ("/digest_at", json!("09:00"))]).await;
        }
        assert_eq!(rows_of(&house, &mina).await, [1, 1, 1, 1, 1, 1]);
        leave(&house, &mina).await;
        assert_eq!(rows_of(&house, &mina).await, [0, 0, 0, 0, 0, 0]);
        comment(&house, &mina, &bada, "1", 3).await;
        assert_eq!(rows_of(&house, &mina).await, [0, 0, 0, 0, 0, 0]);
        assert_eq!(rows_of(&house, &bada).await, [1, 1, 1, 1, 1, 1]);
        house.finish().await;
    }

    async fn a_person_takes_along_what_they_were_told_and_nothing_of_others(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").name("김바다").await);
        comment(&house, &mina, &bada, "1", 1).await;
        let other = [bada.id];
        house.tell(&comment_of(&house, &other, None, "2", 1)).await;
        choose(&house, &mina, &[("/types/reply/mail", json!("now"))]).await;
        assert_eq!(told(&house, &bada).await["unread"], 1);
        let parts = house.personal_data();
        assert_eq!(parts.iter().map(|part| part.file).collect::<Vec<_>>(), ["notifications.json"]);
        let taken = (parts[0].read)(mina.id).await.unwrap();
        let at = "2026-11-21T05:30:00.000000Z";
        let one = json!({ "type": "comment", "subject": "thing", "id": "1", "anchor": "comment-1", "first_at": at, "last_at": at, "read_at": null });
        assert_eq!((&taken["notifications"], &taken["truncated"]), (&json!([one]), &json!(false)));
        assert_eq!(taken["preferences"]["types"]["reply"], json!({ "here": true, "mail": "now" }));
        let browser = signed_in(&house, "mina").await;
        browser.post("/account/confirm", &[("password", PASSWORD)]).await.assert_status(302);
        let archive = browser.get("/account/privacy/download").await.assert_status(200);
        assert!(archive.text.contains("notifications.json"), "a file of the archive");
        house.finish().await;
    }
}
