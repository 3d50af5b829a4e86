//! Much at once: told, taken back and read beside each other, and every number still right.

use futures_util::future::join_all;
use hanok_db::{DbError, params};
use hanok_testkit::Person;

use crate::{House, comment_of, house, told};

/// Tells of a comment as a handler does: what the store refuses for now comes again.
async fn tell_until_done(house: &House, people: &[Person], thing: &str, number: u32) {
    let to: Vec<_> = people.iter().map(|person| person.id).collect();
    let telling = comment_of(house, &to, None, thing, number);
    loop {
        match house.try_tell(std::slice::from_ref(&telling)).await {
            Err(error) if error.is_temporary() => {}
            done => return done.unwrap(),
        }
    }
}

async fn withdraw_until_done(house: &House, source: &str) {
    loop {
        match house.try_withdraw(source).await {
            Err(error) if error.is_temporary() => {}
            done => return done.unwrap(),
        }
    }
}

async fn one(house: &House, sql: &'static str, person: &Person) -> i64 {
    let id = person.id;
    let read = house
        .app
        .db
        .read::<_, DbError, _>(async move |conn| conn.one(sql, params![id]).await);
    read.await.unwrap()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn numbers_and_counts_are_right_whatever_happens_beside_each_other(db: Db) {
        const UNREAD: &str = "SELECT COUNT(*) FROM notification WHERE account_id = $1 AND read_at IS NULL AND withdrawn_at IS NULL";
        const SOURCES: &str = "SELECT COUNT(*) FROM notification_source WHERE account_id = $1";
        const NUMBERS: &str = "SELECT c.seq - COALESCE((SELECT MAX(n.seq) FROM notification n WHERE n.account_id = c.account_id), 0) \
            FROM notification_counter c WHERE c.account_id = $1";
        let house = house(db).await;
        let people = [house.person("mina").await, house.person("bada").await, house.person("sol").await];
        let reader = house.app.client().of(&people[0]);
        let things = ["1", "2", "3", "4"];
        let tells = things.map(|thing| {
            let (house, people) = (&house, &people);
            // One subject's events come in their order.
            async move {
                for number in 0..10 {
                    tell_until_done(house, people, thing, number).await;
                    if number % 2 == 1 {
                        withdraw_until_done(house, &format!("comment:{thing}:{number}")).await;
                    }
                }
            }
        });
        let reads = (0..5).map(|_| async { reader.post("/api/v1/notifications/read-all").await.assert_status(204); });
        tokio::join!(join_all(tells), join_all(reads));
        for (person, reads) in people.iter().zip([true, false, false]) {
            let unread = one(&house, UNREAD, person).await;
            assert_eq!(told(&house, person).await["unread"], unread);
            assert_eq!(one(&house, NUMBERS, person).await, 0, "the last number is the newest change's");
            let sources = one(&house, SOURCES, person).await;
            assert!(if reads { sources >= 20 } else { sources == 20 && unread == 4 }, "{sources} {unread}");
        }
        house.finish().await;
    }
}
