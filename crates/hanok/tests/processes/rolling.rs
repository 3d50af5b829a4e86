//! One of two servers ends and comes back while shops ask: nobody is cut off, and nothing that was answered is lost.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Result};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use hanok_testkit::Sink;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::House;
use crate::store::Store;

/// How many ask at once.
const SHOPS: usize = 12;
/// How often the server ends.
const ROUNDS: usize = 3;

/// Asks on a connection of its own; what came back, to its last byte.
async fn ask(house: &House, process: usize, person: usize) -> Result<String> {
    let body = json!({ "user_phone_number": house.people[person].phone }).to_string();
    let word = |name: &str| house.shop[name].as_str().unwrap();
    let request = format!(
        "POST /api/v1/auth/request HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\
         x-client-id: {}\r\nx-client-secret: {}\r\n\r\n{body}",
        body.len(),
        word("client_id"),
        word("client_secret"),
    );
    let mut wire = TcpStream::connect(house.installed.address(process)).await?;
    wire.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    wire.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// The request that was made, where one was.
fn made(answer: &str) -> Option<String> {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
    let body: Value = serde_json::from_str(body).expect("a whole answer");
    let made = head.starts_with("HTTP/1.1 201");
    made.then(|| body["transaction_id"].as_str().unwrap().to_owned())
}

/// Asks until it is told to stop, the first server before the second; what was answered with 201.
async fn keep_asking(house: &House, person: usize, enough: &AtomicBool) -> Vec<String> {
    let mut answered = Vec::new();
    while !enough.load(Ordering::SeqCst) {
        let answer = match ask(house, 0, person).await {
            Err(fault) if fault.kind() == ErrorKind::ConnectionRefused => {
                ask(house, 1, person).await
            }
            other => other,
        };
        let answer = answer.unwrap_or_else(|fault| panic!("cut off: {fault}"));
        answered.extend(made(&answer));
    }
    answered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_end_answers_whoever_has_come_and_loses_nothing() {
    let Some(store) = Store::postgres().await else {
        return;
    };
    let sink = Sink::start().await;
    let house = House::prepare(store, 2, &sink, SHOPS).await;
    let mut servers = house.serve_all().await;
    let enough = AtomicBool::new(false);
    let asking = join_all((0..SHOPS).map(|person| keep_asking(&house, person, &enough)));
    let rolling = async {
        for _ in 0..ROUNDS {
            let before = house.requested().await.len();
            while house.requested().await.len() < before + 3 * SHOPS {}
            assert!(servers[0].end().await, "{}", house.installed.logged());
            servers[0] = house.installed.serve(0).await;
        }
        enough.store(true, Ordering::SeqCst);
    };
    let (answered, ()) = tokio::join!(asking, rolling);
    let answered: BTreeSet<String> = answered.into_iter().flatten().collect();
    assert!(answered.len() >= ROUNDS * SHOPS);
    assert!(
        answered.is_subset(&house.requested().await),
        "answered 201 and lost"
    );
    house.assert_audit_is_whole();
}
