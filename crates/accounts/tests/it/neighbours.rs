//! Several processes: limits that they count together, and sessions that end in all of them at once.

use std::time::Duration;

use hanok_accounts::account::AccountStatus;
use hanok_base::Timestamp;
use hanok_base::counters::Limit;
use hanok_base::encoding::base64url_encode;
use hanok_base::secret::sha256;
use hanok_db::Db;
use hanok_redis::testing::{self, Server};
use hanok_testkit::{PASSWORD, Person, Sharing, TestApp};
use tokio::time::{sleep, timeout};

use crate::login::set_status;

const ME: &str = "/api/v1/me";
/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_mins(1);

async fn status_of_me(app: &TestApp, person: &Person) -> u16 {
    app.client().of(person).get(ME).await.status.as_u16()
}

async fn two(db: &Db, sharing: &Sharing) -> (TestApp, TestApp) {
    // Each round has ids of its own, and begins when the leases of the one before have ended.
    let seed: u32 = if sharing.over == "Redis" { 20 } else { 10 };
    let start = Timestamp::from_seconds(1_795_239_000 + 3_600 * i64::from(seed));
    let one = TestApp::builder(db.clone())
        .alone("the test starts the second one itself")
        .seed(seed.into())
        .at(start);
    let one = one.with_limits().sharing(sharing.one.clone()).start().await;
    let two = TestApp::builder(db.clone())
        .beside(&one)
        .seed((100 + seed).into())
        .with_limits();
    let two = two.sharing(sharing.two.clone()).start().await;
    (one, two)
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let ended = timeout(PATIENCE, waiting).await;
    assert!(ended.is_ok(), "not in time: {what}");
}

/// The key of a person's one session in the shared cache.
async fn key(app: &TestApp) -> String {
    const SQL: &str = "SELECT id FROM session WHERE ended_at IS NULL";
    let id: uuid::Uuid = app
        .db
        .read(async |conn| conn.one(SQL, &[]).await)
        .await
        .unwrap();
    format!("session:{id}")
}

hanok_db::both_engines! {
    sets(&hanok_testkit::sets());

    async fn a_session_ends_in_every_process_at_once_where_they_hear_each_other(db: Db) {
        for sharing in Sharing::every(&db).await {
            let (one, two) = two(&db, &sharing).await;
            for way in ["disabled", "signed-out", "roles"] {
                let name = format!("{way}-{}", sharing.over.to_lowercase());
                let person = one.person(&name).await;
                assert_eq!(status_of_me(&two, &person).await, 200);
                match way {
                    "disabled" => set_status(&one, &person, AccountStatus::Disabled).await,
                    "roles" => one.grant(person.id, "auditor").await,
                    _ => drop(one.client().of(&person).post("/api/v1/auth/logout").await.assert_status(204)),
                }
                // The clock stands still, so what was read counts for ever, and nobody reads withdrawals.
                until(&name, async || status_of_me(&two, &person).await == 401).await;
            }
            one.finish().await;
            two.finish().await;
        }
    }

    async fn processes_count_sign_ins_together_over_redis(db: Db) {
        let Some(config) = testing::beside() else { return Ok(()) };
        let sharing = Sharing::over_redis(&config).await;
        let (one, two) = two(&db, &sharing).await;
        one.person("haneul").signed_out().await;
        for count in 0..5 {
            let app = if count % 2 == 0 { &one } else { &two };
            app.sign_in("haneul", PASSWORD).await.assert_status(200);
        }
        for app in [&one, &two] {
            let refused = app.sign_in("haneul", PASSWORD).await.assert_problem(429, "rate_limited");
            assert_eq!(refused.retry_after(), Some(60));
        }
        one.clock.advance(Duration::from_mins(1));
        two.sign_in("haneul", PASSWORD).await.assert_status(200);
        one.finish().await;
        two.finish().await;
    }

    async fn what_one_process_read_of_a_session_counts_in_the_other_for_two_seconds_in_all(db: Db) {
        let Some(config) = testing::beside() else { return Ok(()) };
        let sharing = Sharing::over_redis(&config).await;
        let (one, two) = two(&db, &sharing).await;
        let person = one.person("haneul").await;
        // A PIN was set: what was read until then does not count.
        sharing.heard().await;
        one.clock.advance(Duration::from_secs(1));
        assert_eq!(status_of_me(&one, &person).await, 200);
        let key = key(&one).await;
        until("it is shared", async || sharing.two.cache.get(&key).await.is_some()).await;
        let kept = sharing.two.cache.get(&key).await.unwrap();
        let text = String::from_utf8_lossy(&kept);
        assert!(!text.contains("haneul") && !text.contains("read_at"), "it is sealed");

        // Ended by a hand that tells nobody: only what was read says that it lives.
        one.clock.advance(Duration::from_millis(1_500));
        db.hand_written("UPDATE session SET ended_at = created_at").await.unwrap();
        assert_eq!(status_of_me(&two, &person).await, 200);
        one.clock.advance(Duration::from_millis(499));
        assert_eq!(status_of_me(&two, &person).await, 200);
        one.clock.advance(Duration::from_millis(1));
        assert_eq!((status_of_me(&one, &person).await, status_of_me(&two, &person).await), (401, 401));
        one.finish().await;
        two.finish().await;
    }

    async fn a_session_that_comes_into_the_cache_after_it_was_withdrawn_counts_nowhere(db: Db) {
        let Some(config) = testing::beside() else { return Ok(()) };
        let sharing = Sharing::over_redis(&config).await;
        let (one, two) = two(&db, &sharing).await;
        let person = one.person("haneul").await;
        assert_eq!(status_of_me(&one, &person).await, 200);
        let (key, cache) = (key(&one).await, &sharing.two.cache);
        until("it is shared", async || cache.get(&key).await.is_some()).await;
        let kept = cache.get(&key).await.unwrap();

        one.client().of(&person).post("/api/v1/auth/logout").await.assert_status(204);
        until("it is gone from the cache", async || cache.get(&key).await.is_none()).await;
        until("the other has heard of it", async || status_of_me(&two, &person).await == 401).await;
        // One that read it before, and was slow to say so.
        let life = Duration::from_mins(10);
        cache.put(&key, kept.clone(), life);
        until("it is there again", async || cache.get(&key).await.is_some()).await;
        assert_eq!((status_of_me(&one, &person).await, status_of_me(&two, &person).await), (401, 401));

        // One that has heard nothing believes it no longer than what it might have read itself.
        let deaf = TestApp::builder(db.clone()).beside(&one).with_limits();
        let deaf = deaf.sharing(Sharing::over_redis(&config).await.one).start().await;
        one.clock.advance(Duration::from_secs(2));
        assert_eq!(status_of_me(&deaf, &person).await, 401);
        // And nobody can put one there who does not have the key.
        cache.put(&key, b"forged".to_vec(), life);
        until("it is forged", async || cache.get(&key).await.as_deref() == Some(b"forged")).await;
        assert_eq!(status_of_me(&deaf, &person).await, 401);
        for app in [one, two, deaf] {
            app.finish().await;
        }
    }

    async fn people_sign_in_and_out_while_redis_is_away_and_after_it(db: Db) {
        let Some(mut server) = Server::start().unwrap() else { return Ok(()) };
        let sharing = Sharing::over_redis(&testing::section(&server.url())).await;
        let (one, two) = two(&db, &sharing).await;
        one.person("haneul").signed_out().await;
        let sign_in = async |app: &TestApp| app.sign_in("haneul", PASSWORD).await.status.as_u16();
        assert_eq!((sign_in(&one).await, sign_in(&two).await), (200, 200));

        server.kill().unwrap();
        let person = one.person("bada").await;
        assert_eq!((status_of_me(&one, &person).await, status_of_me(&two, &person).await), (200, 200));
        one.client().of(&person).post("/api/v1/auth/logout").await.assert_status(204);
        assert_eq!(status_of_me(&one, &person).await, 401);
        two.run_duties().await;
        assert_eq!(status_of_me(&two, &person).await, 401, "read from the store");
        // Each counts alone now, from what came to itself.
        for _ in 0..4 {
            assert_eq!(sign_in(&one).await, 200);
        }
        assert_eq!(sign_in(&one).await, 429);

        // It comes back with nothing in it, and is told of the four that it was not there for.
        server.start_again().unwrap();
        until("it is there again", async || sharing.is_up()).await;
        until("it knows of them", async || {
            let who = base64url_encode(&sha256(b"haneul"));
            let key = format!("sign-in|127.0.0.1|{who}");
            let seen = sharing.two.counters.peek(&key, Limit::per_minute(5), one.clock.now()).await;
            seen.remaining == 1
        }).await;
        assert_eq!((sign_in(&two).await, sign_in(&two).await), (200, 429));
        one.finish().await;
        two.finish().await;
    }
}
