//! A small SMTP server (RFC 5321) on loopback that does as the test says, and keeps what it hears.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How a server answers.
#[derive(Clone, Copy, Debug)]
pub enum Answers {
    /// As it should.
    Well,
    /// To a recipient with this line.
    ToRecipient(&'static str),
    /// To the first two recipients with 451.
    LaterTwice,
    /// Never.
    Silent,
    /// As another kind of server.
    Otherwise,
}

/// The server. Dropping it closes it.
pub struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (kept, asked) = (Arc::clone(&heard), Arc::new(AtomicUsize::new(0)));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let speaking = Speaking {
                    answers,
                    heard: Arc::clone(&kept),
                    asked: Arc::clone(&asked),
                };
                tokio::spawn(async move { speaking.with(stream).await });
            }
        });
        Self { port, heard, task }
    }

    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Stops listening, and answers every line that was heard.
    pub async fn stop(self) -> Vec<String> {
        self.task.abort();
        assert!(self.task.await.is_err());
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// One connection.
struct Speaking {
    answers: Answers,
    heard: Arc<Mutex<Vec<String>>>,
    /// How many recipients were named, over all connections.
    asked: Arc<AtomicUsize>,
}

impl Speaking {
    async fn with(self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        match self.answers {
            Answers::Otherwise => return say(&mut stream, "HTTP/1.1 400 Bad Request").await,
            Answers::Silent => {}
            _ => say(&mut stream, "220 test ESMTP").await?,
        }
        let mut in_data = false;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            self.heard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line.to_owned());
            let answer = if in_data {
                in_data = line != ".";
                if in_data {
                    continue;
                }
                "250 kept"
            } else {
                self.answer(line)
            };
            in_data |= answer.starts_with("354");
            if !answer.is_empty() {
                say(&mut stream, answer).await?;
            }
        }
    }

    fn answer(&self, line: &str) -> &'static str {
        if matches!(self.answers, Answers::Silent) {
            return "";
        }
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "RCPT" => self.recipient(),
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        }
    }

    fn recipient(&self) -> &'static str {
        let before = self.asked.fetch_add(1, Ordering::SeqCst);
        match self.answers {
            Answers::ToRecipient(line) => line,
            Answers::LaterTwice if before < 2 => "451 not now",
            _ => "250 ok",
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    let line = format!("{line}\r\n");
    stream.get_mut().write_all(line.as_bytes()).await.ok()
}
