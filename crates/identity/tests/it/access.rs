//! Every route of identity, as every role and as nobody.

use hanok_accounts::App;
use hanok_identity::IdentityApp;
use hanok_testkit::access::assert_access;

use crate::kit::House;

/// One line a route; a route that has none fails the test.
const TABLE: &str = include_str!("access.toml");

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn every_route_answers_every_role_as_the_table_says(db: Db) {
        let house = House::start(db, &[]).await;
        let routes = IdentityApp(house.identity.clone()).routes();
        assert_access(&house.app, routes.entries(), TABLE).await;
        house.app.finish().await;
    }
}
