//! A Socket.IO client over polling, written from the protocol's words and sharing no code with the program.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::client::Client;
use crate::person::Person;
use crate::phone::Phone;
use crate::site::Site;

const OPEN: &str = "/socket.io/?EIO=4&transport=polling";
/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// One socket, at one process.
pub struct Wire {
    client: Client,
    path: String,
    /// Packets that came and were not looked at.
    came: VecDeque<String>,
}

/// What a socket hears.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is in.
    Connected,
    /// It is refused: the message, and `data.code`.
    Refused(String, String),
    /// An event.
    Event(String, Value),
    /// An acknowledgement.
    Acknowledged(Value),
    /// The server closed it.
    Closed,
}

impl Wire {
    /// Opens a connection, and asks to be let in with this.
    ///
    /// # Panics
    /// When the answer is no Engine.IO.
    pub async fn connect(client: Client, auth: &Value) -> Self {
        let client = client.at_one();
        let opened = client.get(OPEN).await.assert_status(200);
        let open: Value = serde_json::from_str(opened.text.strip_prefix('0').unwrap()).unwrap();
        let sid = open["sid"].as_str().unwrap();
        let wire = Self {
            path: format!("{OPEN}&sid={sid}"),
            client,
            came: VecDeque::new(),
        };
        wire.send(&format!("40{auth}")).await;
        wire
    }

    /// Connects and hears that it is in and ready.
    ///
    /// # Panics
    /// When it is not.
    pub async fn seated(client: Client, auth: &Value) -> Self {
        let mut wire = Self::connect(client, auth).await;
        assert_eq!(wire.hear().await, Heard::Connected);
        let ready = json!({ "unread": 0, "seq": 0 });
        assert_eq!(wire.hear().await, Heard::Event("ready".into(), ready));
        wire
    }

    /// A person's socket, by their token.
    pub async fn of(site: &Site, person: &Person) -> Self {
        Self::seated(site.client(), &json!({ "token": person.token })).await
    }

    /// A phone's socket, by its signature.
    pub async fn of_phone(site: &Site, phone: &Phone) -> Self {
        Self::seated(site.client(), &signed(phone)).await
    }

    /// Sends a packet.
    ///
    /// # Panics
    /// When the connection is closed.
    pub async fn send(&self, packet: &str) {
        self.post(packet).await.assert_status(200);
    }

    async fn post(&self, packet: &str) -> Answer {
        let call = self.client.post(&self.path);
        call.text("text/plain;charset=UTF-8", packet).await
    }

    /// The next that comes, pings answered.
    ///
    /// # Panics
    /// When nothing comes within 20 seconds.
    pub async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.listen()).await.unwrap()
    }

    async fn listen(&mut self) -> Heard {
        loop {
            let Some(packet) = self.came.pop_front() else {
                let polled = self.client.get(&self.path).await;
                if polled.status != 200 || polled.text.is_empty() {
                    return Heard::Closed;
                }
                self.came = polled.text.split('\u{1e}').map(str::to_owned).collect();
                continue;
            };
            match packet.split_at(1) {
                ("1", _) => return Heard::Closed,
                // The server may have closed it meanwhile: the next poll says so.
                ("2", _) => drop(self.post("3").await),
                ("4", message) => return heard(message),
                _ => {}
            }
        }
    }
}

fn heard(message: &str) -> Heard {
    let (kind, body) = message.split_at(1);
    let json = body.trim_start_matches(|c: char| c.is_ascii_digit());
    let json: Value = serde_json::from_str(json).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    match kind {
        "0" => Heard::Connected,
        "2" => Heard::Event(word(&json[0]), json[1].clone()),
        "3" => Heard::Acknowledged(json[0].clone()),
        "4" => Heard::Refused(word(&json["message"]), word(&json["data"]["code"])),
        other => panic!("a packet {other}"),
    }
}

/// What a phone sends to connect: its signature over `CONNECT /socket.io/`.
///
/// # Panics
/// When the phone signs nothing.
pub fn signed(phone: &Phone) -> Value {
    let headers = phone.signed("CONNECT", "/socket.io/", b"");
    let header = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| *name == wanted);
        found.unwrap().1.clone()
    };
    json!({ "device": {
        "id": header("x-device-id"), "time": header("x-device-time"),
        "nonce": header("x-device-nonce"), "signature": header("x-device-signature"),
    } })
}
