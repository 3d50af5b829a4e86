//! The views for people with SQL.

use std::time::Duration;

use hanok_base::Timestamp;

use crate::kit::House;
use crate::sample::{Sample, Stands};

/// The real time to the second, which some views go by, in the middle of an hour of UTC.
fn real_noon(house: &House) -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the views ask the database for the time"
    )]
    let now = jiff::Timestamp::now().as_microsecond();
    let noon = Timestamp::from_micros(now - now % 3_600_000_000);
    house.app.clock.set(noon);
    noon
}

/// Id, name, phone, CI, DI, when the account was made, its last sign-in, and whether it is active.
type Masked = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    Option<String>,
    bool,
);
/// A day, its requests, how they ended and how many still wait, the success rate and the mean seconds.
type DayRow = (String, i64, i64, i64, i64, i64, f64, Option<f64>);

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn people_are_shown_masked(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("shop").await;
        let (person, phone) = house.paired("haneul").await;
        let asked = shop.ask(&person).await;
        house.confirm(&phone, &asked, &person.pin).await.assert_status(200);
        shop.result(&asked).await.assert_status(200);
        Sample(&house).person("bada").await;
        let rows: Vec<Masked> = house.rows(
            "SELECT CAST(id AS TEXT), username, phone_number, ci, di, created_at, last_login, is_active FROM v_user_masked ORDER BY username").await;
        let [bada, haneul] = rows.try_into().unwrap();
        assert_eq!((bada.1.as_str(), bada.2.as_deref(), bada.3, bada.4), ("bada", Some("010-****-1234"), None, None));
        assert_eq!((bada.5.as_str(), bada.6, bada.7), ("2023-11-14T22:13:20.000Z", None, true));
        assert_eq!(haneul.0, person.id.to_string());
        let masked = format!("010-****-{}", person.phone.split('-').next_back().unwrap());
        assert_eq!((haneul.2, haneul.4.as_deref()), (Some(masked), Some("********")));
        house.app.finish().await;
    }

    async fn days_and_providers_add_up(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (shop, idle) = (sample.provider("shop").await, sample.provider("idle").await);
        for (hours, stands) in [(0, Stands::Completed(10)), (0, Stands::Completed(20)), (1, Stands::Denied), (30, Stands::Expired)] {
            sample.asked(shop, None, sample.ago(hours), stands).await;
        }
        let days: Vec<DayRow> = house.rows(
            "SELECT date, total_requests, completed, failed, expired, pending, success_rate, avg_processing_seconds \
            FROM v_auth_statistics ORDER BY date").await;
        assert_eq!(days, [
            ("2026-11-19".to_owned(), 1, 0, 0, 1, 0, 0.0, None),
            ("2026-11-21".to_owned(), 3, 2, 1, 0, 0, 66.67, Some(15.0)),
        ]);
        let services: Vec<(String, String, i64, i64, f64)> = house.rows(
            "SELECT CAST(service_id AS TEXT), service_name, total_requests, completed, success_rate FROM v_service_success_rate ORDER BY service_name").await;
        assert_eq!(services, [
            (idle.to_string(), "idle".to_owned(), 0, 0, 0.0),
            (shop.to_string(), "shop".to_owned(), 4, 2, 50.0),
        ]);
        house.app.finish().await;
    }

    async fn the_trail_is_summed_up_by_day_and_action(db: Db) {
        let house = House::start(db, &[]).await;
        let shop = house.polling_shop("shop").await;
        let (one, two) = (house.app.person("one").await, house.app.person("two").await);
        for person in [&one, &two, &two] {
            shop.ask(person).await;
        }
        let rows: Vec<(String, i64, i64, String)> = house.rows(
            "SELECT date, total, people, last_at FROM v_audit_summary WHERE action = 'AUTH_REQUEST'").await;
        assert_eq!(rows, [("2026-11-21".to_owned(), 3, 2, "2026-11-21T05:30:00.000Z".to_owned())]);
        house.app.finish().await;
    }

    async fn who_fails_three_times_in_a_week_is_suspicious(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        real_noon(&house);
        let (shop, often, seldom) = (sample.provider("shop").await, sample.person("often").await, sample.person("seldom").await);
        for hours in [1, 50, 6 * 24] {
            sample.asked(shop, Some(often), sample.ago(hours), Stands::Denied).await;
            sample.asked(shop, Some(seldom), sample.ago(hours + 2 * 24), Stands::Denied).await;
        }
        let rows: Vec<(String, String, i64)> = house.rows("SELECT CAST(id AS TEXT), username, failures FROM v_suspicious_users").await;
        assert_eq!(rows, [(often.to_string(), "often".to_owned(), 3)]);
        house.app.finish().await;
    }

    async fn the_last_day_is_shown_hour_by_hour(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let noon = real_noon(&house);
        let shop = sample.provider("shop").await;
        for (minutes, stands) in [(0, Stands::Completed(1)), (120, Stands::Completed(1)), (119, Stands::Denied), (118, Stands::Denied), (27 * 60, Stands::Denied)] {
            sample.asked(shop, None, noon.minus(Duration::from_mins(minutes)), stands).await;
        }
        let rows: Vec<(String, i64, i64, i64, f64)> = house.rows(
            "SELECT date, hour, total_requests, completed, success_rate FROM v_hourly_requests ORDER BY date, hour").await;
        let hour = |at: Timestamp| {
            let text = at.to_rfc3339();
            let (date, time) = text.split_once('T').unwrap();
            (date.to_owned(), time.split(':').next().unwrap().parse::<i64>().unwrap())
        };
        let (early, late) = (hour(noon.minus(Duration::from_hours(2))), hour(noon));
        assert_eq!(rows, [(early.0, early.1, 3, 1, 33.33), (late.0, late.1, 1, 1, 100.0)]);
        house.app.finish().await;
    }

    async fn what_waits_is_shown_until_its_time_passes(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        #[expect(clippy::disallowed_methods, reason = "the views ask the database for the time")]
        let now = Timestamp::from_micros(jiff::Timestamp::now().as_microsecond());
        let (shop, person) = (sample.provider("shop").await, sample.person("haneul").await);
        // Far enough ahead that the test may take its time.
        let waits = sample.asked(shop, Some(person), now.plus(Duration::from_hours(1)), Stands::Pending).await;
        sample.asked(shop, Some(person), now.minus(Duration::from_mins(4)), Stands::Pending).await;
        sample.asked(shop, Some(person), now.plus(Duration::from_hours(1)), Stands::Denied).await;
        let rows: Vec<(String, String, String, String, i64)> = house.rows(
            "SELECT CAST(id AS TEXT), service_name, username, phone_number, seconds_left FROM v_pending_transactions").await;
        assert_eq!(rows.len(), 1);
        let (id, service, who, phone, left) = &rows[0];
        assert_eq!((id, service.as_str(), who.as_str(), phone.as_str()), (&waits.to_string(), "shop", "haneul", "010-****-1234"));
        assert!((1..=3_600 + 180).contains(left), "{left}");
        house.app.finish().await;
    }
}
