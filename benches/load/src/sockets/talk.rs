//! Comments at a rate over HTTP, each timed until whoever wrote the post hears of it.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::crowd::Crowd;
use crate::http::Connection;
use crate::report::quantile_ms;

/// How long after the last comment news of it are waited for.
const LAST: Duration = Duration::from_secs(10);

/// So many comments a second for so many seconds, to these posts in turn, by whom this token is of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    posts: Vec<u64>,
    token: String,
    a_second: u32,
    seconds: u32,
    connections: usize,
}

impl Talk {
    /// Plays it; when each was heard of is noted by the crowd.
    pub async fn play(self, crowd: &mut Crowd) -> Result<Value, Box<dyn Error>> {
        let (address, _) = crowd.server();
        let notes = crowd.notes.clone();
        notes
            .comments
            .lock()
            .map_err(|error| error.to_string())?
            .clear();
        notes.is_timed.store(true, Ordering::Relaxed);
        let talk = self.clone();
        let said = tokio::task::spawn_blocking(move || talk.say(address)).await?;
        let sent: HashMap<u64, Instant> = said.into_iter().collect();
        let began = Instant::now();
        let heard = loop {
            let heard = notes
                .comments
                .lock()
                .map_err(|error| error.to_string())?
                .clone();
            let first = first_of(&heard);
            if sent.keys().all(|comment| first.contains_key(comment)) || began.elapsed() > LAST {
                break first;
            }
            sleep(Duration::from_millis(50)).await;
        };
        notes.is_timed.store(false, Ordering::Relaxed);
        let times = sent
            .iter()
            .filter_map(|(comment, at)| heard.get(comment).map(|heard| heard.duration_since(*at)));
        let mut micros: Vec<u64> = times
            .map(|took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX))
            .collect();
        micros.sort_unstable();
        Ok(json!({
            "comments": sent.len(), "heard": micros.len(),
            "p50_ms": quantile_ms(&micros, 50), "p99_ms": quantile_ms(&micros, 99), "max_ms": quantile_ms(&micros, 100),
        }))
    }

    /// Writes the comments, each at its time; their numbers, and when they were sent.
    fn say(&self, address: SocketAddr) -> Vec<(u64, Instant)> {
        let (began, next) = (Instant::now(), AtomicUsize::new(0));
        thread::scope(|scope| {
            let threads: Vec<_> = (0..self.connections)
                .map(|_| scope.spawn(|| self.say_some(address, began, &next)))
                .collect();
            let said = threads.into_iter().map(thread::ScopedJoinHandle::join);
            said.flat_map(Result::unwrap_or_default).collect()
        })
    }

    /// What one connection writes of them.
    fn say_some(
        &self,
        address: SocketAddr,
        began: Instant,
        next: &AtomicUsize,
    ) -> Vec<(u64, Instant)> {
        let mut connection = Connection::new(address);
        let mut said = Vec::new();
        for number in std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)) {
            let turn = u32::try_from(number).unwrap_or(u32::MAX);
            if turn >= self.a_second * self.seconds {
                break;
            }
            let at = began + Duration::from_secs(1) / self.a_second * turn;
            thread::sleep(at.saturating_duration_since(Instant::now()));
            let sent = Instant::now();
            let made = connection.call(&self.request(number)).ok();
            let made = made.and_then(|made| serde_json::from_slice::<Value>(&made.body).ok());
            said.extend(made.and_then(|made| Some((made.get("id")?.as_u64()?, sent))));
        }
        said
    }

    fn request(&self, number: usize) -> Vec<u8> {
        let post = self
            .posts
            .get(number % self.posts.len().max(1))
            .copied()
            .unwrap_or_default();
        let body = json!({ "content": format!("{number}번째 말입니다") }).to_string();
        format!(
            "POST /api/v1/posts/{post}/comments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
        .into_bytes()
    }
}

/// When each comment was heard of first.
fn first_of(heard: &[(u64, Instant)]) -> HashMap<u64, Instant> {
    let mut first = HashMap::new();
    for (comment, at) in heard {
        first.entry(*comment).or_insert(*at);
    }
    first
}
