//! A provider that does not answer well is tried again, for a day and no longer.

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use hanok_db::{Db, Tx};
use hanok_events::http::Origin;
use hanok_events::{DeadLetter, dead_letters, replay};
use hanok_testkit::{Reply, Sink, TestApp};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::kit::{House, Shop};
use crate::receiver::{told, told_once};

/// Longer than any test lives: nothing in it is decided by running out of time.
const NEVER: Duration = Duration::from_hours(1);

/// A house whose callbacks reach `origin` and wait `timeout` for it.
async fn house_for(db: Db, origin: &str, timeout: Duration) -> House {
    let allowed: Origin = origin.parse().unwrap();
    let seconds = u32::try_from(timeout.as_secs()).unwrap();
    House::build(
        TestApp::builder(db),
        &[],
        |config| config.callback_timeout_seconds = seconds,
        |policy| {
            policy.allow.push(allowed);
            policy.timeout = timeout;
        },
    )
    .await
}

async fn shop_at(house: &House, origin: &str) -> Shop {
    house
        .provider(
            "A 쇼핑몰",
            json!({ "callback_url": format!("{origin}/callback") }),
        )
        .await
}

/// The wait that was chosen after the first failure is between one and three seconds.
async fn waits_one_to_three_seconds(house: &House) -> bool {
    let wait = house.next_try().await.since(house.app.clock.now());
    (Duration::from_secs(1)..=Duration::from_secs(3)).contains(&wait)
}

async fn letters(house: &House) -> Vec<DeadLetter> {
    house
        .app
        .db
        .read(async |conn| dead_letters(conn, None, 10).await)
        .await
        .unwrap()
}

/// Somebody replays a dead letter in the console.
async fn replayed(house: &House, letter: &DeadLetter) {
    let (id, now) = (letter.id, house.app.clock.now());
    let unit = async move |tx: &mut Tx| replay(tx, id, now).await;
    house.app.db.write(unit).await.unwrap();
    house.app.settle().await;
}

/// Reads one request's head and answers these bytes, and then nothing more, as long as the test lives.
async fn answers_and_falls_silent(listener: TcpListener, reply: Vec<u8>) {
    let mut kept: Vec<TcpStream> = Vec::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(&reply).await.unwrap();
        kept.push(stream);
    }
}

hanok_db::both_engines! {
    sets(&crate::kit::sets());

    async fn the_first_retry_comes_after_one_to_three_seconds_and_not_before(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer_next(Reply::Status(500));
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        house.app.clock.advance(Duration::from_millis(999));
        house.app.settle().await;
        assert_eq!(sink.received().len(), 1);
        house.app.clock.advance(Duration::from_millis(2_001));
        house.app.settle().await;
        assert_eq!(sink.received().len(), 2);
        assert_eq!(house.delivery().await.state, "DELIVERED");
        house.app.finish().await;
    }

    async fn everything_but_2xx_is_tried_again_and_a_redirect_is_not_followed(db: Db) {
        let (sink, elsewhere) = (Sink::start().await, Sink::start().await);
        let house = House::start(db, &[&sink, &elsewhere]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let bad = [300, 304, 400, 401, 404, 410, 429, 500, 503].map(Reply::Status);
        let replies = bad.into_iter().chain([Reply::Redirect(elsewhere.url("/callback"))]);
        replies.for_each(|reply| sink.answer_next(reply));
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert!(waits_one_to_three_seconds(&house).await);
        for tried in 1..10 {
            assert_eq!((house.delivery().await.state.as_str(), sink.received().len()), ("QUEUED", tried));
            house.try_again().await;
        }
        let delivery = house.delivery().await;
        assert_eq!((delivery.state.as_str(), delivery.last_status), ("QUEUED", Some(302)));
        house.try_again().await;
        assert_eq!((house.delivery().await.state.as_str(), sink.received().len()), ("DELIVERED", 11));
        assert_eq!(elsewhere.received().len(), 0);
        house.app.finish().await;
    }

    async fn any_2xx_is_an_answer(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        for (count, status) in [200, 201, 202, 226, 299].into_iter().enumerate() {
            sink.answer_next(Reply::Status(status));
            house.completed(&shop, &person, &phone).await;
            house.app.settle().await;
            assert_eq!(sink.received().len(), count + 1);
            assert!(house.deliveries().await.iter().all(|delivery| delivery.state == "DELIVERED"), "{status}");
        }
        house.app.finish().await;
    }

    async fn a_provider_that_does_not_answer_in_time_is_told_again(db: Db) {
        let sink = Sink::start().await;
        let house = house_for(db, sink.origin(), Duration::from_secs(3)).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        let gate = sink.hold();
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        let delivery = house.delivery().await;
        assert_eq!((delivery.state.as_str(), delivery.last_error.as_deref()), ("QUEUED", Some("no answer in time")));
        assert!(waits_one_to_three_seconds(&house).await);
        gate.open();
        house.try_again().await;
        assert_eq!(house.delivery().await.state, "DELIVERED");
        let told = told(&shop, &sink);
        assert_eq!(told.len(), 2, "it had come, and comes again");
        assert!(told.iter().all(|told| told.claim("jti") == asked.id));
        assert_eq!(told[0].claims["auth_code"], told[1].claims["auth_code"]);
        house.app.finish().await;
    }

    async fn a_provider_that_is_down_is_told_when_it_is_back(db: Db) {
        // Bound and not listening: the port is ours and refuses connections.
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let origin = format!("http://{}", socket.local_addr().unwrap());
        let house = house_for(db, &origin, NEVER).await;
        let shop = shop_at(&house, &origin).await;
        let (person, phone) = house.paired("haneul").await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        let delivery = house.delivery().await;
        assert_eq!((delivery.state.as_str(), delivery.last_status), ("QUEUED", None));
        assert!(delivery.last_error.unwrap().starts_with("no connection"));
        assert!(waits_one_to_three_seconds(&house).await);
        let back = Router::new().fallback(async || StatusCode::NO_CONTENT);
        let server = tokio::spawn(axum::serve(socket.listen(16).unwrap(), back).into_future());
        house.try_again().await;
        assert_eq!(house.delivery().await.state, "DELIVERED");
        server.abort();
        house.app.finish().await;
    }

    async fn waits_double_up_to_an_hour_and_end_after_a_day_as_a_dead_letter(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer(Reply::Status(500));
        let end = house.app.clock.now().plus(Duration::from_hours(24));
        let asked = house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        let mut failures = 1;
        while house.delivery().await.state == "QUEUED" {
            let now = house.app.clock.now();
            let (wait, left) = (house.next_try().await.since(now), end.since(now));
            let middle = Duration::from_secs(2_u64.saturating_pow(failures).min(3_600));
            let longest = (middle * 3 / 2).min(Duration::from_hours(1));
            assert!((middle / 2).min(left) <= wait && wait <= longest.min(left), "{failures}: {wait:?}");
            house.try_again().await;
            failures += 1;
        }
        assert_eq!((house.app.clock.now(), house.delivery().await.state.as_str()), (end, "DEAD"));
        assert_eq!(told(&shop, &sink).len(), usize::try_from(failures).unwrap());
        let letter = letters(&house).await.remove(0);
        assert_eq!((letter.error.as_str(), letter.attempts), ("answered 500", failures));
        assert_eq!(house.codes_kept().await, 0);
        house.later(7_200);
        house.app.settle().await;
        assert_eq!(sink.received().len(), usize::try_from(failures).unwrap());

        sink.answer(Reply::Status(204));
        replayed(&house, &letter).await;
        let last = told(&shop, &sink).pop().unwrap();
        assert_eq!((last.claim("jti"), last.claims.get("auth_code")), (asked.id.as_str(), Some(&json!(null))));
        assert_eq!(last.claim("di").len(), 64);
        assert_eq!((house.delivery().await.state.as_str(), letters(&house).await.len()), ("DELIVERED", 0));
        house.app.finish().await;
    }

    async fn a_long_answer_is_not_read_on_and_kept_nowhere(db: Db) {
        let sink = Sink::start().await;
        let house = House::start(db, &[&sink]).await;
        let shop = house.shop("A 쇼핑몰", &sink).await;
        let (person, phone) = house.paired("haneul").await;
        sink.answer(Reply::Big(4_000_000));
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        told_once(&shop, &sink);
        assert_eq!(house.delivery().await.state, "DELIVERED");
        assert_eq!(house.app.scan_for(&["xxxxxxxxxxxxxxxxxxxxxxxx"]).await, Vec::<String>::new());
        house.app.finish().await;
    }

    async fn an_answer_that_never_ends_is_done_after_four_kibibytes(db: Db) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut reply = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_vec();
        reply.extend([b'x'; 4_096]);
        let server = tokio::spawn(answers_and_falls_silent(listener, reply));
        // Waiting for the rest would take an hour.
        let house = house_for(db, &origin, NEVER).await;
        let shop = shop_at(&house, &origin).await;
        let (person, phone) = house.paired("haneul").await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!((house.delivery().await.state.as_str(), house.delivery().await.attempts), ("DELIVERED", 1));
        server.abort();
        house.app.finish().await;
    }

    async fn a_body_that_drips_does_not_undo_its_2xx(db: Db) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let reply = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart".to_vec();
        let server = tokio::spawn(answers_and_falls_silent(listener, reply));
        let house = house_for(db, &origin, Duration::from_secs(3)).await;
        let shop = shop_at(&house, &origin).await;
        let (person, phone) = house.paired("haneul").await;
        house.completed(&shop, &person, &phone).await;
        house.app.settle().await;
        assert_eq!((house.delivery().await.state.as_str(), house.delivery().await.attempts), ("DELIVERED", 1));
        server.abort();
        house.app.finish().await;
    }
}
