//! The topic `notifications`: what changed, by ids and public words alone, in the order in which it did.

use hanok_db::DbError;
use serde_json::{Value, json};

use crate::{House, comment, house, told};

/// What was published, the oldest first: key, type and value.
async fn published(house: &House) -> Vec<(String, String, Value)> {
    const SQL: &str = "SELECT event_key, event_type, payload FROM outbox WHERE topic = 'notifications' ORDER BY serial";
    let read = house
        .app
        .db
        .read::<_, DbError, _>(async |conn| conn.all(SQL, &[]).await);
    let rows: Vec<(String, String, String)> = read.await.unwrap();
    let rows = rows.into_iter();
    rows.map(|(key, kind, payload)| (key, kind, serde_json::from_str(&payload).unwrap()))
        .collect()
}

hanok_db::both_engines! {
    sets(&crate::sets());

    async fn every_change_is_published_under_its_person_without_titles_and_names(db: Db) {
        let house = house(db).await;
        let (mina, bada) = (house.person("mina").await, house.person("bada").name("김바다").await);
        comment(&house, &mina, &bada, "1", 1).await;
        comment(&house, &mina, &bada, "1", 2).await;
        house.rename("1", "비밀 제목");
        let id = told(&house, &mina).await["notifications"][0]["id"].clone();
        house.withdraw("comment:1:2").await;
        house.withdraw("comment:1:1").await;
        let value = |seq: i64| json!({
            "id": id, "seq": seq, "type": "comment", "receiver": "mina", "timestamp": "2026-11-21T14:30:00.000+09:00",
        });
        let of = |kind: &str, seq| (mina.id.to_string(), kind.to_owned(), value(seq));
        let (told, gone) = ("notification.told", "notification.withdrawn");
        assert_eq!(published(&house).await, [of(told, 1), of(told, 2), of(told, 3), of(gone, 4)]);
        house.finish().await;
    }
}
