//! Thousands of Socket.IO clients over WebSocket, led by lines of JSON: `hanok-bench-load sockets`.
//!
//! Each line on standard input is an [`Order`]; each is answered by one line on standard output once it is done. The
//! process that leads reads what the server used between two orders.

mod client;
mod crowd;
mod talk;
mod wire;

use std::error::Error;
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::crowd::Crowd;
use self::talk::Talk;

/// What the crowd is to do.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    /// Whom to connect to, and by what: a line of `tokens` for each client.
    Server {
        address: SocketAddr,
        tokens: PathBuf,
        /// Rooms that each asks for.
        #[serde(default)]
        rooms: Vec<String>,
    },
    /// So many connect, spread over so many seconds, or as fast as `at_once` under way allow; those from `slow_from` on
    /// have a small window.
    Connect {
        count: usize,
        slow_from: usize,
        at_once: usize,
        #[serde(default)]
        seconds: u64,
    },
    /// What was heard is counted from nothing.
    Reset,
    /// Waits until the quick (or all) have heard so many events together.
    Heard { events: usize, seconds: u64 },
    /// The slow stop reading.
    Pause,
    /// The slow read again, find out that they were closed, and come back with the last number they know.
    Resume { seconds: u64 },
    /// Comments at a rate, and how long each took to reach who wrote the post.
    Talk(Talk),
    /// Everybody hangs up.
    Leave,
}

/// Obeys until its input ends. Clients listen and answer pings between two orders too.
pub fn obey() -> Result<(), Box<dyn Error>> {
    let (given, mut orders) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if given.send(line).is_err() {
                return;
            }
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut crowd = Crowd::default();
        while let Some(line) = orders.recv().await {
            let done = obeyed(&mut crowd, serde_json::from_str(&line)?).await?;
            writeln!(std::io::stdout(), "{done}")?;
            std::io::stdout().flush()?;
        }
        Ok(())
    })
}

async fn obeyed(crowd: &mut Crowd, order: Order) -> Result<Value, Box<dyn Error>> {
    match order {
        Order::Server {
            address,
            tokens,
            rooms,
        } => {
            if !address.ip().is_loopback() {
                return Err("only a server on loopback is put under load".into());
            }
            let text = std::fs::read_to_string(tokens)?;
            *crowd = Crowd::of(address, text.lines().map(str::to_owned).collect(), rooms);
            Ok(json!({}))
        }
        Order::Connect {
            count,
            slow_from,
            at_once,
            seconds,
        } => Ok(crowd.connect(count, slow_from, at_once, seconds).await),
        Order::Reset => {
            crowd.reset();
            Ok(json!({}))
        }
        Order::Heard { events, seconds } => Ok(crowd.heard(events, seconds).await),
        Order::Pause => {
            crowd.pause();
            Ok(json!({}))
        }
        Order::Resume { seconds } => Ok(crowd.resume(seconds).await),
        Order::Talk(talk) => talk.play(crowd).await,
        Order::Leave => {
            crowd.leave().await;
            Ok(json!({}))
        }
    }
}
