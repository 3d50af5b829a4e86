//! Every route of the floor, of accounts and of identity, as every role and as nobody.

use hanok_testkit::access::assert_access;

use crate::kit::House;

/// One line a route; a route that has none fails the test.
const TABLE: &str = include_str!("access.toml");

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn every_route_answers_every_role_as_the_table_says(db: Db) {
        let house = House::start(db, &[]).await;
        assert_access(&house.app, &house.app.entries, TABLE).await;
        house.app.finish().await;
    }
}
