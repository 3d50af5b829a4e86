//! Bytes that every process may read again for a while.

use std::sync::Arc;
use std::time::Duration;

use fred::bytes::Bytes;
use fred::interfaces::KeysInterface;
use fred::types::Expiration;
use hanok_base::shared::{SharedCache, SharedFuture};

use crate::link::Link;

const USE: &str = "cache";

/// The cache in Redis.
pub(crate) struct Cache {
    link: Arc<Link>,
}

impl Cache {
    pub(crate) fn new(link: &Arc<Link>) -> Self {
        Self {
            link: Arc::clone(link),
        }
    }
}

impl SharedCache for Cache {
    fn is_there(&self) -> bool {
        self.link.is_up()
    }

    fn get<'a>(&'a self, key: &'a str) -> SharedFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let key = self.link.key(USE, key);
            let found = self.link.client.get::<Option<Bytes>, _>(key.as_str());
            let found = self.link.ask(USE, found).await;
            found.flatten().map(Vec::from)
        })
    }

    fn put(&self, key: &str, value: Vec<u8>, life: Duration) {
        let life = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
        if life == 0 || !self.link.is_up() {
            return;
        }
        let (link, key) = (Arc::clone(&self.link), self.link.key(USE, key));
        self.link.runtime.spawn(async move {
            let (value, life) = (Bytes::from(value), Some(Expiration::PX(life)));
            let kept = link
                .client
                .set::<(), _, _>(key.as_str(), value, life, None, false);
            link.ask(USE, kept).await;
        });
    }

    fn forget(&self, key: &str) {
        if !self.link.is_up() {
            return;
        }
        let (link, key) = (Arc::clone(&self.link), self.link.key(USE, key));
        self.link.runtime.spawn(async move {
            let gone = link.client.del::<u32, _>(key.as_str());
            link.ask(USE, gone).await;
        });
    }
}
