//! The pool, its bounds and its memory.

mod imports;

use std::time::Duration;

use argon2::Block;
use proptest::prelude::*;

use super::argon::Memory;
use super::*;

/// Small hashes on one thread, with `queue` places besides.
fn small_pool(queue: usize) -> HashPool {
    let settings = HashSettings {
        memory_kib: 16,
        passes: 1,
        lanes: 1,
        threads: 1,
        queue,
    };
    HashPool::start(&settings, Random::seeded(7)).unwrap()
}

const RIGHT: Verdict = Verdict {
    ok: true,
    needs_upgrade: false,
};
const WRONG: Verdict = Verdict {
    ok: false,
    needs_upgrade: false,
};

#[tokio::test]
async fn a_hash_verifies_its_secret_and_no_other() {
    let pool = small_pool(2);
    let stored = pool.reserve().unwrap().hash(b"482916").await.unwrap();
    assert!(
        stored.starts_with("$argon2id$v=19$m=16,t=1,p=1$"),
        "{stored}"
    );
    assert_eq!(
        pool.reserve().unwrap().verify(b"482916", &stored).await,
        Ok(RIGHT)
    );
    assert_eq!(
        pool.reserve().unwrap().verify(b"482917", &stored).await,
        Ok(WRONG)
    );
    assert_ne!(
        pool.reserve().unwrap().hash(b"482916").await.unwrap(),
        stored
    );
}

#[tokio::test]
async fn the_default_cost_is_19_mib_two_passes_one_lane() {
    let settings = HashSettings {
        threads: 1,
        ..HashSettings::default()
    };
    let pool = HashPool::start(&settings, Random::seeded(7)).unwrap();
    let stored = pool.reserve().unwrap().hash(b"Maru-tree-7").await.unwrap();
    assert!(
        stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{stored}"
    );
    assert_eq!(
        pool.reserve()
            .unwrap()
            .verify(b"Maru-tree-7", &stored)
            .await,
        Ok(RIGHT)
    );
}

#[tokio::test]
async fn a_hash_of_another_cost_verifies_and_asks_to_be_made_anew() {
    let stored = small_pool(0)
        .reserve()
        .unwrap()
        .hash(b"secret")
        .await
        .unwrap();
    let settings = HashSettings {
        memory_kib: 32,
        passes: 2,
        lanes: 2,
        threads: 1,
        queue: 0,
    };
    let dearer = HashPool::start(&settings, Random::seeded(8)).unwrap();
    let verdict = dearer.reserve().unwrap().verify(b"secret", &stored).await;
    assert_eq!(
        verdict,
        Ok(Verdict {
            ok: true,
            needs_upgrade: true
        })
    );
}

#[tokio::test]
async fn nobody_and_the_unreadable_cost_one_hash_like_anybody() {
    let pool = small_pool(0);
    assert_eq!(
        pool.reserve().unwrap().verify_dummy(b"secret").await,
        Ok(WRONG)
    );
    assert_eq!(pool.hashes(), 1);
    for (n, stored) in (2..).zip([
        "",
        "!",
        "md5$salt$hash",
        "$argon2id$v=19$m=4194304,t=9,p=1$c2FsdHNhbHQ$aGFzaA",
    ]) {
        assert_eq!(
            pool.reserve().unwrap().verify(b"secret", stored).await,
            Ok(WRONG),
            "{stored}"
        );
        assert_eq!(pool.hashes(), n);
    }
}

#[tokio::test]
async fn a_secret_is_found_among_the_last_ones() {
    let pool = small_pool(0);
    let mut last = Vec::new();
    for secret in ["one", "two", "three"] {
        last.push(
            pool.reserve()
                .unwrap()
                .hash(secret.as_bytes())
                .await
                .unwrap(),
        );
    }
    assert_eq!(
        pool.reserve().unwrap().matches_any(b"two", &last).await,
        Ok(true)
    );
    assert_eq!(pool.hashes(), 5);
    assert_eq!(
        pool.reserve().unwrap().matches_any(b"four", &last).await,
        Ok(false)
    );
    assert_eq!(
        pool.reserve()
            .unwrap()
            .matches_any::<String>(b"four", &[])
            .await,
        Ok(false)
    );
}

#[tokio::test]
async fn a_full_queue_refuses_before_anything_is_spent() {
    let pool = small_pool(2);
    assert_eq!(pool.capacity(), 3);
    let places: Vec<Place> = (0..3).map(|_| pool.reserve().unwrap()).collect();
    assert_eq!(pool.reserve().err(), Some(Busy));
    assert_eq!((pool.taken(), pool.hashes(), pool.refusals()), (3, 0, 1));
    drop(places);
    assert_eq!(pool.taken(), 0);
    pool.reserve().unwrap().hash(b"secret").await.unwrap();
    assert_eq!((pool.taken(), pool.hashes()), (0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_each_gets_its_answer_or_is_refused() {
    let pool = small_pool(15);
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let pool = pool.clone();
            tokio::spawn(async move {
                let secret = format!("secret {n}");
                let stored = pool.reserve().ok()?.hash(secret.as_bytes()).await.unwrap();
                Some((secret, stored))
            })
        })
        .collect();
    let mut answered = Vec::new();
    for task in tasks {
        answered.extend(task.await.unwrap());
    }
    assert_eq!(answered.len() as u64, pool.hashes());
    assert_eq!(answered.len() as u64 + pool.refusals(), 200);
    for (secret, stored) in answered {
        assert_eq!(
            pool.reserve()
                .unwrap()
                .verify(secret.as_bytes(), &stored)
                .await,
            Ok(RIGHT)
        );
    }
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_gives_its_place_back() {
    let pool = small_pool(3);
    for _ in 0..4 {
        drop(pool.reserve().unwrap().hash(b"secret"));
    }
    // One thread works in order: when this one is answered, those before it are done.
    let place = loop {
        match pool.reserve() {
            Ok(place) => break place,
            Err(Busy) => tokio::task::yield_now().await,
        }
    };
    place.hash(b"secret").await.unwrap();
    assert_eq!(pool.taken(), 0);
    assert!((1..=5).contains(&pool.hashes()));
}

#[test]
fn the_memory_of_a_hash_is_wiped_also_after_a_panic() {
    let mut memory = Memory::keeping(4);
    let fill = |blocks: &mut [Block]| {
        for block in blocks {
            block.as_mut().fill(u64::MAX);
        }
    };
    memory.lend(3, fill).unwrap();
    assert!(memory.is_clean());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        memory.lend(4, |blocks| {
            fill(blocks);
            std::panic::resume_unwind(Box::new("as a hash might"));
        })
    }));
    assert!(panicked.is_err());
    assert!(memory.is_clean());
    memory.lend(100, fill).unwrap();
    assert!(memory.is_clean());
}

#[test]
fn memory_that_nobody_uses_for_long_is_given_back() {
    let spare = Spare::default();
    for kib in [4, 8] {
        spare.put(Memory::keeping(kib));
    }
    let (jobs, waiting) = channel();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        let waits = scope.spawn(|| worker::next(&waiting, &spare, Duration::ZERO));
        let until = Instant::now() + Duration::from_secs(20);
        while let Some(memory) = spare.take() {
            assert!(Instant::now() < until, "it is kept");
            spare.put(memory);
            thread::yield_now();
        }
        drop(jobs);
        assert!(waits.join().unwrap().is_none());
    });
}

#[test]
fn settings_out_of_bounds_name_every_fault() {
    assert_eq!(HashSettings::default().problems(), []);
    let settings = HashSettings {
        memory_kib: 15,
        passes: 0,
        lanes: 2,
        threads: 300,
        queue: 1_000_000,
    };
    let problems = settings.problems();
    let named: Vec<&str> = problems
        .iter()
        .map(|problem| problem.key.as_str())
        .collect();
    assert_eq!(
        named,
        [
            "argon2_iterations",
            "argon2_memory_kib",
            "hash_threads",
            "hash_queue"
        ]
    );
    assert!(HashPool::start(&settings, Random::seeded(1)).is_err());
}

proptest! {
    #[test]
    fn reading_any_stored_text_is_safe(text in "\\PC{0,120}|[$a-z0-9:=,_./+]{0,120}") {
        let _ = check_stored(&text);
    }

    #[test]
    fn no_number_in_a_stored_hash_makes_it_panic(
        kind in 0_usize..6, one in any::<u64>(), two in any::<u64>(), three in any::<u32>()
    ) {
        let hex = "ab".repeat(64);
        let text = match kind {
            0 => format!("$argon2id$v=19$m={one},t={two},p={three}$c2FsdHNhbHRzYWx0$NyfsBVhmTVSfN1XfuGB5Dg"),
            1 => format!("pbkdf2_sha256${one}$salt$c2FsdA=="),
            2 => format!("scrypt:{one}:{two}:{three}$salt${hex}"),
            3 => format!("scrypt:{}:{}:{}$salt${hex}", 1_u64 << (one % 64), two % 9, three % 9),
            4 => format!("$2b${}$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG", one % 100),
            _ => format!("pbkdf2:sha512:{one}$salt${hex}"),
        };
        let _ = check_stored(&text);
    }
}
