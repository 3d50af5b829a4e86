//! Sockets that do not read: closed, while others are served. Rooms, and what other processes say.

mod fanout;
mod gaps;
mod notices;
mod rooms;

use std::time::Duration;

use hanok_base::Id;
use hanok_web::live::Live;
use hanok_web::server::Server;
use hanok_web::{AccountId, StackParts, serve_stack};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{self, sleep, timeout};
use uuid::Uuid;

use crate::app::{Slow, parts, routes, web};
use crate::callers::signature;

/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Large enough that few fill what the system keeps for a peer.
const PAYLOAD: usize = 60_000;

struct House {
    live: Live,
    address: std::net::SocketAddr,
}

impl House {
    async fn start() -> Self {
        Self::of(parts(web())).await
    }

    async fn of(parts: StackParts) -> Self {
        let live = parts.live.clone();
        let routes = routes(Slow::default()).merge(live.routes());
        let stack = serve_stack(routes.into_router(), parts).unwrap();
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let address = server.address();
        tokio::spawn(async move {
            let never = std::future::pending::<()>();
            server.run(stack, &web(), Duration::ZERO, never).await
        });
        Self { live, address }
    }

    fn seats(&self) -> usize {
        self.live.seats(kim()).len()
    }

    async fn wait_for_seats(&self, seats: usize) {
        let taken = async {
            while self.seats() != seats {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, taken).await.unwrap();
    }

    /// A socket over WebSocket that knows it is in.
    async fn socket(&self) -> Socket {
        let mut socket = self.knocking(&proof()).await;
        socket.hear_ready().await;
        socket
    }

    /// A socket over WebSocket that asks to be let in with this.
    async fn knocking(&self, auth: &Value) -> Socket {
        let mut socket = self.opened().await;
        socket.say(&format!("40{auth}")).await;
        socket
    }

    /// A socket over WebSocket that says nothing.
    async fn opened(&self) -> Socket {
        let small = TcpSocket::new_v4().unwrap();
        small.set_recv_buffer_size(4_096).unwrap();
        let mut socket = Socket(small.connect(self.address).await.unwrap());
        let head = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\n\
                    connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        socket.0.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(socket.0.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 "), "{answer:?}");
        socket
    }

    /// Posts or polls once over HTTP; gives the body.
    async fn exchange(&self, method: &str, query: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let text = format!(
            "{method} /socket.io/?EIO=4&transport=polling{query} HTTP/1.1\r\nhost: x\r\n\
             connection: close\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 "), "{head}");
        body.to_owned()
    }
}

/// One end of a WebSocket.
struct Socket(TcpStream);

impl Socket {
    /// Why it is not let in.
    async fn refusal(&mut self) -> String {
        loop {
            let said = self.hear().await.unwrap();
            if said.starts_with("44") {
                return said;
            }
        }
    }

    async fn hear_ready(&mut self) {
        while !self.hear().await.unwrap().starts_with("42[\"ready\"") {}
    }

    /// Answers what comes first of all, and waits until the server knows.
    async fn answer_the_first_ping(&mut self) {
        while self.frame().await.unwrap() != "2" {}
        self.say("3").await;
        self.say("40/nowhere,").await;
        while !self.hear().await.unwrap().starts_with("44/nowhere,") {}
    }

    async fn say(&mut self, text: &str) {
        self.send(text).await.unwrap();
    }

    async fn send(&mut self, text: &str) -> std::io::Result<()> {
        let length = u16::try_from(text.len()).unwrap();
        // A text, its length in two bytes, under a mask of zeros, which changes nothing.
        let mut frame = vec![0x81, 0xfe];
        frame.extend(length.to_be_bytes());
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).await
    }

    /// The next text (`1` is a farewell), pings answered; `None` once it is closed.
    async fn hear(&mut self) -> Option<String> {
        loop {
            match timeout(PATIENCE, self.frame()).await.unwrap() {
                // The server may have closed it meanwhile: the next read says so.
                Some(ping) if ping == "2" => drop(self.send("3").await),
                other => return other,
            }
        }
    }

    async fn frame(&mut self) -> Option<String> {
        let kind = self.0.read_u8().await.ok()?;
        let length = match self.0.read_u8().await.ok()? {
            126 => usize::from(self.0.read_u16().await.ok()?),
            127 => usize::try_from(self.0.read_u64().await.ok()?).unwrap(),
            short => usize::from(short),
        };
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        (kind == 0x81).then(|| String::from_utf8(body).unwrap())
    }
}

fn kim() -> AccountId {
    Id::from_uuid(Uuid::from_u128(1))
}

/// What the phone of these tests proves itself with.
fn proof() -> Value {
    let signature = signature("/socket.io/", "");
    json!({ "device": { "id": "1", "time": "1", "nonce": "n", "signature": signature } })
}

/// Tells both rooms' members until only one is left; the healthy one hears every word.
async fn tell_until_one_is_left(house: &House, healthy: &mut Socket, most: usize) {
    let room = format!("user_{}", kim());
    let long = "x".repeat(PAYLOAD);
    for count in 0..most {
        house
            .live
            .emit(&room, "news", &json!({ "count": count, "long": long }));
        let heard = healthy.hear().await.unwrap();
        assert!(heard.starts_with(&format!("42[\"news\",{{\"count\":{count},")));
        if house.seats() == 1 {
            return;
        }
    }
    panic!("nobody was dropped after {most} events");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_stops_reading_is_closed_and_the_others_hear_everything() {
    let house = House::start().await;
    let mut healthy = house.socket().await;
    let mut deaf = house.socket().await;
    assert_eq!(house.seats(), 2);
    // What the system keeps for the peer, and the queue of 128.
    tell_until_one_is_left(&house, &mut healthy, 600).await;
    while deaf.hear().await.is_some() {}
    house
        .live
        .emit(&format!("user_{}", kim()), "last", &json!({}));
    assert_eq!(healthy.hear().await.as_deref(), Some("42[\"last\",{}]"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_does_not_poll_is_closed_when_its_queue_is_full() {
    let house = House::start().await;
    let mut healthy = house.socket().await;
    let opened = house.exchange("GET", "", "").await;
    let open: Value = serde_json::from_str(opened.strip_prefix('0').unwrap()).unwrap();
    let sid = format!("&sid={}", open["sid"].as_str().unwrap());
    house
        .exchange("POST", &sid, &format!("40{}", proof()))
        .await;
    house.wait_for_seats(2).await;
    tell_until_one_is_left(&house, &mut healthy, 140).await;
    let polled = house.exchange("GET", &sid, "").await;
    assert!(!polled.starts_with("42"), "it is gone: {polled}");
}

/// Lets so much time go by in which nothing is said.
async fn pass(time: Duration) {
    time::pause();
    time::advance(time).await;
    time::resume();
}

#[tokio::test]
async fn one_that_takes_no_seat_is_closed_after_twenty_seconds_and_whoever_has_one_stays() {
    let house = House::start().await;
    let mut seated = house.knocking(&proof()).await;
    seated.answer_the_first_ping().await;
    let mut silent = house.opened().await;
    silent.answer_the_first_ping().await;
    house.wait_for_seats(1).await;
    pass(Duration::from_secs(10)).await;
    assert_eq!(house.live.sockets(), 2);
    pass(Duration::from_secs(10)).await;
    assert_eq!(silent.hear().await.as_deref(), Some("1"));
    assert_eq!(silent.hear().await, None);
    assert_eq!((house.live.sockets(), house.seats()), (1, 1));
}
