//! What other apps may ask on behalf of who owns providers.

use hanok_accounts::App;
use hanok_accounts::app::of_viewer;
use hanok_accounts::audit::read::{self, AuditLine, Search, Sight, Whose};
use hanok_db::{Db, PageRequest, params};
use hanok_identity::IdentityApp;
use uuid::Uuid;

use super::Keeper;
use crate::kit::House;

async fn ids(house: &House, sql: &'static str, viewer: Uuid) -> Vec<Uuid> {
    let sql = of_viewer(sql, "$1");
    let read = house
        .app
        .db
        .read(async move |conn| conn.all(&sql, params![viewer]).await);
    read.await.unwrap()
}

/// The rows that a reader of this sight finds.
async fn trail(house: &House, whose: Whose, sight: Sight) -> Vec<AuditLine> {
    let search = Search {
        whose,
        ..Search::default()
    };
    let page = PageRequest::new(Some(100), None).unwrap();
    let read = house
        .app
        .db
        .read(async move |conn| read::search(conn, &search, sight, None, (&page, false)).await);
    let (page, _) = read.await.unwrap();
    page.items
}

async fn house(db: Db) -> House {
    House::start(db, &[]).await
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn an_owner_may_see_who_approved_and_nobody_else(db: Db) {
        let house = house(db).await;
        let keeper = Keeper::of(&house, "keeper", "service_admin").await;
        let (approved, denied, elsewhere) = (
            house.app.person("approved").await, house.app.person("denied").await, house.app.person("elsewhere").await,
        );
        let (own, other) = (house.polling_shop("A").await, house.polling_shop("B").await);
        let (id, owner): (Uuid, Uuid) = (own.id.parse().unwrap(), keeper.person.id.uuid());
        house.app.db.write::<_, hanok_db::DbError, _>(async move |tx| {
            tx.execute("UPDATE service_provider SET owner_id = $2 WHERE id = $1", params![id, owner]).await
        }).await.unwrap();
        for (shop, person) in [(&own, &approved), (&other, &elsewhere)] {
            let asked = shop.ask(person).await;
            house.confirm_by_session(person, &asked).await.assert_status(200);
        }
        let asked = own.ask(&denied).await;
        let body = serde_json::json!({ "transaction_id": asked.id });
        house.app.client().of(&denied).post("/api/v1/auth/deny").json(body).await.assert_status(200);
        let app = IdentityApp(house.identity.clone());
        let people = ids(&house, app.answered_people().unwrap(), owner).await;
        assert_eq!(people, [approved.id.uuid()]);
        assert_eq!(ids(&house, app.owned_providers().unwrap(), owner).await, [id]);
        assert!(ids(&house, app.answered_people().unwrap(), approved.id.uuid()).await.is_empty());
        let requests = ids(&house, app.approved_requests().unwrap(), owner).await;
        assert_eq!(requests.len(), 1);
        let sight = Sight::Own {
            viewer: keeper.person.id,
            providers: app.owned_providers(),
            people: app.answered_people(),
            approved: app.approved_requests(),
        };
        // Who once approved is not known for it in what they refuse.
        let asked = own.ask(&approved).await;
        let body = serde_json::json!({ "transaction_id": asked.id });
        house.app.client().of(&approved).post("/api/v1/auth/deny").json(body).await.assert_status(200);
        for (whose, named) in [(Whose::Anybody, requests[0]), (Whose::Person(approved.id), requests[0])] {
            let lines = trail(&house, whose, sight).await;
            let of_people = lines.iter().filter(|line| line.subject.is_some() || line.actor.is_some());
            let of_people: Vec<_> = of_people.map(|line| line.target.as_ref().map(|(_, id)| *id)).collect();
            assert!(!of_people.is_empty() && of_people.iter().all(|target| *target == Some(named)), "{lines:?}");
            assert_eq!(lines.len() == of_people.len(), whose != Whose::Anybody, "{lines:?}");
        }
        house.app.finish().await;
    }
}
