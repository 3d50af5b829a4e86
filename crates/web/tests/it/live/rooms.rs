//! Rooms of apps: who is in them, and that nobody stays whose right has gone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hanok_web::live::{Rooms, Seat};
use hanok_web::{Ctx, Denials, Error, StackParts};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::fanout::two;
use super::{House, Socket, kim, proof};
use crate::app::{parts, web};

/// An app with the rooms `post_…`: who sits in which by right, and which may be asked for.
#[derive(Default)]
struct Posts {
    by_right: Mutex<Vec<String>>,
    open: Mutex<Vec<String>>,
    asked: Mutex<Vec<Vec<String>>>,
    /// What the next questions wait for, once they have found their answer.
    held: Mutex<VecDeque<Arc<Notify>>>,
    found: Notify,
    is_away: Mutex<bool>,
}

impl Posts {
    fn opening(rooms: &[&str]) -> Arc<Self> {
        let posts = Self::default();
        posts.open(rooms);
        Arc::new(posts)
    }

    fn open(&self, rooms: &[&str]) {
        *self.open.lock().unwrap() = rooms.iter().map(ToString::to_string).collect();
    }
}

impl Rooms for Posts {
    fn of<'a>(
        &'a self,
        seat: &'a Seat,
        asked: &'a [String],
    ) -> BoxFuture<'a, Result<Vec<String>, Error>> {
        async move {
            assert_eq!(seat.account, kim());
            if *self.is_away.lock().unwrap() {
                return Err(Error::unavailable("no database"));
            }
            self.asked.lock().unwrap().push(asked.to_vec());
            let mut rooms = self.by_right.lock().unwrap().clone();
            let open = self.open.lock().unwrap().clone();
            rooms.extend(asked.iter().filter(|room| open.contains(room)).cloned());
            let held = self.held.lock().unwrap().pop_front();
            self.found.notify_one();
            if let Some(held) = held {
                held.notified().await;
            }
            Ok(rooms)
        }
        .boxed()
    }

    fn records_refusals(&self) -> bool {
        true
    }
}

fn asking(rooms: &[&str]) -> Value {
    let mut auth = proof();
    auth["rooms"] = json!(rooms);
    auth
}

async fn seated(house: &House, rooms: &[&str]) -> Socket {
    let mut socket = house.knocking(&asking(rooms)).await;
    socket.hear_ready().await;
    socket
}

/// What a socket hears before the last word to its person.
async fn heard(house: &House, socket: &mut Socket) -> Vec<String> {
    house
        .live
        .emit(&format!("user_{}", kim()), "last", &json!({}));
    let mut heard = Vec::new();
    loop {
        match socket.hear().await.unwrap() {
            last if last == "42[\"last\",{}]" => return heard,
            word => heard.push(word),
        }
    }
}

/// Emits to each of these rooms and gives those whose word is heard.
async fn in_rooms(house: &House, socket: &mut Socket, rooms: &[&'static str]) -> Vec<&'static str> {
    for room in rooms {
        house.live.emit(room, "news", &json!(room));
    }
    let heard = heard(house, socket).await;
    let said = |room: &&&str| heard.contains(&format!("42[\"news\",\"{room}\"]"));
    rooms.iter().filter(said).copied().collect()
}

/// Until the seat is in these rooms of all.
async fn wait_for_rooms(house: &House, socket: &mut Socket, wanted: &[&str], all: &[&'static str]) {
    let there = async { while in_rooms(house, socket, all).await != wanted {} };
    timeout(Duration::from_secs(20), there).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_is_in_the_rooms_that_it_may_name_and_in_those_that_are_its_by_right() {
    let house = House::start().await;
    let posts = Posts::opening(&["post_1", "post_3", "team_1"]);
    posts
        .by_right
        .lock()
        .unwrap()
        .extend(["post_board".into(), "user_2".into(), "team_2".into()]);
    house.live.rooms("post_", posts.clone());
    let mut socket = seated(&house, &["post_1", "post_2", "team_1", "user_2", "none"]).await;
    assert_eq!(*posts.asked.lock().unwrap(), [["post_1", "post_2"]]);
    let all = [
        "post_1",
        "post_2",
        "post_3",
        "post_board",
        "team_1",
        "team_2",
        "user_2",
        "none",
    ];
    assert_eq!(
        in_rooms(&house, &mut socket, &all).await,
        ["post_1", "post_board"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_hears_what_another_process_emits() {
    let (one, two, _wire) = two().await;
    two.live.rooms("post_", Posts::opening(&["post_1"]));
    let mut socket = seated(&two, &["post_1", "post_2"]).await;
    for room in ["post_1", "post_2"] {
        one.live.emit(room, "news", &json!(room));
    }
    assert_eq!(heard(&one, &mut socket).await, ["42[\"news\",\"post_1\"]"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_loses_a_right_leaves_the_room_and_whoever_is_given_one_joins() {
    let house = House::start().await;
    let posts = Posts::opening(&["post_1"]);
    house.live.rooms("post_", posts.clone());
    let all = ["post_1", "post_2"];
    let mut socket = seated(&house, &all).await;
    assert_eq!(in_rooms(&house, &mut socket, &all).await, ["post_1"]);
    posts.open(&["post_2"]);
    house.live.recheck(kim());
    wait_for_rooms(&house, &mut socket, &["post_2"], &all).await;
    posts.open(&[]);
    house.live.recheck_all().await.unwrap();
    assert!(in_rooms(&house, &mut socket, &all).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_for_many_is_judged_anew_in_every_process() {
    let (one, two, _wire) = two().await;
    let posts = Posts::opening(&["post_1"]);
    two.live.rooms("post_", posts.clone());
    let mut socket = seated(&two, &["post_1"]).await;
    assert_eq!(in_rooms(&two, &mut socket, &["post_1"]).await, ["post_1"]);
    posts.open(&[]);
    one.live.recheck_rooms("post_");
    wait_for_rooms(&two, &mut socket, &[], &["post_1"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_from_before_the_right_was_withdrawn_puts_nobody_into_the_room() {
    let house = House::start().await;
    let posts = Posts::opening(&["post_1"]);
    let held = Arc::new(Notify::new());
    posts.held.lock().unwrap().push_back(Arc::clone(&held));
    house.live.rooms("post_", posts.clone());
    let mut socket = house.knocking(&asking(&["post_1"])).await;
    posts.found.notified().await;
    posts.open(&[]);
    house.live.recheck_all().await.unwrap();
    held.notify_one();
    socket.hear_ready().await;
    assert!(in_rooms(&house, &mut socket, &["post_1"]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_an_app_cannot_say_nobody_is_let_in_and_whoever_is_stays_where_they_are() {
    let house = House::start().await;
    let posts = Posts::opening(&["post_1"]);
    house.live.rooms("post_", posts.clone());
    let mut socket = seated(&house, &["post_1"]).await;
    *posts.is_away.lock().unwrap() = true;
    let mut other = house.knocking(&asking(&["post_1"])).await;
    let refused = other.refusal().await;
    assert!(refused.contains("\"code\":\"unavailable\""), "{refused}");
    assert!(house.live.recheck_all().await.is_err());
    assert_eq!(house.seats(), 1);
    assert_eq!(in_rooms(&house, &mut socket, &["post_1"]).await, ["post_1"]);
}

#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<String>>>);

impl Denials for Book {
    fn denied(&self, ctx: Ctx, method: axum::http::Method, route: String) -> BoxFuture<'_, ()> {
        assert_eq!(ctx.account(), Some(kim()));
        self.0.lock().unwrap().push(format!("{method} {route}"));
        std::future::ready(()).boxed()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_a_room_that_is_not_ones_own_is_on_the_record_once() {
    let book = Book::default();
    let house = House::of(StackParts {
        denials: Some(Arc::new(book.clone())),
        ..parts(web())
    });
    let house = house.await;
    house.live.rooms("post_", Posts::opening(&["post_1"]));
    seated(&house, &["post_1"]).await;
    assert!(book.0.lock().unwrap().is_empty());
    seated(&house, &["post_1", "post_2", "post_3", "team_1"]).await;
    house.live.recheck_all().await.unwrap();
    let noted = book.0.lock().unwrap().clone();
    assert_eq!(noted, ["CONNECT /socket.io/ post_2 post_3"]);
}
