//! Several processes in one group.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use hanok_db::DbError;
use hanok_events::Handler;

use crate::broker::shared;
use crate::house::{House, SETS, assert_in_order, until};
use crate::recorder::Recorder;

hanok_db::both_engines! {
    sets(SETS);

    async fn two_processes_share_the_partitions_and_one_takes_over_when_the_other_dies(db: Db) {
        let Some(address) = shared() else { return Ok(()) };
        let (first, here) = (House::new(&db, &address), Recorder::new("recorder"));
        let (second, there) = (House::with(&db, first.config.clone()), here.elsewhere());
        let (over, rows) = (AtomicBool::new(false), AtomicU32::new(0));
        // Events of eight keys keep coming, whoever lives.
        let publishing = async {
            while !over.load(Ordering::SeqCst) {
                let row = rows.fetch_add(1, Ordering::SeqCst) + 1;
                let items: Vec<String> = "abcdefgh".chars().map(|key| format!("{key}{row}")).collect();
                let items: Vec<&str> = items.iter().map(String::as_str).collect();
                first.publish(&items).await?;
            }
            Ok::<_, DbError>(())
        };
        let living = async {
            let one = first.engine(&[here.clone() as Arc<dyn Handler>]).start();
            until(async || Ok(!here.tried().is_empty())).await.unwrap();
            let other = second.engine(&[there.clone() as Arc<dyn Handler>]).start();
            until(async || Ok(there.tried().len() > 20)).await.unwrap();
            one.kill().await;
            let (alone, seen) = (there.tried().len(), here.tried().len());
            // It handles every key now: what only the first had, too.
            until(async || Ok("abcdefgh".chars().all(|key| {
                there.tried()[alone..].iter().any(|item| item.starts_with(key))
            }))).await.unwrap();
            over.store(true, Ordering::SeqCst);
            (other, seen)
        };
        let (published, (other, seen)) = tokio::join!(publishing, living);
        published?;
        let expected = usize::try_from(rows.load(Ordering::SeqCst)).unwrap() * 8;
        let effects = first.effects_of("recorder", expected).await?;
        other.shutdown().await;
        assert!(seen > 0 && effects.len() == expected, "{seen} {}", effects.len());
        assert_in_order(&effects);
    }
}
