//! The cache of all processes.

use std::time::Duration;

use hanok_base::shared::SharedCache;
use hanok_redis::testing;
use tokio::time::{sleep, timeout};

use crate::{PATIENCE, process};

const LONG: Duration = Duration::from_mins(10);

/// Waits until a look under `key` finds `wanted`.
async fn becomes(cache: &dyn SharedCache, key: &str, wanted: Option<&[u8]>) {
    let looking = async {
        while cache.get(key).await.as_deref() != wanted {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("it comes true");
}

#[tokio::test]
async fn what_one_keeps_all_find_until_one_forgets_it() {
    let Some(config) = testing::beside() else {
        return;
    };
    let (one, two) = (process(&config).await, process(&config).await);
    let (one, two) = (one.cache(), two.cache());
    assert_eq!(two.get("a").await, None);
    one.put("a", vec![0, 159, 146, 150], LONG);
    becomes(&*two, "a", Some(&[0, 159, 146, 150])).await;
    two.put("a", b"again".to_vec(), LONG);
    becomes(&*one, "a", Some(b"again")).await;
    one.forget("a");
    becomes(&*two, "a", None).await;
}

#[tokio::test]
async fn what_is_kept_for_a_moment_is_gone_after_it() {
    let Some(config) = testing::beside() else {
        return;
    };
    let redis = process(&config).await;
    let cache = redis.cache();
    cache.put("nothing", b"x".to_vec(), Duration::ZERO);
    cache.put("a", b"x".to_vec(), Duration::from_millis(300));
    becomes(&*cache, "a", Some(b"x")).await;
    becomes(&*cache, "a", None).await;
    assert_eq!(cache.get("nothing").await, None);
}
