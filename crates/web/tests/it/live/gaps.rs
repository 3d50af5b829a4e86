//! After a gap in what other processes say everybody is greeted anew.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hanok_base::shared::Exchange;
use hanok_base::{Id, Random, Timestamp};
use hanok_web::live::Audience;
use hanok_web::{AccountId, Authenticate, DeviceCaller, Error, Principal, RequestHead, StackParts};
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use super::fanout::{two, two_of};
use super::notices::{Book, event};
use super::{House, kim, proof};
use crate::app::{parts, web};

/// Lets phones in by the number of their person.
struct Phones;

impl Authenticate for Phones {
    fn authenticate<'a>(
        &'a self,
        head: RequestHead<'a>,
    ) -> BoxFuture<'a, Result<Principal, Error>> {
        let number: u128 = head.header("x-device-id").unwrap().parse().unwrap();
        let phone = DeviceCaller {
            account: person(number),
            device: Uuid::from_u128(number),
            version: 1,
            nonce: "n".to_owned(),
            signed_at: Timestamp::default(),
            locale: None,
        };
        std::future::ready(Ok(Principal::Device(phone))).boxed()
    }
}

fn person(number: u128) -> AccountId {
    Id::from_uuid(Uuid::from_u128(number))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_gap_each_is_greeted_with_their_own_count_in_every_process() {
    let of_phones = || StackParts {
        authenticators: vec![Arc::new(Phones)],
        ..parts(web())
    };
    let (one, two, wire) = two_of(House::of(of_phones()).await, House::of(of_phones()).await);
    let book = Book::of(0, 0);
    for (number, house) in [(1, &one), (2, &two)] {
        book.count(person(number), 0, 0);
        house.live.notices(book.clone());
    }
    let mut sockets = Vec::new();
    for (house, number) in [(&one, 1), (&one, 1), (&one, 2), (&two, 2)] {
        let mut auth = proof();
        auth["device"]["id"] = json!(number.to_string());
        let mut socket = house.knocking(&auth).await;
        socket.hear_ready().await;
        sockets.push((number, socket));
    }
    book.count(person(1), 5, 50);
    book.count(person(2), 6, 60);
    wire.carry(&Exchange::new(&Random::system()).lost());
    for (number, mut socket) in sockets {
        let (unread, seq) = [(5, 50), (6, 60)][number - 1];
        let ready = json!(["ready", { "unread": unread, "seq": seq }]);
        assert_eq!(event(&mut socket).await, ready, "person {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_gaps_in_a_row_only_the_last_greets_everybody() {
    let (one, _two, wire) = two().await;
    let book = Book::of(0, 0);
    one.live.notices(book.clone());
    let mut socket = one.socket().await;
    book.found.notified().await;
    // The first greeting after a gap has read its count, and waits.
    let held = Arc::new(Notify::new());
    book.held.lock().unwrap().push_back(Arc::clone(&held));
    let stranger = Exchange::new(&Random::system());
    wire.carry(&stranger.lost());
    book.found.notified().await;
    for seq in 1..=20 {
        book.count(kim(), 0, seq);
        wire.carry(&Exchange::new(&Random::system()).lost());
    }
    held.notify_one();
    assert_eq!(event(&mut socket).await[1]["seq"], 0);
    assert_eq!(event(&mut socket).await[1]["seq"], 20);
    one.live.emit_to(kim(), &Audience::All, "last", &json!({}));
    assert_eq!(event(&mut socket).await, json!(["last", {}]));
}
