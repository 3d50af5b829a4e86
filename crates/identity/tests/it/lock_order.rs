//! Every unit locks in one order: account, phone limits, transactions by id. On PostgreSQL another order
//! deadlocks, and `scripts/with-postgres` fails when its log says so.

use futures_util::future::{join, join_all};
use hanok_testkit::{Person, TestApp};
use hanok_web::Ctx;
use serde_json::json;

use crate::kit::{Asked, House};

async fn unlimited(db: hanok_db::Db) -> House {
    House::build(
        TestApp::builder(db),
        &[],
        |config| {
            config.per_phone_10min = 100_000;
            config.per_phone_provider_10min = 100_000;
            config.per_phone_provider_day = 100_000;
        },
        |_| {},
    )
    .await
}

/// Lets the person try on: an attempt whose request is gone when its PIN is known stays spent.
async fn forget_attempts(house: &House, person: &Person) {
    let ctx = Ctx::program("tests", house.app.clock.now());
    house.app.accounts.unlock(&ctx, person.id).await.unwrap();
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn who_confirms_while_the_provider_asks_again_is_answered_at_once(db: Db) {
        let house = unlimited(db).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let mut asked = shop.ask(&person).await;
        for _ in 0..60 {
            house.app.clock.advance(std::time::Duration::from_millis(1));
            let (confirmed, again) = join(house.confirm(&phone, &asked, &person.pin), shop.request(&person.phone)).await;
            let status = confirmed.status.as_u16();
            assert!([200, 400].contains(&status), "{}", confirmed.text);
            asked = Asked::new(&again.assert_status(201));
            forget_attempts(&house, &person).await;
        }
        house.app.finish().await;
    }

    async fn a_lock_while_many_providers_ask_again_holds_nobody_up(db: Db) {
        let house = unlimited(db).await;
        let (person, phone) = house.paired("haneul").await;
        let mut shops = Vec::new();
        for number in 0..8 {
            let settings = json!({ "delivery": "poll", "site_code": format!("SHOP-{number}") });
            shops.push(house.provider(&format!("Shop {number}"), settings).await);
        }
        for _ in 0..6 {
            let asked = join_all(shops.iter().map(|shop| shop.ask(&person))).await;
            house.app.clock.advance(std::time::Duration::from_millis(1));
            let guesses = join_all(asked.iter().take(5).map(|asked| house.confirm(&phone, asked, "135792")));
            let again = join_all(shops.iter().map(|shop| shop.request(&person.phone)));
            let sweep = house.identity.expire_overdue();
            let (guesses, (again, swept)) = join(guesses, join(again, sweep)).await;
            swept.unwrap();
            assert!(again.iter().all(|answer| answer.status == 201));
            let statuses: Vec<u16> = guesses.iter().map(|answer| answer.status.as_u16()).collect();
            assert!(statuses.iter().all(|status| [400, 401, 423].contains(status)), "{statuses:?}");
            forget_attempts(&house, &person).await;
        }
        house.app.finish().await;
    }
}
