//! Two processes over one store.

use std::sync::Arc;

use hanok_db::{Db, DbError};
use hanok_events::{Engine, Handler};

use super::recorder::{Fault, Recorder};
use crate::house::{House, SETS};

/// Two processes with handlers of one name, each recording what it was given itself.
async fn two_processes(db: &Db) -> Result<[(House, Engine, Arc<Recorder>); 2], DbError> {
    let first = House::new(db);
    let second = House::sharing(&db.reopen(|_| {}).await?, &first.clock, 2);
    let ours = Recorder::new("recorder");
    let theirs = ours.elsewhere();
    Ok([(first, ours), (second, theirs)].map(|(house, recorder)| {
        let engine = house.engine_for(&[recorder.clone() as Arc<dyn Handler>]);
        (house, engine, recorder)
    }))
}

hanok_db::both_engines! {
    sets(SETS);

    async fn one_process_relays_until_it_falls_silent(db: Db) {
        let [(house, first, ours), (_, second, theirs)] = two_processes(&db).await?;
        house.publish(&["a1"]).await?;
        first.settle().await?;
        house.publish(&["a2"]).await?;
        second.settle().await?;
        assert_eq!((ours.tried().len(), theirs.tried().len()), (1, 0));

        house.advance(house.config.lease_seconds - 1);
        second.settle().await?;
        assert_eq!(theirs.tried().len(), 0);
        house.advance(1);
        second.settle().await?;
        assert_eq!(theirs.tried(), ["a2"]);

        house.publish(&["a3"]).await?;
        first.settle().await?;
        assert_eq!(ours.tried().len(), 0);
        second.settle().await?;
        assert_eq!(theirs.tried(), ["a3"]);
    }

    async fn two_that_both_believe_they_have_the_lease_harm_nothing(db: Db) {
        let [(house, first, ours), (_, second, theirs)] = two_processes(&db).await?;
        first.settle().await?;
        house.execute("DELETE FROM lease").await?;
        second.settle().await?;
        let items: Vec<String> =
            (0..120).map(|n| format!("{}{n}", ["a", "b", "c", "d"][n % 4])).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        house.publish(&items).await?;
        ours.fail("b41", Fault::Says);
        theirs.fail("b41", Fault::Says);

        let (one, two) = tokio::join!(first.settle(), second.settle());
        one?;
        two?;
        ours.recover();
        theirs.recover();
        house.advance(3);
        let (one, two) = tokio::join!(first.settle(), second.settle());
        one?;
        two?;
        house.advance(3);
        first.settle().await?;
        second.settle().await?;

        let effects = house.effects("recorder").await?;
        assert_eq!(effects.len(), 120);
        for key in ["a", "b", "c", "d"] {
            let published = items.iter().filter(|item| item.starts_with(key));
            assert!(published.eq(effects.iter().filter(|item| item.starts_with(key))), "{key}");
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM processed").await?, 120);
        let backlog = first.health().await?.backlog;
        assert_eq!((backlog.waiting(), backlog.retries, backlog.dead_letters), (0, 0, 0));
    }
}
