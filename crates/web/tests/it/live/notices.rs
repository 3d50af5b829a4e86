//! What a socket is told of its person's notifications when it connects, when it asks, and after a gap.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hanok_web::live::event::{Missed, Ready};
use hanok_web::live::{Audience, Notices};
use hanok_web::{AccountId, Error};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{House, Socket, kim, proof};

/// What it is asked, and the answers it has ready.
#[derive(Default)]
pub(super) struct Book {
    ready: Mutex<HashMap<AccountId, Ready>>,
    missed: Mutex<VecDeque<Missed>>,
    asked: Mutex<Vec<(AccountId, u64)>>,
    /// What the next questions wait for, once they have found their answer.
    pub(super) held: Mutex<VecDeque<Arc<Notify>>>,
    pub(super) found: Notify,
    is_away: Mutex<bool>,
}

impl Book {
    pub(super) fn of(unread: u64, seq: u64) -> Arc<Self> {
        let book = Self::default();
        book.count(kim(), unread, seq);
        Arc::new(book)
    }

    pub(super) fn count(&self, account: AccountId, unread: u64, seq: u64) {
        let ready = Ready { unread, seq };
        self.ready.lock().unwrap().insert(account, ready);
    }

    fn miss(&self, missed: Missed) {
        self.missed.lock().unwrap().push_back(missed);
    }

    async fn answer<T>(&self, answer: T) -> Result<T, Error> {
        if *self.is_away.lock().unwrap() {
            return Err(Error::unavailable("no database"));
        }
        let held = self.held.lock().unwrap().pop_front();
        self.found.notify_one();
        if let Some(held) = held {
            held.notified().await;
        }
        Ok(answer)
    }
}

impl Notices for Book {
    fn ready(&self, account: AccountId) -> BoxFuture<'_, Result<Ready, Error>> {
        let ready = self.ready.lock().unwrap()[&account];
        self.answer(ready).boxed()
    }

    fn missed(&self, account: AccountId, after: u64) -> BoxFuture<'_, Result<Missed, Error>> {
        self.asked.lock().unwrap().push((account, after));
        let missed = self.missed.lock().unwrap().pop_front().unwrap();
        self.answer(missed).boxed()
    }
}

fn since(seqs: &[u64], upto: u64, more: bool) -> Missed {
    Missed::Since {
        items: seqs.iter().map(|seq| json!({ "seq": seq })).collect(),
        upto,
        more,
    }
}

async fn house(book: &Arc<Book>) -> House {
    let house = House::start().await;
    house.live.notices(book.clone());
    house
}

fn after(after: &Value) -> Value {
    let mut auth = proof();
    auth["after"] = after.clone();
    auth
}

/// The next event that a socket hears, as `[name, payload]`.
pub(super) async fn event(socket: &mut Socket) -> Value {
    loop {
        let said = socket.hear().await.unwrap();
        if let Some(event) = said.strip_prefix("42") {
            return serde_json::from_str(event).unwrap();
        }
    }
}

/// Asks and gives the answer.
async fn sync(socket: &mut Socket, asked: &Value) -> Value {
    socket.say(&format!("427[\"sync\",{asked}]")).await;
    let said = socket.hear().await.unwrap();
    serde_json::from_str(said.strip_prefix("437").unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_connects_is_told_how_many_are_unread_and_without_a_number_no_more() {
    let book = Book::of(3, 12);
    let house = house(&book).await;
    for none in [json!(null), json!(-1), json!(1.5), json!("4"), json!([4])] {
        let mut socket = house.knocking(&after(&none)).await;
        assert_eq!(
            event(&mut socket).await,
            json!(["ready", { "unread": 3, "seq": 12 }])
        );
        house
            .live
            .emit_to(kim(), &Audience::All, "last", &json!({}));
        assert_eq!(event(&mut socket).await, json!(["last", {}]), "{none}");
    }
    assert!(book.asked.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_is_told_what_came_since_once_after_the_count() {
    let book = Book::of(2, 9);
    book.miss(since(&[8, 9], 9, false));
    let house = house(&book).await;
    let mut socket = house.knocking(&after(&json!(7))).await;
    assert_eq!(
        event(&mut socket).await,
        json!(["ready", { "unread": 2, "seq": 9 }])
    );
    let items = json!([{ "seq": 8 }, { "seq": 9 }]);
    assert_eq!(
        event(&mut socket).await,
        json!(["catchup", { "items": items, "upto": 9, "more": false }])
    );
    house
        .live
        .emit_to(kim(), &Audience::All, "last", &json!({}));
    assert_eq!(event(&mut socket).await, json!(["last", {}]));
    assert_eq!(*book.asked.lock().unwrap(), [(kim(), 7)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_missed_nothing_is_told_nothing_and_who_missed_too_much_to_begin_anew() {
    let book = Book::of(2, 9);
    book.miss(since(&[], 9, false));
    // What came may not be seen any more; the number has moved all the same.
    book.miss(since(&[], 9, false));
    book.miss(Missed::Reset { unread: 2 });
    let house = house(&book).await;
    let ready = json!(["ready", { "unread": 2, "seq": 9 }]);
    let nothing = json!(["catchup", { "items": [], "upto": 9, "more": false }]);
    let reset = json!(["catchup", { "reset": true, "unread": 2 }]);
    let last = json!(["last", {}]);
    for (number, told) in [(9, vec![]), (8, vec![nothing]), (99, vec![reset])] {
        let mut socket = house.knocking(&after(&json!(number))).await;
        assert_eq!(event(&mut socket).await, ready);
        for told in told {
            assert_eq!(event(&mut socket).await, told);
        }
        house
            .live
            .emit_to(kim(), &Audience::All, "last", &json!({}));
        assert_eq!(event(&mut socket).await, last, "after {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_while_it_is_read_what_was_missed_is_heard() {
    let book = Book::of(1, 9);
    book.miss(since(&[9], 9, false));
    let held = Arc::new(Notify::new());
    book.held.lock().unwrap().push_back(Arc::clone(&held));
    let house = house(&book).await;
    let mut socket = house.knocking(&after(&json!(8))).await;
    book.found.notified().await;
    let new = json!({ "seq": 10 });
    house
        .live
        .emit_to(kim(), &Audience::All, "notification", &new);
    assert_eq!(event(&mut socket).await, json!(["notification", new]));
    held.notify_one();
    assert_eq!(event(&mut socket).await[0], "ready");
    assert_eq!(event(&mut socket).await[1]["items"], json!([{ "seq": 9 }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_is_answered_with_what_was_missed() {
    let book = Book::of(4, 30);
    let house = house(&book).await;
    let mut socket = house.socket().await;
    book.miss(since(&[21, 22], 30, true));
    let items = json!([{ "seq": 21 }, { "seq": 22 }]);
    assert_eq!(
        sync(&mut socket, &json!({ "after": 20 })).await,
        json!([{ "items": items, "upto": 30, "more": true }])
    );
    book.miss(Missed::Reset { unread: 4 });
    assert_eq!(
        sync(&mut socket, &json!({ "after": 31 })).await,
        json!([{ "reset": true, "unread": 4 }])
    );
    let nothing = json!([{ "items": [], "upto": 30, "more": false }]);
    for none in [json!({}), json!(null), json!({ "after": -2 }), json!(20)] {
        assert_eq!(sync(&mut socket, &none).await, nothing, "{none}");
    }
    assert_eq!(*book.asked.lock().unwrap(), [(kim(), 20), (kim(), 31)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_asks_without_waiting_for_answers_is_closed_and_the_others_stay() {
    let book = Book::of(0, 0);
    let house = house(&book).await;
    let mut other = house.socket().await;
    let mut socket = house.socket().await;
    let held = Arc::new(Notify::new());
    book.held.lock().unwrap().push_back(Arc::clone(&held));
    for number in 0..9 {
        socket.say(&format!("42{number}[\"sync\",{{}}]")).await;
    }
    house.wait_for_seats(1).await;
    held.notify_one();
    while socket.hear().await.is_some() {}
    assert_eq!(
        sync(&mut other, &json!({})).await,
        json!([{ "items": [], "upto": 0, "more": false }])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_say_what_there_is_the_socket_is_closed_and_comes_back() {
    let book = Book::of(1, 1);
    let house = house(&book).await;
    let mut asking = house.socket().await;
    *book.is_away.lock().unwrap() = true;
    let mut knocking = house.knocking(&proof()).await;
    while knocking
        .hear()
        .await
        .is_some_and(|said| !said.starts_with("42"))
    {}
    asking.say("421[\"sync\",{\"after\":0}]").await;
    book.miss(since(&[1], 1, false));
    house.wait_for_seats(0).await;
    while asking
        .hear()
        .await
        .is_some_and(|said| !said.starts_with("43"))
    {}
    *book.is_away.lock().unwrap() = false;
    let mut back = house.knocking(&proof()).await;
    assert_eq!(
        event(&mut back).await,
        json!(["ready", { "unread": 1, "seq": 1 }])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_anybody_who_keeps_notifications_there_are_none() {
    let house = House::start().await;
    let mut socket = house.knocking(&after(&json!(5))).await;
    assert_eq!(
        event(&mut socket).await,
        json!(["ready", { "unread": 0, "seq": 0 }])
    );
    assert_eq!(
        sync(&mut socket, &json!({ "after": 5 })).await,
        json!([{ "items": [], "upto": 0, "more": false }])
    );
}
