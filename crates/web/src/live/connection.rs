//! One connection, from its first packet to its seat.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use engineioxide::handler::EngineIoHandler;
use engineioxide::{DisconnectReason, Socket, Str};

use super::event::{self, Missed, Ready};
use super::house::House;
use super::packet::{self, Packet};

/// A connection of the layer below (Engine.IO), with what this one keeps beside it.
pub(super) type Connection = Socket<Knocked>;

/// Whether a connection has asked to be let in: it may once.
#[derive(Debug, Default)]
pub(super) struct Knocked(AtomicBool);

/// How long a connection may be open without a seat.
const OUTSIDE: Duration = Duration::from_secs(20);

impl EngineIoHandler for House {
    type Data = Knocked;

    fn on_connect(self: Arc<Self>, connection: Arc<Connection>) {
        let sid = connection.id;
        self.registry().add(&connection);
        let house = Arc::downgrade(&self);
        tokio::spawn(async move {
            tokio::time::sleep(OUTSIDE).await;
            if let Some(house) = house.upgrade()
                && house.registry().is_outside(sid)
            {
                house.close(sid);
            }
        });
    }

    fn on_disconnect(&self, connection: Arc<Connection>, _: DisconnectReason) {
        self.registry().remove(connection.id);
    }

    fn on_message(self: &Arc<Self>, text: Str, connection: Arc<Connection>) {
        match Packet::parse(&text) {
            Some(Packet::Connect { auth }) => {
                if !connection.data.0.swap(true, Ordering::Relaxed) {
                    tokio::spawn(Arc::clone(self).knock(connection, auth));
                }
            }
            Some(Packet::Elsewhere { namespace }) => {
                self.send(&connection, packet::no_namespace(namespace));
            }
            Some(Packet::Event { name, acknowledge }) => {
                if self.registry().is_outside(connection.id) {
                    self.close(connection.id);
                } else if name == event::SYNC
                    && let Some(number) = acknowledge
                    && let Ok(answer) = packet::acknowledged(number, &Missed::default())
                {
                    self.send(&connection, answer);
                }
            }
            Some(Packet::Nothing) => {}
            Some(Packet::Disconnect) | None => self.close(connection.id),
        }
    }

    /// Nothing here is told in binary.
    fn on_binary(self: &Arc<Self>, _: Bytes, connection: Arc<Connection>) {
        self.close(connection.id);
    }
}

impl House {
    /// Lets a connection in, or says why not.
    async fn knock(self: Arc<Self>, connection: Arc<Connection>, auth: serde_json::Value) {
        let sid = connection.id;
        if let Err(code) = self.take_seat(&connection, &auth).await {
            tracing::debug!(target: "hanok_web::refused", refused = code, "a socket");
            self.send(&connection, packet::refused(code));
            return;
        }
        self.send(&connection, packet::connected(&sid.to_string()));
        if self.registry().note_told(sid)
            && let Ok(ready) = packet::emitted(event::READY, &Ready::default())
        {
            self.send(&connection, ready);
        }
    }

    /// Queues a packet for a connection. One whose queue is full does not read: it is closed, comes back
    /// and catches up.
    pub(super) fn send(&self, connection: &Arc<Connection>, packet: impl Into<Str>) {
        if connection.emit(packet).is_err() {
            self.close(connection.id);
        }
    }
}
