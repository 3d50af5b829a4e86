//! Counters that every process shares, with this process's own behind them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use fred::error::Error;
use fred::interfaces::{KeysInterface, LuaInterface};
use hanok_base::Timestamp;
use hanok_base::counters::{CounterFuture, Decision, Limit, MemoryCounters, SharedCounters};
use hanok_base::encoding::hex_encode;

use crate::backlog::{Backlog, Missed};
use crate::link::Link;

const USE: &str = "limits";
const SCRIPT: &str = include_str!("counters.lua");
/// Limits up to this many hits are counted exactly; larger ones in slots of 1/60 window.
const EXACT_UP_TO: u32 = 64;
const SLOTS_PER_WINDOW: i64 = 60;

/// Counters in Redis. This process's own hits are counted in its memory as well: while Redis is away they go on
/// from there, and afterwards Redis is told what it missed.
pub(crate) struct Counters {
    link: Arc<Link>,
    /// By which Redis knows the script.
    script: String,
    own: MemoryCounters,
    backlog: Backlog,
}

#[derive(Clone, Copy)]
enum Ask {
    Hit,
    Peek,
}

impl Ask {
    const fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Peek => "peek",
        }
    }
}

impl Counters {
    pub(crate) fn new(link: &Arc<Link>, keys: usize) -> Self {
        let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, SCRIPT.as_bytes());
        Self {
            link: Arc::clone(link),
            script: hex_encode(digest.as_ref()),
            own: MemoryCounters::with_capacity(keys),
            backlog: Backlog::default(),
        }
    }

    async fn shared(&self, ask: Ask, key: &str, limit: Limit, now: Timestamp) -> Option<Decision> {
        self.link.ask(USE, self.run(ask, key, limit, now)).await
    }

    async fn run(
        &self,
        ask: Ask,
        key: &str,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Decision, Error> {
        let key = self.link.key(USE, key);
        let arguments = arguments(ask, limit, now);
        let client = &self.link.client;
        let known = client
            .evalsha(self.script.as_str(), key.as_str(), arguments.clone())
            .await;
        // One that was started anew does not know the script.
        let answer: (u8, u32, i64) = match known {
            Err(fault) if fault.details().starts_with("NOSCRIPT") => {
                client.eval(SCRIPT, key.as_str(), arguments).await?
            }
            known => known?,
        };
        let (allowed, remaining, reset) = answer;
        Ok(Decision {
            allowed: allowed == 1,
            remaining,
            reset: Duration::from_micros(u64::try_from(reset).unwrap_or_default()),
        })
    }

    async fn hit_anywhere(&self, key: &str, limit: Limit, now: Timestamp) -> Decision {
        let shared = self.shared(Ask::Hit, key, limit, now).await;
        if let Some(decision) = shared
            && !decision.allowed
        {
            return decision;
        }
        let own = self.own.hit(key, limit, now).await;
        if shared.is_none() && own.allowed {
            self.backlog.push(Missed {
                key: key.into(),
                limit,
                at: now,
            });
        }
        shared.unwrap_or(own)
    }

    /// Tells Redis what it missed. What it does not take is told the next time.
    pub(crate) async fn catch_up(&self) {
        while let Some(missed) = self.backlog.take() {
            let Missed { key, limit, at } = &missed;
            if self.shared(Ask::Hit, key, *limit, *at).await.is_none() {
                self.backlog.give_back(missed);
                return;
            }
        }
    }
}

impl SharedCounters for Counters {
    fn hit<'a>(&'a self, key: &'a str, limit: Limit, now: Timestamp) -> CounterFuture<'a> {
        Box::pin(self.hit_anywhere(key, limit, now))
    }

    fn peek<'a>(&'a self, key: &'a str, limit: Limit, now: Timestamp) -> CounterFuture<'a> {
        Box::pin(async move {
            match self.shared(Ask::Peek, key, limit, now).await {
                Some(decision) => decision,
                None => self.own.peek(key, limit, now).await,
            }
        })
    }

    fn forget<'a>(&'a self, key: &'a str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            self.own.forget(key).await;
            self.backlog.forget(key);
            let place = self.link.key(USE, key);
            let gone = self.link.client.del::<u32, _>(place.as_str());
            self.link.ask(USE, gone).await;
        })
    }
}

fn arguments(ask: Ask, limit: Limit, now: Timestamp) -> Vec<String> {
    let window = i64::try_from(limit.window.as_micros()).unwrap_or(i64::MAX);
    let width = if limit.count <= EXACT_UP_TO {
        0
    } else {
        window / SLOTS_PER_WINDOW
    };
    let numbers = [i64::from(limit.count), window, now.micros(), width];
    let numbers = numbers.iter().map(ToString::to_string);
    std::iter::once(ask.word().to_owned())
        .chain(numbers)
        .collect()
}
