//! `hanok doctor` and the SMTP server, which is a real one of a few lines.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use hanok_testkit::free_port;

use crate::place::{Place, Told};

/// Serves SMTP without TLS; what it was told is kept.
fn smtp_server(greeting: &'static str) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&told);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = talk(stream.unwrap(), greeting, &kept);
        }
    });
    (port, told)
}

fn talk(mut stream: TcpStream, greeting: &str, told: &Mutex<Vec<String>>) -> std::io::Result<()> {
    write!(stream, "{greeting}\r\n")?;
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        let word = line
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        told.lock().unwrap().push(word.clone());
        match word.as_str() {
            "EHLO" => write!(stream, "250-mail.example.com\r\n250 AUTH PLAIN\r\n")?,
            "AUTH" => write!(stream, "535 5.7.8 wrong\r\n")?,
            "QUIT" => return write!(stream, "221 bye\r\n"),
            _ => write!(stream, "250 ok\r\n")?,
        }
    }
    Ok(())
}

fn with_server(port: u16) -> Place {
    let mut place = Place::sqlite();
    place.done(&["migrate"]);
    let settings = [
        ("mail.mode", "smtp"),
        ("mail.from", "hanok@example.com"),
        ("mail.host", "127.0.0.1"),
        ("mail.port", &port.to_string()),
        ("mail.security", "none"),
        ("mail.timeout_seconds", "20"),
    ];
    for (key, value) in settings {
        place.set(key, value);
    }
    place
}

#[tokio::test]
async fn a_server_that_answers_is_greeted_and_sent_nothing() {
    let (port, told) = smtp_server("220 mail.example.com");
    let place = with_server(port);
    let found = Told::by(&place, &[]);
    found.failed(&[]);
    found.is("mail", "ok", &["answers", "without TLS"]);
    assert_eq!(*told.lock().unwrap(), ["EHLO", "NOOP", "QUIT"]);
}

#[tokio::test]
async fn a_server_that_is_away_refuses_or_knows_no_tls_is_found() {
    let away = with_server(free_port());
    let found = Told::by(&away, &[]);
    found.failed(&["mail"]);
    found.is("mail", "failed", &["cannot be reached", "mail.host"]);

    let (port, _) = smtp_server("554 no mail from you");
    let found = Told::by(&with_server(port), &[]);
    found.failed(&["mail"]);
    found.is("mail", "failed", &["refused for good: 554"]);

    let (port, told) = smtp_server("220 mail.example.com");
    let mut plain = with_server(port);
    plain.set("mail.security", "starttls");
    let found = Told::by(&plain, &[]);
    found.failed(&["mail"]);
    found.is("mail", "failed", &["STARTTLS"]);
    assert!(!told.lock().unwrap().contains(&"AUTH".to_owned()));
}

#[tokio::test]
async fn a_password_that_the_server_does_not_take_is_found_and_not_told() {
    let (port, told) = smtp_server("220 mail.example.com");
    let mut place = with_server(port);
    place.set("mail.username", "hanok");
    place.set("mail.password", "a-wrong-word");
    let found = Told::by(&place, &[]);
    found.failed(&["mail"]);
    found.is("mail", "failed", &["535"]);
    assert!(!found.all.to_string().contains("a-wrong-word"));
    assert!(told.lock().unwrap().contains(&"AUTH".to_owned()));
}
