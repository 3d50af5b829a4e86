//! Whoever may no longer stay is shown out at once, and nobody else is.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_testkit::wire::{Heard, Wire};
use hanok_testkit::{Person, Phone};
use hanok_web::Ctx;
use tokio::time::timeout;

use crate::kit::House;

/// What is promised.
const AT_ONCE: Duration = Duration::from_secs(2);

/// A person with a socket by token and one by phone.
struct Seated {
    person: Person,
    phone: Phone,
    session: Wire,
    device: Wire,
}

async fn seated(house: &House, name: &str) -> Seated {
    let (person, phone) = house.paired(name).await;
    Seated {
        session: Wire::of(&house.app, &person).await,
        device: Wire::of_phone(&house.app, &phone).await,
        person,
        phone,
    }
}

async fn assert_closed(wire: &mut Wire) {
    let heard = timeout(AT_ONCE, wire.hear()).await;
    assert_eq!(heard.ok(), Some(Heard::Closed));
}

async fn assert_open(wire: &mut Wire) {
    wire.send("421[\"sync\",{}]").await;
    assert!(matches!(wire.hear().await, Heard::Acknowledged(_)));
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn signing_out_closes_the_session_s_socket_within_two_seconds(db: Db) {
        let house = House::start(db, &[]).await;
        let mut one = seated(&house, "haneul").await;
        let mut other = seated(&house, "bada").await;
        house.app.client().of(&one.person).post("/api/v1/auth/logout").await.assert_status(204);
        assert_closed(&mut one.session).await;
        assert_open(&mut one.device).await;
        assert_open(&mut other.session).await;
        house.app.finish().await;
    }

    async fn a_lock_and_a_switched_off_account_close_every_socket_within_two_seconds(db: Db) {
        let house = House::start(db, &[]).await;
        let mut other = seated(&house, "bada").await;
        for (name, status) in [("haneul", AccountStatus::Locked), ("doyun", AccountStatus::Disabled)] {
            let mut one = seated(&house, name).await;
            let ctx = Ctx::program("tests", house.app.clock.now());
            assert!(house.app.accounts.set_status(&ctx, one.person.id, status).await.unwrap());
            assert_closed(&mut one.session).await;
            assert_closed(&mut one.device).await;
        }
        assert_open(&mut other.session).await;
        assert_open(&mut other.device).await;
        house.app.finish().await;
    }

    async fn a_revoked_phone_s_socket_closes_within_two_seconds_and_the_session_s_stays(db: Db) {
        let house = House::start(db, &[]).await;
        let mut one = seated(&house, "haneul").await;
        let path = format!("/api/v1/me/devices/{}", one.phone.device_id());
        house.app.client().of(&one.person).delete(&path).await.assert_status(204);
        assert_closed(&mut one.device).await;
        assert_open(&mut one.session).await;
        house.app.finish().await;
    }
}
