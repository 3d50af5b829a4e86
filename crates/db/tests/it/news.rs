//! News between processes on one database.

#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use hanok_base::shared::{Fanout, News};
use hanok_db::testing::{on_postgres, on_sqlite};
use hanok_db::{Db, DbError};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_secs(30);
const GAP: &str = "a gap";

struct Process {
    fanout: Arc<dyn Fanout>,
    heard: UnboundedReceiver<String>,
}

impl Process {
    fn on(db: &Db) -> Self {
        let fanout = db.fanout("house").expect("PostgreSQL carries news");
        let (said, heard) = unbounded_channel();
        let listening = Arc::new(move |news: News<'_>| {
            let told = match news {
                News::Text(text) => text,
                News::Gap => GAP,
            };
            // The test may be over.
            let _ = said.send(told.to_owned());
        });
        fanout.subscribe("news", listening);
        Self { fanout, heard }
    }

    async fn hears(&mut self) -> String {
        let heard = timeout(PATIENCE, self.heard.recv()).await;
        heard.expect("in time").expect("a living fan-out")
    }

    /// Waits until what `other` says arrives here: both are connected then.
    async fn meet(&mut self, other: &Self) {
        let met = async {
            loop {
                other.fanout.publish("news", "hello".to_owned());
                let answer = timeout(Duration::from_millis(50), self.heard.recv()).await;
                if let Ok(Some(heard)) = answer
                    && heard == "hello"
                {
                    return;
                }
            }
        };
        timeout(PATIENCE, met).await.expect("they meet");
    }

    /// Reads on to the mark, which `other` sets now.
    async fn read_to_mark(&mut self, other: &Self) {
        other.fanout.publish("news", "mark".to_owned());
        while self.hears().await != "mark" {}
    }
}

async fn two(db: &Db) -> Result<(Process, Process, Db), DbError> {
    let beside = db.reopen(|_| {}).await?;
    let (mut one, mut two) = (Process::on(db), Process::on(&beside));
    two.meet(&one).await;
    one.meet(&two).await;
    one.read_to_mark(&two).await;
    two.read_to_mark(&one).await;
    Ok((one, two, beside))
}

#[test]
fn the_other_process_hears_everything_in_order_and_nobody_hears_himself() {
    on_postgres(&[], async |db| {
        let (mut one, mut two, beside) = two(&db).await?;
        let long = "가나다".repeat(5_000);
        for count in 0..500 {
            one.fanout.publish("news", count.to_string());
        }
        one.fanout.publish("news", long.clone());
        one.fanout
            .publish("other", "not for this channel".to_owned());
        one.fanout.publish("news", "last".to_owned());
        for count in 0..500 {
            assert_eq!(two.hears().await, count.to_string());
        }
        assert!(two.hears().await == long, "30,000 bytes arrive whole");
        assert_eq!(two.hears().await, "last");
        two.fanout.publish("news", "an answer".to_owned());
        assert_eq!(one.hears().await, "an answer");
        beside.close().await;
        Ok(())
    });
}

#[test]
fn a_connection_that_is_cut_comes_back_and_everybody_is_told_of_the_gap() {
    on_postgres(&[], async |db| {
        let (mut one, mut two, beside) = two(&db).await?;
        let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE application_name = 'hanok news' AND datname = current_database()";
        let cut: i64 = db.read(async |conn| conn.one(cut, &[]).await).await?;
        assert_eq!(cut, 2);
        assert_eq!(two.hears().await, GAP);
        assert_eq!(one.hears().await, GAP);
        two.meet(&one).await;
        one.meet(&two).await;
        beside.close().await;
        Ok(())
    });
}

#[test]
fn a_closed_store_carries_no_news_any_more() {
    on_postgres(&[], async |db| {
        let beside = db.reopen(|_| {}).await?;
        let (one, mut two) = (Process::on(&db), Process::on(&beside));
        two.meet(&one).await;
        beside.close().await;
        let gone = async {
            let sql = "SELECT COUNT(*) FROM pg_stat_activity \
                       WHERE application_name = 'hanok news' AND datname = current_database()";
            while db
                .read(async |conn| conn.one::<i64>(sql, &[]).await)
                .await?
                > 1
            {
                tokio::task::yield_now().await;
            }
            Ok::<_, DbError>(())
        };
        timeout(PATIENCE, gone)
            .await
            .expect("its connection ends")?;
        Ok(())
    });
}

#[test]
fn a_file_that_one_process_has_for_itself_carries_none() {
    on_sqlite(&[], async |db| {
        assert!(db.fanout("house").is_none());
        Ok(())
    });
}
