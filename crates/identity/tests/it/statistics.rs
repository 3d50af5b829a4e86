//! A provider's days: counted when they are over, and read by whoever may know of them.

mod functions;
mod reading;

use std::time::Duration;

use crate::kit::House;
use crate::sample::{Sample, Stands};

/// What is kept of the days, by provider and day.
pub type Kept = (String, String, i64, i64, f64, Option<f64>);

pub async fn kept(house: &House) -> Vec<Kept> {
    house
        .rows(
            "SELECT p.name, s.date, s.total_requests, s.completed, s.success_rate, s.avg_processing_seconds \
            FROM service_provider_statistics s JOIN service_provider p ON p.id = s.provider_id ORDER BY p.name, s.date",
        )
        .await
}

fn row(name: &str, date: &str, counts: (i64, i64), rate: f64, mean: Option<f64>) -> Kept {
    (
        name.to_owned(),
        date.to_owned(),
        counts.0,
        counts.1,
        rate,
        mean,
    )
}

/// The days that the trail says were filled.
async fn said(house: &House) -> Vec<String> {
    let lines = house.app.audit_of("ADMIN_ACTION").await.into_iter();
    let filled = lines.filter(|line| line.details["act"] == "statistics_filled");
    filled
        .map(|line| line.details["date"].as_str().unwrap().to_owned())
        .collect()
}

fn distinct(days: &[String]) -> usize {
    days.iter().collect::<std::collections::HashSet<_>>().len()
}

/// The statistics are looked at once, as each minute.
async fn look(house: &House) {
    house.later(60);
    house.app.run_schedules().await;
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn a_day_is_counted_at_ten_past_midnight(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (a, b) = (sample.provider("a").await, sample.provider("b").await);
        let own = sample.own().await;
        // It is 14:30 of the 21st in Seoul.
        for (provider, stands) in [(a, Stands::Completed(10)), (a, Stands::Completed(15)), (a, Stands::Denied), (own, Stands::Completed(1))] {
            sample.asked(provider, None, sample.ago(1), stands).await;
        }
        let overdue = sample.asked(b, None, sample.now(), Stands::Pending).await;
        house.app.clock.advance(Duration::from_mins(9 * 60 + 30 + 8));
        look(&house).await;
        assert_eq!(kept(&house).await, [], "00:09");
        look(&house).await;
        let first = [
            row("a", "2026-11-21", (3, 2), 66.67, Some(12.5)),
            row("b", "2026-11-21", (1, 0), 0.0, None),
        ];
        assert_eq!(kept(&house).await, first, "00:10");
        let stands: String = house.rows("SELECT status FROM auth_transaction WHERE ended_at = expires_at").await.remove(0);
        assert_eq!(stands, "EXPIRED", "{overdue} had its time");
        let filled: Vec<_> = house.app.audit_of("ADMIN_ACTION").await.into_iter().filter(|line| line.details["act"] == "statistics_filled").collect();
        assert_eq!(filled.len(), 1);
        look(&house).await;
        assert_eq!(kept(&house).await, first, "once is enough");
        house.app.finish().await;
    }

    async fn days_that_were_missed_are_caught_up_with(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let shop = sample.provider("shop").await;
        sample.asked(shop, None, sample.ago(40 * 24), Stands::Completed(1)).await;
        look(&house).await;
        assert_eq!(kept(&house).await.len(), 31, "a month at once");
        look(&house).await;
        let kept = kept(&house).await;
        assert_eq!(kept.len(), 40, "{kept:?}");
        assert_eq!(kept[0], row("shop", "2026-10-12", (1, 1), 100.0, Some(1.0)));
        assert_eq!(kept[39], row("shop", "2026-11-20", (0, 0), 0.0, None));
        house.app.finish().await;
    }

    async fn each_day_is_filled_once_and_said_so_once(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let shop = sample.provider("shop").await;
        sample.asked(shop, None, sample.ago(70 * 24), Stands::Completed(1)).await;
        for days in [31, 62, 70] {
            look(&house).await;
            assert_eq!(kept(&house).await.len(), days);
        }
        house.app.db.hand_written("DELETE FROM service_provider_statistics").await.unwrap();
        look(&house).await;
        assert_eq!(kept(&house).await, [], "what is gone is not filled again by itself");
        let said = said(&house).await;
        assert_eq!((said.len(), distinct(&said)), (70, 70));
        house.app.finish().await;
    }

    async fn where_people_only_sign_in_to_hanok_itself_no_day_is_filled_for_ever(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let own = sample.own().await;
        sample.asked(own, None, sample.ago(100 * 24), Stands::Completed(1)).await;
        for _ in 0..3 {
            look(&house).await;
        }
        assert_eq!(said(&house).await, [""; 0]);
        // The first provider is counted from its first request on, also while another has none.
        let shop = sample.provider("shop").await;
        sample.provider("idle").await;
        sample.asked(shop, None, sample.ago(40 * 24), Stands::Completed(1)).await;
        for _ in 0..3 {
            look(&house).await;
        }
        let said = said(&house).await;
        assert_eq!((said.len(), distinct(&said)), (40, 40));
        assert_eq!(kept(&house).await.len(), 80);
        house.app.finish().await;
    }

    async fn a_day_that_was_demanded_is_not_said_again_in_its_turn(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let shop = sample.provider("shop").await;
        sample.asked(shop, None, sample.ago(40 * 24), Stands::Completed(1)).await;
        let origin = hanok_accounts::audit::Origin::system("tests");
        assert_eq!(house.identity.fill_again(&origin, 3, house.app.clock.now()).await.unwrap(), 2);
        for _ in 0..3 {
            look(&house).await;
        }
        assert_eq!(kept(&house).await.len(), 40, "those before it are filled all the same");
        let said = said(&house).await;
        assert_eq!((said.len(), distinct(&said)), (40, 40));
        house.app.finish().await;
    }

    async fn filling_again_corrects_but_forgets_nothing(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let shop = sample.provider("shop").await;
        let request = sample.asked(shop, None, sample.ago(24), Stands::Completed(4)).await;
        let again = async || {
            let origin = hanok_accounts::audit::Origin::system("tests");
            house.identity.fill_again(&origin, 3, house.app.clock.now()).await.unwrap()
        };
        assert_eq!(again().await, 2, "today is not over");
        let empty = row("shop", "2026-11-19", (0, 0), 0.0, None);
        assert_eq!(kept(&house).await, [empty.clone(), row("shop", "2026-11-20", (1, 1), 100.0, Some(4.0))]);
        sample.asked(shop, None, sample.ago(25), Stands::Denied).await;
        again().await;
        let both = row("shop", "2026-11-20", (2, 1), 50.0, Some(4.0));
        assert_eq!(kept(&house).await, [empty.clone(), both.clone()]);
        let gone = async move |tx: &mut hanok_db::Tx| tx.execute("DELETE FROM auth_transaction WHERE id = $1", hanok_db::params![request]).await;
        assert_eq!(house.app.db.write(gone).await?, 1);
        again().await;
        assert_eq!(kept(&house).await, [empty, both]);
        house.app.finish().await;
    }

    async fn what_does_not_add_up_is_refused(db: Db) {
        let house = House::start(db, &[]).await;
        Sample(&house).provider("shop").await;
        let write = async |date: &str, completed: i64| {
            let sql = format!(
                "INSERT INTO service_provider_statistics (provider_id, date, total_requests, completed, failed, expired, \
                processing_micros, filled_at) SELECT id, '{date}', 3, {completed}, 0, 0, 0, 1 FROM service_provider");
            house.app.db.hand_written(&sql).await
        };
        assert!(write("2026-11-20", 4).await.is_err());
        assert!(write("20261120", 3).await.is_err());
        write("2026-11-20", 3).await.unwrap();
        assert!(write("2026-11-20", 2).await.is_err(), "one row for a provider's day");
        house.app.finish().await;
    }

    async fn a_provider_that_goes_takes_its_days_along(db: Db) {
        let house = House::start(db, &[]).await;
        let sample = Sample(&house);
        let (shop, gone) = (sample.provider("shop").await, sample.provider("gone").await);
        sample.asked(shop, None, sample.ago(24), Stands::Completed(1)).await;
        look(&house).await;
        assert_eq!(kept(&house).await.len(), 2);
        let delete = async |name: &str| {
            let sql = format!("DELETE FROM service_provider WHERE name = '{name}'");
            house.app.db.hand_written(&sql).await
        };
        delete("gone").await.unwrap();
        assert!(delete("shop").await.is_err(), "it was asked for, as {gone} was not");
        let orphans: Vec<i64> = house.rows("SELECT COUNT(*) FROM service_provider_statistics").await;
        assert_eq!(orphans, [1]);
        house.app.finish().await;
    }
}
