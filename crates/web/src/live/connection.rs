//! One connection, from its first packet to its seat.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use engineioxide::handler::EngineIoHandler;
use engineioxide::sid::Sid;
use engineioxide::{DisconnectReason, Socket, Str};
use tokio::sync;
use tokio::time::{Instant, sleep_until};

use super::admission::{Admission, TOO_MANY, fault};
use super::event;
use super::house::House;
use super::notices::after;
use super::packet::{self, Packet};
use super::rooms;
use super::seat::Seat;

/// A connection of the layer below (Engine.IO), with what this one keeps beside it.
pub(super) type Connection = Socket<Kept>;

/// What is kept beside a connection.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Whether it has asked to be let in: it may once.
    has_knocked: AtomicBool,
    /// How many questions of its client wait for their answers.
    pub(super) questions: AtomicUsize,
    /// Whose turn it is among them.
    pub(super) turn: sync::Mutex<()>,
}

/// How long a connection may be open without a seat.
const OUTSIDE: Duration = Duration::from_secs(20);

impl EngineIoHandler for House {
    type Data = Kept;

    fn on_connect(self: Arc<Self>, connection: Arc<Connection>) {
        let is_to_be_watched = self.registry().add(&connection, Instant::now());
        if is_to_be_watched {
            tokio::spawn(watch(Arc::downgrade(&self)));
        }
    }

    fn on_disconnect(&self, connection: Arc<Connection>, _: DisconnectReason) {
        self.registry().remove(connection.id);
    }

    fn on_message(self: &Arc<Self>, text: Str, connection: Arc<Connection>) {
        match Packet::parse(&text) {
            Some(Packet::Connect { auth }) => {
                if !connection.data.has_knocked.swap(true, Ordering::Relaxed) {
                    tokio::spawn(Arc::clone(self).knock(connection, auth));
                }
            }
            Some(Packet::Elsewhere { namespace }) => {
                self.send(&connection, packet::no_namespace(namespace));
            }
            Some(Packet::Event(event)) => {
                if self.registry().is_outside(connection.id) {
                    self.close(connection.id);
                } else if event.name == event::SYNC
                    && let Some(number) = event.acknowledge
                {
                    self.answer(connection, &event.argument, number);
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

/// Closes those who come and take no seat in time, one after the other, as long as somebody comes.
async fn watch(house: Weak<House>) {
    let next = || house.upgrade()?.registry().next_arrival();
    while let Some((came, sid)) = next() {
        sleep_until(came + OUTSIDE).await;
        if let Some(house) = house.upgrade()
            && house.registry().is_outside(sid)
        {
            house.close(sid);
        }
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
        // From here on it hears what happens; only then is read what there is, so that nothing falls between.
        if self.registry().note_told(sid) {
            self.greet(&connection, after(&auth)).await;
        }
    }

    /// Gives a connection its seat, or the code of why not.
    async fn take_seat(
        &self,
        connection: &Connection,
        auth: &serde_json::Value,
    ) -> Result<(), &'static str> {
        let admission = self.admission().ok_or(crate::codes::UNAVAILABLE.name)?;
        let checks = self.checks.load(Ordering::SeqCst);
        let (seat, principal) = admission.seat(&connection.req_parts, auth).await?;
        admission.record(&principal).await?;
        let sid = connection.id;
        let asked = rooms::asked(auth);
        let is_seated = self
            .registry()
            .seat(sid, seat.clone(), asked, self.most_of_one);
        if !is_seated {
            return Err(TOO_MANY);
        }
        // A revocation that was heard since may not have found the seat; a later one does.
        let is_to_be_checked = self.checks.load(Ordering::SeqCst) != checks;
        let settled = self.settle(&admission, sid, &seat, is_to_be_checked).await;
        match &settled {
            Ok(refused) => {
                admission
                    .record_refused(&connection.req_parts, principal, refused)
                    .await;
            }
            Err(_) => self.registry().unseat(sid),
        }
        settled.map(|_| ())
    }

    /// Whether a seat that was just taken may be kept, and has it be in its rooms.
    async fn settle(
        &self,
        admission: &Admission,
        sid: Sid,
        seat: &Seat,
        is_to_be_checked: bool,
    ) -> Result<Vec<String>, &'static str> {
        if is_to_be_checked {
            admission.stays(seat).await?;
        }
        self.place(sid).await.map_err(|error| fault(&error))
    }

    /// Queues a packet for a connection. One whose queue is full does not read: it is closed, comes back
    /// and catches up.
    pub(super) fn send(&self, connection: &Arc<Connection>, packet: impl Into<Str>) {
        if connection.emit(packet).is_err() {
            self.close(connection.id);
        }
    }
}
