//! As much of WebSocket as a load needs: whole text frames, the client's under a mask of zeros, which changes nothing.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
/// What a client's length stands beside, and in its place where it takes two bytes or eight.
const MASKED: u8 = 0x80;
const TWO_BYTES: u8 = 0x7e;
const EIGHT_BYTES: u8 = 0x7f;
/// The end of an HTTP answer's head.
const END: &[u8] = b"\r\n\r\n";
/// What a server sends in one frame is far below this.
const FRAME_LIMIT: usize = 1 << 20;
/// What those who will stop reading have room for, in bytes.
const SMALL_WINDOW: u32 = 4_096;

/// One end of a WebSocket.
pub struct Wire {
    stream: TcpStream,
    /// What came and was not looked at.
    came: Vec<u8>,
}

impl Wire {
    /// Opens a WebSocket at the address of Socket.IO.
    pub async fn open(address: SocketAddr, is_slow: bool) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if is_slow {
            socket.set_recv_buffer_size(SMALL_WINDOW)?;
        }
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        let mut wire = Self {
            stream,
            came: Vec::new(),
        };
        let head = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        wire.stream.write_all(head.as_bytes()).await?;
        let end = loop {
            let mut places = wire.came.windows(END.len());
            match places.position(|place| place == END) {
                Some(end) => break end + END.len(),
                None => wire.more().await?,
            }
        };
        let answer: Vec<u8> = wire.came.drain(..end).collect();
        if answer.starts_with(b"HTTP/1.1 101 ") {
            return Ok(wire);
        }
        let text = String::from_utf8_lossy(&answer);
        let status = text.lines().next().unwrap_or_default();
        Err(io::Error::other(status.to_owned()))
    }

    /// Sends a text.
    pub async fn say(&mut self, text: &str) -> io::Result<()> {
        let mut frame = vec![TEXT];
        if let Ok(short @ ..126) = u8::try_from(text.len()) {
            frame.push(MASKED | short);
        } else {
            let length = u16::try_from(text.len()).map_err(io::Error::other)?;
            frame.push(MASKED | TWO_BYTES);
            frame.extend(length.to_be_bytes());
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.stream.write_all(&frame).await
    }

    /// The next text; an error once it is closed. Where it is not waited for to its end, nothing is lost.
    pub async fn hear(&mut self) -> io::Result<String> {
        loop {
            match frame(&self.came)? {
                None => self.more().await?,
                Some((kind, start, end)) => {
                    let body: Vec<u8> = self.came.drain(..end).skip(start).collect();
                    match kind {
                        TEXT => return String::from_utf8(body).map_err(io::Error::other),
                        CLOSE => return Err(io::ErrorKind::ConnectionAborted.into()),
                        _ => {}
                    }
                }
            }
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.came).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The kind of the first frame, where its body begins and where it ends; nothing while it is not all there.
fn frame(came: &[u8]) -> io::Result<Option<(u8, usize, usize)>> {
    let [kind, length, rest @ ..] = came else {
        return Ok(None);
    };
    // The length stands in the byte before, or in the two or eight behind it.
    let (length, start) = match (length, rest.first_chunk(), rest.first_chunk()) {
        (&TWO_BYTES, Some(two), _) => (u64::from(u16::from_be_bytes(*two)), 4),
        (&EIGHT_BYTES, _, Some(eight)) => (u64::from_be_bytes(*eight), 10),
        (&(TWO_BYTES | EIGHT_BYTES), ..) => return Ok(None),
        (short, ..) => (u64::from(*short), 2),
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > FRAME_LIMIT {
        return Err(io::Error::other("a frame of more than 1 MiB"));
    }
    let end: usize = start + length;
    Ok((came.len() >= end).then_some((*kind, start, end)))
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn a_frame_is_found_once_it_is_all_there() {
        assert_eq!(
            frame(&[0x81, 2, b'4', b'0', 0x81]).ok(),
            Some(Some((0x81, 2, 4)))
        );
        assert_eq!(frame(&[0x81, 2, b'4']).ok(), Some(None));
        let long = [&[0x81, 126, 1, 0][..], &[b'x'; 256]].concat();
        assert_eq!(frame(&long).ok(), Some(Some((0x81, 4, 260))));
        assert!(frame(&[0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0]).is_err());
    }
}
