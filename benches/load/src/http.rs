//! As much of an HTTP/1.1 client as a load needs: one kept connection, one request at a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No server here takes longer for one answer and still works.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// No answer measured here is near this; a longer one is a fault.
const BODY_LIMIT: usize = 1 << 20;

/// One answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// The first cookie that it sets, as a request gives it back.
    pub cookie: Option<String>,
    /// The server will not use this connection again.
    pub last: bool,
}

/// A connection that is opened when first needed and again whenever the server closed it.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    /// How often it was opened.
    pub opened: usize,
}

impl Connection {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            opened: 0,
        }
    }

    /// Sends one request and reads its answer to the end.
    pub fn call(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.open()?,
        };
        stream.get_mut().write_all(request)?;
        let answer = read_answer(&mut stream)?;
        if !answer.last {
            self.stream = Some(stream);
        }
        Ok(answer)
    }

    fn open(&mut self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect_timeout(&self.address, ANSWER_TIMEOUT)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        stream.set_write_timeout(Some(ANSWER_TIMEOUT))?;
        self.opened += 1;
        Ok(BufReader::new(stream))
    }
}

#[derive(Default)]
struct Head {
    length: Option<usize>,
    chunked: bool,
    close: bool,
    cookie: Option<String>,
}

fn read_answer(input: &mut impl BufRead) -> io::Result<Answer> {
    let status = read_status(input)?;
    let head = read_head(input)?;
    if (100..200).contains(&status) {
        return read_answer(input);
    }
    let mut body = Vec::new();
    let empty = status == 204 || status == 304;
    match (head.chunked, head.length) {
        _ if empty => {}
        (true, _) => read_chunks(input, &mut body)?,
        (false, Some(length)) => read_exactly(input, length, &mut body)?,
        (false, None) => {
            input.take(BODY_LIMIT as u64).read_to_end(&mut body)?;
        }
    }
    let unbounded = !empty && !head.chunked && head.length.is_none();
    Ok(Answer {
        status,
        body,
        last: head.close || unbounded,
        cookie: head.cookie,
    })
}

fn read_status(input: &mut impl BufRead) -> io::Result<u16> {
    let line = read_line(input)?;
    let mut words = line.split(' ');
    match (words.next(), words.next().map(str::parse)) {
        (Some("HTTP/1.1"), Some(Ok(status))) => Ok(status),
        _ => Err(fault("not an HTTP/1.1 status line")),
    }
}

fn read_head(input: &mut impl BufRead) -> io::Result<Head> {
    let mut head = Head::default();
    loop {
        let line = read_line(input)?;
        if line.is_empty() {
            return Ok(head);
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| fault("a header without a colon"))?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.length = Some(value.parse().map_err(io::Error::other)?),
            "transfer-encoding" => head.chunked = value.eq_ignore_ascii_case("chunked"),
            "set-cookie" => {
                let cookie = value.split(';').next().unwrap_or_default();
                head.cookie.get_or_insert_with(|| cookie.to_owned());
            }
            "connection" => head.close = value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
}

fn read_chunks(input: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let line = read_line(input)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        if size == 0 {
            read_head(input)?;
            return Ok(());
        }
        read_exactly(input, size, body)?;
        read_line(input)?;
    }
}

fn read_exactly(input: &mut impl BufRead, length: usize, body: &mut Vec<u8>) -> io::Result<()> {
    if body.len().saturating_add(length) > BODY_LIMIT {
        return Err(fault("an answer of more than 1 MiB"));
    }
    let read = input.take(length as u64).read_to_end(body)?;
    if read == length {
        Ok(())
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn read_line(input: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    input.take(16 * 1024).read_line(&mut line)?;
    match line.strip_suffix('\n') {
        Some(text) => Ok(text.trim_end_matches('\r').to_owned()),
        None => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

fn fault(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::{Answer, read_answer};

    fn read(text: &str) -> std::io::Result<Answer> {
        read_answer(&mut text.as_bytes())
    }

    fn answer(status: u16, body: &str, last: bool) -> Answer {
        let body = body.as_bytes().to_vec();
        Answer {
            status,
            body,
            cookie: None,
            last,
        }
    }

    #[test]
    fn an_answer_with_a_length_keeps_the_connection() {
        let text = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200";
        assert_eq!(read(text).ok(), Some(answer(201, "{}", false)));
    }

    #[test]
    fn chunks_are_put_together() {
        let text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
        assert_eq!(read(text).ok(), Some(answer(200, "abcde", false)));
    }

    #[test]
    fn a_server_that_closes_is_believed() {
        let text = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nrest";
        assert_eq!(read(text).ok(), Some(answer(200, "rest", true)));
    }

    #[test]
    fn a_cut_answer_is_an_error() {
        assert!(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").is_err());
        assert!(read("HTTP/1.1 200 OK\r\nContent-Le").is_err());
    }
}
