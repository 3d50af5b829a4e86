//! A look-up of names that answers what a test says: the truth, lies, something else each time, or nothing.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hanok_events::http::Resolver;
use tokio::sync::watch;

/// What is known of names. Cloning shares it.
#[derive(Clone, Default)]
pub struct Names(Arc<watch::Sender<BTreeMap<String, Name>>>);

/// What one name is answered.
#[derive(Default)]
struct Name {
    /// In turn; the last stays.
    answers: VecDeque<Vec<IpAddr>>,
    asked: usize,
}

impl Names {
    /// Answers the first look-up of `host` with the first list, and so on; the last list stays. A name
    /// that was never set is not answered until it is.
    pub fn set(&self, host: &str, answers: &[&[&str]]) {
        let parse = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        let answers = answers.iter().map(parse).collect();
        self.0
            .send_modify(|known| known.entry(host.to_owned()).or_default().answers = answers);
    }

    /// How often `host` was looked up.
    pub fn asked(&self, host: &str) -> usize {
        self.0.borrow().get(host).map_or(0, |name| name.asked)
    }

    /// The next answer for `host`, once there is one.
    async fn answer(self, host: String) -> Vec<IpAddr> {
        let mut known = self.0.subscribe();
        loop {
            let mut answer = None;
            self.0.send_if_modified(|known| {
                answer = known.entry(host.clone()).or_default().next();
                false
            });
            match answer {
                Some(addresses) => return addresses,
                // The sender lives as long as `self`.
                None => known.changed().await.unwrap(),
            }
        }
    }
}

impl Name {
    fn next(&mut self) -> Option<Vec<IpAddr>> {
        match self.answers.len() {
            0 | 1 => self.answers.front().cloned(),
            _ => self.answers.pop_front(),
        }
    }
}

impl Resolver for Names {
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.0
            .send_modify(|known| known.entry(host.to_owned()).or_default().asked += 1);
        let answer = self.clone().answer(host.to_owned());
        Box::pin(async move { Ok(answer.await) })
    }
}
