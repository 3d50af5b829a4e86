//! Sockets of several processes: what one emits reaches the sockets of all, once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use hanok_base::Random;
use hanok_base::shared::{Exchange, Fanout, Heard};
use hanok_web::AccountId;
use hanok_web::live::{Audience, Judge};
use serde_json::json;
use uuid::Uuid;

use super::{House, kim};

/// A wire between processes of one test.
#[derive(Clone, Default)]
pub(super) struct Wire(Arc<Mutex<Vec<Arc<Exchange>>>>);

struct Plug {
    wire: Wire,
    own: Arc<Exchange>,
}

impl Wire {
    fn plug(&self) -> Arc<Plug> {
        let own = Arc::new(Exchange::new(&Random::system()));
        self.0.lock().unwrap().push(Arc::clone(&own));
        Arc::new(Plug {
            wire: self.clone(),
            own,
        })
    }

    pub(super) fn carry(&self, message: &str) {
        for exchange in self.0.lock().unwrap().clone() {
            exchange.hear(message);
        }
    }
}

impl Fanout for Plug {
    fn publish(&self, channel: &'static str, text: String) {
        self.wire.carry(&self.own.message(channel, &text));
    }

    fn subscribe(&self, channel: &'static str, heard: Heard) {
        self.own.subscribe(channel, heard);
    }
}

pub(super) async fn two() -> (House, House, Wire) {
    two_of(House::start().await, House::start().await)
}

pub(super) fn two_of(one: House, two: House) -> (House, House, Wire) {
    let wire = Wire::default();
    one.live.join(wire.plug());
    two.live.join(wire.plug());
    (one, two, wire)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_reaches_the_sockets_of_every_process_once_and_in_order() {
    let (one, two, _wire) = two().await;
    let (mut here, mut there) = (one.socket().await, two.socket().await);
    for count in 0..50 {
        let house = if count % 2 == 0 { &one } else { &two };
        let payload = json!({ "count": count });
        house
            .live
            .emit_to(kim(), &Audience::Devices, "news", &payload);
    }
    for count in 0..50 {
        let said = format!("42[\"news\",{{\"count\":{count}}}]");
        assert_eq!(here.hear().await, Some(said.clone()));
        assert_eq!(there.hear().await, Some(said));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_a_unit_is_heard_though_nobody_is_connected_where_it_ran() {
    let (one, two, _wire) = two().await;
    let mut there = two.socket().await;
    let live = one.live.clone();
    // As on the thread that writes, which is in no runtime.
    let unit = move || {
        let own = live.clone();
        live.spawn(async move { own.emit(&format!("user_{}", kim()), "last", &json!({})) });
    };
    std::thread::spawn(unit).join().unwrap();
    assert_eq!(there.hear().await.as_deref(), Some("42[\"last\",{}]"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_persons_room_stays_silent_in_every_process() {
    let (one, two, _wire) = two().await;
    let mut there = two.socket().await;
    let other = AccountId::from_uuid(Uuid::from_u128(2));
    one.live.emit_to(other, &Audience::All, "news", &json!({}));
    one.live
        .emit(&format!("user_{}", kim()), "last", &json!({}));
    assert_eq!(there.hear().await.as_deref(), Some("42[\"last\",{}]"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_gap_whoever_is_connected_is_greeted_anew() {
    let (one, two, wire) = two().await;
    let (mut here, mut there) = (one.socket().await, two.socket().await);
    let stranger = Exchange::new(&Random::system());
    wire.carry(&stranger.lost());
    let ready = "42[\"ready\",{\"unread\":0,\"seq\":0}]";
    assert_eq!(here.hear().await.as_deref(), Some(ready));
    assert_eq!(there.hear().await.as_deref(), Some(ready));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_release_says_is_passed_over() {
    let (one, two, wire) = two().await;
    let mut there = two.socket().await;
    let stranger = Exchange::new(&Random::system());
    wire.carry(&stranger.message(
        "live",
        "{\"room\":\"user_1\",\"audience\":\"new\",\"packet\":\"\"}",
    ));
    wire.carry(&stranger.message("live", "no JSON"));
    one.live
        .emit(&format!("user_{}", kim()), "last", &json!({}));
    assert_eq!(there.hear().await.as_deref(), Some("42[\"last\",{}]"));
}

/// Admits nobody and notes that it was asked.
#[derive(Default)]
struct Nobody(Mutex<usize>);

impl Judge for Nobody {
    fn admitted(
        &self,
        _: AccountId,
        _: HashSet<Uuid>,
    ) -> BoxFuture<'static, Result<HashSet<Uuid>, String>> {
        *self.0.lock().unwrap() += 1;
        ready(Ok(HashSet::new())).boxed()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_hears_without_a_judge_who_is_not_asked_where_no_session_sits() {
    let (one, two, _wire) = two().await;
    let judge = Arc::new(Nobody::default());
    two.live.judge("tests", judge.clone());
    let mut there = two.socket().await;
    let audience = Audience::DevicesAnd("tests".into());
    one.live.emit_to(kim(), &audience, "news", &json!({}));
    assert_eq!(there.hear().await.as_deref(), Some("42[\"news\",{}]"));
    assert_eq!(*judge.0.lock().unwrap(), 0);
}
