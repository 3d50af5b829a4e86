//! Over a real listener.

use std::net::SocketAddr;
use std::time::Duration;

use hanok_web::server::{ListenError, Server, Stopped};
use hanok_web::{WebConfig, serve_stack};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::{Slow, parts, routes, web};

struct Running {
    address: SocketAddr,
    slow: Slow,
    stop: oneshot::Sender<()>,
    stopped: JoinHandle<Stopped>,
}

async fn running() -> Running {
    let slow = Slow::default();
    let stack = serve_stack(routes(slow.clone()).into_router(), parts(web())).unwrap();
    let server = Server::bind("127.0.0.1", 0).await.unwrap();
    let address = server.address();
    let (stop, stopping) = oneshot::channel::<()>();
    let config: WebConfig = web();
    let stopped = tokio::spawn(async move {
        let stopping = async { drop(stopping.await) };
        server
            .run(stack, &config, Duration::from_secs(5), stopping)
            .await
    });
    Running {
        address,
        slow,
        stop,
        stopped,
    }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.unwrap()
}

/// Writes `text` and reads until the server closes.
async fn exchange(running: &Running, text: &str) -> String {
    let mut stream = connect(running).await;
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn a_request_is_answered_and_the_peer_is_known() {
    let running = running().await;
    let text = "GET /api/v1/ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = exchange(&running, text).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\"address\":\"127.0.0.1\""));
}

#[tokio::test]
async fn what_is_no_http_request_gets_a_problem_too() {
    let running = running().await;
    let many = "x: y\r\n".repeat(200);
    let long = format!("x: {}\r\n", "y".repeat(200_000));
    let uri = "x".repeat(70_000);
    for (text, status, code) in [
        ("nonsense\r\n\r\n".to_owned(), "400", "invalid_request"),
        (
            "GET / HTTP/1.1\r\nbad header\r\n\r\n".to_owned(),
            "400",
            "invalid_request",
        ),
        (
            format!("GET / HTTP/1.1\r\n{many}\r\n"),
            "431",
            "headers_too_large",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx: {}\r\n\r\n",
                "y".repeat(20_000)
            ),
            "431",
            "headers_too_large",
        ),
        (
            format!("GET / HTTP/1.1\r\n{long}\r\n"),
            "431",
            "headers_too_large",
        ),
        (
            format!("GET /{uri} HTTP/1.1\r\n\r\n"),
            "414",
            "uri_too_long",
        ),
    ] {
        let answer = exchange(&running, &text).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("x-request-id: "), "{answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
    }
}

#[tokio::test]
async fn a_chunked_body_that_grows_too_long_is_413() {
    let running = running().await;
    let mut stream = connect(&running).await;
    let head = "POST /api/v1/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("400\r\n{}\r\n", "x".repeat(0x400));
    for _ in 0..5 {
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_dawdles_with_its_head_is_closed() {
    let running = running().await;
    for text in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\n",
    ] {
        assert_eq!(exchange(&running, text).await, "", "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_falls_silent_is_closed() {
    let running = running().await;
    let answer = exchange(&running, "GET /api/v1/ping HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[tokio::test]
async fn hanging_up_does_not_stop_the_work() {
    let running = running().await;
    let mut stream = connect(&running).await;
    stream
        .write_all(b"POST /api/v1/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    running.slow.started.notified().await;
    drop(stream);
    running.slow.release.notify_one();
    running.slow.done.notified().await;
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight() {
    let running = running().await;
    let mut stream = connect(&running).await;
    stream
        .write_all(b"GET /api/v1/slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    running.slow.started.notified().await;
    running.stop.send(()).unwrap();
    running.slow.release.notify_one();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!(running.stopped.await.unwrap(), Stopped::Finished);
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_for_ever() {
    let running = running().await;
    let mut stream = connect(&running).await;
    stream
        .write_all(b"GET /api/v1/slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    running.slow.started.notified().await;
    running.stop.send(()).unwrap();
    assert_eq!(running.stopped.await.unwrap(), Stopped::CutOff);
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let first = Server::bind("127.0.0.1", 0).await.unwrap();
    let taken = Server::bind("127.0.0.1", first.address().port())
        .await
        .err()
        .unwrap();
    assert!(matches!(taken, ListenError::PortTaken { address } if address == first.address()));
    assert!(taken.to_string().contains("is taken by another program"));
    let nowhere = Server::bind("203.0.113.77", 0).await.err().unwrap();
    assert!(
        matches!(nowhere, ListenError::NoSuchAddress { .. }),
        "{nowhere}"
    );
}
