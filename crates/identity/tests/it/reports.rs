//! What each report tells.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use hanok_accounts::AccountId;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_base::Timestamp;
use hanok_db::DbError;
use hanok_identity::report::{
    CiDiReveals, FailingPeople, HoursOfToday, LatestCompletions, ManyAddresses, ProviderDays,
    ProviderSuccess,
};
use serde_json::json;
use uuid::Uuid;

use crate::kit::House;
use crate::sample::{Sample, Stands};

/// Where the organisation is that was never set up.
fn seoul() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Asia/Seoul").unwrap()
}

/// An act of which `details` are known, from this address.
async fn acted(house: &House, action: Action, whose: Uuid, from: u8, details: serde_json::Value) {
    let audit = house.identity.accounts.audit.clone();
    let origin = Origin {
        actor: None,
        address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, from))),
        agent: String::new(),
        request_id: "r".to_owned(),
    };
    let entry = Entry::new(action)
        .subject(AccountId::from_uuid(whose))
        .details(details);
    let db = &house.app.db;
    db.write::<_, DbError, _>(async move |tx| audit.record(tx, &origin, entry).await)
        .await
        .unwrap();
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn provider_success_tells_of_thirty_days_and_ten_requests(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (busy, idle) = (sample.provider("busy").await, sample.provider("idle").await);
        let own = sample.own().await;
        for seconds in [10, 20, 30, 40, 50, 60, 70] {
            sample.asked(busy, None, sample.ago(24), Stands::Completed(seconds)).await;
        }
        for stands in [Stands::Denied, Stands::Expired, Stands::Pending] {
            sample.asked(busy, None, sample.ago(700), stands).await;
        }
        sample.asked(busy, None, sample.ago(30 * 24 + 1), Stands::Completed(1)).await;
        for n in 0..10 {
            sample.asked(own, None, sample.ago(n), Stands::Completed(1)).await;
            if n > 0 {
                sample.asked(idle, None, sample.ago(n), Stands::Completed(1)).await;
            }
        }
        let rows = house.identity.report(ProviderSuccess::until(sample.now())).await.unwrap();
        let told = serde_json::to_value(&rows).unwrap();
        assert_eq!(told, json!([{
            "provider_id": busy, "provider_name": "busy", "total_requests": 10, "completed": 7, "failed": 1,
            "expired": 1, "success_rate": 70.0, "avg_processing_seconds": 40.0,
        }]));
        house.app.finish().await;
    }

    async fn failing_people_have_three_failures_in_seven_days(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (shop, worst) = (sample.provider("shop").await, sample.person("worst").await);
        let (third, lucky) = (sample.person("third").await, sample.person("lucky").await);
        for hours in [1, 2, 3, 100] {
            sample.asked(shop, Some(worst), sample.ago(hours), Stands::Denied).await;
            sample.asked(shop, None, sample.ago(hours), Stands::Denied).await;
        }
        for hours in [1, 7 * 24 - 1, 7 * 24 + 1] {
            sample.asked(shop, Some(lucky), sample.ago(hours), Stands::Denied).await;
            sample.asked(shop, Some(third), sample.ago(hours % 7 + 20), Stands::Denied).await;
        }
        sample.asked(shop, Some(lucky), sample.ago(1), Stands::Expired).await;
        let rows = house.identity.report(FailingPeople::until(sample.now())).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.username.as_str(), row.failures, row.denied, row.not_confirmed)).collect();
        assert_eq!(told, [("worst", 4, 4, 0), ("third", 3, 3, 0)]);
        assert_eq!(rows[0].last_at, sample.ago(1).plus(Duration::from_secs(5)));
        assert_eq!(rows[0].account_id.uuid(), worst);
        house.app.finish().await;
    }

    async fn hours_of_today_are_the_organisations_empty_ones_included(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (shop, own) = (sample.provider("shop").await, sample.own().await);
        // It is 14:30 in Seoul.
        for (minutes, stands) in [(14 * 60 + 30, Stands::Completed(3)), (30, Stands::Denied), (30, Stands::Completed(3)), (29, Stands::Expired)] {
            let at = sample.now().minus(Duration::from_mins(minutes));
            sample.asked(shop, None, at, stands).await;
            sample.asked(own, None, at, stands).await;
        }
        let yesterday = sample.now().minus(Duration::from_mins(14 * 60 + 31));
        sample.asked(shop, None, yesterday, Stands::Completed(3)).await;
        let rows = house.identity.report(HoursOfToday::at(sample.now(), &seoul())).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.hour, row.tally.total_requests, row.tally.completed)).collect();
        let expected: Vec<_> = (0..24).map(|hour| match hour {
            0 => (0, 1, 1),
            14 => (14, 3, 1),
            _ => (hour, 0, 0),
        }).collect();
        assert_eq!(told, expected);
        let rates = [0, 1, 14].map(|hour: usize| format!("{:.2}", rows[hour].tally.success_rate));
        assert_eq!(rates, ["100.00", "0.00", "33.33"]);
        house.app.finish().await;
    }

    async fn provider_days_add_up_to_subtotals_and_a_grand_total(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (a, b) = (sample.provider("a").await, sample.provider("b").await);
        let own = sample.own().await;
        for (provider, hours, stands) in [
            (a, 1, Stands::Completed(3)), (a, 2, Stands::Denied), (a, 24, Stands::Completed(5)), (b, 6 * 24 + 14, Stands::Expired),
            (b, 6 * 24 + 15, Stands::Completed(1)), (own, 1, Stands::Completed(1)),
        ] {
            sample.asked(provider, None, sample.ago(hours), stands).await;
        }
        let rows = house.identity.report(ProviderDays::until(sample.now(), &seoul())).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| {
            (row.provider_name.as_deref(), row.date.as_deref(), row.tally.total_requests, row.tally.completed, row.tally.failed, row.tally.expired)
        }).collect();
        assert_eq!(told, [
            (Some("a"), Some("2026-11-20"), 1, 1, 0, 0),
            (Some("a"), Some("2026-11-21"), 2, 1, 1, 0),
            (Some("a"), None, 3, 2, 1, 0),
            (Some("b"), Some("2026-11-15"), 1, 0, 0, 1),
            (Some("b"), None, 1, 0, 0, 1),
            (None, None, 4, 2, 1, 1),
        ]);
        assert_eq!(rows[5].tally.avg_processing_seconds, Some(4.0));
        house.app.finish().await;
    }

    async fn provider_days_of_nothing_is_a_grand_total_of_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let now = house.app.clock.now();
        let rows = house.identity.report(ProviderDays::until(now, &seoul())).await.unwrap();
        assert_eq!((rows.len(), rows[0].tally.total_requests, rows[0].date.as_deref()), (1, 0, None));
        house.app.finish().await;
    }

    async fn latest_completions_are_five_each_ranked_by_volume(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (shop, own) = (sample.provider("shop").await, sample.own().await);
        let (most, some) = (sample.person("most").await, sample.person("some").await);
        let (same, none) = (sample.person("same").await, sample.person("none").await);
        for hours in 1..=7 {
            sample.asked(shop, Some(most), sample.ago(hours), Stands::Completed(2)).await;
            sample.asked(shop, Some(none), sample.ago(hours), Stands::Denied).await;
        }
        for person in [some, same] {
            sample.asked(own, Some(person), sample.ago(5), Stands::Completed(2)).await;
            sample.asked(shop, Some(person), sample.ago(9), Stands::Completed(2)).await;
            sample.asked(shop, Some(person), sample.ago(90 * 24 + 1), Stands::Completed(2)).await;
        }
        let rows = house.identity.report(LatestCompletions::until(sample.now())).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.rank, row.completions, row.sequence)).collect();
        assert_eq!(told, [(1, 7, 1), (1, 7, 2), (1, 7, 3), (1, 7, 4), (1, 7, 5), (2, 2, 1), (2, 2, 2), (2, 2, 1), (2, 2, 2)]);
        let (first, last) = (&rows[0], &rows[8]);
        assert_eq!((first.username.as_str(), first.completed_at), ("most", sample.ago(1).plus(Duration::from_secs(2))));
        assert_eq!((rows[5].provider_name.as_str(), last.provider_name.as_str()), ("hanok", "shop"));
        house.app.finish().await;
    }

    async fn latest_completions_end_after_a_hundred_rows(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let shop = sample.provider("shop").await;
        for n in 0..30_usize {
            let name: &'static str = format!("p{n:02}").leak();
            let person = sample.person(name).await;
            for hours in 1..=4 {
                sample.asked(shop, Some(person), sample.ago(hours), Stands::Completed(1)).await;
            }
        }
        let rows = house.identity.report(LatestCompletions::until(sample.now())).await.unwrap();
        assert_eq!(rows.len(), 100);
        assert!(rows.iter().all(|row| row.rank == 1 && row.completions == 4));
        house.app.finish().await;
    }

    async fn reveals_of_a_day_say_whose_and_what(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("A 쇼핑몰").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        shop.result(&asked).await.assert_status(200);
        house.later(60);
        let told = house.identity.report(CiDiReveals::until(house.app.clock.now())).await.unwrap();
        assert_eq!(told.len(), 1);
        let reveal = &told[0];
        assert_eq!((reveal.username.as_deref(), reveal.provider_name.as_deref()), (Some("haneul"), Some("A 쇼핑몰")));
        assert_eq!(reveal.account_id, Some(person.id));
        assert_eq!(serde_json::to_value(reveal).unwrap()["details"], json!({ "values": ["di"] }));
        house.later(24 * 3_600);
        let none = house.identity.report(CiDiReveals::until(house.app.clock.now())).await.unwrap();
        assert!(none.is_empty(), "{none:?}");
        house.app.finish().await;
    }

    async fn accounts_tried_from_many_addresses_stand_out(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let [often, few, home, anew] = [sample.person("often").await, sample.person("few").await, sample.person("home").await, sample.person("anew").await];
        let plain = || json!({});
        for address in [1, 1, 2, 3, 4] {
            let action = if address == 4 { Action::UserLogin } else { Action::UserLoginFailed };
            acted(&house, action, often, address, plain()).await;
            acted(&house, Action::UserLoginFailed, home, address % 2, plain()).await;
            acted(&house, Action::AuthFailed, anew, address, json!({ "reason": "superseded" })).await;
            if address > 1 {
                acted(&house, Action::AuthFailed, few, address, json!({ "reason": "denied" })).await;
            }
        }
        house.later(1);
        let at = |now: Timestamp| house.identity.report(ManyAddresses::until(now));
        let rows = at(house.app.clock.now()).await.unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = &rows[0];
        assert_eq!((row.username.as_str(), row.addresses, row.attempts, row.refused), ("often", 4, 5, 4));
        house.later(3_600);
        assert!(at(house.app.clock.now()).await.unwrap().is_empty());
        house.app.finish().await;
    }
}
